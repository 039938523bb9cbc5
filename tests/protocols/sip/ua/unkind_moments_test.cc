// What is asked of a user agent at a moment that does not suit: nothing may be left behind.
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using UnkindMomentsTest = UserAgentFixture;

constexpr CallHandle kFirst{1};  // of each agent

// RFC 3311 §5.1, RFC 6337 §2.2: while an offer of the called side is open its 2xx waits; the answer
// to the UPDATE sets it free as a PRACK would.
TEST_F(UnkindMomentsTest, AnAnswerThatWaitsForAnUpdateIsSentWhenTheUpdateIsOver) {
  alice_config_.reliability = bob_config_.reliability = Reliability::kSupported;
  bob_config_.behaviour.early_media = true;
  bob_config_.behaviour.ring_status = 183;
  StartAgents();
  const CallHandle call = Call();
  network_.RunTo(1005);  // the answer is due at 1010 ms
  ASSERT_TRUE(bob_->Modify(kFirst, InviteUsage::Change::kNone, /*by_update=*/true));
  network_.RunTo(3000);
  // UPDATE at 1005 ms, its 200 back at 1025 ms, and at once the 200 to the INVITE.
  EXPECT_THAT(network_.TakeLog(), Contains("1025 10.0.0.2 200"));
  ASSERT_NE(alice_->FindCall(call), nullptr);
  EXPECT_EQ(alice_->FindCall(call)->state(), CallState::kConfirmed);
  alice_->HangUp(call);
  network_.RunTo(60'000);
  ExpectClean();
}

// RFC 3261 §15: the called side sends no BYE in an early dialog; the INVITE gets a final answer.
TEST_F(UnkindMomentsTest, ARingingPhoneWhoseRequestIsNotAnsweredRefusesTheInvite) {
  bob_config_.behaviour.answer_after = std::nullopt;
  StartAgents();
  Call();
  network_.RunTo(1000);
  Lose(kBob, "INFO");
  ASSERT_TRUE(bob_->SendWithin(kFirst, "INFO", {}, "text/plain", "x"));
  network_.RunTo(100'000);
  const std::vector<std::string> log = network_.TakeLog();
  EXPECT_THAT(log, Not(Contains(HasSubstr("BYE"))));
  EXPECT_THAT(log, Contains("33000 10.0.0.2 480"));  // timer F: 64*T1 after 1 s
  EXPECT_THAT(alice_log_.final_statuses, ElementsAre(480));
  ExpectClean();
}

// RFC 3261 §12.1.1: before a response with a tag there is no dialog to send anything in.
TEST_F(UnkindMomentsTest, NothingIsSentWithinADialogThatTheCallerDoesNotKnow) {
  bob_config_.behaviour.ring_after = Duration::Seconds(2);
  bob_config_.behaviour.answer_after = Duration::Seconds(3);
  alice_config_.behaviour.hang_up_after = Duration::Seconds(1);
  StartAgents();
  Call();
  network_.RunTo(1000);
  EXPECT_FALSE(bob_->SendWithin(kFirst, "INFO", {}, "text/plain", "x"));
  network_.RunTo(60'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUp));
  ExpectClean();
}

TEST_F(UnkindMomentsTest, ACallerCannotRejectItsOwnCall) {
  alice_config_.behaviour.hang_up_after = Duration::Seconds(1);
  StartAgents();
  const CallHandle call = Call();
  network_.RunTo(500);  // it rings
  alice_->Reject(call, 486);
  network_.RunTo(60'000);
  EXPECT_THAT(alice_log_.ends, ElementsAre(CallEnd::kHungUp));
  ExpectClean();
}

// A product that never says BYE for a missing ACK forgets the call all the same.
TEST_F(UnkindMomentsTest, WithoutAckAndWithoutByeNothingIsLeftAtTheCalledSide) {
  bob_config_.sends_bye_without_ack = false;
  StartAgents();
  Lose(kAlice, "ACK");
  Call();
  network_.RunTo(120'000);
  EXPECT_THAT(bob_log_.ends, ElementsAre(CallEnd::kNoAck));
  EXPECT_EQ(bob_->live_calls(), 0u);
  EXPECT_EQ(bob_->dialog_count(), 0u);
  EXPECT_EQ(bob_->record_count(), 0u);
}

}  // namespace
}  // namespace tickwire::sip
