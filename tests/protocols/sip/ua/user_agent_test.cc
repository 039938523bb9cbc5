// Whole calls between two user agents, message by message.
#include "protocols/sip/ua/user_agent.h"

#include "protocols/sip/message/validate.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using UserAgentTest = UserAgentFixture;

TEST_F(UserAgentTest, ACallIsPlacedAnsweredAndEnded) {
  alice_config_.behaviour.hang_up_after = Duration::Seconds(3);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "1010 10.0.0.2 200",
                          "1020 10.0.0.1 ACK", "4020 10.0.0.1 BYE", "4030 10.0.0.2 200"));
  EXPECT_THAT(alice_log_.states,
              ElementsAre(CallState::kInviting, CallState::kRinging, CallState::kConfirmed,
                          CallState::kEnding, CallState::kEnded));
  EXPECT_THAT(bob_log_.states, ElementsAre(CallState::kRinging, CallState::kAnswered,
                                           CallState::kConfirmed, CallState::kEnded));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUp));
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  EXPECT_EQ(alice_->counters().answered, 1u);
  ExpectClean();
}

TEST_F(UserAgentTest, EveryMessageObeysTheRules) {
  alice_config_.behaviour.hang_up_after = Duration::Seconds(1);
  alice_config_.product = bob_config_.product = "Tickwire";
  StartAgents();
  Call();
  network_.RunTo(60'000);
  ASSERT_EQ(network_.texts.size(), 6u);
  for (const std::string& text : network_.texts) {
    const ParseResult parsed = SipMessage::Parse(text);
    for (const Violation& violation : AllViolations(parsed)) {
      ADD_FAILURE() << violation.rule->id << " at " << violation.offset << " of\n" << text;
    }
    EXPECT_TRUE(parsed.message.Has<ContentLength>()) << text;
  }
}

TEST(UserAgentOverIpv6, ACallObeysTheRules) {
  MemoryNetwork network;
  const auto address = [](const char* text) { return *IpAddress::Parse(text); };
  auto& alice_node = network.AddNode("alice", address("2001:db8::1"));
  auto& bob_node = network.AddNode("bob", address("2001:db8::2"));
  UserAgentConfig config;
  config.behaviour.hang_up_after = Duration::Seconds(1);
  config.behaviour.answer_after = Duration();
  UserAgent alice({alice_node.clock(), alice_node, RunSeed{}}, config);
  UserAgent bob({bob_node.clock(), bob_node, RunSeed{}}, config);
  // Bob binds to any address.
  ASSERT_TRUE(alice.Open({alice_node.address(), 5060}).ok());
  ASSERT_TRUE(bob.Open({address("::"), 5060}).ok());
  alice.PlaceCall("sip:bob@[2001:db8::2]", {bob_node.address(), 5060});
  network.RunTo(100'000);
  EXPECT_EQ(alice.counters().answered, 1u);
  EXPECT_EQ(alice.transaction_count() + bob.transaction_count(), 0u);
  for (const std::string& text : network.texts) {
    EXPECT_TRUE(AllViolations(SipMessage::Parse(text)).empty()) << text;
  }
}

TEST_F(UserAgentTest, RequestsWithinTheDialogFollowItsRules) {
  alice_config_.behaviour.hang_up_after = Duration::Seconds(1);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  const SipMessage invite = SipMessage::Parse(network_.texts[0]).message;
  const SipMessage ok = SipMessage::Parse(network_.texts[2]).message;
  const SipMessage ack = SipMessage::Parse(network_.texts[3]).message;
  const SipMessage bye = SipMessage::Parse(network_.texts[4]).message;
  // §13.2.2.4: the ACK goes to the Contact of the 2xx, with the INVITE's number and a new branch.
  EXPECT_EQ(ack.request_uri(), ok.Get<Contact>()->uri);
  EXPECT_EQ(*ack.Get<CSeq>(), (CSeq{1, "ACK"}));
  EXPECT_NE(ack.Get<Via>()->branch(), invite.Get<Via>()->branch());
  // §12.2.1.1: the next request has the next number and both tags.
  EXPECT_EQ(*bye.Get<CSeq>(), (CSeq{2, "BYE"}));
  EXPECT_EQ(bye.Get<From>()->tag(), invite.Get<From>()->tag());
  EXPECT_EQ(bye.Get<To>()->tag(), ok.Get<To>()->tag());
  EXPECT_EQ(bye.Get<CallId>()->id, invite.Get<CallId>()->id);
  // RFC 3581: the answer tells where the request came from.
  EXPECT_EQ(ok.Get<Via>()->rport(), 5060);
  EXPECT_EQ(ok.Get<Via>()->received(), absl::string_view("10.0.0.1"));
}

TEST_F(UserAgentTest, TheCalledSideCanHangUp) {
  bob_config_.behaviour.hang_up_after = Duration::Seconds(2);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "1010 10.0.0.2 200",
                          "1020 10.0.0.1 ACK", "3030 10.0.0.2 BYE", "3040 10.0.0.1 200"));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  ExpectClean();
}

TEST_F(UserAgentTest, ABusyPhoneAnswers486) {
  bob_config_.behaviour.answer_status = 486;
  bob_config_.behaviour.ring_after = std::nullopt;
  bob_config_.behaviour.answer_after = Duration();
  StartAgents();
  Call();
  network_.RunTo(60'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 486", "20 10.0.0.1 ACK"));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kRejected));
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(486));
  EXPECT_EQ(alice_->counters().failed, 1u);
  ExpectClean();
}

TEST_F(UserAgentTest, SlowAnswersWithoutRingingAreAnnouncedBy100) {
  bob_config_.behaviour.ring_after = std::nullopt;
  alice_config_.behaviour.hang_up_after = Duration::Seconds(1);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "210 10.0.0.2 100", "1010 10.0.0.2 200",
                          "1020 10.0.0.1 ACK", "2020 10.0.0.1 BYE", "2030 10.0.0.2 200"));
  ExpectClean();
}

TEST_F(UserAgentTest, ARingingCallCanBeCancelled) {
  bob_config_.behaviour.answer_after = std::nullopt;
  StartAgents();
  const CallHandle call = Call();
  network_.RunTo(500);
  alice_->Cancel(call);
  network_.RunTo(90'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "500 10.0.0.1 CANCEL",
                          "510 10.0.0.2 200", "510 10.0.0.2 487", "520 10.0.0.1 ACK"));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kCancelled));
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kCancelled));
  // §9.1: the CANCEL is the INVITE's in branch, Request-URI, Call-ID, To and number.
  const SipMessage invite = SipMessage::Parse(network_.texts[0]).message;
  const SipMessage cancel = SipMessage::Parse(network_.texts[2]).message;
  EXPECT_EQ(cancel.Get<Via>(), invite.Get<Via>());
  EXPECT_EQ(cancel.request_uri(), invite.request_uri());
  EXPECT_EQ(cancel.GetRaw<To>(), invite.GetRaw<To>());
  EXPECT_EQ(*cancel.Get<CSeq>(), (CSeq{1, "CANCEL"}));
  ExpectClean();
}

TEST_F(UserAgentTest, CancelWaitsForAProvisionalResponse) {
  bob_config_.behaviour.answer_after = std::nullopt;
  bob_config_.behaviour.ring_after = Duration::Millis(100);
  StartAgents();
  const CallHandle call = Call();
  alice_->Cancel(call);
  network_.RunTo(90'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "110 10.0.0.2 180", "120 10.0.0.1 CANCEL",
                          "130 10.0.0.2 200", "130 10.0.0.2 487", "140 10.0.0.1 ACK"));
  ExpectClean();
}

TEST_F(UserAgentTest, ACancelThatComesTooLateEndsWithBye) {
  bob_config_.behaviour.answer_after = Duration::Millis(500);
  StartAgents();
  const CallHandle call = Call();
  network_.RunTo(505);  // the 200 left Bob at 510
  alice_->Cancel(call);
  network_.RunTo(90'000);
  EXPECT_THAT(
      network_.TakeLog(),
      ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "505 10.0.0.1 CANCEL", "510 10.0.0.2 200",
                  "515 10.0.0.2 200", "520 10.0.0.1 ACK", "520 10.0.0.1 BYE", "530 10.0.0.2 200"));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kCancelled));
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  ExpectClean();
}

TEST_F(UserAgentTest, ACallNobodyAnswersIsGivenUp) {
  bob_config_.behaviour.answer_after = std::nullopt;
  alice_config_.behaviour.give_up_after = Duration::Seconds(30);
  StartAgents();
  Call();
  network_.RunTo(120'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "30000 10.0.0.1 CANCEL",
                          "30010 10.0.0.2 200", "30010 10.0.0.2 487", "30020 10.0.0.1 ACK"));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kCancelled));
  ExpectClean();
}

TEST_F(UserAgentTest, APhoneThatNobodyPicksUpStopsRinging) {
  bob_config_.behaviour.answer_after = std::nullopt;
  bob_config_.behaviour.give_up_after = Duration::Seconds(30);
  StartAgents();
  Call();
  network_.RunTo(120'000);
  EXPECT_THAT(network_.TakeLog(), ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180",
                                              "30010 10.0.0.2 480", "30020 10.0.0.1 ACK"));
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(480));
  ExpectClean();
}

TEST_F(UserAgentTest, ADeafPhoneIsGivenUpByTimerB) {
  bob_config_.behaviour.ignores_requests = true;
  StartAgents();
  Call();
  network_.RunTo(120'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kNoResponse));
  EXPECT_THAT(bob_log_.states, IsEmpty());
  ExpectClean();
}

TEST_F(UserAgentTest, HangingUpARingingPhoneRejectsTheCall) {
  bob_config_.behaviour.answer_after = std::nullopt;
  StartAgents();
  Call();
  network_.RunTo(100);
  bob_->HangUp(CallHandle{1});
  network_.RunTo(60'000);
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(480));
  ExpectClean();
}

TEST_F(UserAgentTest, HangingUpBeforeTheAckWaitsForIt) {
  bob_config_.behaviour.answer_after = Duration();
  StartAgents();
  Call();
  network_.RunTo(12);
  bob_->HangUp(CallHandle{1});
  network_.RunTo(60'000);
  EXPECT_THAT(network_.TakeLog(),
              ElementsAre("0 10.0.0.1 INVITE", "10 10.0.0.2 180", "10 10.0.0.2 200",
                          "20 10.0.0.1 ACK", "30 10.0.0.2 BYE", "40 10.0.0.1 200"));
  ExpectClean();
}

TEST_F(UserAgentTest, BothHangingUpAtOnceIsNoProblem) {
  alice_config_.behaviour.hang_up_after = Duration::Millis(1010);
  bob_config_.behaviour.hang_up_after = Duration::Millis(1000);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  ExpectClean();
}

// --- Requests that no call waits for, from a bare socket. ---

class StrangerTest : public UserAgentFixture, public DatagramSocket::Listener {
 protected:
  StrangerTest() {
    socket_ = *stranger_.Bind({stranger_.address(), 5060}, *this);
    StartAgents();
  }
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    received_.push_back(SipMessage::Parse(std::string(payload.begin(), payload.end())).message);
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  // Sends it to Bob; the answers are in received_ afterwards.
  void Send(absl::string_view text) {
    socket_->SendTo(kBob, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 100);
  }
  static std::string Request(absl::string_view method, absl::string_view to_params = "",
                             absl::string_view more = "") {
    return absl::StrCat(
        method, " sip:bob@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.3;branch=z9hG4bK", method,
        "\r\nMax-Forwards: 70\r\nFrom: <sip:s@x>;tag=s1\r\nTo: <sip:bob@y>", to_params,
        "\r\nCall-ID: s\r\nCSeq: 5 ", method, "\r\n", more, "Content-Length: 0\r\n\r\n");
  }

  MemoryNetwork::Node& stranger_ = network_.AddNode("stranger", IpAddress::V4(0x0a000003));
  std::unique_ptr<DatagramSocket> socket_;
  std::vector<SipMessage> received_;
};

TEST_F(StrangerTest, RequestsForUnknownDialogsAreAnswered481) {
  for (const char* method : {"BYE", "INVITE", "OPTIONS", "INFO"}) {
    received_.clear();
    Send(Request(method, ";tag=nobody"));
    ASSERT_FALSE(received_.empty()) << method;
    EXPECT_EQ(received_[0].status(), 481) << method;
  }
}

TEST_F(StrangerTest, RequestsOutsideDialogsGetTheirAnswer) {
  struct Case {
    const char* method;
    int status;
  };
  for (const Case& c : {Case{"OPTIONS", 200}, Case{"REGISTER", 405}, Case{"MESSAGE", 200},
                        Case{"BYE", 481}, Case{"CANCEL", 481}, Case{"NEWMETHOD", 501}}) {
    received_.clear();
    Send(Request(c.method));
    ASSERT_EQ(received_.size(), 1u) << c.method;
    EXPECT_EQ(received_[0].status(), c.status) << c.method;
    EXPECT_TRUE(received_[0].Get<To>()->tag().has_value());
    // §11.2, §21.4.6: who may not do this is told what may be done.
    if (c.status == 405 || c.status == 501 || c.method == absl::string_view("OPTIONS")) {
      EXPECT_TRUE(received_[0].Has<Allow>()) << c.method;
    }
  }
}

TEST_F(StrangerTest, AddressesOfAnotherKindAreRefused) {
  std::string request = Request("OPTIONS");
  request.replace(request.find("sip:bob@10.0.0.2"), 16, "soap.beep://x:3002");
  Send(request);
  ASSERT_EQ(received_.size(), 1u);
  EXPECT_EQ(received_[0].status(), 416);
}

TEST_F(StrangerTest, RequiredExtensionsAreRefusedByName) {
  Send(Request("INVITE", "", "Require: 100rel, x-magic\r\nContact: <sip:s@10.0.0.3>\r\n"));
  ASSERT_FALSE(received_.empty());
  EXPECT_EQ(received_[0].status(), 420);
  const auto unsupported = received_[0].GetAll<Unsupported>();
  ASSERT_EQ(unsupported.size(), 2u);
  EXPECT_EQ(unsupported[1].option_tag, "x-magic");
}

TEST_F(StrangerTest, AForkedInviteThatMeetsItselfAgainIsRefused) {
  const std::string invite = Request("INVITE", "", "Contact: <sip:s@10.0.0.3>\r\n");
  Send(invite);
  received_.clear();
  std::string other_branch = invite;
  other_branch.replace(other_branch.find("z9hG4bKINVITE"), 13, "z9hG4bKfork2");
  Send(other_branch);
  ASSERT_FALSE(received_.empty());
  EXPECT_EQ(received_[0].status(), 482);
  EXPECT_EQ(bob_->live_calls(), 1u);
}

TEST_F(StrangerTest, AnInviteWithoutContactIsRefused) {
  Send(Request("INVITE"));
  ASSERT_FALSE(received_.empty());
  EXPECT_EQ(received_[0].status(), 400);
}

TEST_F(StrangerTest, TheSequenceNumberOfARequestInTheDialogMustRise) {
  Send(Request("INVITE", "", "Contact: <sip:s@10.0.0.3>\r\n"));
  network_.RunTo(1500);
  const std::string tag = absl::StrCat(";tag=", *received_.back().Get<To>()->tag());
  Send(Request("ACK", tag));
  received_.clear();
  Send(Request("OPTIONS", tag));  // number 5 again
  ASSERT_EQ(received_.size(), 1u);
  EXPECT_EQ(received_[0].status(), 500);
  std::string bye = Request("BYE", tag);
  bye.replace(bye.find("CSeq: 5"), 7, "CSeq: 77");  // gaps are fine
  Send(bye);
  ASSERT_EQ(received_.size(), 2u);
  EXPECT_EQ(received_[1].status(), 200);
  EXPECT_EQ(bob_->live_calls(), 0u);
}

TEST_F(StrangerTest, AStrayAckIsDropped) {
  Send(Request("ACK", ";tag=nobody"));
  EXPECT_THAT(received_, IsEmpty());
  EXPECT_EQ(bob_->transaction_count(), 0u);
}

}  // namespace
}  // namespace tickwire::sip
