// Whole calls between two parties: INVITE, 180, 200, ACK, BYE, 200 over IP and UDP, with every
// transaction's afterlife (timers J, L and M of 32 s), at ten calls per virtual second.
#include <malloc.h>

#include <optional>

#include "benchmark/benchmark.h"
#include "protocols/sip/ua/user_agent.h"
#include "tests/benchmarks/two_hosts.h"

namespace tickwire {
namespace {

constexpr Duration kBetweenCalls = Duration::Millis(100);

sip::UserAgentConfig Party(const char* user) {
  sip::UserAgentConfig config;
  config.user = user;
  config.behaviour.answer_after = Duration::Millis(10);
  return config;
}

class Calls {
 public:
  explicit Calls(TraceSink* sink)
      : hosts_(sink),
        caller_({hosts_.a().clock(), hosts_.a_udp(), {}}, Caller()),
        called_({hosts_.b().clock(), hosts_.b_udp(), {}}, Party("bob")) {
    TW_CHECK(caller_.Open({TwoHosts::a_address(), 5060}).ok());
    TW_CHECK(called_.Open({TwoHosts::b_address(), 5060}).ok());
  }
  void PlaceOne() {
    caller_.PlaceCall("sip:bob@10.0.0.2", {TwoHosts::b_address(), 5060});
    hosts_.simulator().RunUntil(hosts_.simulator().now() + kBetweenCalls);
  }
  void RunOut() { hosts_.simulator().RunUntil(hosts_.simulator().now() + Duration::Seconds(70)); }
  uint64_t answered() const { return caller_.counters().answered; }
  size_t left() const { return caller_.record_count() + caller_.transaction_count(); }

 private:
  static sip::UserAgentConfig Caller() {
    sip::UserAgentConfig config = Party("alice");
    config.behaviour.hang_up_after = Duration::Millis(10);
    return config;
  }
  TwoHosts hosts_;
  sip::UserAgent caller_, called_;
};

void SipCall(benchmark::State& state, TraceSink* sink) {
  Calls calls(sink);
  for (int i = 0; i < 1000; ++i) calls.PlaceOne();
  const uint64_t before = calls.answered();
  for (auto _ : state) calls.PlaceOne();
  const uint64_t answered = calls.answered() - before;
  TW_CHECK(answered == static_cast<uint64_t>(state.iterations()));
  state.SetItemsProcessed(static_cast<int64_t>(answered));
}
void BM_SipCall(benchmark::State& state) { SipCall(state, nullptr); }
void BM_SipCallTraced(benchmark::State& state) {
  ScratchTrace trace(TwoHosts::Names());
  SipCall(state, trace.sink());
}
BENCHMARK(BM_SipCall)->Name("sip_call");
BENCHMARK(BM_SipCallTraced)->Name("sip_call/traced")->UseRealTime();

size_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// Not a speed: bytes of heap of a call that has been answered and not ended, both parties and their
// transactions together, and what remains of it when its timers have run out.
void BM_MemoryOfCalls(benchmark::State& state) {
  constexpr int kCalls = 10'000;
  double each = 0, after = 0;
  for (auto _ : state) {
    Calls calls(nullptr);
    for (int i = 0; i < 100; ++i) calls.PlaceOne();
    calls.RunOut();
    const size_t empty = HeapInUse();
    // 320 calls live in the 32 s that their transactions last.
    for (int i = 0; i < 320; ++i) calls.PlaceOne();
    each = static_cast<double>(HeapInUse() - empty) / 320;
    for (int i = 0; i < kCalls; ++i) calls.PlaceOne();
    calls.RunOut();
    TW_CHECK(calls.left() == 0);
    after = static_cast<double>(HeapInUse()) - static_cast<double>(empty);
  }
  state.counters["bytes_per_call"] = each;
  state.counters["bytes_left_after_10000"] = after;
}
BENCHMARK(BM_MemoryOfCalls)->Name("memory/sip_call")->Iterations(1);

// Heap of a node with IP, UDP and one interface on which nothing happens.
void BM_MemoryOfNodes(benchmark::State& state) {
  constexpr size_t kNodes = 10'000;
  double each = 0;
  for (auto _ : state) {
    const size_t before = HeapInUse();
    Simulator::Options options;
    for (size_t i = 0; i < kNodes; ++i) options.nodes.push_back("node" + std::to_string(i));
    Simulator simulator(options);
    std::deque<IpLayer> ips;
    std::deque<UdpLayer> udps;
    for (Node& node : simulator.nodes()) {
      node.AddInterface("eth0");
      ips.emplace_back(node, IpLayer::Role::kHost);
      udps.emplace_back(ips.back());
    }
    each = static_cast<double>(HeapInUse() - before) / kNodes;
  }
  state.counters["bytes_per_node"] = each;
}
BENCHMARK(BM_MemoryOfNodes)->Name("memory/idle_node")->Iterations(1);

}  // namespace
}  // namespace tickwire
