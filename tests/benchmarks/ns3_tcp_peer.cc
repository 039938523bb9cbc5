// Tickwire's TCP beside ns-3's (LinuxReno, SACK on, no traffic control), both in one process and
// one go. All in user CPU seconds. Built only where ns-3 is installed (Debian: libns3-dev).
//
//   tickwire-bench-tcp-ns3 [--full]     --full: ns-3 runs the dumbbell's whole 60 s too (minutes)
#include <cstdio>
#include <cstring>
#include <string>

#include "tests/benchmarks/ns3_tcp_side.h"
#include "tests/support/tcp_bulk.h"

namespace tickwire::tcp {
namespace {

constexpr int64_t kBytes = 200'000'000;

// `at_least`: what the project demands. Returns whether it holds.
bool Print(const std::string& what, double ours, uint64_t our_packets, double theirs,
           uint64_t their_packets, double ratio, double at_least) {
  std::printf("%-32s %8.3f s %6.2f M/s   %8.3f s %6.3f M/s   %6.1f x (at least %3.0f)%s\n",
              what.c_str(), ours, static_cast<double>(our_packets) / ours / 1e6, theirs,
              static_cast<double>(their_packets) / theirs / 1e6, ratio, at_least,
              ratio < at_least ? "  NOT MET" : "");
  std::fflush(stdout);
  return ratio >= at_least;
}

bool CompareBulk(const std::string& what, int64_t bits_per_second, int64_t delay_micros,
                 uint32_t loss_per_mille, uint32_t window, double at_least) {
  BulkRun run;
  run.bits_per_second = bits_per_second;
  run.delay = Duration::Micros(delay_micros);
  run.loss_per_mille = loss_per_mille;
  run.window = window;
  run.bytes = kBytes;
  run.config = BenchmarkConfig(window);
  const BulkResult ours = RunBulk(run);
  const Ns3TcpResult theirs =
      Ns3Bulk(bits_per_second, delay_micros, loss_per_mille, window, kBytes);
  return Print(what, ours.user_seconds, ours.link_packets, theirs.user_seconds, theirs.link_packets,
               theirs.user_seconds / ours.user_seconds, at_least);
}

int Main(bool is_full) {
  std::printf("%-32s %19s   %20s\n", "user CPU", "Tickwire", "ns-3");
  bool all = CompareBulk("200 MB, 100 Mbit/s, 10 ms", 100'000'000, 10'000, 0, 1 << 20, 10);
  all &= CompareBulk("the same, 1 % loss", 100'000'000, 10'000, 10, 1 << 20, 10);
  all &= CompareBulk("200 MB, 1 Gbit/s, 50 ms, 16 MiB", 1'000'000'000, 50'000, 0, 16 << 20, 100);
  // By link packets a second: what a flow achieves in its first seconds differs.
  const DumbbellRun dumbbell;
  const DumbbellResult ours = RunDumbbell(dumbbell);
  const Ns3TcpResult theirs =
      Ns3Dumbbell(dumbbell.flows, dumbbell.config.receive_buffer, is_full ? 60 : 3);
  const double ratio = (static_cast<double>(ours.link_packets) / ours.user_seconds) /
                       (static_cast<double>(theirs.link_packets) / theirs.user_seconds);
  all &= Print(is_full ? "dumbbell, 100 flows, 60 s" : "dumbbell, 100 flows, 60 s (ns-3: 3)",
               ours.user_seconds, ours.link_packets, theirs.user_seconds, theirs.link_packets,
               ratio, 15);
  return all ? 0 : 1;
}

}  // namespace
}  // namespace tickwire::tcp

int main(int argc, char** argv) {
  return tickwire::tcp::Main(argc > 1 && std::strcmp(argv[1], "--full") == 0);
}
