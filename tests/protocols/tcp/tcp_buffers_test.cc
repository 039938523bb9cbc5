// StreamBuffer, ReassemblyQueue and SackGenerator against plain oracles, and by the RFCs' examples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "protocols/tcp/reassembly_queue.h"
#include "protocols/tcp/sack_generator.h"
#include "protocols/tcp/stream_buffer.h"
#include "sim_core/random/rng.h"

namespace tickwire::tcp {
namespace {

using testing::ElementsAre;

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
Rng Draws(uint64_t seed) {
  return Rng::ForStream({.seed = seed, .replication = 0, .epoch = 0}, "test", "buffers");
}
// Position p of the test stream: mostly zeros in long runs, between them letters.
char ByteAt(int64_t p) { return (p / 700) % 3 == 0 ? static_cast<char>('a' + p % 26) : '\0'; }
std::string Text(int64_t begin, int64_t end) {
  std::string text;
  for (int64_t p = begin; p < end; ++p) text.push_back(ByteAt(p));
  return text;
}
// Splits text into what is stored and the zeros at its end.
std::pair<std::string, uint64_t> Split(std::string text) {
  const size_t last = text.find_last_not_of('\0');
  const size_t stored = last == std::string::npos ? 0 : last + 1;
  const uint64_t zeros = text.size() - stored;
  text.resize(stored);
  return {text, zeros};
}

TEST(StreamBuffer, GivesBackAnyStretchOfWhatWasAppended) {
  Rng draws = Draws(1);
  StreamBuffer buffer(1);
  int64_t end = 1;
  while (end < 200000) {
    const auto size = static_cast<int64_t>(1 + draws.Below(3000));
    const auto [stored, zeros] = Split(Text(end, end + size));
    buffer.Append(Bytes(stored), zeros);
    end += size;
    ASSERT_EQ(buffer.end(), end);
    const int64_t from =
        buffer.begin() + static_cast<int64_t>(draws.Below(static_cast<uint64_t>(buffer.size())));
    const int64_t length =
        std::min<int64_t>(static_cast<int64_t>(draws.Below(2000)), buffer.end() - from);
    const int64_t stored_part = buffer.StoredPart({from, from + length});
    std::string copy(static_cast<size_t>(stored_part), '?');
    buffer.Copy(from, {reinterpret_cast<uint8_t*>(copy.data()), copy.size()});
    copy.resize(static_cast<size_t>(length), '\0');
    ASSERT_EQ(copy, Text(from, from + length));
    if (draws.Below(3) == 0) {
      buffer.Release(buffer.begin() +
                     static_cast<int64_t>(draws.Below(static_cast<uint64_t>(buffer.size() + 1))));
    }
  }
}

TEST(StreamBuffer, HandsOutItsFrontInPieces) {
  StreamBuffer buffer(1);
  buffer.Append(Bytes("abc"), 4);
  buffer.Append(Bytes("de"), 0);
  const StreamBuffer::Piece first = buffer.Front(100);
  EXPECT_EQ(first.bytes.size(), 3u);
  EXPECT_EQ(first.zeros, 4u);
  EXPECT_EQ(buffer.Front(5).size(), 5);
  buffer.Release(buffer.begin() + 5);
  EXPECT_EQ(buffer.Front(100).bytes.size(), 0u);
  EXPECT_EQ(buffer.Front(100).zeros, 2u);
  buffer.Release(buffer.begin() + 2);
  EXPECT_EQ(buffer.Front(100).bytes.size(), 2u);
  buffer.Release(buffer.end());
  EXPECT_EQ(buffer.Front(100).size(), 0);
}

// Pieces in random order, some twice, some overlapping: the stream comes out whole and once.
TEST(ReassemblyQueue, RebuildsTheStreamFromAnyOrderOfPieces) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng draws = Draws(seed);
    constexpr int64_t kEnd = 20000;
    StreamBuffer out(1);
    ReassemblyQueue queue;
    int64_t rounds = 0;
    while (out.end() < kEnd) {
      ASSERT_LT(++rounds, 10000);
      // Mostly near the front, as a receive window would have it.
      const int64_t begin = out.end() + static_cast<int64_t>(draws.Below(6000)) -
                            static_cast<int64_t>(draws.Below(3000));
      const int64_t from = std::max<int64_t>(begin, out.end());
      const int64_t to =
          std::min<int64_t>(from + 1 + static_cast<int64_t>(draws.Below(1500)), kEnd);
      if (from >= to) continue;
      const auto [stored, zeros] = Split(Text(from, to));
      queue.Insert(from, Bytes(stored), zeros);
      queue.MoveTo(out);
    }
    std::string copy(static_cast<size_t>(kEnd - 1), '?');
    out.Copy(1, {reinterpret_cast<uint8_t*>(copy.data()), copy.size()});
    EXPECT_EQ(copy, Text(1, kEnd));
  }
}

TEST(SackGenerator, ReportsTheNewestFirstAndTheOthersByHowRecentlyTheyWereReported) {
  // RFC 2018 section 7, case 3: 5000 is acknowledged; of eight segments of 500 bytes the first,
  // third, fifth and seventh are lost... here with the first at 5000: 5500, 6500, 7500, 8500 come.
  SackGenerator sacks;
  sacks.OnOutOfOrder({5500, 6000});
  EXPECT_THAT(sacks.Blocks(3), ElementsAre(SeqRange{5500, 6000}));
  sacks.OnOutOfOrder({6500, 7000});
  EXPECT_THAT(sacks.Blocks(3), ElementsAre(SeqRange{6500, 7000}, SeqRange{5500, 6000}));
  sacks.OnOutOfOrder({7500, 8000});
  EXPECT_THAT(sacks.Blocks(3),
              ElementsAre(SeqRange{7500, 8000}, SeqRange{6500, 7000}, SeqRange{5500, 6000}));
  sacks.OnOutOfOrder({8500, 9000});
  EXPECT_THAT(sacks.Blocks(3),
              ElementsAre(SeqRange{8500, 9000}, SeqRange{7500, 8000}, SeqRange{6500, 7000}));
  // The fourth segment fills a hole between two blocks: one block now, and the newest.
  sacks.OnOutOfOrder({7000, 7500});
  EXPECT_THAT(sacks.Blocks(3),
              ElementsAre(SeqRange{6500, 8000}, SeqRange{8500, 9000}, SeqRange{5500, 6000}));
  // The first missing one comes: the cumulative acknowledgment moves over it and its neighbour.
  sacks.OnAdvance(6000);
  EXPECT_THAT(sacks.Blocks(3), ElementsAre(SeqRange{6500, 8000}, SeqRange{8500, 9000}));
}

TEST(SackGenerator, ReportsADuplicateOnceAndBeforeAllElse) {
  SackGenerator sacks;
  sacks.OnOutOfOrder({5500, 6000});
  sacks.OnOutOfOrder({6500, 7000});
  // RFC 2883 section 4.1: below the cumulative acknowledgment.
  sacks.OnDuplicate({4500, 5000});
  EXPECT_THAT(sacks.Blocks(3),
              ElementsAre(SeqRange{4500, 5000}, SeqRange{6500, 7000}, SeqRange{5500, 6000}));
  sacks.ForgetDuplicate();
  EXPECT_THAT(sacks.Blocks(3), ElementsAre(SeqRange{6500, 7000}, SeqRange{5500, 6000}));
  // Section 4.2.2: within a block beyond it, which follows.
  sacks.OnDuplicate({5500, 6000});
  EXPECT_THAT(sacks.Blocks(4),
              ElementsAre(SeqRange{5500, 6000}, SeqRange{5500, 6000}, SeqRange{6500, 7000}));
}

TEST(SackGenerator, CountsEachByteOnceWhateverComes) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Rng draws = Draws(1000 + seed);
    SackGenerator sacks;
    std::set<int64_t> oracle;
    int64_t front = 0;
    for (int i = 0; i < 300; ++i) {
      if (draws.Below(10) == 0) {
        // The cumulative acknowledgment moves to the end of what is contiguous.
        front += 1 + static_cast<int64_t>(draws.Below(20));
        while (oracle.contains(front)) ++front;
        oracle.erase(oracle.begin(), oracle.lower_bound(front));
        sacks.OnAdvance(front);
      } else {
        const int64_t begin = front + 1 + static_cast<int64_t>(draws.Below(100));
        const int64_t end = begin + 1 + static_cast<int64_t>(draws.Below(12));
        for (int64_t p = begin; p < end; ++p) oracle.insert(p);
        sacks.OnOutOfOrder({begin, end});
        ASSERT_TRUE(sacks.Contains({begin, end}));
        const auto blocks = sacks.Blocks(1);
        ASSERT_LE(blocks[0].begin, begin);
        ASSERT_GE(blocks[0].end, end);
      }
      ASSERT_EQ(sacks.bytes(), static_cast<int64_t>(oracle.size())) << "seed " << seed;
      for (const auto& [begin, end] : sacks.ranges()) {
        ASSERT_FALSE(oracle.contains(begin - 1));
        ASSERT_FALSE(oracle.contains(end));
      }
    }
  }
}

}  // namespace
}  // namespace tickwire::tcp
