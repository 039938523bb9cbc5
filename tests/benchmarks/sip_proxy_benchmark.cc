// Whole calls through one stateful, record-routing proxy: INVITE, 100, 180, 200, ACK, BYE, 200 over
// IP and UDP on both hops, with every transaction's afterlife of 32 s, at one and at ten calls per
// virtual second (32 or 320 calls in memory at a time); and what registrations cost.
#include <malloc.h>

#include <deque>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sip/locate/static_locator.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/proxy/sip_server.h"
#include "protocols/sip/ua/user_agent.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"

namespace tickwire {
namespace {

constexpr IpAddress kAlice = IpAddress::V4(0x0a000001);
constexpr IpAddress kBob = IpAddress::V4(0x0a000002);
constexpr IpAddress kProxyA = IpAddress::V4(0x0a000064);  // towards alice
constexpr IpAddress kProxyB = IpAddress::V4(0x0a000065);

size_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// alice -- proxy -- bob, 1 ms each.
class ThreeHosts {
 public:
  ThreeHosts() : simulator_(Options()) {
    for (Node& node : simulator_.nodes()) {
      node.AddInterface("eth0");
      if (node.name() == "proxy") node.AddInterface("eth1");
      ips_.emplace_back(node, IpLayer::Role::kHost);
      udps_.emplace_back(ips_.back());
    }
    Join("alice", 0, kAlice, "proxy", 0, kProxyA);
    Join("bob", 0, kBob, "proxy", 1, kProxyB);
    ip("alice").AddRoute({IpAddress(), 0}, node("alice").interfaces()[0]);
    ip("bob").AddRoute({IpAddress(), 0}, node("bob").interfaces()[0]);
    ip("proxy").AddRoute({kAlice, 32}, node("proxy").interfaces()[0]);
    ip("proxy").AddRoute({kBob, 32}, node("proxy").interfaces()[1]);
  }
  Simulator& simulator() { return simulator_; }
  Node& node(absl::string_view name) { return simulator_.node(name); }
  IpLayer& ip(absl::string_view name) { return ips_[node(name).id().value - 1]; }
  UdpLayer& udp(absl::string_view name) { return udps_[node(name).id().value - 1]; }

 private:
  static Simulator::Options Options() {
    Simulator::Options options;
    options.nodes = {"alice", "bob", "proxy"};
    return options;
  }
  void Join(const char* a, size_t a_port, IpAddress a_address, const char* b, size_t b_port,
            IpAddress b_address) {
    LinkConfig wire;
    wire.rate = DataRate::BitsPerSecond(1'000'000'000);
    wire.propagation = Duration::Millis(1);
    LinkConfig back;
    back.rate = wire.rate;
    back.propagation = wire.propagation;
    Interface& left = node(a).interfaces()[a_port];
    Interface& right = node(b).interfaces()[b_port];
    simulator_.Connect(left, right, std::move(wire), std::move(back));
    ip(a).AddAddress(left, a_address);
    ip(b).AddAddress(right, b_address);
  }

  Simulator simulator_;
  std::deque<IpLayer> ips_;
  std::deque<UdpLayer> udps_;
};

sip::SipServerConfig ProxyConfig() {
  sip::SipServerConfig config;
  config.me.addresses = {kProxyA, kProxyB};
  config.me.domains = {"example.com"};
  config.places = {{"bob", "sip:bob@10.0.0.2", 1000}};
  return config;
}

sip::UserAgentConfig Party(const char* user) {
  sip::UserAgentConfig config;
  config.user = user;
  config.domain = "example.com";
  config.behaviour.answer_after = Duration::Millis(10);
  return config;
}

class ProxiedCalls {
 public:
  explicit ProxiedCalls(Duration between_calls)
      : between_calls_(between_calls),
        caller_({hosts_.node("alice").clock(), hosts_.udp("alice"), {}}, Caller()),
        called_({hosts_.node("bob").clock(), hosts_.udp("bob"), {}}, Party("bob")),
        proxy_({hosts_.node("proxy").clock(), hosts_.udp("proxy"), locator_, {}}, ProxyConfig()) {
    TW_CHECK(caller_.Open({kAlice, 5060}).ok());
    TW_CHECK(called_.Open({kBob, 5060}).ok());
    TW_CHECK(proxy_.Open({IpAddress(), 5060}).ok());
  }
  void PlaceOne() {
    caller_.PlaceCall("sip:bob@example.com", {kProxyA, 5060});
    hosts_.simulator().RunUntil(hosts_.simulator().now() + between_calls_);
  }
  void RunOut() { hosts_.simulator().RunUntil(hosts_.simulator().now() + Duration::Seconds(120)); }
  uint64_t answered() const { return caller_.counters().answered; }
  uint64_t acks() const { return proxy_.core().counters().acks; }
  size_t left() const {
    return caller_.record_count() + caller_.transaction_count() + called_.record_count() +
           called_.transaction_count() + proxy_.context_count() + proxy_.transaction_count();
  }

 private:
  static sip::UserAgentConfig Caller() {
    sip::UserAgentConfig config = Party("alice");
    config.behaviour.hang_up_after = Duration::Millis(10);
    return config;
  }
  const Duration between_calls_;
  ThreeHosts hosts_;
  sip::NameTable names_;
  sip::StaticLocator locator_{names_};
  sip::UserAgent caller_, called_;
  sip::SipServer proxy_;
};

void BM_ProxiedCall(benchmark::State& state) {
  ProxiedCalls calls(Duration::Millis(state.range(0)));
  for (int i = 0; i < 1000; ++i) calls.PlaceOne();
  const uint64_t before = calls.answered();
  const uint64_t acks = calls.acks();
  for (auto _ : state) calls.PlaceOne();
  const uint64_t answered = calls.answered() - before;
  TW_CHECK(answered == static_cast<uint64_t>(state.iterations()));
  TW_CHECK(calls.acks() - acks == answered);  // the proxy stayed on the path
  state.SetItemsProcessed(static_cast<int64_t>(answered));
}
BENCHMARK(BM_ProxiedCall)->Name("sip_call/through_proxy/ms_between")->Arg(100)->Arg(1000);

// Not a speed: what remains of calls whose timers have run out, by all three nodes.
void BM_MemoryOfProxiedCalls(benchmark::State& state) {
  double after = 0;
  for (auto _ : state) {
    ProxiedCalls calls(Duration::Millis(100));
    for (int i = 0; i < 1000; ++i) calls.PlaceOne();
    calls.RunOut();
    const size_t empty = HeapInUse();
    for (int64_t i = 0; i < state.range(0); ++i) calls.PlaceOne();
    calls.RunOut();
    TW_CHECK(calls.left() == 0);
    after = static_cast<double>(HeapInUse()) - static_cast<double>(empty);
  }
  state.counters["bytes_left"] = after;
}
// In full: --benchmark_filter=memory/proxied_calls/1000000
BENCHMARK(BM_MemoryOfProxiedCalls)
    ->Name("memory/proxied_calls")
    ->Arg(20'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// REGISTER text in, response text out, through parser, registrar and location service; then what
// each user has cost.
void BM_Registrations(benchmark::State& state) {
  const auto users = static_cast<int>(state.range(0));
  double bytes = 0;
  for (auto _ : state) {
    ThreeHosts hosts;
    NodeClock& clock = hosts.node("proxy").clock();
    const size_t before = HeapInUse();
    sip::LocationService locations(clock, {}, "bench");
    sip::RegistrarConfig config;
    config.domains = {"example.com"};
    sip::Registrar registrar(clock, locations, config, {}, "bench");
    for (int i = 0; i < users; ++i) {
      const std::string text = absl::StrCat(
          "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.2.3:5060;branch=z9hG4bK", i,
          ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:user", i, "@example.com>;tag=t", i,
          "\r\nTo: <sip:user", i, "@example.com>\r\nCall-ID: 0123456789abcdef", i,
          "@10.1.2.3\r\nCSeq: 1 REGISTER\r\nContact: <sip:user", i,
          "@10.1.2.3:5060>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n");
      const sip::ParseResult parsed = sip::SipMessage::Parse(text);
      sip::SipMessage response =
          registrar.Process(parsed.message, {kAlice, 5060}, "", "0123456789ab");
      TW_CHECK(response.status() == 200);
      benchmark::DoNotOptimize(response.Wire().data());
    }
    TW_CHECK(locations.binding_count() == static_cast<size_t>(users));
    bytes = static_cast<double>(HeapInUse() - before);
  }
  state.SetItemsProcessed(state.iterations() * users);
  state.counters["bytes_per_user"] = bytes / users;
}
BENCHMARK(BM_Registrations)->Name("sip_registrations")->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwire
