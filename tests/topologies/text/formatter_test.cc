#include "topologies/text/formatter.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "topologies/scenario.pb.h"
#include "topologies/text/reader.h"

namespace tickwire::text {
namespace {

std::string Formatted(const std::string& text) { return Format(text).value_or("<refused>"); }

TEST(Formatter, MakesSpacesAndSeparatorsUniform) {
  EXPECT_EQ(Formatted("seed:7;title:'a' ,rfc :[ 'x','y' ]"),
            "seed: 7 title: \"a\" rfc: [\"x\", \"y\"]\n");
  EXPECT_EQ(Formatted("node:{name:\"a\"}"), "node { name: \"a\" }\n");
  EXPECT_EQ(Formatted("node<>"), "node {}\n");
  EXPECT_EQ(Formatted("x: - 5"), "x: -5\n");
  EXPECT_EQ(Formatted(""), "");
}

TEST(Formatter, KeepsLineBreaksBetweenFieldsAndAtMostOneBlankLine) {
  EXPECT_EQ(Formatted("node {\n\n\n    name: \"a\" router: true\n\n\n  role {} }\n\n\nseed: 1\n"),
            "node {\n  name: \"a\" router: true\n\n  role {}\n}\n\nseed: 1\n");
}

TEST(Formatter, KeepsComments) {
  EXPECT_EQ(Formatted("# top\n\n# next\nnode { # here\n name: \"a\"   # there\n # last\n}\n# end"),
            "# top\n\n# next\nnode {\n  # here\n  name: \"a\"  # there\n  # last\n}\n# end\n");
  EXPECT_EQ(Formatted("rfc: [ # why\n \"a\", # one\n \"b\" ]"),
            "rfc: [\n  # why\n  \"a\",  # one\n  \"b\"\n]\n");
  EXPECT_EQ(Formatted("title: # odd\n \"a\""), "# odd\ntitle: \"a\"\n");
}

TEST(Formatter, BreaksWhatIsTooWide) {
  const std::string wide(60, 'x');
  EXPECT_EQ(Formatted("node { name: \"" + wide + "\" title: \"" + wide + "\" }"),
            "node {\n  name: \"" + wide + "\"\n  title: \"" + wide + "\"\n}\n");
}

TEST(Formatter, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"node {", "}", "[", "a", "a:", "a b", "a: \"x", "a: [1 2]", "a: [1,,2]",
                           "a: $", ": 5", "a: [[1]]", "{}"}) {
    EXPECT_EQ(Format(text), std::nullopt) << text;
  }
  EXPECT_EQ(Format(std::string(1 << 20, '{')), std::nullopt);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{";
  EXPECT_EQ(Format(deep), std::nullopt);
}

TEST(Formatter, IsIdempotentAndKeepsTheMeaning) {
  const char* const kTexts[] = {
      "seed:7;title:'a' ,rfc :[ 'x','y' ]",
      "node{name:'a'role{sip_ua{t1:'1s' answer{ring_after:'0s' answer_after:'1s' "
      "hang_up_after:'never'}}}}link{a:'a' b:'b' both{loss:'1%'} a_to_b{drop{nth:[1,2,3,4]}}}",
      "rfc: [\n\"a\",\"b\", # c\n\"d\"]\n\n\n# x\n\n# y\ntitle: 'a'\n  'b' \"c\" # tail\nseed: 1 "
      "stop_at: "
      "'5s'",
      "node: [{ name: \"a\" }, <name: \"b\">, {name:'c'\n}]",
      "node { name: 'x' role { custom { [tickwire.scenario.UdpSink] { port: 9 } } } }",
      "title: 'it\\'s' description: 'say \"hi\"'",
  };
  for (const char* text : kTexts) {
    const std::string once = Formatted(text);
    EXPECT_EQ(Formatted(once), once) << text;
    const auto read = [](const std::string& t) {
      const SourceFile source("test", t);
      DiagnosticSink sink(source);
      scenario::Scenario scenario;
      LocationTree locations;
      ReadMessage(sink, {}, scenario, locations);
      EXPECT_FALSE(sink.has_errors()) << t << FormatDiagnostics(sink.Take(), false);
      return scenario;
    };
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read(text), read(once))) << once;
  }
}

}  // namespace
}  // namespace tickwire::text
