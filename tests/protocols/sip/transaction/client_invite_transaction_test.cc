#include "protocols/sip/transaction/client_invite_transaction.h"

#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = ClientInviteTransaction::State;

class ClientInviteTransactionTest : public TransactionFixture {
 protected:
  ClientInviteTransaction& Start(const Hop& hop = kUdp) {
    return static_cast<ClientInviteTransaction&>(table_.Start(Request("INVITE"), hop));
  }
  void Receive(int status, absl::string_view to_tag = "b1") {
    table_.OnResponse(ResponseTo(Request("INVITE"), status, to_tag));
  }
};

TEST_F(ClientInviteTransactionTest, UnansweredInviteIsRepeatedUntilTimerBFires) {
  Start();
  RunTo(31999);
  // §17.1.1.2: T1 = 500 ms, doubling without a cap.
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE", "500 INVITE", "1500 INVITE", "3500 INVITE",
                                        "7500 INVITE", "15500 INVITE", "31500 INVITE"));
  EXPECT_THAT(user_.Take(), IsEmpty());
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("client timeout", "client terminated"));
  EXPECT_EQ(table_.client_count(), 0u);
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ClientInviteTransactionTest, RepetitionsAreTheSameOctets) {
  Start();
  RunTo(1500);
  ASSERT_EQ(wire_.wires.size(), 3u);
  EXPECT_EQ(wire_.wires[0], wire_.wires[1]);
  EXPECT_EQ(wire_.wires[0], wire_.wires[2]);
}

TEST_F(ClientInviteTransactionTest, TimerAStopsAfterProvisionalResponse) {
  const ClientInviteTransaction& transaction = Start();
  RunTo(600);
  Receive(180);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  RunTo(200'000);  // timer B stops too: an answered phone may ring for long
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE", "500 INVITE"));
  EXPECT_THAT(user_.Take(), ElementsAre("response 180"));
  EXPECT_TRUE(transaction.IsConsistent());
}

TEST_F(ClientInviteTransactionTest, EveryProvisionalGoesUp) {
  Start();
  Receive(100);
  Receive(180);
  Receive(180);
  EXPECT_THAT(user_.Take(), ElementsAre("response 100", "response 180", "response 180"));
}

TEST_F(ClientInviteTransactionTest, FailureIsAcknowledgedAndItsRepetitionsAreAbsorbed) {
  const ClientInviteTransaction& transaction = Start();
  RunTo(100);
  Receive(486);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  RunTo(600);
  Receive(486);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE", "100 ACK", "600 ACK"));
  EXPECT_EQ(wire_.wires[1], wire_.wires[2]);
  EXPECT_THAT(user_.Take(), ElementsAre("response 486"));
  RunTo(32099);
  EXPECT_EQ(table_.client_count(), 1u);
  RunTo(32100);  // timer D: 32 s after the first final response
  EXPECT_THAT(user_.Take(), ElementsAre("client terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ClientInviteTransactionTest, TheAckIsBuiltFromRequestAndResponse) {
  Start();
  Receive(404, "b77");
  // §17.1.1.3: one Via, the INVITE's; its Route set; To of the response; CSeq number with ACK.
  const SipMessage ack = SipMessage::Parse(wire_.wires.back()).message;
  EXPECT_EQ(ack.start_line(), "ACK sip:bob@b SIP/2.0");
  EXPECT_EQ(ack.GetAll<Via>().size(), 1u);
  EXPECT_EQ(ack.Get<Via>()->branch(), absl::string_view("z9hG4bK1"));
  EXPECT_EQ(ack.GetAll<Route>().size(), 2u);
  EXPECT_EQ(ack.Get<Route>()->uri, "sip:r1;lr");
  EXPECT_EQ(ack.Get<From>()->tag(), absl::string_view("a1"));
  EXPECT_EQ(ack.Get<To>()->tag(), absl::string_view("b77"));
  EXPECT_EQ(ack.Get<CallId>()->id, "c1");
  EXPECT_EQ(*ack.Get<CSeq>(), (CSeq{7, "ACK"}));
}

TEST_F(ClientInviteTransactionTest, LateProvisionalAfterFailureIsIgnored) {
  Start();
  Receive(486);
  user_.Take();
  Receive(180);
  Receive(200);
  EXPECT_THAT(user_.Take(), IsEmpty());
}

TEST_F(ClientInviteTransactionTest, EverySuccessGoesUpUntilTimerMFires) {
  const ClientInviteTransaction& transaction = Start();
  Receive(180);
  Receive(200);
  EXPECT_EQ(transaction.state(), State::kAccepted);
  Receive(200);
  Receive(200, "other-branch");
  // RFC 6026 §8.4: the transaction sends no ACK; other responses are not for the user any more.
  Receive(180);
  Receive(486);
  EXPECT_THAT(user_.Take(),
              ElementsAre("response 180", "response 200", "response 200", "response 200"));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE"));
  RunTo(31999);
  EXPECT_THAT(user_.Take(), IsEmpty());
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("client terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ClientInviteTransactionTest, ReliableTransportsRepeatNothing) {
  Start(kReliable);
  RunTo(31999);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE"));
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("client timeout", "client terminated"));
}

TEST_F(ClientInviteTransactionTest, OnReliableTransportsTimerDIsZero) {
  Start(kReliable);
  Receive(503);
  EXPECT_THAT(user_.Take(), ElementsAre("response 503"));
  RunTo(0);
  EXPECT_THAT(user_.Take(), ElementsAre("client terminated"));
}

// RFC 6026 §8.4: M is 64*T1 on every transport, since each hop and branch repeats its own 2xx.
TEST_F(ClientInviteTransactionTest, OnReliableTransportsTimerMIsStill64T1) {
  Start(kReliable);
  Receive(200);
  RunTo(31999);
  Receive(200);
  EXPECT_THAT(user_.Take(), ElementsAre("response 200", "response 200"));
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("client terminated"));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE"));
}

// §17.1.1.3: the ACK takes the way of the INVITE.
TEST_F(ClientInviteTransactionTest, TheAckToAFailureTakesTheHopOfTheInvite) {
  Start(kReliable);
  Receive(486);
  ASSERT_EQ(wire_.hops.size(), 2u);
  EXPECT_EQ(wire_.hops[1], kReliable);
}

// What failed by one transport says nothing of another one to the same place.
TEST_F(ClientInviteTransactionTest, AnErrorOfAnotherTransportIsNotItsOwn) {
  Start(kReliable);
  table_.OnTransportError(kUdp);
  EXPECT_THAT(user_.Take(), IsEmpty());
  table_.OnTransportError(kReliable);
  EXPECT_THAT(user_.Take(), ElementsAre("client transport error", "client terminated"));
}

TEST_F(ClientInviteTransactionTest, TransportErrorEndsItWhileSomethingIsOnItsWay) {
  Start();
  table_.OnTransportError(kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("client transport error", "client terminated"));
  EXPECT_TRUE(IsQuiet());
  Start();
  Receive(500);
  user_.Take();
  table_.OnTransportError(kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("client transport error", "client terminated"));
}

TEST_F(ClientInviteTransactionTest, TransportErrorLeavesProceedingAndAcceptedAlone) {
  const ClientInviteTransaction& transaction = Start();
  Receive(180);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  Receive(200);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kAccepted);
  EXPECT_THAT(user_.Take(), ElementsAre("response 180", "response 200"));
}

TEST_F(ClientInviteTransactionTest, AnAbandonedTransactionLeavesNothing) {
  ClientInviteTransaction& transaction = Start();
  Receive(180);
  transaction.Abandon();
  EXPECT_EQ(table_.client_count(), 0u);
  EXPECT_TRUE(IsQuiet());
  Receive(487);
  EXPECT_THAT(user_.Take(), ElementsAre("response 180", "client terminated"));
}

}  // namespace
}  // namespace tickwire::sip
