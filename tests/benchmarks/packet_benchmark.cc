// The packet path: UDP datagrams with full IP and UDP headers through a chain of ten hops.
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"
#include "tests/benchmarks/two_hosts.h"

namespace tickwire {
namespace {

constexpr int kHops = 10;

struct Counter : DatagramSocket::Listener {
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
    ++received;
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  uint64_t received = 0;
};

// Sends a datagram of 100 bytes every 20 us.
struct Source : Event {
  Source(NodeClock& node_clock, DatagramSocket& datagrams, Endpoint to)
      : Event(&OnRun), clock(node_clock), socket(datagrams), remote(to) {}
  static void OnRun(Event& event) {
    Source& self = static_cast<Source&>(event);
    static constexpr uint8_t kPayload[100] = {};
    self.socket.SendTo(self.remote, kPayload);
    self.clock.Schedule(event, self.clock.now() + Duration::Micros(20));
  }
  NodeClock& clock;
  DatagramSocket& socket;
  const Endpoint remote;
};

void BM_PacketHops(benchmark::State& state, TraceSink* sink) {
  Simulator::Options options;
  options.sink = sink;
  for (int i = 0; i <= kHops; ++i) options.nodes.push_back(absl::StrCat("n", 10 + i));
  Simulator simulator(options);
  std::vector<std::unique_ptr<IpLayer>> layers;
  for (Node& node : simulator.nodes()) {
    node.AddInterface("left");
    node.AddInterface("right");
  }
  for (int i = 0; i < kHops; ++i) {
    const auto config = [] {
      LinkConfig c;
      c.rate = DataRate::BitsPerSecond(1'000'000'000);
      c.propagation = Duration::Micros(100);
      return c;
    };
    simulator.Connect(simulator.nodes()[i].interfaces()[1], simulator.nodes()[i + 1].interfaces()[0],
                      config(), config());
  }
  const IpAddress first = IpAddress::V4(0x0a000001), last = IpAddress::V4(0x0a000002);
  for (int i = 0; i <= kHops; ++i) {
    Node& node = simulator.nodes()[i];
    layers.push_back(std::make_unique<IpLayer>(node, IpLayer::Role::kRouter));
    if (i == 0) layers[i]->AddAddress(node.interfaces()[1], first);
    if (i == kHops) layers[i]->AddAddress(node.interfaces()[0], last);
    if (i > 0) layers[i]->AddRoute({first, 32}, node.interfaces()[0]);
    if (i < kHops) layers[i]->AddRoute({last, 32}, node.interfaces()[1]);
  }
  layers[0]->AddAddress(simulator.nodes()[0].interfaces()[1], first);
  layers[kHops]->AddAddress(simulator.nodes()[kHops].interfaces()[0], last);
  Counter counter;
  {
    UdpLayer from(*layers[0]), to(*layers[kHops]);
    std::unique_ptr<DatagramSocket> sender = *from.Bind({first, 0}, counter);
    std::unique_ptr<DatagramSocket> receiver = *to.Bind({last, 9}, counter);
    Source source(simulator.nodes()[0].clock(), *sender, {last, 9});
    simulator.nodes()[0].clock().Schedule(source, SimTime());
    simulator.RunUntil(simulator.now() + Duration::Millis(10));
    const uint64_t before = counter.received;
    for (auto _ : state) simulator.RunUntil(simulator.now() + Duration::Millis(10));
    state.SetItemsProcessed((counter.received - before) * kHops);
  }
}
void BM_PacketHopsPlain(benchmark::State& state) { BM_PacketHops(state, nullptr); }
void BM_PacketHopsTraced(benchmark::State& state) {
  std::vector<std::string> names;
  for (int i = 0; i <= kHops; ++i) names.push_back(absl::StrCat("n", 10 + i));
  ScratchTrace scratch(names);
  BM_PacketHops(state, scratch.sink());
}
BENCHMARK(BM_PacketHopsPlain)->Name("packet_hops");
// Wall time: a thread of its own writes the file.
BENCHMARK(BM_PacketHopsTraced)->Name("packet_hops/traced")->UseRealTime();

}  // namespace
}  // namespace tickwire
