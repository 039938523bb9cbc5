// What a stack without transactions does (bare_transaction_layer.h), as far as it differs.
#include "protocols/sip/transaction/bare_transaction_layer.h"

#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Says which requests were marked as repetitions.
class MarkingUser : public TransactionUser {
 public:
  void OnResponse(ClientTransaction&, const SipMessage& response) override {
    log.push_back(absl::StrCat("response ", response.status()));
  }
  void OnTimeout(ClientTransaction&) override { log.push_back("client timeout"); }
  void OnTransportError(ClientTransaction&) override { log.push_back("client error"); }
  void OnRequest(ServerTransaction& transaction) override {
    server = &transaction;
    log.push_back(absl::StrCat("request ", transaction.request().method_name()));
  }
  bool OnRepetition(ServerTransaction& transaction) override {
    log.push_back(absl::StrCat("repetition ", transaction.request().method_name()));
    if (repetition_status != 0) {
      transaction.Respond(MakeResponse(transaction.request(), repetition_status, "b1"));
    }
    return false;
  }
  void OnAck(ServerTransaction*, const SipMessage&) override { log.push_back("ACK"); }
  void OnTimeout(ServerTransaction&) override {}
  void OnTransportError(ServerTransaction&) override {}
  void OnTerminated(ClientTransaction&) override { log.push_back("client terminated"); }
  void OnTerminated(ServerTransaction& transaction) override {
    if (server == &transaction) server = nullptr;
  }
  std::vector<std::string> Take() { return std::exchange(log, {}); }

  std::vector<std::string> log;
  ServerTransaction* server = nullptr;
  int repetition_status = 0;
};

class BareTransactionLayerTest : public TransactionFixture {
 protected:
  MarkingUser marking_;
  BareTransactionLayer layer_{clock_, wire_, marking_, TransactionTimers{}};
};

TEST_F(BareTransactionLayerTest, RepetitionsAreShownWithAMarkAndAnsweredAnew) {
  layer_.OnRequest(Request("OPTIONS"), kUdp);
  marking_.server->Respond(MakeResponse(marking_.server->request(), 200, "b1"));
  RunTo(100);
  EXPECT_EQ(layer_.server_count(), 0u);
  marking_.repetition_status = 481;  // the user has another opinion by now
  layer_.OnRequest(Request("OPTIONS"), kUdp);
  EXPECT_THAT(marking_.Take(), ElementsAre("request OPTIONS", "repetition OPTIONS"));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 200", "100 481"));
  EXPECT_EQ(layer_.guessed_count(), 1u);
  EXPECT_EQ(layer_.server_count(), 0u);
}

// RFC 3261 §8.2.2.2 would call this one merged and answer 482.
TEST_F(BareTransactionLayerTest, AnotherBranchIsTakenForARepetition) {
  layer_.OnRequest(Request("INVITE", "z9hG4bK1"), kUdp);
  layer_.OnRequest(Request("INVITE", "z9hG4bK2"), kUdp);
  EXPECT_THAT(marking_.Take(), ElementsAre("request INVITE", "repetition INVITE"));
}

TEST_F(BareTransactionLayerTest, AfterAWhileTheGuessIsThatItIsNew) {
  layer_.OnRequest(Request("OPTIONS"), kUdp);
  marking_.server->Respond(MakeResponse(marking_.server->request(), 200, "b1"));
  RunTo(32'001);  // 64*T1 are over
  layer_.OnRequest(Request("OPTIONS"), kUdp);
  EXPECT_THAT(marking_.Take(), ElementsAre("request OPTIONS", "request OPTIONS"));
}

TEST_F(BareTransactionLayerTest, ResponsesMatchByCallIdAndCSeqAndAllGoUp) {
  layer_.Start(Request("INVITE"), kUdp);
  const SipMessage elsewhere = Request("INVITE", "z9hG4bKnotours");
  layer_.OnResponse(ResponseTo(elsewhere, 180));  // RFC 3261 §17.1.3 would drop it
  layer_.OnResponse(ResponseTo(elsewhere, 180));
  layer_.OnResponse(ResponseTo(Request("INVITE"), 200));
  layer_.OnResponse(ResponseTo(Request("INVITE"), 200));
  EXPECT_THAT(marking_.Take(),
              ElementsAre("response 180", "response 180", "response 200", "response 200"));
}

// No failure is repeated and no ACK is kept: when the ACK is lost, the second failure is a stray.
TEST_F(BareTransactionLayerTest, AFailureIsAcknowledgedOnceAndForgotten) {
  layer_.Start(Request("INVITE"), kUdp);
  layer_.OnResponse(ResponseTo(Request("INVITE"), 486));
  RunTo(1);
  EXPECT_EQ(layer_.client_count(), 0u);
  layer_.OnResponse(ResponseTo(Request("INVITE"), 486));
  EXPECT_THAT(wire_.Take(), ElementsAre("0 INVITE", "0 ACK"));
}

TEST_F(BareTransactionLayerTest, RequestsAreRepeatedUntilTheFirstResponse) {
  layer_.Start(Request("BYE"), kUdp);
  RunTo(1600);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 BYE", "500 BYE", "1500 BYE"));
  layer_.OnResponse(ResponseTo(Request("BYE"), 100));
  RunTo(31'000);
  EXPECT_THAT(wire_.Take(), IsEmpty());  // the final response may be lost for ever
  RunTo(32'000);
  EXPECT_THAT(marking_.Take(), ElementsAre("response 100", "client timeout", "client terminated"));
  EXPECT_TRUE(IsQuiet());
}

// As everybody who knows of reliable transports: nothing is repeated there, and it gives up after
// 64*T1.
TEST_F(BareTransactionLayerTest, NothingIsRepeatedOverReliableTransports) {
  layer_.Start(Request("OPTIONS"), kReliable);
  RunTo(31999);
  EXPECT_THAT(wire_.Take(), ElementsAre("0 OPTIONS"));
  EXPECT_THAT(marking_.Take(), IsEmpty());
  RunTo(32000);
  EXPECT_THAT(marking_.Take(), ElementsAre("client timeout", "client terminated"));
}

TEST_F(BareTransactionLayerTest, AnErrorOfItsTransportEndsARequest) {
  layer_.Start(Request("OPTIONS"), kReliable);
  layer_.OnTransportError(kUdp);
  EXPECT_THAT(marking_.Take(), IsEmpty());
  layer_.OnTransportError(kReliable);
  EXPECT_THAT(marking_.Take(), ElementsAre("client error", "client terminated"));
}

}  // namespace
}  // namespace tickwire::sip
