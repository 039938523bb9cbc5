// Many calls over a network that loses and, by its losses, repeats: every call is answered or
// fails, and nothing is left. The seed is printed on failure.
#include "protocols/sip/ua/user_agent.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

struct Outcome {
  Digest alice, bob;
  UserAgent::Counters counters;
};

class LossyCallsTest : public ::testing::TestWithParam<Ratio> {};

Outcome RunCalls(uint64_t seed, Ratio loss, int calls) {
  MemoryNetwork network(Duration::Millis(20));
  network.set_logging(false);
  auto& alice_node = network.AddNode("alice", IpAddress::V4(1));
  auto& bob_node = network.AddNode("bob", IpAddress::V4(2));
  Rng losses = Rng::ForStream({.seed = seed}, "network", "loss");
  network.set_loss([&](const Endpoint&, absl::string_view) { return losses.Chance(loss); });
  UserAgentConfig alice_config, bob_config;
  alice_config.behaviour.give_up_after = Duration::Seconds(60);
  alice_config.behaviour.hang_up_after = Duration::Seconds(2);
  bob_config.behaviour.hang_up_after = Duration::Seconds(100);  // should Alice's BYE never come
  bob_config.behaviour.answer_after = Duration::Seconds(1);
  const RunSeed run{.seed = seed};
  UserAgent alice({alice_node.clock(), alice_node, run}, alice_config);
  UserAgent bob({bob_node.clock(), bob_node, run}, bob_config);
  EXPECT_TRUE(alice.Open({alice_node.address(), 5060}).ok());
  EXPECT_TRUE(bob.Open({bob_node.address(), 5060}).ok());
  for (int i = 0; i < calls; ++i) {
    alice.PlaceCall("sip:bob@b", {bob_node.address(), 5060});
    network.RunTo((i + 1) * 300);
  }
  network.RunTo(1'000'000);
  for (const UserAgent* agent : {&alice, &bob}) {
    EXPECT_EQ(agent->live_calls(), 0u) << "seed " << seed;
    EXPECT_EQ(agent->dialog_count(), 0u) << "seed " << seed;
    EXPECT_EQ(agent->transaction_count(), 0u) << "seed " << seed;
    EXPECT_EQ(agent->record_count(), 0u) << "seed " << seed;
  }
  EXPECT_TRUE(network.IsQuiet()) << "seed " << seed;
  EXPECT_EQ(alice.counters().answered + alice.counters().failed, static_cast<uint64_t>(calls));
  return {alice_node.trace().digest(), bob_node.trace().digest(), alice.counters()};
}

TEST_P(LossyCallsTest, EveryCallIsAnsweredOrFailsAndNothingIsLeft) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    RunCalls(seed, GetParam(), 10);
    if (::testing::Test::HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Loss, LossyCallsTest,
                         ::testing::Values(Ratio{0, 1}, Ratio{1, 10}, Ratio{1, 2}, Ratio{9, 10}),
                         [](const auto& loss) {
                           return absl::StrCat(loss.param.numerator * 100 / loss.param.denominator,
                                               "Percent");
                         });

TEST(LossyCalls, WithTenPercentLossNearlyAllCallsAreAnswered) {
  const Outcome outcome = RunCalls(7, {1, 10}, 200);
  EXPECT_GE(outcome.counters.answered, 198u);
}

TEST(LossyCalls, TheSameSeedGivesTheSameTrace) {
  const Outcome first = RunCalls(3, {1, 5}, 20);
  const Outcome second = RunCalls(3, {1, 5}, 20);
  EXPECT_EQ(first.alice, second.alice);
  EXPECT_EQ(first.bob, second.bob);
  const Outcome other = RunCalls(4, {1, 5}, 20);
  EXPECT_FALSE(other.alice == first.alice);
}

}  // namespace
}  // namespace tickwire::sip
