// The scoreboard against a naive one that keeps every byte and recounts everything (RFC 6675).
#include "protocols/tcp/sack_scoreboard.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sim_core/random/rng.h"

namespace tickwire::tcp {
namespace {

constexpr uint32_t kMss = 10;
const auto kIgnore = [](SackScoreboard::Index, const SackScoreboard::Segment&) {};
const auto kIgnoreMark = [](const SackScoreboard::Segment&) {};

SimTime At(int64_t millis) { return SimTime{Duration::Millis(millis)}; }

// Ten segments of ten bytes from position 1.
struct Ten {
  Ten() {
    board.Begin(1, false, true);
    for (int i = 0; i < 10; ++i) board.Append({1 + 10 * i, 11 + 10 * i}, At(i), false);
  }
  int64_t Sack(std::vector<SeqRange> blocks) { return board.Sack(blocks, kIgnore); }
  void MarkLost(uint32_t dupthresh = 3) { board.MarkLostBySack(dupthresh, kMss, kIgnoreMark); }
  bool IsLost(int segment) const { return board[board.first() + segment].is_lost; }
  SackScoreboard board;
};

TEST(SackScoreboard, CountsWhatIsSackedOnce) {
  Ten t;
  EXPECT_EQ(t.Sack({{21, 31}}), 10);
  EXPECT_EQ(t.Sack({{21, 31}}), 0);
  EXPECT_EQ(t.Sack({{21, 51}, {61, 71}}), 30);
  EXPECT_EQ(t.board.sacked_bytes(), 40);
  EXPECT_EQ(t.board.pipe(), 60);
  EXPECT_TRUE(t.board.IsConsistent());
}

TEST(SackScoreboard, IgnoresBlocksOutsideWhatIsOutstanding) {
  Ten t;
  EXPECT_EQ(t.Sack({{91, 111}, {-5, 1}, {40, 40}, {50, 20}}), 0);
  EXPECT_EQ(t.board.sacked_bytes(), 0);
}

TEST(SackScoreboard, LosesWithThreeRangesAboveOrMoreThanTwoSegmentsOfBytes) {
  // RFC 6675 section 4, IsLost(): DupThresh discontiguous ranges above ...
  Ten ranges;
  ranges.Sack({{21, 31}, {41, 51}});
  ranges.MarkLost();
  EXPECT_FALSE(ranges.IsLost(0));  // two ranges, 20 bytes: not more than (3 - 1) * 10
  ranges.Sack({{61, 71}});
  ranges.MarkLost();
  EXPECT_TRUE(ranges.IsLost(0));
  EXPECT_TRUE(ranges.IsLost(1));
  EXPECT_FALSE(ranges.IsLost(3));  // 20 bytes and two ranges above it
  EXPECT_EQ(ranges.board.pipe(), 100 - 30 - 20);
  // ... or more than (DupThresh - 1) * SMSS bytes in one.
  Ten bytes;
  bytes.Sack({{11, 31}});
  bytes.MarkLost();
  EXPECT_FALSE(bytes.IsLost(0));
  bytes.Sack({{11, 41}});
  bytes.MarkLost();
  EXPECT_TRUE(bytes.IsLost(0));
}

TEST(SackScoreboard, PipeCountsBothCopiesOfWhatIsResentUnlost) {  // RFC 6675 section 4, SetPipe()
  Ten t;
  t.board.Resent(t.board.first(), At(20));
  EXPECT_EQ(t.board.pipe(), 110);
  t.board.MarkLost(t.board.first());
  EXPECT_EQ(t.board.pipe(), 100);
  t.board.MarkResentLost(t.board.first());
  EXPECT_EQ(t.board.pipe(), 90);
  t.board.Acknowledge(11, kIgnore);
  EXPECT_EQ(t.board.pipe(), 90);
}

TEST(SackScoreboard, GivesTheLostInOrderAndALostRetransmissionFirst) {
  Ten t;
  t.Sack({{41, 51}, {61, 71}, {81, 91}});
  t.MarkLost();
  const auto first = t.board.first();
  EXPECT_EQ(t.board.NextLost(), first);
  t.board.Resent(first, At(20));
  EXPECT_EQ(t.board.NextLost(), first + 1);
  t.board.Resent(first + 1, At(21));
  EXPECT_EQ(t.board.NextLost(), first + 2);
  t.board.MarkResentLost(first);
  EXPECT_EQ(t.board.NextLost(), first);
  t.board.Resent(first, At(22));
  EXPECT_EQ(t.board.NextLost(), first + 2);
  t.board.Resent(first + 2, At(23));
  t.board.Resent(first + 3, At(24));
  EXPECT_EQ(t.board.NextLost(), std::nullopt);
  // NextSeg() rule (3): below the highest sacked, not surely lost.
  EXPECT_EQ(t.board.NextBelowSacked(), first + 5);
  // Rule (4).
  EXPECT_EQ(t.board.HighestUnsacked(), first + 9);
}

TEST(SackScoreboard, ForgetsSackMarksAfterATimeoutAndFindsAllLost) {  // RFC 2018 section 8
  Ten t;
  t.Sack({{21, 31}});
  t.board.ClearSack();
  t.board.MarkLostByTimeout(At(100));
  EXPECT_EQ(t.board.pipe(), 0);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(t.IsLost(i));
  EXPECT_TRUE(t.board.IsConsistent());
}

TEST(SackScoreboard, TellsLossesByTimeAndHowLongToWait) {  // RFC 8985 section 6.2 step 5
  Ten t;                                                   // segment i was sent at i ms
  t.Sack({{61, 71}});                                      // segment 6, sent at 6 ms
  // rtt 20 ms, window 3 ms: at 25 ms, what was sent by 2 ms is lost; 5 falls due at 28 ms.
  const Duration wait =
      t.board.MarkLostByTime(At(6), 71, Duration::Millis(23), At(25), kIgnoreMark);
  EXPECT_TRUE(t.IsLost(2));
  EXPECT_FALSE(t.IsLost(3));
  EXPECT_EQ(wait, Duration::Millis(3));
  EXPECT_EQ(t.board.MarkLostByTime(At(6), 71, Duration::Millis(23), At(28), kIgnoreMark),
            Duration());
  EXPECT_TRUE(t.IsLost(5));
  EXPECT_FALSE(t.IsLost(7));  // sent later than what was delivered
}

TEST(SackScoreboard, TellsALostRetransmissionByWhatWasSentAfterIt) {
  Ten t;
  const auto first = t.board.first();
  t.board.MarkLost(first);
  t.board.Resent(first, At(30));
  t.board.Append({101, 111}, At(31), false);
  t.Sack({{101, 111}});
  t.board.MarkLostByTime(At(31), 111, Duration::Millis(20), At(51), kIgnoreMark);
  EXPECT_TRUE(t.board[first].must_resend());
}

TEST(SackScoreboard, AHostileReceiverCannotMakeItGrow) {
  SackScoreboard board;
  board.Begin(1, false, false);
  board.Append({1, 100'001}, At(0), false);
  for (int64_t i = 0; i < 50'000; ++i) {
    const std::vector<SeqRange> block = {{2 * i + 2, 2 * i + 3}};
    board.Sack(block, kIgnore);
  }
  EXPECT_LE(board.segment_count(), 130u);  // at most 64 cuts
  EXPECT_TRUE(board.IsConsistent());
}

// Random acts on both, compared after each: the naive one knows bytes alone.
TEST(SackScoreboard, AgreesWithOneThatCountsBytes) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng = Rng::ForStream({.seed = seed}, "scoreboard", "test");
    SackScoreboard board;
    board.Begin(1, true, true);
    std::map<int64_t, char> bytes;  // position: '.' sent, 's' sacked; erased when acknowledged
    int64_t now = 0;
    for (int step = 0; step < 400; ++step) {
      ++now;
      const int64_t una = board.snd_una();
      const int64_t nxt = board.snd_nxt();
      const int64_t flight = nxt - una;
      const auto position = [&] { return una + static_cast<int64_t>(rng.Below(flight + 1)); };
      switch (rng.Below(10)) {
        case 0:
        case 1:
        case 2: {
          const auto size = static_cast<int64_t>(1 + rng.Below(kMss));
          board.Append({nxt, nxt + size}, At(now), false);
          for (int64_t i = nxt; i < nxt + size; ++i) bytes[i] = '.';
          break;
        }
        case 3: {
          const int64_t ack = position();
          board.Acknowledge(ack, kIgnore);
          bytes.erase(bytes.begin(), bytes.lower_bound(ack));
          break;
        }
        case 4:
        case 5:
        case 6: {  // on boundaries of segments, as receivers do
          if (board.empty()) break;
          const auto from = board.first() + rng.Below(board.segment_count());
          const auto to = from + rng.Below(board.end() - from);
          const SeqRange range{board[from].begin, board[to].end()};
          int64_t expected = 0;
          for (int64_t i = range.begin; i < range.end; ++i) {
            if (bytes[i] == '.') ++expected;
            bytes[i] = 's';
          }
          const std::vector<SeqRange> blocks = {range};
          EXPECT_EQ(board.Sack(blocks, kIgnore), expected);
          break;
        }
        case 7:
          board.MarkLostBySack(3, kMss, kIgnoreMark);
          for (auto i = board.first(); i < board.end(); ++i) {
            if (board[i].is_sacked) continue;
            int ranges = 0;
            int64_t above = 0;
            char last = '.';
            for (auto it = bytes.lower_bound(board[i].begin); it != bytes.end(); ++it) {
              if (it->second == 's') ++above;
              if (it->second == 's' && last != 's') ++ranges;
              last = it->second;
            }
            if (ranges >= 3 || above > 2 * int64_t{kMss}) {
              EXPECT_TRUE(board[i].is_lost) << seed;
            }
          }
          break;
        case 8:
          if (const auto next = board.NextLost()) {
            for (auto i = board.first(); i < *next; ++i) EXPECT_FALSE(board[i].must_resend());
            board.Resent(*next, At(now));
          }
          break;
        default:
          if (board.empty() || rng.Below(8) != 0) break;
          switch (rng.Below(4)) {
            case 0:
              board.ClearSack();
              for (auto& [where, what] : bytes) what = '.';
              board.MarkLostByTimeout(At(now));
              break;
            case 1:
              board.UnmarkLost();
              break;
            case 2:
              board.MarkOversizeLost(4);
              break;
            default: {
              const auto i = board.first() + rng.Below(board.segment_count());
              if (board[i].size > 1 && !board[i].is_sacked) board.Split(i, board[i].size / 2);
            }
          }
      }
      int64_t sacked = 0;
      for (const auto& [where, what] : bytes) sacked += what == 's' ? 1 : 0;
      ASSERT_EQ(board.sacked_bytes(), sacked) << "seed " << seed << " step " << step;
      ASSERT_EQ(board.flight(), static_cast<int64_t>(bytes.size()));
      ASSERT_TRUE(board.IsConsistent()) << "seed " << seed << " step " << step;
      for (auto i = board.first(); i < board.end(); ++i) {
        ASSERT_EQ(board.Find(board[i].begin), i);
        ASSERT_EQ(board.Find(board[i].end() - 1), i);
      }
    }
  }
}

}  // namespace
}  // namespace tickwire::tcp
