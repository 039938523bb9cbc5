// The packet path: UDP datagrams with full IP and UDP headers through a chain of ten hops.
#include "benchmark/benchmark.h"
#include "tests/benchmarks/hop_chain.h"
#include "tests/benchmarks/two_hosts.h"

namespace tickwire {
namespace {

void PacketHops(benchmark::State& state, TraceSink* sink) {
  HopChain chain(sink, /*packets=*/0);
  const auto go_on = [&] {
    chain.simulator().RunUntil(chain.simulator().now() + Duration::Millis(10));
  };
  go_on();
  const uint64_t before = chain.hops_done();
  for (auto _ : state) go_on();
  state.SetItemsProcessed(static_cast<int64_t>(chain.hops_done() - before));
}
void BM_PacketHops(benchmark::State& state) { PacketHops(state, nullptr); }
void BM_PacketHopsTraced(benchmark::State& state) {
  ScratchTrace scratch(HopChain::Names());
  PacketHops(state, scratch.sink());
}
BENCHMARK(BM_PacketHops)->Name("packet_hops");
// Wall time: a thread of its own writes the file.
BENCHMARK(BM_PacketHopsTraced)->Name("packet_hops/traced")->UseRealTime();

}  // namespace
}  // namespace tickwire
