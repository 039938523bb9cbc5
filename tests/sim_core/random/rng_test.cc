#include "sim_core/random/rng.h"

#include <set>

#include "gtest/gtest.h"
#include "sim_core/random/philox.h"

namespace tickwire {
namespace {

// The known-answer vectors for philox4x32 with 10 rounds published with Random123 (kat_vectors).
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, StreamsDifferByEveryPartOfTheirKey) {
  std::set<uint64_t> first;
  first.insert(Rng::ForStream({1, 0, 0}, "alice", "tag").Next64());
  first.insert(Rng::ForStream({2, 0, 0}, "alice", "tag").Next64());
  first.insert(Rng::ForStream({1, 1, 0}, "alice", "tag").Next64());
  first.insert(Rng::ForStream({1, 0, 1}, "alice", "tag").Next64());
  first.insert(Rng::ForStream({1, 0, 0}, "alicet", "ag").Next64());
  first.insert(Rng::ForStream({1, 0, 0}, "alice", "branch").Next64());
  first.insert(Rng::ForStream({1, 0, 0}, "alice", "tag").Branch(0).Next64());
  first.insert(Rng::ForStream({1, 0, 0}, "alice", "tag").Branch(1).Next64());
  EXPECT_EQ(first.size(), 8u);
}

TEST(Rng, ABranchDoesNotDependOnWhatWasDrawnBefore) {
  Rng fresh = Rng::ForStream({7, 0, 0}, "link", "loss");
  Rng used = fresh;
  for (int i = 0; i < 100; ++i) used.Next64();
  EXPECT_EQ(fresh.Branch(41).Next64(), used.Branch(41).Next64());
}

TEST(Rng, BelowStaysInRangeAndReachesBothEnds) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "below");
  int count[6] = {};
  for (int i = 0; i < 60'000; ++i) ++count[rng.Below(6)];
  // Binomial(60000, 1/6): mean 10000, standard deviation 91; six of them each side.
  for (int c : count) {
    EXPECT_GT(c, 10'000 - 550);
    EXPECT_LT(c, 10'000 + 550);
  }
  EXPECT_EQ(rng.Below(1), 0u);
}

TEST(Rng, ChanceOfZeroNeverAndOfOneAlways) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "chance");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(rng.Chance({0, 1}));
    EXPECT_TRUE(rng.Chance({1, 1}));
  }
}

}  // namespace
}  // namespace tickwire
