#include "protocols/ip/reassembly.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "sim_core/random/rng.h"
#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

class ReassemblyTest : public testing::Test, public Reassembly::User {
 protected:
  struct Result {
    std::optional<std::vector<uint8_t>> whole;
    std::string why;
    Ecn ecn = Ecn::kNotEct;
  };

  // The byte at each place of a datagram tells the place.
  static uint8_t ByteAt(size_t place) { return static_cast<uint8_t>(place * 7 + place / 256); }
  static std::vector<uint8_t> Datagram(size_t size) {
    std::vector<uint8_t> bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = ByteAt(i);
    return bytes;
  }

  Result Add(uint32_t begin, uint32_t end, bool more, uint32_t id = 1, Ecn ecn = Ecn::kNotEct,
             uint32_t zeros = 0) {
    Packet packet = node_.NewPacket(end - begin - zeros);
    for (uint32_t i = begin; i < end - zeros; ++i) packet.mutable_bytes()[i - begin] = ByteAt(i);
    packet.set_virtual_tail(zeros);
    Packet quotation;
    if (begin == 0) quotation = node_.NewPacket(28);
    const TraceLabel* why = nullptr;
    auto whole = reassembly_->Add({Ip("10.0.0.1"), Ip("10.0.0.2"), id, IpProtocol::kUdp},
                                  {begin,
                                   more,
                                   std::move(packet),
                                   std::move(quotation),
                                   {.protocol = IpProtocol::kUdp, .ecn = ecn}},
                                  &why);
    Result result;
    if (why != nullptr) result.why = why->name;
    if (whole) {
      result.whole.emplace(whole->packet.bytes().begin(), whole->packet.bytes().end());
      result.ecn = whole->datagram.ecn;
    }
    return result;
  }
  void OnReassemblyTimeout(const Packet& quotation) override {
    ++timeouts_;
    quoted_ += quotation.wire_size() > 0;
  }

  Recorder recorder_;
  Simulator simulator_{{.run = {}, .nodes = {"n"}, .sink = &recorder_}};
  Node& node_ = simulator_.node("n");
  std::unique_ptr<Reassembly> reassembly_ =
      std::make_unique<Reassembly>(node_.clock(), node_.pool(), *this);
  int timeouts_ = 0;
  int quoted_ = 0;
};

TEST_F(ReassemblyTest, EveryOrderOfFourFragmentsGivesTheDatagram) {
  struct Piece {
    uint32_t begin, end;
    bool more;
  };
  const Piece pieces[] = {{0, 8, true}, {8, 24, true}, {24, 32, true}, {32, 35, false}};
  int order[] = {0, 1, 2, 3};
  do {
    for (int i = 0; i < 4; ++i) {
      const Piece& piece = pieces[order[i]];
      const Result result = Add(piece.begin, piece.end, piece.more);
      EXPECT_EQ(result.why, "");
      ASSERT_EQ(result.whole.has_value(), i == 3);
      if (i == 3) {
        EXPECT_EQ(*result.whole, Datagram(35));
      }
    }
    EXPECT_EQ(reassembly_->pending(), 0u);
  } while (std::next_permutation(order, order + 4));
}

TEST_F(ReassemblyTest, AnExactRepetitionIsIgnored) {
  Add(0, 8, true);
  EXPECT_EQ(Add(0, 8, true).why, "repeated_fragment");
  EXPECT_EQ(*Add(8, 12, false).whole, Datagram(12));
}

// RFC 8200 section 4.5: any overlap spoils the datagram with all its fragments.
TEST_F(ReassemblyTest, EveryKindOfOverlapSpoilsTheDatagram) {
  struct Row {
    uint32_t begin, end;
    bool more;
  };
  for (const Row& row : std::vector<Row>{{8, 24, true},       // its tail into the next
                                         {24, 40, true},      // its head into the one before
                                         {16, 24, true},      // the first half of it
                                         {24, 32, true},      // the second half of it
                                         {8, 40, true},       // all of it and more
                                         {16, 32, false}}) {  // the same bytes as the last one
    Add(16, 32, true);
    EXPECT_EQ(Add(row.begin, row.end, row.more).why, "overlapping_fragments") << row.begin;
    EXPECT_EQ(reassembly_->pending(), 0u);
  }
}

// RFC 791 section 3.2: all but the last are multiples of eight bytes; none ends beyond the last.
TEST_F(ReassemblyTest, ImpossibleFragmentsSpoilTheDatagram) {
  EXPECT_EQ(Add(0, 7, true).why, "bad_fragment");
  EXPECT_EQ(Add(0, 0, true).why, "bad_fragment");
  EXPECT_EQ(Add(65528, 65536, true).why, "bad_fragment");
  Add(8, 16, false);
  EXPECT_EQ(Add(16, 24, true).why, "bad_fragment");
  Add(8, 16, false);
  EXPECT_EQ(Add(16, 20, false).why, "bad_fragment");
  EXPECT_EQ(reassembly_->pending(), 0u);
}

// The sum of the sizes is right here, but one fragment lies beyond the end that the last one tells.
TEST_F(ReassemblyTest, ALastFragmentBeforeWhatCameAlreadySpoilsTheDatagram) {
  Add(60000, 60008, true);
  const Result result = Add(8, 16, false);
  EXPECT_FALSE(result.whole);
  EXPECT_EQ(result.why, "bad_fragment");
  EXPECT_EQ(reassembly_->pending(), 0u);
}

TEST_F(ReassemblyTest, UnstoredZerosBecomeBytes) {
  Add(0, 16, true, 1, Ecn::kNotEct, /*zeros=*/10);
  const Result result = Add(16, 20, false, 1, Ecn::kNotEct, /*zeros=*/4);
  std::vector<uint8_t> expected(20, 0);
  for (size_t i = 0; i < 6; ++i) expected[i] = ByteAt(i);
  EXPECT_EQ(*result.whole, expected);
}

// RFC 3168 section 5.3: one fragment that met congestion marks the datagram.
TEST_F(ReassemblyTest, CongestionOfAnyFragmentIsKept) {
  Add(0, 8, true, 1, Ecn::kEct0);
  Add(8, 16, true, 1, Ecn::kCe);
  EXPECT_EQ(Add(16, 20, false, 1, Ecn::kEct0).ecn, Ecn::kCe);
}

TEST_F(ReassemblyTest, DatagramsWithOtherIdentificationsDoNotMix) {
  Add(0, 8, true, 1);
  Add(0, 8, true, 2);
  EXPECT_EQ(reassembly_->pending(), 2u);
  EXPECT_TRUE(Add(8, 12, false, 1).whole);
  EXPECT_TRUE(Add(8, 12, false, 2).whole);
}

// RFC 1122 section 3.3.2, RFC 8200 section 4.5: 60 s after the first to come, whatever follows.
TEST_F(ReassemblyTest, TimesOutAMinuteAfterItsFirstFragment) {
  simulator_.ScheduleAction(SimTime::FromNanos(0), node_, [&] { Add(0, 8, true); });
  simulator_.ScheduleAction(SimTime{Duration::Seconds(59)}, node_, [&] { Add(16, 24, true); });
  simulator_.RunUntil(SimTime{Duration::Seconds(60)} - Duration::Nanos(1));
  EXPECT_EQ(timeouts_, 0);
  simulator_.RunUntil(SimTime{Duration::Seconds(60)});
  EXPECT_EQ(timeouts_, 1);
  EXPECT_EQ(quoted_, 1);
  EXPECT_EQ(reassembly_->pending(), 0u);
}

TEST_F(ReassemblyTest, ATimeoutWithoutTheFirstFragmentQuotesNothing) {
  simulator_.ScheduleAction(SimTime::FromNanos(0), node_, [&] { Add(8, 16, true); });
  simulator_.RunUntil(SimTime{Duration::Seconds(61)});
  EXPECT_EQ(timeouts_, 1);
  EXPECT_EQ(quoted_, 0);
}

TEST_F(ReassemblyTest, TheOldestDatagramGivesWay) {
  for (uint32_t id = 1; id <= Reassembly::kMaximumDatagrams; ++id) Add(0, 8, true, id);
  EXPECT_EQ(reassembly_->pending(), Reassembly::kMaximumDatagrams);
  Add(0, 8, true, 1000);
  EXPECT_EQ(reassembly_->pending(), Reassembly::kMaximumDatagrams);
  EXPECT_FALSE(Add(8, 12, false, 1).whole);  // it was the oldest; this begins it anew
  EXPECT_TRUE(Add(8, 12, false, 1000).whole);
}

TEST_F(ReassemblyTest, FragmentsOfOneDatagramAreLimited) {
  for (uint32_t i = 0; i < Reassembly::kMaximumFragments; ++i) {
    EXPECT_EQ(Add(16 * i, 16 * i + 8, true).why, "");
  }
  EXPECT_EQ(
      Add(16 * Reassembly::kMaximumFragments, 16 * Reassembly::kMaximumFragments + 8, true).why,
      "too_many_fragments");
  EXPECT_EQ(reassembly_->pending(), 0u);
}

// Whatever arrives, what comes out is the bytes at their places, and the memory is bounded.
TEST_F(ReassemblyTest, RandomFragmentsNeverGiveAWrongDatagram) {
  Rng rng = Rng::ForStream({.seed = 3}, "reassembly", "soak");
  int wholes = 0;
  for (int i = 0; i < 20'000; ++i) {
    const uint32_t begin = static_cast<uint32_t>(rng.Below(6)) * 8;
    const uint32_t end = begin + static_cast<uint32_t>(rng.Below(4)) * 8 +
                         static_cast<uint32_t>(rng.Below(6) == 0 ? rng.Below(8) : 0);
    const Result result = Add(begin, end, rng.Below(3) != 0, static_cast<uint32_t>(rng.Below(80)));
    ASSERT_LE(reassembly_->pending(), Reassembly::kMaximumDatagrams);
    if (!result.whole) continue;
    ++wholes;
    ASSERT_EQ(*result.whole, Datagram(result.whole->size())) << i;
  }
  EXPECT_GT(wholes, 100);
}

}  // namespace
}  // namespace tickwire
