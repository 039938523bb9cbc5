// SCTP: bulk transfers by message size, streams and loss; associations that do nothing; INIT flood.
#include "benchmark/benchmark.h"
#include "tests/benchmarks/two_hosts.h"
#include "tests/support/sctp_bulk.h"

namespace tickwire::sctp {
namespace {

// Items are SCTP packets of both sides; bytes are user data.
void BM_Bulk(benchmark::State& state) {
  BulkRun run;
  run.message = static_cast<size_t>(state.range(0));
  run.streams = static_cast<uint16_t>(state.range(1));
  run.loss_per_mille = static_cast<uint32_t>(state.range(2));
  run.bytes = run.loss_per_mille > 0 ? 10'000'000 : 50'000'000;
  int64_t packets = 0;
  for (auto _ : state) packets += static_cast<int64_t>(RunBulk(run).packets);
  state.SetItemsProcessed(packets);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * run.bytes);
}
BENCHMARK(BM_Bulk)
    ->Name("sctp_bulk")
    ->ArgNames({"message", "streams", "loss_per_mille"})
    ->Args({1000, 1, 0})
    ->Args({1000, 1, 10})
    ->Args({1000, 1000, 0})
    ->Args({100, 1, 0})
    ->Args({100, 1000, 0})
    ->Args({10, 1, 0})
    ->Args({100'000, 10, 0})
    ->Unit(benchmark::kMillisecond);

void BM_BulkTraced(benchmark::State& state) {
  int64_t packets = 0;
  BulkRun run;
  run.bytes = 20'000'000;
  for (auto _ : state) {
    ScratchTrace scratch({"alice", "bob"});
    packets += static_cast<int64_t>(RunBulk(run, scratch.sink()).packets);
  }
  state.SetItemsProcessed(packets);
}
// Wall time: a thread of its own writes the file.
BENCHMARK(BM_BulkTraced)->Name("sctp_bulk/traced")->UseRealTime()->Unit(benchmark::kMillisecond);

// About 100,000 associations, established, then idle: what one end of one costs.
void BM_IdleAssociations(benchmark::State& state) {
  const int callers = static_cast<int>(state.range(0));
  const int listeners = static_cast<int>(state.range(1));
  double bytes = 0;
  for (auto _ : state) bytes = IdleAssociationBytes(callers, listeners);
  state.counters["bytes_each"] = bytes;
  state.SetItemsProcessed(static_cast<int64_t>(callers) * listeners *
                          static_cast<int64_t>(state.iterations()));
}
BENCHMARK(BM_IdleAssociations)
    ->Name("sctp_idle_associations")
    ->ArgNames({"callers", "listeners"})
    ->Args({320, 320})
    ->Args({100'000, 1})  // all on one endpoint; each caller has an endpoint of its own
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void BM_InitFlood(benchmark::State& state) {
  double growth = 0;
  for (auto _ : state) growth = InitFloodGrowth(state.range(0));
  state.counters["bytes_grown"] = growth;
  state.SetItemsProcessed(state.range(0) * static_cast<int64_t>(state.iterations()));
}
BENCHMARK(BM_InitFlood)
    ->Name("sctp_init_flood")
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwire::sctp
