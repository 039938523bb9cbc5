// Why messages took as long as they did, on runs with planned losses. One way is 20 ms everywhere.
#include "experiments/view/delay_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/view/call_story.h"
#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"

namespace tickwire {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr Duration kPath = Duration::Millis(20);
constexpr Duration kRoundTrip = Duration::Millis(40);
constexpr Duration kFirstRto = Duration::Seconds(1);  // RFC 6298 sections 2.1, 2.4

class DelayStoryTest : public RunFixture {
 protected:
  struct Plan {
    std::string transport = "use: TCP";
    bool is_warm = true;  // alice's connection opens at 0 s, her call comes at 1 s
    std::string alice_to_bob;
    bool calls_twice = false;  // again 10 ms later
    std::string answer = "ring_after: \"never\" answer_after: \"0s\"";
  };
  void RunPlan(const Plan& plan) {
    Run(absl::StrCat(
        "stop_at: \"60s\"\n", "node { name: \"alice\" role { sip_ua { transport { ", plan.transport,
        plan.is_warm ? " connect_to: \"bob\"" : "", " } } } }\n",
        "node { name: \"bob\" role { sip_ua { transport { ", plan.transport, " } answer { ",
        plan.answer, " } } } }\n", "link { name: \"wire\" a: \"alice\" b: \"bob\" delay: \"20ms\" ",
        plan.alice_to_bob.empty() ? "" : absl::StrCat("a_to_b { ", plan.alice_to_bob, " }"), " }\n",
        "at { time: \"1s\" node: \"alice\" action { sip_call { to: \"bob\" call: \"a\" } } }\n",
        plan.calls_twice ? "at { time: \"1010ms\" node: \"alice\" action { sip_call { to: \"bob\" "
                           "call: \"b\" } } }"
                         : ""));
    ASSERT_NE(model, nullptr);
    flow = std::make_unique<MessageFlow>(*model);
  }
  size_t Find(const std::string& summary, size_t nth = 0) const {
    for (size_t i = 0; i < flow->messages().size(); ++i) {
      if (flow->messages()[i].summary.starts_with(summary) && nth-- == 0) return i;
    }
    ADD_FAILURE() << "no " << summary;
    return 0;
  }
  // Shares that are not zero, in the order of the enum.
  static std::vector<std::pair<DelayShare, Duration>> Shares(const DelayStory& story) {
    std::vector<std::pair<DelayShare, Duration>> shares;
    for (int i = 0; i < kDelayShares; ++i) {
      const auto share = static_cast<DelayShare>(i);
      if (story.share(share) != Duration()) shares.emplace_back(share, story.share(share));
    }
    return shares;
  }
  static auto Line(const std::string& text) { return Field(&DelayLine::text, HasSubstr(text)); }
  static auto LineAt(Duration time, const std::string& text) {
    return AllOf(Field(&DelayLine::time, SimTime{time}), Line(text));
  }
  static constexpr char kLoseInvite[] = "drop { match: \"sip.method==INVITE\" nth: [1] }";
  static constexpr char kLoseFirstPacket[] = "drop { nth: [1] }";
  std::unique_ptr<MessageFlow> flow;
};

TEST_F(DelayStoryTest, NothingGoesWrongAndThePathIsAll) {
  RunPlan({});
  const DelayStory story = TellDelay(*flow, Find("INVITE"));
  EXPECT_EQ(story.total, kPath);
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kPath, kPath)));
  EXPECT_EQ(story.late(), Duration());
}

TEST_F(DelayStoryTest, ALostSegmentCostsARetransmissionTimeout) {
  RunPlan({.alice_to_bob = kLoseInvite});
  const DelayStory story = TellDelay(*flow, Find("INVITE"));
  EXPECT_EQ(story.total, kFirstRto + kPath);
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kRecovery, kFirstRto),
                                         std::pair(DelayShare::kPath, kPath)));
  EXPECT_EQ(story.late(), kFirstRto);
  EXPECT_THAT(story.lines,
              Contains(LineAt(Duration::Seconds(1), "it is lost on wire: listed loss")));
  EXPECT_THAT(story.lines,
              Contains(AllOf(LineAt(Duration::Seconds(2), "timer retransmission of tcp "),
                             Line("set to 1 s, fires (RFC 6298"))));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Seconds(2), "alice sends again ")));
}

// RFC 6298 section 2.1: the SYN has no sample before it, its timer is 1 s.
TEST_F(DelayStoryTest, ALostSynDelaysTheSetUp) {
  RunPlan({.is_warm = false, .alice_to_bob = kLoseFirstPacket});
  const DelayStory story = TellDelay(*flow, Find("INVITE"));
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kSetUp, kFirstRto + kRoundTrip),
                                         std::pair(DelayShare::kPath, kPath)));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Seconds(1), "alice sends SYN ")));
  EXPECT_THAT(story.lines, Contains(Line("it is lost on wire")));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Seconds(2), "alice sends again SYN ")));
}

// One round trip for TCP, one for TLS (RFC 8446 section 2).
TEST_F(DelayStoryTest, AColdTlsConnectionCostsTwoRoundTrips) {
  RunPlan({.transport = "use: TLS", .is_warm = false});
  const DelayStory story = TellDelay(*flow, Find("INVITE"));
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kSetUp, kRoundTrip + kRoundTrip),
                                         std::pair(DelayShare::kPath, kPath)));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Millis(1040), "TCP is established")));
  EXPECT_THAT(story.lines,
              Contains(LineAt(Duration::Millis(1080), "the TLS handshake is complete")));
}

TEST_F(DelayStoryTest, WhatWaitsBehindALostSegmentSaysWhichOne) {
  RunPlan({.alice_to_bob = kLoseInvite, .calls_twice = true});
  const size_t second = Find("INVITE", 1);
  const DelayStory story = TellDelay(*flow, second);
  // Sent at 1.01 s, there at 1.03 s; the first is there at 1 s + 1 s + 20 ms.
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kPath, kPath),
                                         std::pair(DelayShare::kHeadOfLine,
                                                   kFirstRto + kPath - Duration::Millis(30))));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Millis(1030), "it waits behind #1 INVITE")));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Seconds(1), "of #1")));
  EXPECT_THAT(story.lines, Contains(Line("it is lost on wire")));
}

TEST_F(DelayStoryTest, OverTlsARecordWaitsAsItsOctetsDo) {
  // SYN, ACK, ClientHello, Finished, the ACK of bob's tickets: the sixth is the first INVITE.
  RunPlan({.transport = "use: TLS", .alice_to_bob = "drop { nth: [6] }", .calls_twice = true});
  EXPECT_EQ(TellDelay(*flow, Find("INVITE", 0)).share(DelayShare::kRecovery), kFirstRto);
  const DelayStory story = TellDelay(*flow, Find("INVITE", 1));
  EXPECT_EQ(story.share(DelayShare::kHeadOfLine), kFirstRto + kPath - Duration::Millis(30));
}

// RFC 4168 section 5.1: unordered unless the two ends agreed on more.
TEST_F(DelayStoryTest, UnorderedSctpHasNoHeadOfLine) {
  RunPlan({.transport = "use: SCTP", .alice_to_bob = kLoseInvite, .calls_twice = true});
  EXPECT_THAT(Shares(TellDelay(*flow, Find("INVITE", 1))),
              ElementsAre(std::pair(DelayShare::kPath, kPath)));
  const DelayStory first = TellDelay(*flow, Find("INVITE", 0));
  EXPECT_THAT(Shares(first), ElementsAre(std::pair(DelayShare::kRecovery, kFirstRto),
                                         std::pair(DelayShare::kPath, kPath)));
  EXPECT_THAT(first.lines, Contains(Line("timer T3-rtx")));
}

TEST_F(DelayStoryTest, OrderedSctpHas) {
  RunPlan({.transport = "use: SCTP sctp_order: ORDERED",
           .alice_to_bob = kLoseInvite,
           .calls_twice = true});
  const DelayStory story = TellDelay(*flow, Find("INVITE", 1));
  EXPECT_EQ(story.share(DelayShare::kHeadOfLine), kFirstRto + kPath - Duration::Millis(30));
  EXPECT_THAT(story.lines, Contains(Line("RFC 9260 section 6.6")));
}

// RFC 3261 section 17.1.1.2: timer A begins with T1.
TEST_F(DelayStoryTest, OverUdpTimerARepeats) {
  RunPlan({.transport = "no_tcp: true", .is_warm = false, .alice_to_bob = kLoseInvite});
  const DelayStory story = TellDelay(*flow, Find("INVITE"));
  EXPECT_THAT(Shares(story), ElementsAre(std::pair(DelayShare::kRecovery, Duration::Millis(500)),
                                         std::pair(DelayShare::kPath, kPath)));
  EXPECT_THAT(story.lines, Contains(LineAt(Duration::Millis(1500), "timer A of client INVITE")));
}

TEST_F(DelayStoryTest, WhatNeverArrivedSaysWhy) {
  Run(LoadShippedScenario("transport/connection_refused"));
  flow = std::make_unique<MessageFlow>(*model);
  const DelayStory story = TellDelay(*flow, 0);
  EXPECT_FALSE(story.total);
  EXPECT_THAT(story.lines.back(), Line("refused; it is never received"));
}

// From the segment that was lost to the answer that came late.
TEST_F(DelayStoryTest, TheAnswerToACallIsLateByWhatTheInviteWas) {
  RunPlan({.alice_to_bob = kLoseInvite, .answer = "ring_after: \"never\" answer_after: \"3s\""});
  const size_t invite = Find("INVITE"), answer = Find("200 OK (INVITE)");
  EXPECT_EQ(AnswerOf(*flow, flow->messages()[invite].call_id), answer);
  const CallStory story = TellCall(*flow, answer);
  ASSERT_EQ(story.steps.size(), 2u);
  EXPECT_EQ(story.steps[0].message, invite);
  EXPECT_EQ(story.steps[1].message, answer);
  EXPECT_EQ(story.steps[1].before, Duration::Seconds(3));
  EXPECT_THAT(story.steps[1].why, HasSubstr("timer answer"));
  EXPECT_EQ(story.total, kFirstRto + kPath + Duration::Seconds(3) + kPath);
  EXPECT_EQ(story.late, kFirstRto);
  EXPECT_FALSE(AnswerOf(*flow, "no such call"));
}

// Whatever happens, the shares of each message received add up to its delay, the lines are in order
// of time, and the chain's parts add up too.
class EveryDelay : public RunFixture, public testing::WithParamInterface<std::string> {};

TEST_P(EveryDelay, AddsUp) {
  Run(LoadShippedScenario(GetParam()));
  const MessageFlow flow(*model);
  for (size_t i = 0; i < std::min<size_t>(flow.messages().size(), 60); ++i) {
    const DelayStory story = TellDelay(flow, i);
    ASSERT_FALSE(story.lines.empty());
    for (size_t line = 1; line < story.lines.size(); ++line) {
      EXPECT_LE(story.lines[line - 1].time, story.lines[line].time);
    }
    Duration sum;
    for (const Duration share : story.shares) {
      EXPECT_GE(share, Duration());
      sum = sum + share;
    }
    const SipMessage& message = flow.messages()[i];
    EXPECT_EQ(story.total, message.delay());
    if (story.total) {
      EXPECT_EQ(sum, *story.total) << message.summary;
      EXPECT_EQ(story.share(DelayShare::kOther), Duration()) << message.summary;
    }
    const CallStory call = TellCall(flow, i);
    if (!call.total) continue;
    Duration chain;
    for (const CallStep& step : call.steps) {
      EXPECT_GE(step.before, Duration());
      chain = chain + step.before + flow.messages()[step.message].delay().value_or(Duration());
    }
    EXPECT_EQ(chain, *call.total) << message.summary;
  }
}

std::vector<std::string> SipScenarios() {
  std::vector<std::string> names;
  for (const std::string& name : ShippedScenarioNames()) {
    if (absl::StartsWith(name, "transport/") || absl::StartsWith(name, "sip/")) {
      names.push_back(name);
    }
  }
  return names;
}
INSTANTIATE_TEST_SUITE_P(Scenarios, EveryDelay, testing::ValuesIn(SipScenarios()),
                         [](const auto& test) { return TestNameOf(test.param); });

}  // namespace
}  // namespace tickwire
