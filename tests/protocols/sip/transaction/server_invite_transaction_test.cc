#include "protocols/sip/transaction/server_invite_transaction.h"

#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = ServerInviteTransaction::State;

class ServerInviteTransactionTest : public TransactionFixture {
 protected:
  ServerInviteTransaction& Receive(const Hop& hop = kUdp) {
    table_.OnRequest(Request("INVITE"), hop);
    return static_cast<ServerInviteTransaction&>(*user_.server);
  }
  void Respond(int status) { user_.server->Respond(ResponseTo(Request("INVITE"), status)); }
  // The ACK to a 300-699: same branch as the INVITE.
  void ReceiveAck() { table_.OnRequest(Request("ACK"), kUdp); }
};

TEST_F(ServerInviteTransactionTest, SendsTryingWhenTheUserTakesLongerThan200Ms) {
  const ServerInviteTransaction& transaction = Receive();
  RunTo(199);
  EXPECT_THAT(wire_.Take(), IsEmpty());
  RunTo(60'000);
  EXPECT_THAT(wire_.Take(), ElementsAre("200 100"));
  EXPECT_EQ(transaction.state(), State::kProceeding);
  // §8.2.6.2: 100 has no tag in To.
  EXPECT_EQ(SipMessage::Parse(wire_.wires[0]).message.Get<To>()->tag(), std::nullopt);
}

TEST_F(ServerInviteTransactionTest, NoTryingWhenTheUserAnswersInTime) {
  Receive();
  RunTo(100);
  Respond(180);
  RunTo(10'000);
  EXPECT_THAT(wire_.Take(), ElementsAre("100 180"));
}

TEST_F(ServerInviteTransactionTest, RepeatedInviteIsAnsweredWithTheLastProvisional) {
  Receive();
  Receive();  // nothing sent yet: absorbed
  Respond(180);
  RunTo(500);
  Receive();
  EXPECT_THAT(wire_.Take(), ElementsAre("0 180", "500 180"));
  EXPECT_EQ(wire_.wires[0], wire_.wires[1]);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE"));
}

TEST_F(ServerInviteTransactionTest, FailureIsRepeatedByTimerGUntilTimerHFires) {
  const ServerInviteTransaction& transaction = Receive();
  Respond(486);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  RunTo(31999);
  // §17.2.1: G from T1, doubling up to T2.
  EXPECT_THAT(wire_.Take(),
              ElementsAre("0 486", "500 486", "1500 486", "3500 486", "7500 486", "11500 486",
                          "15500 486", "19500 486", "23500 486", "27500 486", "31500 486"));
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "server timeout", "server terminated"));
  EXPECT_EQ(table_.server_count(), 0u);
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ServerInviteTransactionTest, RepeatedInviteAfterFailureIsAnsweredAtOnce) {
  Receive();
  Respond(486);
  RunTo(100);
  Receive();
  EXPECT_THAT(wire_.Take(), ElementsAre("0 486", "100 486"));
}

TEST_F(ServerInviteTransactionTest, AckStopsTheRepetitionsAndTimerIEndsIt) {
  const ServerInviteTransaction& transaction = Receive();
  Respond(486);
  RunTo(600);
  ReceiveAck();
  EXPECT_EQ(transaction.state(), State::kConfirmed);
  ReceiveAck();  // absorbed
  Receive();     // absorbed
  RunTo(5599);
  EXPECT_EQ(table_.server_count(), 1u);
  RunTo(5600);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 486", "500 486"));
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "server terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ServerInviteTransactionTest, AfterSuccessRepeatedInvitesAreAbsorbedUntilTimerLFires) {
  ServerInviteTransaction& transaction = Receive();
  Respond(200);
  EXPECT_EQ(transaction.state(), State::kAccepted);
  RunTo(500);
  Receive();
  transaction.ResendSuccess();  // the core, not the transaction, repeats the 2xx
  Respond(200);
  RunTo(31999);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 200", "500 200", "500 200"));
  EXPECT_EQ(wire_.wires[0], wire_.wires[1]);
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "server terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ServerInviteTransactionTest, AnAckInAcceptedGoesToTheUser) {
  Receive();
  Respond(200);
  ReceiveAck();
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "ACK"));
}

TEST_F(ServerInviteTransactionTest, ResponsesThatTheStateDoesNotAllowAreNotSent) {
  Receive();
  Respond(486);
  wire_.Take();
  Respond(180);
  Respond(200);
  Respond(500);
  EXPECT_THAT(wire_.Take(), IsEmpty());
  ReceiveAck();
  Respond(200);
  EXPECT_THAT(wire_.Take(), IsEmpty());
}

TEST_F(ServerInviteTransactionTest, NoFailureAfterSuccess) {
  Receive();
  Respond(200);
  Respond(500);
  Respond(180);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 200"));
}

TEST_F(ServerInviteTransactionTest, OnReliableTransportsGIsOffAndIIsZero) {
  Receive(kReliable);
  Respond(486);
  RunTo(1000);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 486"));
  ReceiveAck();
  RunTo(1000);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "server terminated"));
}

TEST_F(ServerInviteTransactionTest, OnReliableTransportsTimerLIsStill64T1) {
  Receive(kReliable);
  Respond(200);
  RunTo(31999);
  EXPECT_EQ(table_.server_count(), 1u);
  RunTo(32000);
  EXPECT_EQ(table_.server_count(), 0u);
}

// RFC 3261 §17.2.1: H runs on every transport.
TEST_F(ServerInviteTransactionTest, OnReliableTransportsTimerHIsStill64T1) {
  Receive(kReliable);
  Respond(486);
  RunTo(31999);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE"));
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("server timeout", "server terminated"));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 486"));
}

TEST_F(ServerInviteTransactionTest, TransportErrorsAreReportedAndChangeNothing) {
  const ServerInviteTransaction& transaction = Receive();
  Respond(180);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  Respond(486);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  EXPECT_THAT(user_.Take(),
              ElementsAre("request INVITE", "server transport error", "server transport error"));
}

}  // namespace
}  // namespace tickwire::sip
