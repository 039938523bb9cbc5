// A caller whose INVITE was forked on its way: responses with several To tags (RFC 3261 §12.1,
// §13.2.2.4). The branches are played by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ForkedCallTest : public UserAgentFixture, public DatagramSocket::Listener {
 protected:
  ForkedCallTest() {
    socket_ = *branches_.Bind({branches_.address(), 5060}, *this);
    StartAgents();
  }
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    received_.push_back(SipMessage::Parse(std::string(payload.begin(), payload.end())).message);
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}

  void Place() {
    alice_->PlaceCall("sip:bob@10.0.0.3", {branches_.address(), 5060});
    Pass();
    ASSERT_EQ(received_.size(), 1u);
    invite_ = received_[0];
    received_.clear();
  }
  void Pass() { network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 50); }
  // What the branch with this tag answers to a request.
  void Respond(const SipMessage& request, int status, absl::string_view tag) {
    std::string text =
        absl::StrCat("SIP/2.0 ", status, " x\r\nVia: ", *request.GetRaw<Via>(),
                     "\r\nFrom: ", *request.GetRaw<From>(), "\r\nTo: ", *request.GetRaw<To>());
    if (!request.Get<To>()->tag().has_value()) absl::StrAppend(&text, ";tag=", tag);
    absl::StrAppend(&text, "\r\nCall-ID: ", *request.GetRaw<CallId>(),
                    "\r\nCSeq: ", *request.GetRaw<CSeq>(), "\r\nContact: <sip:", tag,
                    "@10.0.0.3>\r\n");
    std::string body;
    if (status == 200 && request.method() == Method::kInvite) {
      body =
          "v=0\r\no=- 1 1 IN IP4 10.0.0.3\r\ns=-\r\nc=IN IP4 10.0.0.3\r\nt=0 0\r\n"
          "m=audio 4000 RTP/AVP 0\r\n";
      absl::StrAppend(&text, "Content-Type: application/sdp\r\n");
    }
    absl::StrAppend(&text, "Content-Length: ", body.size(), "\r\n\r\n", body);
    socket_->SendTo(kAlice, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    Pass();
  }
  // "ACK one", "BYE two": method and the branch in the Request-URI.
  std::vector<std::string> Take() {
    std::vector<std::string> all;
    for (const SipMessage& message : received_) {
      const std::optional<SipUri> uri = SipUri::Parse(message.request_uri());
      all.push_back(absl::StrCat(message.method_name(), " ", uri->user));
    }
    return all;
  }

  MemoryNetwork::Node& branches_ = network_.AddNode("branches", IpAddress::V4(0x0a000003));
  std::unique_ptr<DatagramSocket> socket_;
  SipMessage invite_ = SipMessage::Request("INVITE", "sip:x");
  std::vector<SipMessage> received_;
};

TEST_F(ForkedCallTest, EachTagMakesAnEarlyDialog) {
  Place();
  Respond(invite_, 180, "one");
  Respond(invite_, 180, "two");
  Respond(invite_, 180, "one");
  EXPECT_EQ(alice_->dialog_count(), 2u);
}

TEST_F(ForkedCallTest, TheFirst2xxStaysAndFurtherOnesAreAcknowledgedAndEnded) {
  Place();
  Respond(invite_, 180, "one");
  Respond(invite_, 200, "two");
  EXPECT_THAT(Take(), ElementsAre("ACK two"));
  received_.clear();
  Respond(invite_, 200, "one");
  // §13.2.2.4: acknowledged, then not wanted.
  EXPECT_THAT(Take(), ElementsAre("ACK one", "BYE one"));
  EXPECT_EQ(alice_->counters().surplus, 1u);
  Respond(received_[1], 200, "one");
  received_.clear();
  // Copies of either 2xx get their own ACK again, and nothing else.
  Respond(invite_, 200, "one");
  Respond(invite_, 200, "two");
  EXPECT_THAT(Take(), ElementsAre("ACK one", "ACK two"));
  EXPECT_EQ(alice_->live_calls(), 1u);
}

TEST_F(ForkedCallTest, EarlyDialogsThatNobodyAnsweredEndWithTheInvite) {
  Place();
  Respond(invite_, 180, "one");
  Respond(invite_, 200, "two");
  EXPECT_EQ(alice_->dialog_count(), 2u);
  // §13.2.2.4: 64*T1 after the first 2xx no other one is expected.
  network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 32'000);
  alice_->HangUp(CallHandle{1});
  Pass();
  Respond(received_.back(), 200, "two");
  network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 6'000);
  EXPECT_EQ(alice_->dialog_count(), 0u);
  EXPECT_EQ(alice_->record_count(), 0u);
}

TEST_F(ForkedCallTest, AFinalFailureEndsAllEarlyDialogs) {
  Place();
  Respond(invite_, 180, "one");
  Respond(invite_, 180, "two");
  Respond(invite_, 486, "one");
  EXPECT_EQ(alice_->dialog_count(), 0u);
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(486));
}

TEST_F(ForkedCallTest, ByeWithinOneEarlyDialogLeavesTheOther) {
  Place();
  Respond(invite_, 180, "one");
  Respond(invite_, 180, "two");
  alice_->EndEarlyDialog(CallHandle{1});
  Pass();
  EXPECT_THAT(Take(), ElementsAre("BYE one"));
  Respond(received_[0], 200, "one");
  received_.clear();
  Respond(invite_, 200, "two");
  EXPECT_THAT(Take(), ElementsAre("ACK two"));
  EXPECT_EQ(alice_->live_calls(), 1u);
}

}  // namespace
}  // namespace tickwire::sip
