// Which packets carried which SIP message, on runs with planned losses.
#include "experiments/view/message_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "experiments/view/ladder.h"
#include "tests/support/run_fixture.h"

namespace tickwire {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Duration kPath = Duration::Millis(20);      // of the link, one way
constexpr Duration kLeastRto = Duration::Seconds(1);  // RFC 6298 section 2.4

class MessageFlowTest : public RunFixture {
 protected:
  // alice, who opens a connection at 0 s, calls bob at 1 s (and again at 1.01 s).
  void RunCall(const std::string& transport, const std::string& link = "",
               const std::string& second = "") {
    Run(R"(
      stop_at: "60s"
      node { name: "alice" role { sip_ua { transport { )" +
        transport + R"( connect_to: "bob" } } } }
      node { name: "bob" role { sip_ua { transport { )" +
        transport + R"( } answer { ring_after: "never" answer_after: "0s" } } } }
      link { name: "wire" a: "alice" b: "bob" delay: "20ms" )" +
        link + R"( }
      at { time: "1s" node: "alice" action { sip_call { to: "bob" call: "first" } } }
    )" + second);
    flow = std::make_unique<MessageFlow>(*model);
  }
  // The place of the first message of which the summary begins so, from the n-th on.
  size_t Find(const std::string& summary, size_t nth = 0) const {
    for (size_t i = 0; i < flow->messages().size(); ++i) {
      if (flow->messages()[i].summary.starts_with(summary) && nth-- == 0) return i;
    }
    ADD_FAILURE() << "no " << summary;
    return 0;
  }
  const SipMessage& Message(const std::string& summary, size_t nth = 0) const {
    return flow->messages()[Find(summary, nth)];
  }
  std::vector<CarriageKind> Kinds(size_t message) const {
    std::vector<CarriageKind> kinds;
    for (const Carriage& carriage : flow->carriages(message)) kinds.push_back(carriage.kind);
    return kinds;
  }
  static constexpr char kSecond[] =
      "at { time: \"1.01s\" node: \"alice\" action { sip_call { to: \"bob\" call: \"second\" } } }";
  static constexpr char kLoseInvite[] =
      "a_to_b { drop { match: \"sip.method==INVITE\" nth: [1] } }";
  std::unique_ptr<MessageFlow> flow;
};

TEST_F(MessageFlowTest, AMessageOverTcpTakesOneWayAndOneSegment) {
  RunCall("use: TCP");
  ASSERT_THAT(flow->connections().all(), SizeIs(1));
  EXPECT_THAT(flow->connections().all()[0].ends, SizeIs(2));
  const SipMessage& invite = Message("INVITE");
  EXPECT_EQ(invite.number, 1);
  EXPECT_EQ(invite.written, SimTime{Duration::Seconds(1)});
  EXPECT_EQ(invite.delay(), kPath);
  const auto& carriages = flow->carriages(0);
  ASSERT_THAT(carriages, Contains(Field(&Carriage::kind, CarriageKind::kFirst)).Times(1));
  EXPECT_EQ(carriages[0].begin, 0);
  EXPECT_EQ(carriages[0].end, static_cast<int64_t>(invite.text.size()));
  EXPECT_EQ(flow->InShort(0), "TCP 1");
}

// RFC 6298 section 2.4: nothing but the timer of at least 1 s tells of the loss of the last one.
TEST_F(MessageFlowTest, ALostSegmentBelongsToItsMessageWithTheOneThatRepeatsIt) {
  RunCall("use: TCP", kLoseInvite);
  const size_t invite = Find("INVITE");
  EXPECT_EQ(Message("INVITE").delay(), kLeastRto + kPath);
  EXPECT_THAT(Kinds(invite), testing::IsSupersetOf({CarriageKind::kFirst, CarriageKind::kAgain}));
  EXPECT_TRUE(flow->HadTrouble(invite));
  EXPECT_EQ(flow->InShort(invite), "TCP 1, 2 segments, 1 lost");
  EXPECT_TRUE(flow->IsLost(flow->carriages(invite)[0].journey));
  EXPECT_FALSE(flow->HadTrouble(Find("200 OK (INVITE)")));
}

TEST_F(MessageFlowTest, EachPacketNamesTheMessagesThatNameIt) {
  RunCall("use: TCP", kLoseInvite, kSecond);
  size_t links = 0;
  for (size_t message = 0; message < flow->messages().size(); ++message) {
    EXPECT_THAT(flow->carriages(message), testing::Not(IsEmpty()));
    for (const Carriage& carriage : flow->carriages(message)) {
      EXPECT_THAT(flow->carried_by(carriage.journey), Contains(message));
      ++links;
    }
  }
  size_t back = 0;
  for (size_t i = 0; i < model->journeys().size(); ++i) back += flow->carried_by(i).size();
  EXPECT_EQ(back, links);
}

TEST_F(MessageFlowTest, OverTcpASecondMessageWaitsForTheFirst) {
  RunCall("use: TCP", kLoseInvite, kSecond);
  // Sent 10 ms after the first, delivered with it.
  EXPECT_EQ(Message("INVITE", 0).received, Message("INVITE", 1).received);
  EXPECT_EQ(Message("INVITE", 1).delay(), kLeastRto + kPath - Duration::Millis(10));
}

TEST_F(MessageFlowTest, OverUnorderedSctpASecondMessageDoesNotWait) {
  RunCall("use: SCTP", kLoseInvite, kSecond);
  const size_t first = Find("INVITE", 0), second = Find("INVITE", 1);
  EXPECT_EQ(Message("INVITE", 1).delay(), kPath);  // RFC 4168 section 5.1
  EXPECT_EQ(Message("INVITE", 0).delay(), kLeastRto + kPath);
  EXPECT_EQ(flow->InShort(first), "SCTP 1, 2 packets, 1 lost");
  EXPECT_EQ(flow->InShort(second), "SCTP 1");
  EXPECT_THAT(Kinds(first), Contains(CarriageKind::kAgain));
  EXPECT_THAT(Kinds(second), testing::Not(Contains(CarriageKind::kAgain)));
}

// The record's head says how long it is (RFC 8446 section 5.1): what is behind it is not ours.
TEST_F(MessageFlowTest, AMessageOverTlsCoversItsRecordAndNoHandshake) {
  RunCall("use: TLS");
  const SipMessage& invite = Message("INVITE");
  ASSERT_TRUE(invite.received);
  int64_t covered = 0;
  for (const Carriage& carriage : flow->carriages(0)) {
    if (carriage.kind == CarriageKind::kFirst) covered += carriage.end - carriage.begin;
  }
  // RFC 8446 section 5.2: head of 5, content type 1, tag of 16.
  EXPECT_EQ(covered, static_cast<int64_t>(invite.text.size()) + 5 + 1 + 16);
  // SYN, SYN ACK, ACK, and the handshake's flights at least.
  EXPECT_GE(flow->other_packets(0).size(), 5u);
}

TEST_F(MessageFlowTest, ADatagramThatSipRepeatsIsOneMessage) {
  Run(R"(
    node { name: "alice" role { sip_ua { transport { no_tcp: true } } } }
    node { name: "bob" role { sip_ua { transport { no_tcp: true } } } }
    link { a: "alice" b: "bob" delay: "20ms" a_to_b { drop { match: "sip.method==INVITE" nth: [1] } } }
    at { time: "1s" node: "alice" action { sip_call { to: "bob" } } }
  )");
  flow = std::make_unique<MessageFlow>(*model);
  EXPECT_FALSE(SipConnections::HasAny(*model));
  const size_t invite = Find("INVITE");
  // RFC 3261 section 17.1.1.2: timer A, T1 = 500 ms.
  EXPECT_EQ(Message("INVITE").delay(), Duration::Millis(500) + kPath);
  EXPECT_THAT(Kinds(invite), ElementsAre(CarriageKind::kFirst, CarriageKind::kAgain));
  EXPECT_EQ(flow->InShort(invite), "UDP, 2 datagrams, 1 lost");
}

// --- What the ladder makes of it ---

TEST_F(MessageFlowTest, BothLayersLinkMessagesAndPackets) {
  RunCall("use: TCP", kLoseInvite);
  LadderOptions options;
  options.flow = flow.get();
  const DisplayList list = LayOutLadder(*model, options);
  std::vector<std::string> of_invite;
  for (const DisplayArrow& arrow : list.arrows) {
    if (arrow.message == 1) {
      EXPECT_EQ(arrow.layer, ArrowLayer::kMessage);
      EXPECT_EQ(arrow.label, "#1 INVITE sip:bob@10.0.1.2");
      EXPECT_EQ(arrow.note, "TCP 1, 2 segments, 1 lost");
      of_invite = arrow.carried_by;
    }
  }
  ASSERT_GE(of_invite.size(), 2u);
  size_t beneath = 0;
  for (const DisplayArrow& arrow : list.arrows) {
    if (arrow.layer != ArrowLayer::kBeneath) continue;
    EXPECT_THAT(arrow.carries, Contains(1));
    EXPECT_THAT(of_invite, Contains(arrow.event));
    ++beneath;
  }
  EXPECT_GE(beneath, 2u);                             // the lost one and its retransmission
  EXPECT_THAT(list.folded, testing::Not(IsEmpty()));  // those of messages without trouble
  ASSERT_THAT(list.marks, testing::Not(IsEmpty()));
  EXPECT_EQ(list.marks[0].text, "TCP 1 opened by alice, ready after 40 ms");
  EXPECT_THAT(list.marks[0].packets, SizeIs(testing::Ge(3)));  // the three-way handshake
}

TEST_F(MessageFlowTest, SipAloneHasNoPacketsAndTransportAloneNoMessages) {
  RunCall("use: TCP", kLoseInvite);
  LadderOptions options;
  options.flow = flow.get();
  options.layers = Layers::kSip;
  for (const DisplayArrow& arrow : LayOutLadder(*model, options).arrows) {
    EXPECT_EQ(arrow.layer, ArrowLayer::kMessage);
  }
  options.layers = Layers::kTransport;
  const DisplayList packets = LayOutLadder(*model, options);
  EXPECT_THAT(packets.arrows, SizeIs(model->journeys().size()));
  for (const DisplayArrow& arrow : packets.arrows) {
    EXPECT_EQ(arrow.layer, ArrowLayer::kPacket);
  }
}

TEST_F(MessageFlowTest, UnfoldedAllShowsEveryPacketOnce) {
  RunCall("use: TCP");
  LadderOptions options;
  options.flow = flow.get();
  options.unfold.which = Unfold::Which::kAll;
  const DisplayList list = LayOutLadder(*model, options);
  EXPECT_THAT(list.folded, IsEmpty());
  EXPECT_THAT(list.arrows, SizeIs(model->journeys().size() + flow->messages().size()));
  options.unfold.which = Unfold::Which::kNone;
  const DisplayList folded = LayOutLadder(*model, options);
  EXPECT_THAT(folded.folded, SizeIs(model->journeys().size()));
  EXPECT_THAT(folded.arrows, SizeIs(flow->messages().size()));
}

}  // namespace
}  // namespace tickwire
