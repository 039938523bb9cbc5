#include "protocols/sip/transaction/server_non_invite_transaction.h"

#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = ServerNonInviteTransaction::State;

class ServerNonInviteTransactionTest : public TransactionFixture {
 protected:
  ServerNonInviteTransaction& Receive(const Hop& hop = kUdp) {
    table_.OnRequest(Request("BYE"), hop);
    return static_cast<ServerNonInviteTransaction&>(*user_.server);
  }
  void Respond(int status) { user_.server->Respond(ResponseTo(Request("BYE"), status)); }
};

TEST_F(ServerNonInviteTransactionTest, RepetitionsBeforeAnyAnswerAreAbsorbed) {
  const ServerNonInviteTransaction& transaction = Receive();
  Receive();
  EXPECT_EQ(transaction.state(), State::kTrying);
  EXPECT_THAT(wire_.Take(), IsEmpty());
  EXPECT_THAT(user_.Take(), ElementsAre("request BYE"));
}

TEST_F(ServerNonInviteTransactionTest, RepetitionsAreAnsweredWithTheLastResponse) {
  const ServerNonInviteTransaction& transaction = Receive(kReliable);
  Respond(100);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  Receive(kReliable);
  Respond(200);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  Receive(kReliable);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 100", "0 100", "0 200", "0 200"));
  EXPECT_EQ(wire_.wires[2], wire_.wires[3]);
}

// RFC 4320 §4.1. Timer E is set to T2 when it fires for the third time: 0.5 + 1 + 2 s = 3.5 s.
TEST_F(ServerNonInviteTransactionTest, A100GoesOutExactlyWhenTimerEHasReachedT2) {
  static_assert(TransactionTimers{}.UntilTimerEIsT2() == Duration::Millis(500 + 1000 + 2000));
  const ServerNonInviteTransaction& transaction = Receive();
  RunTo(3499);
  EXPECT_THAT(wire_.Take(), IsEmpty());
  RunTo(3500);
  EXPECT_THAT(wire_.Take(), ElementsAre("3500 100"));
  EXPECT_EQ(transaction.state(), State::kProceeding);
  RunTo(4000);
  Receive();
  Respond(200);
  EXPECT_THAT(wire_.Take(), ElementsAre("4000 100", "4000 200"));
}

// RFC 4320 §4.1: over UDP no earlier 100, and no other provisional response at any time.
TEST_F(ServerNonInviteTransactionTest, EarlyAndOtherProvisionalsAreKeptBack) {
  const ServerNonInviteTransaction& transaction = Receive();
  Respond(100);
  Respond(183);
  EXPECT_EQ(transaction.state(), State::kTrying);
  RunTo(3500);
  wire_.Take();
  Respond(180);
  Respond(100);
  EXPECT_THAT(wire_.Take(), ElementsAre("3500 100"));
}

// RFC 4320 §4.2.
TEST_F(ServerNonInviteTransactionTest, A408IsNeverSentAndRepetitionsStayAbsorbed) {
  const ServerNonInviteTransaction& transaction = Receive();
  RunTo(1000);
  Respond(408);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  Receive();
  EXPECT_THAT(wire_.Take(), IsEmpty());
  RunTo(1000 + 32'000);  // timer J: 64*T1
  EXPECT_THAT(user_.Take(), ElementsAre("request BYE", "server terminated"));
  EXPECT_TRUE(IsQuiet());
}

// RFC 4320 §4.2: who cannot answer before the client gives up (64*T1) does not answer at all.
TEST_F(ServerNonInviteTransactionTest, AnUnansweredRequestIsForgottenWhenTheClientGaveUp) {
  Receive();
  RunTo(31'999);
  EXPECT_EQ(table_.server_count(), 1u);
  RunTo(32'000);
  EXPECT_EQ(table_.server_count(), 0u);
  EXPECT_THAT(wire_.Take(), ElementsAre("3500 100"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ServerNonInviteTransactionTest, TimerJEndsIt) {
  Receive();
  RunTo(1000);
  Respond(200);
  RunTo(32'999);
  EXPECT_EQ(table_.server_count(), 1u);
  RunTo(33'000);
  EXPECT_THAT(user_.Take(), ElementsAre("request BYE", "server terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ServerNonInviteTransactionTest, OnReliableTransportsTimerJIsZero) {
  Receive(kReliable);
  Respond(200);
  EXPECT_EQ(table_.server_count(), 1u);  // never inside a call of the user
  RunTo(0);
  EXPECT_EQ(table_.server_count(), 0u);
}

TEST_F(ServerNonInviteTransactionTest, OnlyTheFirstFinalResponseIsSent) {
  Receive();
  Respond(200);
  Respond(500);
  Respond(100);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 200"));
}

// RFC 6026 §8.8: "MUST remain in the current state".
TEST_F(ServerNonInviteTransactionTest, ATransportErrorIsReportedAndChangesNothing) {
  const ServerNonInviteTransaction& transaction = Receive();
  table_.OnTransportError(kUdp);  // nothing has been sent yet
  EXPECT_EQ(transaction.state(), State::kTrying);
  Respond(200);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  EXPECT_THAT(user_.Take(), ElementsAre("request BYE", "server transport error"));
  Receive();  // repeated: answered again
  EXPECT_THAT(wire_.Take(), ElementsAre("0 200", "0 200"));
  RunTo(32'000);
  EXPECT_THAT(user_.Take(), ElementsAre("server terminated"));
  EXPECT_TRUE(IsQuiet());
}

}  // namespace
}  // namespace tickwire::sip
