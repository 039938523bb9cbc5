#include "experiments/view/sctp_flow_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "experiments/view/packet_tree.h"
#include "protocols/sctp/packet/cause/user_initiated_abort_cause.h"
#include "tests/support/sctp_datagram.h"

namespace tickwire {
namespace {

using namespace sctp;  // NOLINT: a test of its values

constexpr VerificationTag kTagA{0x0000000a}, kTagB{0x0000000b};
constexpr Tsn kFirstOfA{4294967295u}, kFirstOfB{100};

class SctpFlowViewTest : public testing::Test {
 protected:
  SctpFlowView::View See(bool from_a, VerificationTag tag, const std::vector<AnyChunk>& chunks,
                         const std::string& why = "") {
    const CommonHeader header{static_cast<uint16_t>(from_a ? 5000 : 9),
                              static_cast<uint16_t>(from_a ? 9 : 5000), tag};
    const std::vector<uint8_t> datagram = SctpDatagram(header, chunks);
    return view_.Describe(match::PacketSource(datagram, 0), why, next_++);
  }
  void SetUp() override {
    See(true, VerificationTag{}, {InitChunk{kTagA, 1500, 1, 1, kFirstOfA}});
    See(false, kTagA, {InitAckChunk{kTagB, 1500, 1, 1, kFirstOfB}});
  }
  DataChunk Data(Tsn tsn) {
    return {.begin = true, .end = true, .tsn = tsn, .ssn = Ssn(2), .data = data_};
  }

  const std::vector<uint8_t> data_ = std::vector<uint8_t>(10, 'x');
  SctpFlowView view_;
  size_t next_ = 0;
};

TEST_F(SctpFlowViewTest, CountsTheTsnsOfEachSideFromOne) {
  EXPECT_EQ(See(true, kTagB, {Data(kFirstOfA), Data(Tsn(0))}).summary,
            "DATA 1 (0:2) 10 B; DATA 2 (0:2) 10 B");
  SackChunk sack{.cumulative_tsn_ack = kFirstOfA, .a_rwnd = 0};
  sack.gap_ack_blocks = {{2, 2}, {4, 6}};
  sack.duplicate_tsns = {kFirstOfA};
  EXPECT_EQ(See(false, kTagA, {sack, Data(kFirstOfB)}).summary,
            "SACK 1 gaps 3 5-7 duplicate 1 a_rwnd=0; DATA 1 (0:2) 10 B");
}

TEST_F(SctpFlowViewTest, KnowsARetransmissionByItsTsnWhateverElseIsBundled) {
  const size_t first = next_;
  See(true, kTagB, {Data(kFirstOfA)});
  const SctpFlowView::View again =
      See(true, kTagB, {Data(kFirstOfA), Data(Tsn(0))}, "T3-rtx: TSN 4294967295");
  EXPECT_EQ(again.summary, "DATA 1 (0:2) 10 B; DATA 2 (0:2) 10 B retransmission (T3-rtx)");
  EXPECT_EQ(again.original, first);
  EXPECT_EQ(again.repetition, 1);
  // The other side's number is another's.
  EXPECT_EQ(See(false, kTagA, {Data(kFirstOfB)}).repetition, 0);
}

TEST_F(SctpFlowViewTest, ShowsTheTagWhereItIsThePoint) {
  EXPECT_EQ(See(true, kTagA, {ShutdownCompleteChunk{.tag_reflected = true}}).summary,
            "SHUTDOWN COMPLETE T=1 [tag 0000000a]");
  EXPECT_EQ(See(true, kTagB, {ShutdownAckChunk{}}).summary, "SHUTDOWN ACK [tag 0000000b]");
  EXPECT_EQ(See(true, VerificationTag{}, {ShutdownAckChunk{}}).summary,
            "SHUTDOWN ACK [tag 00000000]");
  EXPECT_EQ(
      See(true, VerificationTag{}, {InitChunk{VerificationTag(0xc), 1500, 1, 2, Tsn(1)}}).summary,
      "INIT tag=0000000c streams=1/2");
}

TEST_F(SctpFlowViewTest, TellsCausesOfAnAbort) {
  std::vector<uint8_t> causes;
  UserInitiatedAbortCause{.reason = data_}.SerializeTo(causes);
  EXPECT_EQ(See(true, kTagB, {AbortChunk{.causes = causes}}).summary,
            "ABORT (User-Initiated Abort reason=10 B) [tag 0000000b]");
}

TEST(WithoutInnerChunks, KeepsFirstAndLastOfManyDataChunksAndAllElse) {
  EXPECT_EQ(WithoutInnerChunks("COOKIE ECHO; DATA 1 (0:0) 9 B; DATA 2 (0:1) 9 B; DATA 3 (0:2) 9 B; "
                               "DATA 4 (0:3) 9 B retransmission (T3-rtx)"),
            "COOKIE ECHO; DATA 1 (0:0) 9 B; 2 more; DATA 4 (0:3) 9 B retransmission (T3-rtx)");
  const std::string three = "SACK 4; DATA 1 (0:0) 9 B; DATA 2 (0:1) 9 B; DATA 3 (0:2) 9 B";
  EXPECT_EQ(WithoutInnerChunks(three), three);
}

TEST(SctpTree, HasALineForEachFieldOfEachChunkAndItsPlace) {
  const std::vector<uint8_t> data(10, 'x');
  SackChunk sack{.cumulative_tsn_ack = Tsn(41), .a_rwnd = 1500};
  sack.gap_ack_blocks = {{2, 3}};
  const auto datagram = SctpDatagram(
      {5000, 9, VerificationTag(0xdecafbad)},
      {sack, DataChunk{.begin = true, .tsn = Tsn(7), .stream = StreamId(3), .data = data}});
  const PacketTree tree = DescribePacket(datagram);
  EXPECT_TRUE(tree.violations.empty());
  const auto find = [&](const std::string& text) {
    return std::find_if(tree.lines.begin(), tree.lines.end(),
                        [&](const auto& line) { return line.text == text; });
  };
  // Where the fields lie: IP 20, SCTP 12, SACK 16 + 4, DATA 16 + data.
  const std::pair<const char*, size_t> expected[] = {{"SCTP 5000 > 9", 20},
                                                     {"verification tag 0xdecafbad", 24},
                                                     {"SACK chunk", 32},
                                                     {"cumulative TSN ack 41", 36},
                                                     {"gap ack block: TSN 43-44", 48},
                                                     {"DATA chunk", 52},
                                                     {"ordered, first fragment", 53},
                                                     {"TSN 7", 56},
                                                     {"stream identifier 3", 60},
                                                     {"10 bytes", 68}};
  for (const auto& [text, offset] : expected) {
    const auto line = find(text);
    ASSERT_NE(line, tree.lines.end()) << text;
    EXPECT_EQ(line->offset, offset) << text;
  }
}

TEST(SctpTree, SaysWhatIsBroken) {
  auto datagram = SctpDatagram({5000, 9, VerificationTag(1)}, {ShutdownAckChunk{}});
  datagram[20 + 8] ^= 1;
  const PacketTree tree = DescribePacket(datagram);
  ASSERT_EQ(tree.violations.size(), 1u);
  EXPECT_EQ(tree.violations[0].offset, 28u);
}

}  // namespace
}  // namespace tickwire
