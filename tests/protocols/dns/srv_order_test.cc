#include "protocols/dns/srv_order.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::dns {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Targets(const std::vector<SrvData>& servers) {
  std::vector<std::string> targets;
  for (const SrvData& server : servers) targets.push_back(server.target);
  return targets;
}

TEST(SrvOrder, LowerPrioritiesComeFirst) {
  Rng rng = Rng::ForStream({}, "test", "srv");
  EXPECT_THAT(Targets(OrderServers({{20, 0, 1, "c"}, {10, 0, 1, "b"}, {0, 65535, 1, "a"}}, rng)),
              ElementsAre("a", "b", "c"));
}

// RFC 2782: each place in proportion to the weights. The draw is uniform over 0 to the sum 4,
// inclusive, and the first whose running sum reaches it is taken: with weights 1 and 3, in this
// order, that is 0 and 1 of five for the first.
TEST(SrvOrder, EqualPrioritiesAreDrawnByWeight) {
  Rng rng = Rng::ForStream({}, "test", "srv");
  int first = 0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    first += Targets(OrderServers({{0, 3, 1, "heavy"}, {0, 1, 1, "light"}}, rng))[0] == "light";
  }
  // 40 % of 20,000 is 8,000; the standard deviation is sqrt(20000 * 0.4 * 0.6) = 69.
  EXPECT_NEAR(first, 8'000, 350);
}

// RFC 2782: weight 0 in the presence of others has a small chance, not none.
TEST(SrvOrder, WeightZeroHasASmallChance) {
  Rng rng = Rng::ForStream({}, "test", "srv");
  int first = 0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    first += Targets(OrderServers({{0, 99, 1, "a"}, {0, 0, 1, "zero"}}, rng))[0] == "zero";
  }
  EXPECT_NEAR(first, kDraws / 100, 70);  // one of 100; deviation 14
}

}  // namespace
}  // namespace tickwire::dns
