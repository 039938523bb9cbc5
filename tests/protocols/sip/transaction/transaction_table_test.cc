#include "protocols/sip/transaction/transaction_table.h"

#include "absl/strings/str_replace.h"
#include "protocols/sip/transaction/transaction_key.h"
#include "tests/protocols/sip/transaction/transaction_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using TransactionTableTest = TransactionFixture;

TEST_F(TransactionTableTest, ResponsesMatchByBranchAndCSeqMethod) {
  table_.Start(Request("INVITE"), kUdp);
  table_.OnResponse(ResponseTo(Request("INVITE", "z9hG4bKother"), 200));
  table_.OnResponse(ResponseTo(Request("BYE"), 200));  // same branch, other method
  EXPECT_THAT(user_.Take(), IsEmpty());
  table_.OnResponse(ResponseTo(Request("INVITE"), 200));
  EXPECT_THAT(user_.Take(), ElementsAre("response 200"));
}

TEST_F(TransactionTableTest, RequestsMatchByBranchSentByAndMethod) {
  table_.OnRequest(Request("OPTIONS"), kUdp);
  table_.OnRequest(Request("OPTIONS"), kUdp);                          // a repetition
  table_.OnRequest(Request("OPTIONS", "z9hG4bK2"), kUdp);              // another branch
  table_.OnRequest(Request("OPTIONS", "z9hG4bK1", "10.0.0.9"), kUdp);  // another element
  table_.OnRequest(Request("OPTIONS", "z9hG4bK1", "10.0.0.1:5061"), kUdp);
  table_.OnRequest(Request("MESSAGE"), kUdp);
  EXPECT_EQ(table_.server_count(), 5u);
  EXPECT_EQ(user_.Take().size(), 5u);
}

TEST_F(TransactionTableTest, TheDefaultPortOfSentByIsTheSameAsNone) {
  table_.OnRequest(Request("OPTIONS", "z9hG4bK1", "10.0.0.1"), kUdp);
  table_.OnRequest(Request("OPTIONS", "Z9HG4BK1", "10.0.0.1:5060"), kUdp);
  EXPECT_EQ(table_.server_count(), 1u);
}

TEST_F(TransactionTableTest, ACancelFindsItsInviteAndHasATransactionOfItsOwn) {
  table_.OnRequest(Request("INVITE"), kUdp);
  ServerTransaction* const invite = user_.server;
  table_.OnRequest(Request("CANCEL"), kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "request CANCEL"));
  EXPECT_EQ(table_.FindCancelled(user_.server->request()), invite);
  table_.OnRequest(Request("CANCEL", "z9hG4bKnone"), kUdp);
  EXPECT_EQ(table_.FindCancelled(user_.server->request()), nullptr);
}

TEST_F(TransactionTableTest, AnAckWithoutTransactionGoesToTheUserAndMakesNone) {
  table_.OnRequest(Request("ACK"), kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("stray ACK"));
  EXPECT_EQ(table_.server_count(), 0u);
}

TEST_F(TransactionTableTest, StrayResponsesAreDropped) {
  table_.OnResponse(ResponseTo(Request("INVITE"), 200));
  table_.OnResponse(SipMessage::Response(200));
  EXPECT_THAT(user_.Take(), IsEmpty());
}

// §17.2.3, second list: elements of RFC 2543 make no unique branches.
TEST_F(TransactionTableTest, WithoutMagicCookieTheWholeRequestIsCompared) {
  const auto old = [](absl::string_view method, absl::string_view call_id) {
    const std::string text =
        absl::StrReplaceAll(Request(method, "1").Serialize(), {{"c1", call_id}, {";branch=1", ""}});
    return SipMessage::Parse(text).message;
  };
  table_.OnRequest(old("INVITE", "x"), kUdp);
  table_.OnRequest(old("INVITE", "x"), kUdp);
  table_.OnRequest(old("INVITE", "y"), kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "request INVITE"));
  user_.server->Respond(ResponseTo(user_.server->request(), 486));
  const auto& transaction = static_cast<const ServerInviteTransaction&>(*user_.server);
  table_.OnRequest(old("ACK", "y"), kUdp);
  EXPECT_EQ(transaction.state(), ServerInviteTransaction::State::kConfirmed);
}

TEST_F(TransactionTableTest, RequestsThatCannotBeKeyedAreDropped) {
  table_.OnRequest(SipMessage::Parse("OPTIONS sip:a SIP/2.0\r\n\r\n").message, kUdp);
  EXPECT_THAT(user_.Take(), IsEmpty());
  EXPECT_EQ(table_.server_count(), 0u);
}

TEST_F(TransactionTableTest, DestroyingItCancelsAllTimers) {
  {
    TransactionTable table(clock_, wire_, user_, TransactionTimers{});
    table.Start(Request("INVITE"), kUdp);
    table.OnRequest(Request("INVITE"), kUdp);
  }
  EXPECT_TRUE(IsQuiet());
}

TEST_F(TransactionTableTest, OneErrorReachesAllThatSendThereInOrderOfCreation) {
  table_.Start(Request("BYE", "z9hG4bK3"), kUdp);
  table_.Start(Request("INVITE", "z9hG4bK1"), kUdp);
  table_.Start(Request("BYE", "z9hG4bK2"), Hop{{IpAddress::V4(1), 1}, false});
  table_.OnTransportError(kUdp.remote);
  EXPECT_THAT(user_.Take(), ElementsAre("client transport error", "client terminated",
                                        "client transport error", "client terminated"));
  EXPECT_EQ(table_.client_count(), 1u);
}

TEST_F(TransactionTableTest, TimersAreConfigurable) {
  TransactionTimers timers;
  timers.t1 = Duration::Millis(100);
  timers.t2 = Duration::Millis(300);
  TransactionTable table(clock_, wire_, user_, timers);
  table.Start(Request("BYE"), kUdp);
  RunTo(1200);
  EXPECT_THAT(wire_.Take(),
              ElementsAre("0 BYE", "100 BYE", "300 BYE", "600 BYE", "900 BYE", "1200 BYE"));
}

}  // namespace
}  // namespace tickwire::sip
