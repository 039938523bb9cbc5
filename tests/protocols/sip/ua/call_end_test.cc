// What loss does to a call, to the millisecond.
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CallEndTest : public UserAgentFixture {
 protected:
  // Times, in ms, at which `from` sent datagrams that start so.
  std::vector<int64_t> TimesOf(absl::string_view from, absl::string_view what) {
    std::vector<int64_t> times;
    for (const std::string& line : log_) {
      if (line.find(absl::StrCat(" ", from, " ", what)) != std::string::npos) {
        times.push_back(std::stoll(line));
      }
    }
    return times;
  }
  void Run(int64_t ms) {
    network_.RunTo(ms);
    log_ = network_.TakeLog();
  }
  std::vector<std::string> log_;
};

TEST_F(CallEndTest, WhenTheAckIsLostForEverThe200ComesElevenTimesAndThenBye) {
  StartAgents();
  Lose(kAlice, "ACK");
  Call();
  Run(120'000);
  // §13.3.1.4, from the first 200 at 1010 ms: T1 doubling to T2.
  constexpr int64_t kFirst = 1010;
  EXPECT_THAT(
      TimesOf("10.0.0.2", "200"),
      ElementsAre(kFirst, kFirst + 500, kFirst + 1500, kFirst + 3500, kFirst + 7500, kFirst + 11500,
                  kFirst + 15500, kFirst + 19500, kFirst + 23500, kFirst + 27500, kFirst + 31500));
  EXPECT_THAT(TimesOf("10.0.0.2", "BYE"), ElementsAre(kFirst + 32000));
  // §13.2.2.4: each copy is acknowledged.
  EXPECT_EQ(TimesOf("10.0.0.1", "ACK").size(), 11u);
  EXPECT_EQ(alice_->counters().acks_repeated, 10u);
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kNoAck));
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUpByPeer));
  ExpectClean();
}

TEST_F(CallEndTest, EveryCopyGetsTheSameAck) {
  StartAgents();
  Lose(kAlice, "ACK", 2);
  Call();
  Run(10'000);
  std::vector<std::string> acks;
  for (const std::string& text : network_.texts) {
    if (text.substr(0, 3) == "ACK") acks.push_back(text);
  }
  ASSERT_EQ(acks.size(), 3u);
  EXPECT_EQ(acks[0], acks[1]);
  EXPECT_EQ(acks[0], acks[2]);
}

TEST_F(CallEndTest, WhenTheInviteIsLostForEverTimerBEndsTheCall) {
  StartAgents();
  Lose(kAlice, "INVITE");
  Call();
  Run(31'999);
  EXPECT_THAT(TimesOf("10.0.0.1", "INVITE"), ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
  EXPECT_EQ(alice_->live_calls(), 1u);
  Run(32'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kNoResponse));
  ExpectClean();
}

TEST_F(CallEndTest, TheFirst200LostIsRepeatedAfterT1) {
  StartAgents();
  Lose(kBob, "SIP/2.0 200", 1);
  const CallHandle call = Call();
  Run(5000);
  EXPECT_THAT(TimesOf("10.0.0.2", "200"), ElementsAre(1010, 1510));
  EXPECT_THAT(TimesOf("10.0.0.1", "ACK"), ElementsAre(1520));
  alice_->HangUp(call);
  Run(120'000);
  ExpectClean();
}

TEST_F(CallEndTest, ALateCopyIsAcknowledgedEvenAfterTheCallHasEnded) {
  alice_config_.behaviour.hang_up_after = Duration::Millis(100);
  StartAgents();
  // The first ACK and the first three BYEs are lost: Bob still repeats his 200.
  int acks = 1, byes = 3;
  network_.set_loss([&](const Endpoint&, absl::string_view text) {
    if (text.substr(0, 3) == "ACK" && acks > 0) return acks-- > 0;
    if (text.substr(0, 3) == "BYE" && byes > 0) return byes-- > 0;
    return false;
  });
  Call();
  Run(120'000);
  EXPECT_EQ(TimesOf("10.0.0.1", "ACK").size(), 2u);
  ExpectClean();
}

TEST_F(CallEndTest, ALostByeAnswerEndsTheCallByTimerF) {
  alice_config_.behaviour.hang_up_after = Duration::Millis(100);
  StartAgents();
  Lose(kAlice, "BYE");
  Call();
  Run(100'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUp));
  EXPECT_EQ(TimesOf("10.0.0.1", "BYE").size(), 11u);
  // Bob never heard of it.
  EXPECT_EQ(bob_->live_calls(), 1u);
  bob_->HangUp(CallHandle{1});
  Run(200'000);
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kHungUp));
  ExpectClean();
}

TEST_F(CallEndTest, ACancelledInviteWithoutFinalResponseIsForgottenAfter64T1) {
  bob_config_.behaviour.answer_after = std::nullopt;
  StartAgents();
  const CallHandle call = Call();
  network_.RunTo(1000);
  Lose(kBob, "SIP/2.0 487");
  alice_->Cancel(call);
  Run(32'999);
  EXPECT_EQ(alice_->live_calls(), 1u);
  Run(33'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kNoResponse));
  Run(200'000);
  ExpectClean();
}

TEST_F(CallEndTest, A486LostForEverIsRepeatedByTimerGAndEndsByTimerH) {
  bob_config_.behaviour.answer_status = 486;
  bob_config_.behaviour.answer_after = Duration();
  StartAgents();
  Lose(kAlice, "ACK");
  Call();
  Run(120'000);
  EXPECT_EQ(TimesOf("10.0.0.2", "486").size(), 11u);
  EXPECT_EQ(TimesOf("10.0.0.1", "ACK").size(), 11u);
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(486));
  ExpectClean();
}

TEST_F(CallEndTest, TwoAnswersOfAForkLeaveOneCall) {
  StartAgents();
  Call();
  network_.RunTo(1015);
  // A second phone's 200 to the same INVITE: other tag, other Contact (here: Bob's socket).
  std::string other;
  for (const std::string& text : network_.texts) {
    if (text.substr(0, 11) == "SIP/2.0 200") other = text;
  }
  ASSERT_FALSE(other.empty());
  const size_t tag = other.find(";tag=", other.find("\r\nTo:"));
  other.replace(tag, 8, ";tag=zzz");
  class Mute final : public DatagramSocket::Listener {
    void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>,
                   uint32_t) override {}
    void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  } mute;
  auto socket = *bob_node_.Bind({bob_node_.address(), 5070}, mute);
  socket->SendTo(kAlice, {reinterpret_cast<const uint8_t*>(other.data()), other.size()}, 0);
  network_.RunTo(1100);
  Run(1100);
  // §13.2.2.4: both are acknowledged, the second one ended at once; Bob's phone knows it not.
  EXPECT_THAT(TimesOf("10.0.0.1", "ACK"), ElementsAre(1020, 1025));
  EXPECT_THAT(TimesOf("10.0.0.1", "BYE"), ElementsAre(1025));
  EXPECT_EQ(alice_->live_calls(), 1u);
  alice_->HangUp(CallHandle{1});
  Run(120'000);
  ExpectClean();
}

}  // namespace
}  // namespace tickwire::sip
