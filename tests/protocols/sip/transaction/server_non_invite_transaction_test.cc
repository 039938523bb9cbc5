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
  const ServerNonInviteTransaction& transaction = Receive();
  Respond(100);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  Receive();
  Respond(200);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  Receive();
  EXPECT_THAT(wire_.Take(), ElementsAre("0 100", "0 100", "0 200", "0 200"));
  EXPECT_EQ(wire_.wires[2], wire_.wires[3]);
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

TEST_F(ServerNonInviteTransactionTest, TransportErrorEndsItOnceSomethingWasSent) {
  const ServerNonInviteTransaction& transaction = Receive();
  table_.OnTransportError(kUdp.remote);
  EXPECT_EQ(transaction.state(), State::kTrying);
  Respond(200);
  table_.OnTransportError(kUdp.remote);
  EXPECT_THAT(user_.Take(),
              ElementsAre("request BYE", "server transport error", "server terminated"));
  EXPECT_TRUE(IsQuiet());
}

}  // namespace
}  // namespace tickwire::sip
