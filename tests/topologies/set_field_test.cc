#include "topologies/set_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "topologies/match/standard_fields.h"

namespace tickwire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

scenario::Scenario TwoNodes() {
  scenario::Scenario scenario;
  scenario.add_node()->set_name("alice");
  scenario.mutable_node(0)->add_role()->mutable_sip_ua()->set_t1("1s");
  scenario.add_node()->set_name("bob");
  scenario::Link* link = scenario.add_link();
  link->set_a("alice");
  link->set_b("bob");
  link->add_both()->mutable_jitter()->set_keep_order(true);
  link->add_both()->set_loss("1%");
  return scenario;
}

std::vector<Diagnostic> Set(scenario::Scenario& scenario, const std::string& assignment) {
  return SetField(scenario, assignment, {match::StandardFieldTable(), nullptr, "", {}});
}

TEST(SetField, FollowsPathsByPlaceByNameAndByKind) {
  scenario::Scenario scenario = TwoNodes();
  EXPECT_THAT(Set(scenario, "seed=7"), IsEmpty());
  EXPECT_THAT(Set(scenario, "link[0].both.loss=5%"), IsEmpty());
  EXPECT_THAT(Set(scenario, "link[alice-bob].delay=20ms"), IsEmpty());
  EXPECT_THAT(Set(scenario, "link.mtu=576"), IsEmpty());
  EXPECT_THAT(Set(scenario, "node[alice].role.sip_ua.t1=2s"), IsEmpty());
  EXPECT_THAT(Set(scenario, "node[1].role.udp_sink.port=5004"), IsEmpty());
  EXPECT_THAT(Set(scenario, "title=two words = fine"), IsEmpty());
  EXPECT_THAT(Set(scenario, "description=\"quoted\\n\""), IsEmpty());
  EXPECT_THAT(Set(scenario, "ip=IPV6"), IsEmpty());
  EXPECT_EQ(scenario.seed(), 7u);
  ASSERT_EQ(scenario.link(0).both_size(), 2);
  EXPECT_EQ(scenario.link(0).both(1).loss(), "5%");
  EXPECT_EQ(scenario.link(0).delay(), "20ms");
  EXPECT_EQ(scenario.link(0).mtu(), 576u);
  EXPECT_EQ(scenario.node(0).role(0).sip_ua().t1(), "2s");
  EXPECT_EQ(scenario.node(1).role(0).udp_sink().port(), 5004u);
  EXPECT_EQ(scenario.title(), "two words = fine");
  EXPECT_EQ(scenario.description(), "quoted\n");
  EXPECT_EQ(scenario.ip(), scenario::IPV6);
}

TEST(SetField, MakesAnEffectThatIsNotThereYet) {
  scenario::Scenario scenario = TwoNodes();
  EXPECT_THAT(Set(scenario, "link[0].a_to_b.drop.nth=[1, 3]"), IsEmpty());
  ASSERT_EQ(scenario.link(0).a_to_b_size(), 1);
  EXPECT_THAT(scenario.link(0).a_to_b(0).drop().nth(), ElementsAre(1, 3));
  EXPECT_THAT(Set(scenario, "link[0].a_to_b.drop.nth=2"), IsEmpty());
  EXPECT_THAT(scenario.link(0).a_to_b(0).drop().nth(), ElementsAre(2));
  EXPECT_THAT(Set(scenario, "link[0].queue={ codel { ecn: true } }"), IsEmpty());
  EXPECT_TRUE(scenario.link(0).queue().codel().ecn());
}

struct WrongCase {
  const char* assignment;
  const char* id;
  int column;
  const char* suggestion;
};

TEST(SetField, SaysWhatIsWrongAndWhere) {
  constexpr WrongCase kCases[] = {
      {"seed", "E0503", 1, ""},
      {"sede=7", "E0501", 1, "seed"},
      {"link[0].both.los=5%", "E0501", 14, "loss"},
      {"link[3].delay=5ms", "E0502", 6, ""},
      {"node[alise].router=true", "E0502", 6, "alice"},
      {"node.router=true", "E0502", 1, ""},
      {"seed.x=1", "E0501", 1, ""},
      {"link[0.delay=1ms", "E0501", 5, ""},
      {"link[0]delay=1ms", "E0501", 8, ""},
      {".seed=1", "E0501", 1, ""},
      {"=1", "E0501", 1, ""},
      {"seed=x", "E0109", 6, ""},
      {"seed=7 8", "E0105", 8, ""},
      {"link[0].delay=20", "E0201", 15, ""},
      {"link[0].delay=0s", "E0206", 15, ""},
      {"link[0].both.loss=50", "E0204", 19, "\"50%\""},
      {"ip=IPV5", "E0108", 4, "IPV4"},
      {"expect.count=1", "E0502", 1, ""},
  };
  for (const WrongCase& c : kCases) {
    scenario::Scenario scenario = TwoNodes();
    const std::vector<Diagnostic> wrong = Set(scenario, c.assignment);
    ASSERT_EQ(wrong.size(), 1u) << c.assignment;
    EXPECT_EQ(wrong[0].id, c.id) << c.assignment;
    EXPECT_EQ(wrong[0].file, "--set");
    EXPECT_EQ(wrong[0].column, c.column) << c.assignment;
    EXPECT_EQ(wrong[0].suggestion, c.suggestion) << c.assignment;
  }
}

}  // namespace
}  // namespace tickwire
