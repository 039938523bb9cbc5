#include "topologies/scenario_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "topologies/literals.h"
#include "topologies/schema_docs.h"
#include "topologies/validate/field_check.h"
#include "topologies/validate/literal_check.h"

namespace tickwire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadResult Load(const std::string& text) { return LoadScenarioText("test", text, "", {}); }

std::vector<std::string> Places(const LoadResult& result) {
  std::vector<std::string> out;
  for (const Diagnostic& d : result.diagnostics) {
    out.push_back(d.id + "@" + std::to_string(d.line) + ":" + std::to_string(d.column));
  }
  return out;
}

TEST(ScenarioLoader, ThreeMistakesAreAllNamedWithPlaceAndSuggestion) {
  const LoadResult result = Load(
      "node { name: \"alice\" role { sip_ua {} } }\n"
      "node { name: \"bob\" role { sip_ua {} } }\n"
      "link { a: \"alice\" b: \"bob\" dealy: \"20ms\" both { loss: \"10\" } }\n"
      "at { time: \"0s\" node: \"alcie\" action { sip_call { to: \"bob\" } } }\n");
  EXPECT_FALSE(result.ok());
  ASSERT_THAT(Places(result), ElementsAre("E0107@3:28", "E0204@3:55", "E0301@4:23"));
  EXPECT_EQ(result.diagnostics[0].suggestion, "delay");
  EXPECT_EQ(result.diagnostics[1].suggestion, "\"10%\"");
  EXPECT_EQ(result.diagnostics[2].suggestion, "alice");
  const std::string shown = FormatDiagnostics(result.diagnostics, /*color=*/false);
  EXPECT_THAT(shown, HasSubstr("test:3:28: error[E0107]: `Link` has no field `dealy`\n"
                               "    3 | link { a: \"alice\" b: \"bob\" dealy: \"20ms\" both"));
  EXPECT_THAT(shown, HasSubstr("\n      |                            ^~~~~\n"
                               "      = did you mean delay?\n"));
  EXPECT_THAT(shown, HasSubstr("3 errors; `tickwire explain E0107`"));
}

TEST(ScenarioLoader, DiagnosticsAreJsonToo) {
  const LoadResult result = Load("sede: 7");
  EXPECT_EQ(
      DiagnosticsToJson(result.diagnostics),
      "[{\"severity\": \"error\", \"id\": \"E0107\", \"file\": \"test\", \"line\": 1, \"column\": "
      "1, \"length\": 4, \"message\": \"`Scenario` has no field `sede`\", \"expected\": \"\", "
      "\"suggestion\": \"seed\", \"note\": \"\"}]\n");
  EXPECT_EQ(JsonString("a\"\\\n\x01\xff"), "\"a\\\"\\\\\\n\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(ScenarioLoader, PointsIntoMatchExpressions) {
  const LoadResult result = Load(
      "pair { a: \"a\" b: \"b\" link { both { drop { match: \"cseq.method==BYE && sip.staus==200\" "
      "} } } }");
  ASSERT_THAT(Places(result), ElementsAre("E0402@1:71"));
  EXPECT_EQ(result.diagnostics[0].suggestion, "sip.status");
}

TEST(ScenarioLoader, MatchExpressionsMayNameNodes) {
  EXPECT_THAT(Load("pair { a: \"a\" b: \"b\" }\nexpect { receives: \"ip.src==a\" }").diagnostics,
              IsEmpty());
  const LoadResult result =
      Load("pair { a: \"alice\" b: \"bob\" }\nexpect { receives: \"ip.src==alcie\" }");
  ASSERT_THAT(Places(result), ElementsAre("E0301@2:29"));
  EXPECT_EQ(result.diagnostics[0].suggestion, "alice");
}

TEST(ScenarioLoader, FillsDefaultsSoThatEveryLiteralParses) {
  const LoadResult result = Load(
      "node { name: \"a\" role { sip_ua { answer {} } } role { udp_source { to: \"b\" } } }\n"
      "pair { a: \"a\" b: \"b\" link { both { gilbert_elliott { p: \"1%\" r: \"2%\" } } } }");
  ASSERT_TRUE(result.ok()) << FormatDiagnostics(result.diagnostics, false);
  const scenario::Scenario& effective = result.effective;
  EXPECT_EQ(effective.format(), 1u);
  EXPECT_EQ(effective.seed(), 1u);
  EXPECT_EQ(effective.stop_at(), "1h");
  const scenario::Link& link = effective.link(0);
  EXPECT_EQ(link.rate(), "infinite");
  EXPECT_EQ(link.delay(), "1ms");
  EXPECT_EQ(link.mtu(), 1500u);
  EXPECT_EQ(link.queue().drop_tail().packets(), 1000u);
  EXPECT_EQ(link.both(0).gilbert_elliott().loss_bad(), "100%");
  EXPECT_EQ(effective.node(0).role(0).sip_ua().t1(), "500ms");
  EXPECT_EQ(effective.node(0).role(0).sip_ua().answer().answer_after(), "1s");
  EXPECT_EQ(effective.node(0).role(1).udp_source().size(), "1000B");
}

TEST(ScenarioLoader, EveryFieldOfTheSchemaIsDocumented) {
  for (const auto* file :
       {scenario::Scenario::descriptor()->file(), scenario::Role::descriptor()->file(),
        scenario::SipUserAgent::descriptor()->file(), scenario::UdpSource::descriptor()->file(),
        scenario::FieldRules::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const std::string& name = file->message_type(i)->field(j)->full_name();
        EXPECT_NE(SchemaDoc(name), "") << name;
      }
    }
  }
}

TEST(ScenarioLoader, NamesTheLimitOfNodes) {
  const LoadResult result =
      Load("node { name: \"a\" count: 1000000 }\nnode { name: \"b\" count: 2 }");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.diagnostics[0].id, "E0904");
}

// A default that does not satisfy its own rules would fail far from here.
TEST(ScenarioLoader, EveryDefaultInTheSchemaIsInOrder) {
  std::vector<const google::protobuf::FileDescriptor*> files = {
      scenario::Scenario::descriptor()->file(), scenario::Role::descriptor()->file(),
      scenario::SipUserAgent::descriptor()->file(), scenario::UdpSource::descriptor()->file()};
  int defaults = 0;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const google::protobuf::FieldDescriptor& field = *file->message_type(i)->field(j);
        const scenario::FieldRules& rules = RulesOf(field);
        if (rules.default_text().empty()) continue;
        ++defaults;
        EXPECT_FALSE(rules.required()) << field.full_name();
        if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
          const auto finding = CheckLiteral(rules.default_text(), rules, field.name());
          EXPECT_FALSE(finding) << field.full_name() << ": " << finding->message;
        }
      }
    }
  }
  EXPECT_GT(defaults, 40);
}

TEST(ScenarioLoader, RefusesANewerFormatAndTakesAnAbsentOneAsTheFirst) {
  EXPECT_THAT(Places(Load("format: 2")), ElementsAre("E0118@1:9"));
  EXPECT_THAT(Load("format: 1").diagnostics, IsEmpty());
  EXPECT_THAT(Load("").diagnostics, IsEmpty());
}

TEST(ScenarioLoader, RefusesAFileThatIsTooLargeAndNamesTheLimit) {
  const LoadResult result = Load(std::string((16 << 20) + 1, ' '));
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].id, "E0901");
  EXPECT_THAT(result.diagnostics[0].message, HasSubstr("16 MiB"));
}

TEST(ScenarioLoader, TellsWhenAFileIsNotThere) {
  const LoadResult result = LoadScenarioFile("/no/such/file", {});
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].id, "E0101");
}

TEST(ScenarioLoader, SixteenMebibytesOfNonsenseAreRefusedQuickly) {
  std::string text;
  while (text.size() < kMaxScenarioBytes - 64) {
    text += "node { name: \"n" + std::to_string(text.size()) +
            "\" role { udp_source { to: \"x\" } } }\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const LoadResult result = Load(text);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_FALSE(result.ok());
  EXPECT_LE(result.diagnostics.size(), 101u);
  EXPECT_LT(elapsed, std::chrono::seconds(10));
}

TEST(ScenarioLoader, AHundredThousandClientsAreFourLines) {
  const LoadResult result = Load(
      "node { name: \"client\" count: 100000 role { sip_ua {} } }\n"
      "star { hub: \"edge1\" leaf: \"client\" link { delay: \"5ms\" } }\n"
      "star { hub: \"edge2\" leaf: \"client\" link { delay: \"9ms\" } }\n");
  ASSERT_TRUE(result.ok()) << FormatDiagnostics(result.diagnostics, false);
  EXPECT_EQ(result.expanded.node_size(), 100'002);
  EXPECT_EQ(result.expanded.link_size(), 200'000);
}

TEST(ScenarioLoader, ReachesThroughRoutersOnly) {
  const std::string call = "at { time: \"0s\" node: \"a\" action { udp_send { to: \"b\" } } }";
  EXPECT_THAT(Load("chain { from: \"a\" to: \"b\" routers: 4 }" + call).diagnostics, IsEmpty());
  EXPECT_THAT(Places(Load("star { hub: \"h\" leaf: [\"a\", \"b\"] }\n" + call)),
              ElementsAre("E0307@2:51"));
  EXPECT_THAT(
      Load("star { hub: \"h\" leaf: [\"a\", \"b\"] hub_is_router: true }\n" + call).diagnostics,
      IsEmpty());
}

TEST(ScenarioLoader, NothingIsJoinedToItselfNotEvenByAShorthand) {
  EXPECT_THAT(Places(Load("pair { a: \"a\" b: \"a\" }")), ElementsAre("E0308@1:1"));
  EXPECT_THAT(Places(Load("star { hub: \"h\" leaf: [\"a\", \"h\"] }")), ElementsAre("E0308@1:1"));
}

TEST(ScenarioLoader, CustomRolesAreCheckedLikeAnyOther) {
  const LoadResult result = Load(
      "pair { a: \"a\" b: \"b\" }\n"
      "node { name: \"c\" role { custom { [tickwire.scenario.UdpSource] {\n"
      "  to: \"bb\" size: \"3B\" } } } }\nlink { a: \"c\" b: \"b\" }");
  EXPECT_THAT(Places(result), ElementsAre("E0301@3:7", "E0206@3:18"));
}

TEST(ScenarioLoader, SaysWhenAWrongNameComesFromAnAssignment) {
  LoadOptions options;
  options.assignments = {"capture.node=alcie"};
  const LoadResult result = LoadScenarioText(
      "test", "pair { a: \"alice\" b: \"bob\" }\ncapture { node: \"bob\" }", "", options);
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].suggestion, "alice");
  EXPECT_EQ(result.diagnostics[0].note, "this value comes from --set");
}

TEST(ScenarioLoader, AppliesAssignmentsBeforeItChecks) {
  LoadOptions options;
  options.assignments = {"pair.link.both.loss=5%", "seed=9", "pair.a=alice"};
  const LoadResult result = LoadScenarioText("test", "pair { a: \"a\" b: \"b\" }", "", options);
  ASSERT_TRUE(result.ok()) << FormatDiagnostics(result.diagnostics, false);
  EXPECT_EQ(result.expanded.link(0).both(0).loss(), "5%");
  EXPECT_EQ(result.expanded.link(0).name(), "alice-b");
  EXPECT_EQ(result.effective.seed(), 9u);
}

}  // namespace
}  // namespace tickwire
