// Tickwire's SCTP beside usrsctp's, both in one process and one go, CRC-32c on: both ends on one
// core, user CPU seconds. Fails if ours is slower than the project demands.
//
//   tickwire-bench-sctp-usrsctp
#include <cstdio>

#include "tests/benchmarks/usrsctp_side.h"
#include "tests/support/sctp_bulk.h"

namespace tickwire::sctp {
namespace {

constexpr int64_t kBytes = 200'000'000;

// The better of three: others may be at work on this core.
bool Compare(size_t message, double packets_at_least, double megabytes_at_least) {
  double our_packets = 0, our_megabytes = 0, their_packets = 0, their_megabytes = 0;
  for (int i = 0; i < 3; ++i) {
    BulkRun run;
    run.message = message;
    run.bytes = kBytes;
    const BulkResult ours = RunBulk(run);
    const UsrsctpResult theirs = UsrsctpBulk(message, kBytes);
    const auto better = [](double& best, double value) { best = std::max(best, value); };
    better(our_packets, static_cast<double>(ours.packets) / ours.user_seconds);
    better(our_megabytes, kBytes / 1e6 / ours.user_seconds);
    better(their_packets, static_cast<double>(theirs.packets) / theirs.user_seconds);
    better(their_megabytes, kBytes / 1e6 / theirs.user_seconds);
  }
  const bool is_met = our_packets >= packets_at_least && our_megabytes >= megabytes_at_least;
  std::printf(
      "%5zu-byte messages   Tickwire %9.0f packets/s %6.1f MB/s   usrsctp %9.0f packets/s "
      "%6.1f MB/s   %4.1f x%s\n",
      message, our_packets, our_megabytes, their_packets, their_megabytes,
      our_megabytes / their_megabytes, is_met ? "" : "   NOT MET");
  return is_met;
}

int Main() {
  bool all = Compare(1000, 500'000, 0);
  all &= Compare(100, 0, 150);
  return all ? 0 : 1;
}

}  // namespace
}  // namespace tickwire::sctp

int main() { return tickwire::sctp::Main(); }
