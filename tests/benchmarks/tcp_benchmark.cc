// TCP: bulk transfers by window and loss, a dumbbell, connections that do nothing.
#include "benchmark/benchmark.h"
#include "tests/benchmarks/two_hosts.h"
#include "tests/support/tcp_bulk.h"

namespace tickwire::tcp {
namespace {

// Items are link packets. The congestion window is the peer's, so that the window is in use with
// loss too: what is measured is the cost of a packet, which must not grow with the window.
void BM_Window(benchmark::State& state) {
  const auto window = static_cast<uint32_t>(state.range(0)) * 1024;
  BulkRun run;
  run.bits_per_second = 1'000'000'000;
  run.delay = Duration::Millis(50);
  run.loss_per_mille = static_cast<uint32_t>(state.range(1));
  run.window = window;
  run.bytes = 50'000'000;
  run.config = BenchmarkConfig(window);
  run.config.loss_recovery = LossRecoveryKind::kRack;
  run.config.congestion_control = CongestionControlKind::kFixedWindow;
  run.config.fixed_window = window;
  int64_t packets = 0;
  for (auto _ : state) packets += static_cast<int64_t>(RunBulk(run).link_packets);
  state.SetItemsProcessed(packets);
}
BENCHMARK(BM_Window)
    ->Name("tcp_window_kib")
    ->ArgsProduct({{64, 256, 1024, 4096, 16384, 32768}, {0, 10}})
    ->ArgNames({"window", "loss_per_mille"})
    ->Unit(benchmark::kMillisecond);

void Bulk(benchmark::State& state, bool is_traced) {
  BulkRun run;
  run.bytes = 50'000'000;
  run.config = BenchmarkConfig(run.window);
  int64_t packets = 0;
  for (auto _ : state) {
    std::unique_ptr<ScratchTrace> scratch;
    if (is_traced) scratch = std::make_unique<ScratchTrace>(TwoHosts::Names());
    const BulkResult result = RunBulk(run, is_traced ? scratch->sink() : nullptr);
    packets += static_cast<int64_t>(result.link_packets);
  }
  state.SetItemsProcessed(packets);
}
void BM_Bulk(benchmark::State& state) { Bulk(state, /*is_traced=*/false); }
void BM_BulkTraced(benchmark::State& state) { Bulk(state, /*is_traced=*/true); }
BENCHMARK(BM_Bulk)->Name("tcp_bulk")->Unit(benchmark::kMillisecond);
// Wall time: a thread of its own writes the file.
BENCHMARK(BM_BulkTraced)->Name("tcp_bulk/traced")->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_Dumbbell(benchmark::State& state) {
  DumbbellRun run;
  run.time = Duration::Seconds(5);
  int64_t packets = 0;
  for (auto _ : state) packets += static_cast<int64_t>(RunDumbbell(run).link_packets);
  state.SetItemsProcessed(packets);
}
BENCHMARK(BM_Dumbbell)->Name("tcp_dumbbell")->Unit(benchmark::kMillisecond);

// 100,000 connections between two hosts, established, then idle: what one end of one costs.
void BM_IdleConnections(benchmark::State& state) {
  const int count = static_cast<int>(state.range(0));
  double bytes = 0;
  for (auto _ : state) bytes = IdleConnectionBytes(count);
  state.counters["bytes_each"] = bytes;
  state.SetItemsProcessed(count * static_cast<int64_t>(state.iterations()));
}
BENCHMARK(BM_IdleConnections)
    ->Name("tcp_idle_connections")
    ->Arg(100'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwire::tcp
