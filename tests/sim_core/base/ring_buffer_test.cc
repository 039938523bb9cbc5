#include "sim_core/base/ring_buffer.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "sim_core/random/rng.h"

namespace tickwire {
namespace {

TEST(RingBuffer, FirstInFirstOutOfMoveOnlyValues) {
  RingBuffer<std::unique_ptr<int>> ring;
  for (int i = 0; i < 100; ++i) ring.push_back(std::make_unique<int>(i));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*ring.pop_front(), i);
  EXPECT_TRUE(ring.empty());
}

// Against std::deque, with the ring's begin anywhere in its block.
TEST(RingBuffer, DoesWhatADequeDoes) {
  Rng rng = Rng::ForStream({.seed = 1}, "ring", "buffer");
  RingBuffer<uint64_t> ring;
  std::deque<uint64_t> deque;
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t what = rng.Below(deque.size() < 20 ? 5 : 4);
    if (what >= 3) {
      const size_t at = rng.Below(deque.size() + 1);
      ring.insert(at, static_cast<uint64_t>(i));
      deque.insert(deque.begin() + static_cast<std::ptrdiff_t>(at), static_cast<uint64_t>(i));
    } else if (what == 2) {
      ring.push_back(static_cast<uint64_t>(i));
      deque.push_back(static_cast<uint64_t>(i));
    } else if (!deque.empty()) {
      ASSERT_EQ(ring.front(), deque.front());
      ASSERT_EQ(ring.pop_front(), deque.front());
      deque.pop_front();
    }
    ASSERT_EQ(ring.size(), deque.size());
    if (!deque.empty()) {
      const size_t at = rng.Below(deque.size());
      ASSERT_EQ(ring[at], deque[at]);
    }
  }
}

}  // namespace
}  // namespace tickwire
