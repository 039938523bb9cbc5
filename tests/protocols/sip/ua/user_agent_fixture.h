// Alice (10.0.0.1) and Bob (10.0.0.2), 10 ms apart.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_UA_USER_AGENT_FIXTURE_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_UA_USER_AGENT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {

// Remembers how each call ended; its handle is gone by then.
class EndRecorder final : public CallObserver {
 public:
  void OnCallState(UserAgent&, const Call& call) override {
    states.push_back(call.state());
    if (call.state() == CallState::kEnded) {
      ends.push_back(call.end());
      final_statuses.push_back(call.final_status());
    }
  }
  std::vector<CallState> states;
  std::vector<CallEnd> ends;
  std::vector<int> final_statuses;
};

class UserAgentFixture : public ::testing::Test {
 protected:
  static constexpr Endpoint kAlice{IpAddress::V4(0x0a000001), 5060};
  static constexpr Endpoint kBob{IpAddress::V4(0x0a000002), 5060};

  UserAgentFixture() {
    alice_config_.user = "alice";
    alice_config_.domain = "atlanta.example.com";
    alice_config_.display_name = "Alice";
    bob_config_.user = "bob";
    bob_config_.behaviour.answer_after = Duration::Seconds(1);
  }
  // Builds both from their configurations. Called once.
  void StartAgents() {
    alice_ = std::make_unique<UserAgent>(
        UserAgent::Env{alice_node_.clock(), alice_node_, RunSeed{}}, alice_config_);
    bob_ = std::make_unique<UserAgent>(UserAgent::Env{bob_node_.clock(), bob_node_, RunSeed{}},
                                       bob_config_);
    ASSERT_TRUE(alice_->Open(kAlice).ok());
    ASSERT_TRUE(bob_->Open(kBob).ok());
    alice_->set_observer(&alice_log_);
    bob_->set_observer(&bob_log_);
  }
  CallHandle Call() { return alice_->PlaceCall("sip:bob@biloxi.example.com", kBob); }
  // Nothing is left of anything, and no event is pending.
  void ExpectClean() {
    for (const UserAgent* agent : {alice_.get(), bob_.get()}) {
      EXPECT_EQ(agent->live_calls(), 0u);
      EXPECT_EQ(agent->dialog_count(), 0u);
      EXPECT_EQ(agent->transaction_count(), 0u);
      EXPECT_EQ(agent->record_count(), 0u);
      EXPECT_EQ(agent->counters().placed + agent->counters().received,
                agent->counters().answered + agent->counters().failed);
    }
    EXPECT_TRUE(network_.IsQuiet());
  }
  // Loses the datagrams for which `text` starts so and the sender is that one.
  void Lose(const Endpoint& from, absl::string_view start, int times = 1 << 30) {
    network_.set_loss([from, start, times](const Endpoint& sender, absl::string_view text) mutable {
      if (sender != from || text.substr(0, start.size()) != start || times == 0) return false;
      --times;
      return true;
    });
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& alice_node_ = network_.AddNode("alice", kAlice.address);
  MemoryNetwork::Node& bob_node_ = network_.AddNode("bob", kBob.address);
  UserAgentConfig alice_config_, bob_config_;
  EndRecorder alice_log_, bob_log_;
  std::unique_ptr<UserAgent> alice_, bob_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_UA_USER_AGENT_FIXTURE_H_
