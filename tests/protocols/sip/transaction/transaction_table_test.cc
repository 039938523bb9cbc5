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
  SipMessage ack = old("ACK", "y");
  ack.Set(*To::Parse("<sip:bob@b>;tag=b1"));  // that of the response
  table_.OnRequest(std::move(ack), kUdp);
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
  table_.Start(Request("BYE", "z9hG4bK2"), Hop{{IpAddress::V4(1), 1}});
  table_.OnTransportError(kUdp);
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

// §17.2.3, requests of RFC 2543 elements: two forks of one INVITE share Call-ID, CSeq and From tag.
class OldElements : public TransactionFixture {
 protected:
  static SipMessage Old(absl::string_view method, absl::string_view to_tag = "",
                        absl::string_view via = "10.0.0.1") {
    const std::string tag = to_tag.empty() ? "" : absl::StrCat(";tag=", to_tag);
    return SipMessage::Parse(absl::StrCat(method, " sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP ", via,
                                          "\r\nFrom: <sip:alice@a>;tag=a1\r\nTo: <sip:bob@b>", tag,
                                          "\r\nCall-ID: c1\r\nCSeq: 7 ", method,
                                          "\r\nContent-Length: 0\r\n\r\n"))
        .message;
  }
  void Respond(int status, absl::string_view to_tag) {
    user_.server->Respond(MakeResponse(user_.server->request(), status, to_tag));
  }
};

TEST_F(OldElements, RepetitionsMatchWithoutABranch) {
  table_.OnRequest(Old("INVITE"), kUdp);
  table_.OnRequest(Old("INVITE"), kUdp);
  EXPECT_EQ(table_.server_count(), 1u);
  table_.OnRequest(Old("INVITE", "", "10.0.0.2"), kUdp);  // the whole Via counts
  EXPECT_EQ(table_.server_count(), 2u);
  table_.OnRequest(Old("INVITE", "b1"), kUdp);  // within a dialog: the To tag counts
  EXPECT_EQ(table_.server_count(), 3u);
}

TEST_F(OldElements, AnAckMatchesByTheToTagOfTheResponse) {
  table_.OnRequest(Old("INVITE"), kUdp);
  Respond(486, "b1");
  table_.OnRequest(Old("ACK", "other"), kUdp);
  EXPECT_THAT(user_.Take(), ElementsAre("request INVITE", "stray ACK"));
  wire_.Take();
  table_.OnRequest(Old("ACK", "b1"), kUdp);
  RunTo(3000);
  EXPECT_THAT(wire_.Take(), IsEmpty());  // confirmed: no repetitions
  EXPECT_THAT(user_.Take(), IsEmpty());
}

TEST_F(OldElements, AnAckWithinADialogMatchesTheInviteWithThatTag) {
  table_.OnRequest(Old("INVITE", "b1"), kUdp);
  Respond(488, "");
  wire_.Take();
  table_.OnRequest(Old("ACK", "b1"), kUdp);
  RunTo(3000);
  EXPECT_THAT(wire_.Take(), IsEmpty());
}

TEST_F(OldElements, ACancelFindsItsInvite) {
  table_.OnRequest(Old("INVITE"), kUdp);
  ServerTransaction* const invite = user_.server;
  table_.OnRequest(Old("CANCEL"), kUdp);
  EXPECT_EQ(table_.FindCancelled(user_.server->request()), invite);
}

}  // namespace
}  // namespace tickwire::sip
