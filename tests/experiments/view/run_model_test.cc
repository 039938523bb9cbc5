#include "experiments/view/run_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "experiments/view/ladder.h"
#include "experiments/view/message_flow.h"
#include "experiments/view/time_axis.h"
#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class RunModelTest : public RunFixture {
 protected:
  // alice -- r1 -- r2 -- bob with the text of more in it; the links are l1, l2, l3, 5 ms each.
  void RunChain(const std::string& actions, const std::string& second = "") {
    Run(R"(
      node { name: "alice" } node { name: "r1" router: true } node { name: "r2" router: true }
      node { name: "bob" role { udp_sink {} } }
      link { a: "alice" b: "r1" name: "l1" delay: "5ms" }
      link { a: "r1" b: "r2" name: "l2" delay: "5ms" )" +
        second + R"( }
      link { a: "r2" b: "bob" name: "l3" delay: "5ms" }
    )" + actions);
  }
  std::string Name(NodeId node) const { return model->NodeName(node); }
};

const std::string kSend =
    "at { time: \"1s\" node: \"alice\" action { udp_send { to: \"bob\" text: \"x\" } } }";

TEST_F(RunModelTest, AJourneyOverRoutersIsOne) {
  RunChain(kSend);
  ASSERT_THAT(model->journeys(), SizeIs(1));
  const Journey& journey = model->journeys()[0];
  EXPECT_EQ(Name(journey.from), "alice");
  EXPECT_EQ(Name(*journey.towards), "bob");
  EXPECT_EQ(journey.sent, SimTime{Duration::Seconds(1)});
  EXPECT_THAT(journey.sent_records, SizeIs(3));
  ASSERT_THAT(journey.ends, SizeIs(1));
  EXPECT_EQ(journey.ends[0].kind, JourneyEnd::Kind::kDelivered);
  EXPECT_EQ(Name(journey.ends[0].node), "bob");
  EXPECT_EQ(journey.ends[0].time, SimTime{Duration::Millis(1015)});
  EXPECT_EQ(journey.ends[0].hops, 3);
}

TEST_F(RunModelTest, ALossInTheMiddleEndsTheJourneyThere) {
  RunChain(kSend, "a_to_b { drop { nth: 1 } }");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  const JourneyEnd& end = model->journeys()[0].ends[0];
  EXPECT_EQ(end.kind, JourneyEnd::Kind::kLost);
  EXPECT_EQ(Name(end.node), "r1");
  EXPECT_EQ(end.hops, 1);
  EXPECT_TRUE(end.left);
}

TEST_F(RunModelTest, ARouterWhoseLinkIsDownEndsTheJourney) {
  RunChain(kSend + "at { time: \"0s\" link_down: \"l2\" }");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  ASSERT_THAT(model->journeys()[0].ends, SizeIs(1));
  const JourneyEnd& end = model->journeys()[0].ends[0];
  EXPECT_EQ(end.kind, JourneyEnd::Kind::kLost);
  EXPECT_EQ(Name(end.node), "r1");
}

TEST_F(RunModelTest, WhatNeverLeftSaysSo) {
  RunChain(kSend + "at { time: \"0s\" link_down: \"l1\" }");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  const JourneyEnd& end = model->journeys()[0].ends[0];
  EXPECT_EQ(end.kind, JourneyEnd::Kind::kLost);
  EXPECT_FALSE(end.left);
  EXPECT_EQ(Name(end.node), "alice");
}

TEST_F(RunModelTest, ARefusedPacketWasDelivered) {
  RunChain(
      "at { time: \"1s\" node: \"alice\" action { udp_send { to: \"bob\" port: 99 text: \"x\" } } "
      "}");
  ASSERT_THAT(model->journeys(), SizeIs(2));  // and the ICMP error back
  EXPECT_EQ(model->journeys()[0].ends[0].kind, JourneyEnd::Kind::kDelivered);
  EXPECT_TRUE(model->journeys()[0].ends[0].refused);
  EXPECT_EQ(model->journeys()[1].summary, "ICMP port unreachable");
  EXPECT_EQ(Name(model->journeys()[1].from), "bob");
}

TEST_F(RunModelTest, ADuplicateIsASecondEndOfOneJourney) {
  RunChain(kSend, "both { duplicate { probability: \"100%\" delay: \"2ms\" } }");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  const Journey& journey = model->journeys()[0];
  ASSERT_THAT(journey.ends, SizeIs(2));
  EXPECT_EQ(journey.ends[0].time, SimTime{Duration::Millis(1015)});
  EXPECT_EQ(journey.ends[1].time, SimTime{Duration::Millis(1017)});
  for (const JourneyEnd& end : journey.ends) EXPECT_EQ(Name(end.node), "bob");
}

TEST_F(RunModelTest, FragmentsMadeOnTheWayAreEndsOfOneJourney) {
  RunChain(
      "at { time: \"1s\" node: \"alice\" action { udp_send { to: \"bob\" size: \"1000B\" } } }",
      "mtu: 576");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  // RFC 791: 552 bytes fit 576 - 20 in units of 8, so 1008 bytes make two.
  ASSERT_THAT(model->journeys()[0].ends, SizeIs(2));
  for (const JourneyEnd& end : model->journeys()[0].ends) {
    EXPECT_EQ(end.kind, JourneyEnd::Kind::kDelivered);
    EXPECT_EQ(Name(end.node), "bob");
  }
}

TEST_F(RunModelTest, TheSamePayloadAgainIsARepetition) {
  RunChain(kSend +
           "at { time: \"2s\" node: \"alice\" action { udp_send { to: \"bob\" text: \"x\" } } }"
           "at { time: \"3s\" node: \"alice\" action { udp_send { to: \"bob\" text: \"y\" } } }"
           "at { time: \"4s\" node: \"alice\" action { udp_send { to: \"bob\" text: \"x\" } } }");
  std::vector<int> repetitions;
  for (const Journey& journey : model->journeys()) repetitions.push_back(journey.repetition);
  EXPECT_THAT(repetitions, ElementsAre(0, 1, 0, 2));
  EXPECT_EQ(model->journeys()[3].original, 0u);
}

TEST_F(RunModelTest, WhatIsUnderWayAtTheEndSaysSo) {
  RunChain(kSend + "stop_at: \"1.007s\"");
  ASSERT_THAT(model->journeys(), SizeIs(1));
  EXPECT_EQ(model->journeys()[0].ends[0].kind, JourneyEnd::Kind::kUnderWay);
}

TEST_F(RunModelTest, CausesAreTold) {
  RunChain(kSend);
  EXPECT_EQ(model->CauseOf(model->journeys()[0]), "action of the scenario");
}

// --- The axis and the ladder ---

TEST(TimeAxis, RisesWithTimeWhateverTheMoments) {
  Rng rng = Rng::ForStream({.seed = 9}, "axis", "moments");
  for (int round = 0; round < 50; ++round) {
    std::vector<TimeAxis::Moment> moments;
    for (uint64_t n = 1 + rng.Below(30); n > 0; --n) {
      moments.push_back(
          {SimTime::FromNanos(static_cast<int64_t>(rng.Below(uint64_t{1} << rng.Below(50)))),
           static_cast<Tenths>(rng.Below(300))});
    }
    const TimeAxis axis(moments, 100);
    std::sort(moments.begin(), moments.end(),
              [](const auto& a, const auto& b) { return a.time < b.time; });
    Tenths last = 0;
    SimTime before;
    for (const auto& moment : moments) {
      for (const SimTime time : {before + (moment.time - before) / 2, moment.time}) {
        const Tenths y = axis.Y(time);
        EXPECT_GE(y, last);
        last = y;
      }
      before = moment.time;
    }
    EXPECT_EQ(axis.Y(SimTime::Infinite()), axis.bottom());
  }
}

class EveryLayout : public RunFixture, public testing::WithParamInterface<std::string> {};

void ExpectPromisesKept(const DisplayList& list) {
  ASSERT_FALSE(list.columns.empty());
  for (size_t i = 1; i < list.columns.size(); ++i) {
    EXPECT_GT(list.columns[i].x, list.columns[i - 1].x);
  }
  for (const DisplayArrow& arrow : list.arrows) {
    EXPECT_LE(arrow.y0, arrow.y1) << arrow.event;
    EXPECT_GE(arrow.y0, list.top);
    EXPECT_LE(arrow.y1, list.bottom);
    const Tenths from = list.columns[arrow.from].x, to = list.columns[arrow.to].x;
    EXPECT_EQ(arrow.x0, from);
    if (arrow.end == ArrowEnd::kArrives || arrow.end == ArrowEnd::kRefused) {
      EXPECT_EQ(arrow.x1, to);
    } else if (from != to) {
      EXPECT_LT(std::abs(arrow.x1 - from), std::abs(to - from)) << arrow.event;
    }
    EXPECT_EQ(arrow.cause.empty(),
              arrow.end == ArrowEnd::kArrives || arrow.end == ArrowEnd::kUnderWay)
        << arrow.event;
  }
  for (const DisplayTimer& timer : list.timers) {
    EXPECT_LT(timer.y0, timer.y1) << timer.event;
    EXPECT_GE(timer.x, 0);
    EXPECT_LE(timer.x, list.width);
  }
  for (const DisplayMark& mark : list.marks) {
    EXPECT_GE(mark.y, list.top) << mark.text;
    EXPECT_LE(mark.y, list.bottom) << mark.text;
  }
}

TEST_P(EveryLayout, KeepsItsPromises) {
  Run(LoadShippedScenario(GetParam()));
  ExpectPromisesKept(LayOutLadder(*model, {}));
  const MessageFlow flow(*model);
  LadderOptions layered;
  layered.flow = &flow;
  for (const Unfold::Which which :
       {Unfold::Which::kNone, Unfold::Which::kTrouble, Unfold::Which::kAll}) {
    layered.unfold.which = which;
    const DisplayList list = LayOutLadder(*model, layered);
    ExpectPromisesKept(list);
    // Each message of a connection between nodes that there are is an arrow, whatever is unfolded.
    size_t messages = 0, arrows = 0;
    for (const SipMessage& message : flow.messages()) {
      if (message.connection && message.to) ++messages;
    }
    for (const DisplayArrow& arrow : list.arrows) arrows += arrow.layer == ArrowLayer::kMessage;
    EXPECT_EQ(arrows, messages);
  }
}
INSTANTIATE_TEST_SUITE_P(Scenarios, EveryLayout, testing::ValuesIn(ShippedScenarioNames()),
                         [](const auto& test) { return TestNameOf(test.param); });

class LadderTest : public RunFixture {};

// RFC 3261 section 13.3.1.4, told as arrows: the story of a lost 200.
TEST_F(LadderTest, TheStoryOfTheFirst200Lost) {
  Run(LoadShippedScenario("sip/first_200_lost"));
  const DisplayList list = LayOutLadder(*model, {});
  std::vector<std::string> story;
  for (const DisplayArrow& arrow : list.arrows) {
    std::string line = list.columns[arrow.from].name + ">" + list.columns[arrow.to].name + " " +
                       arrow.label.substr(0, arrow.label.find(' '));
    if (arrow.repetition > 0) line += " R" + std::to_string(arrow.repetition);
    if (arrow.end == ArrowEnd::kLost) line += " lost: " + arrow.cause;
    story.push_back(line);
  }
  EXPECT_THAT(story,
              ElementsAre("alice>bob INVITE", "bob>alice 180", "bob>alice 200 lost: listed loss",
                          "bob>alice 200 R1", "alice>bob ACK", "alice>bob BYE", "bob>alice 200"));
}

TEST_F(LadderTest, ColumnsCanBeChosen) {
  Run(LoadShippedScenario("sip/first_200_lost"));
  const DisplayList list = LayOutLadder(*model, {.columns = {"bob", "alice"}});
  ASSERT_THAT(list.columns, SizeIs(2));
  EXPECT_EQ(list.columns[0].name, "bob");
  const DisplayList one = LayOutLadder(*model, {.columns = {"bob"}});
  EXPECT_THAT(one.columns, SizeIs(1));
  const DisplayList none = LayOutLadder(*model, {.columns = {"nobody"}});
  EXPECT_THAT(none.columns, SizeIs(0));
}

// The first path, 10.0.1.1 to 10.0.1.2, is what the heads of the columns say; the second is named.
TEST_F(LadderTest, PacketsAndTimersOfASecondPathNameIt) {
  Run(LoadShippedScenario("sctp/failover"));
  const DisplayList list = LayOutLadder(*model, {});
  const auto label = [&](const char* part) -> std::string {
    for (const DisplayArrow& arrow : list.arrows) {
      if (arrow.label.find(part) != std::string::npos) return arrow.label;
    }
    return "";
  };
  EXPECT_EQ(label("DATA 1 "), "DATA 1 (0:0) 11 B");
  EXPECT_EQ(label("HEARTBEAT"), "HEARTBEAT to 10.0.2.1");  // bob has to verify it (RFC 9260 §5.4)
  EXPECT_THAT(label("T3-rtx"), testing::EndsWith("retransmission (T3-rtx) to 10.0.2.2"));
  EXPECT_TRUE(std::any_of(list.timers.begin(), list.timers.end(), [](const DisplayTimer& timer) {
    return timer.label.starts_with("heartbeat of 10.0.2.1 ");
  }));
}

// A forged source is the point of an attack.
TEST_F(LadderTest, APacketWithAForgedSourceNamesIt) {
  Run(LoadShippedScenario("sctp/blind_abort"));
  const DisplayList list = LayOutLadder(*model, {});
  int forged = 0;
  for (const DisplayArrow& arrow : list.arrows) {
    const bool is_forged = list.columns[arrow.from].name == "mallory";
    EXPECT_EQ(arrow.label.ends_with(" from 10.0.1.1"), is_forged) << arrow.label;
    forged += is_forged;
  }
  EXPECT_GT(forged, 1000);
}

// Both ends send at the same moments: in the middle their labels would lie on each other.
TEST_F(LadderTest, LabelsOfArrowsThatMirrorEachOtherAreNextToTheirSenders) {
  Run(LoadShippedScenario("sctp/init_collision"));
  const DisplayList list = LayOutLadder(*model, {});
  int found = 0;
  for (const DisplayArrow& arrow : list.arrows) {
    if (!arrow.label.starts_with("DATA") && !arrow.label.starts_with("INIT tag")) continue;
    EXPECT_LE(arrow.label_slot, 30) << arrow.label;
    ++found;
  }
  EXPECT_EQ(found, 4);
}

}  // namespace
}  // namespace tickwire
