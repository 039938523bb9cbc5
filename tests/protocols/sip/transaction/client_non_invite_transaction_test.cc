#include "protocols/sip/transaction/client_non_invite_transaction.h"

#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = ClientNonInviteTransaction::State;

class ClientNonInviteTransactionTest : public TransactionFixture {
 protected:
  ClientNonInviteTransaction& Start(const Hop& hop = kUdp) {
    return static_cast<ClientNonInviteTransaction&>(table_.Start(Request("BYE"), hop));
  }
  void Receive(int status) { table_.OnResponse(ResponseTo(Request("BYE"), status)); }
};

TEST_F(ClientNonInviteTransactionTest, RepetitionsDoubleUpToT2UntilTimerFFires) {
  Start();
  RunTo(31999);
  // §17.1.2.2: 0.5, 1, 2 and then every 4 s.
  EXPECT_THAT(wire_.Take(),
              ElementsAre("0 BYE", "500 BYE", "1500 BYE", "3500 BYE", "7500 BYE", "11500 BYE",
                          "15500 BYE", "19500 BYE", "23500 BYE", "27500 BYE", "31500 BYE"));
  RunTo(32000);
  EXPECT_THAT(user_.Take(), ElementsAre("client timeout", "client terminated"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ClientNonInviteTransactionTest, AfterAProvisionalItRepeatsEveryT2) {
  const ClientNonInviteTransaction& transaction = Start();
  RunTo(600);
  Receive(100);
  EXPECT_EQ(transaction.state(), State::kProceeding);
  RunTo(32000);
  EXPECT_THAT(wire_.Take(),
              ElementsAre("0 BYE", "500 BYE", "1500 BYE", "5500 BYE", "9500 BYE", "13500 BYE",
                          "17500 BYE", "21500 BYE", "25500 BYE", "29500 BYE"));
  EXPECT_THAT(user_.Take(), ElementsAre("response 100", "client timeout", "client terminated"));
}

TEST_F(ClientNonInviteTransactionTest, AFinalResponseGoesUpOnceAndTimerKEndsIt) {
  const ClientNonInviteTransaction& transaction = Start();
  RunTo(100);
  Receive(200);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  Receive(200);
  Receive(100);
  EXPECT_THAT(user_.Take(), ElementsAre("response 200"));
  RunTo(5099);
  EXPECT_EQ(table_.client_count(), 1u);
  RunTo(5100);
  EXPECT_THAT(user_.Take(), ElementsAre("client terminated"));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 BYE"));
  EXPECT_TRUE(IsQuiet());
}

TEST_F(ClientNonInviteTransactionTest, OnReliableTransportsEIsOffAndKIsZero) {
  Start(kReliable);
  RunTo(10'000);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 BYE"));
  Receive(200);
  RunTo(10'000);
  EXPECT_THAT(user_.Take(), ElementsAre("response 200", "client terminated"));
}

TEST_F(ClientNonInviteTransactionTest, TransportErrorEndsItBeforeTheFinalResponseOnly) {
  Start();
  table_.OnTransportError(kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("client transport error", "client terminated"));
  const ClientNonInviteTransaction& transaction = Start();
  Receive(200);
  table_.OnTransportError(kUdp);
  EXPECT_EQ(transaction.state(), State::kCompleted);
  EXPECT_THAT(user_.Take(), ElementsAre("response 200"));
}

TEST_F(ClientNonInviteTransactionTest, AnErrorOfAnotherPeerDoesNotMatter) {
  Start();
  table_.OnTransportError(Hop{{IpAddress::V4(0x0a000003), 5060}});
  EXPECT_THAT(user_.Take(), IsEmpty());
  EXPECT_EQ(table_.client_count(), 1u);
}

}  // namespace
}  // namespace tickwire::sip
