// Soak: random networks by seed; TICKWIRE_TCP_SEEDS says how many (10,000 in the full form),
// TICKWIRE_TCP_SEED runs one alone.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/conformance/random_tcp_network.h"

namespace tickwire::tcp {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(TcpSoak, NoByteIsLostDuplicatedOrReorderedAndNothingGetsStuck) {
  const uint64_t one = FromEnvironment("TICKWIRE_TCP_SEED", 0);
  const uint64_t first = one != 0 ? one : 1;
  const uint64_t last = one != 0 ? one : FromEnvironment("TICKWIRE_TCP_SEEDS", 200);
  SoakResult sum;
  int defects = 0;
  for (uint64_t seed = first; seed <= last && defects < 10; ++seed) {
    const SoakResult result = RunRandomTcpNetwork(seed, /*with_trace=*/true);
    sum.delivered_bytes += result.delivered_bytes;
    sum.retransmissions += result.retransmissions;
    sum.timeouts += result.timeouts;
    sum.undone += result.undone;
    sum.probes += result.probes;
    EXPECT_EQ(result.defect, "") << result.description;
    if (!result.defect.empty()) ++defects;
  }
  // A soak in which nothing goes wrong on the way proves nothing.
  if (one == 0) {
    EXPECT_GT(sum.retransmissions, last);
    EXPECT_GT(sum.timeouts, last / 4);
  }
  std::printf(
      "%llu networks: %llu bytes, %llu retransmissions, %llu time-outs, %llu undone, "
      "%llu loss probes\n",
      static_cast<unsigned long long>(last - first + 1),
      static_cast<unsigned long long>(sum.delivered_bytes),
      static_cast<unsigned long long>(sum.retransmissions),
      static_cast<unsigned long long>(sum.timeouts), static_cast<unsigned long long>(sum.undone),
      static_cast<unsigned long long>(sum.probes));
}

}  // namespace
}  // namespace tickwire::tcp
