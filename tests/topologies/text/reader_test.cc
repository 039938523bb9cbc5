#include "topologies/text/reader.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <chrono>

#include "topologies/scenario.pb.h"
#include "topologies/text/token.h"

namespace tickwire::text {
namespace {

using scenario::Scenario;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Read {
  Scenario scenario;
  std::vector<Diagnostic> diagnostics;
};

Read ReadText(const std::string& text) {
  const SourceFile source("test", text);
  DiagnosticSink sink(source);
  Read out;
  LocationTree locations;
  ReadMessage(sink, {}, out.scenario, locations);
  out.diagnostics = sink.Take();
  return out;
}

// id, line and column of each.
std::vector<std::string> Places(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics) {
    out.push_back(d.id + "@" + std::to_string(d.line) + ":" + std::to_string(d.column));
  }
  return out;
}

TEST(Reader, AcceptsWhatProtobufsOwnParserAccepts) {
  const char* const kTexts[] = {
      "",
      "# only a comment",
      "seed: 7",
      "seed: 0x1F  # hex",
      "seed: 017",
      "seed:7;title:'a',description:\"b\"",
      "title: \"a\" 'b'\n  \"c\"",
      "title: \"\\n\\t\\\"\\\\ \\x41\\101 \\u00e9\"",
      "rfc: [\"a\", \"b\"] rfc: \"c\"",
      "rfc: []",
      "node { name: \"a\" } node: { name: 'b' router: true }",
      "node: [{ name: \"a\" }, < name: \"b\" router: t >]",
      "link < a: \"x\" b: \"y\" mtu: 576 >;",
      "ip: IPV6",
      "ip: 1",
      "expect { sends: \"\" never: True at_least: 0 }",
      "node { name: \"a\" role { custom { [type.googleapis.com/tickwire.scenario.UdpSink] { port: "
      "9 "
      "} } } }",
      "link { a_to_b { drop { nth: [1, 3] nth: 5 } } }",
  };
  for (const char* text : kTexts) {
    Scenario expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
    const Read read = ReadText(text);
    EXPECT_THAT(read.diagnostics, IsEmpty()) << text << FormatDiagnostics(read.diagnostics, false);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read.scenario, expected))
        << text;
  }
}

TEST(Reader, ReadsShortAnyNames) {
  for (const char* name : {"tickwire.scenario.UdpSink", "tickwire.scenario/UdpSink"}) {
    const Read read =
        ReadText(std::string("node { role { custom { [") + name + "] { port: 5 } } } }");
    EXPECT_THAT(read.diagnostics, IsEmpty());
    scenario::UdpSink sink;
    ASSERT_TRUE(read.scenario.node(0).role(0).custom().UnpackTo(&sink));
    EXPECT_EQ(sink.port(), 5u);
  }
}

TEST(Reader, TellsAllMistakesAtOnce) {
  const Read read = ReadText(
      "title: unquoted\n"
      "nod { name: \"a\" }\n"
      "node { nmae: \"b\" router: yes }\n"
      "ip: IPV5\n"
      "seed: 99999999999999999999\n"
      "stop_at: \"1s\"\n");
  EXPECT_THAT(Places(read.diagnostics), ElementsAre("E0109@1:8", "E0107@2:1", "E0107@3:8",
                                                    "E0109@3:26", "E0108@4:5", "E0113@5:7"));
  EXPECT_EQ(read.diagnostics[0].suggestion, "\"unquoted\"");
  EXPECT_EQ(read.diagnostics[1].suggestion, "node");
  EXPECT_EQ(read.diagnostics[2].suggestion, "name");
  EXPECT_EQ(read.diagnostics[3].suggestion, "true");
  EXPECT_EQ(read.diagnostics[4].suggestion, "IPV4");
  EXPECT_EQ(read.scenario.stop_at(), "1s");
}

TEST(Reader, CountsColumnsInCharacters) {
  EXPECT_THAT(Places(ReadText("title: \"äöü\" bad: 1").diagnostics), ElementsAre("E0107@1:14"));
}

TEST(Reader, SaysWhereAFieldBelongs) {
  const Read inside = ReadText("node { name: \"a\" sip_ua { } }");
  ASSERT_EQ(inside.diagnostics.size(), 1u);
  EXPECT_THAT(inside.diagnostics[0].note, HasSubstr("`sip_ua` goes inside `role { }`"));
  const Read outside = ReadText("node { name: \"a\"\nlink { a: \"a\" }\n}");
  ASSERT_EQ(outside.diagnostics.size(), 1u);
  EXPECT_THAT(outside.diagnostics[0].note, HasSubstr("'}' may be missing above"));
}

TEST(Reader, RecoversFromBrokenPunctuation) {
  EXPECT_THAT(Places(ReadText("seed 7\ntitle \"a\"\nip = IPV6\nseeed: 1").diagnostics),
              ElementsAre("E0105@1:1", "E0105@2:1", "E0105@3:1", "E0102@3:4", "E0107@4:1"));
  EXPECT_THAT(Places(ReadText("rfc: [\"a\" \"b\", 5 6]\nseeed: 1").diagnostics),
              ElementsAre("E0109@1:16", "E0105@1:18", "E0109@1:18", "E0107@2:1"));
  EXPECT_THAT(Places(ReadText("title: \"open\nseeed: 1").diagnostics),
              ElementsAre("E0103@1:8", "E0107@2:1"));
  EXPECT_THAT(Places(ReadText("node {\n  name: \"a\"\n").diagnostics), ElementsAre("E0106@1:6"));
  EXPECT_THAT(Places(ReadText("}\nseeed: 1").diagnostics), ElementsAre("E0114@1:1", "E0107@2:1"));
  EXPECT_THAT(Places(ReadText("title:").diagnostics), ElementsAre("E0105@1:6"));
  EXPECT_THAT(Places(ReadText("title").diagnostics), ElementsAre("E0105@1:1"));
}

TEST(Reader, RefusesASecondValueButKeepsReading) {
  const Read read =
      ReadText("seed: 1\nseed: 2\nlink { both { loss: \"1%\" jitter { } } }\nsede: 3");
  EXPECT_THAT(Places(read.diagnostics), ElementsAre("E0110@2:1", "E0111@3:26", "E0107@4:1"));
  EXPECT_EQ(read.scenario.seed(), 1u);
}

TEST(Reader, StopsAfterAHundredErrorsAndSaysSo) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "x: 1\n";
  const Read read = ReadText(text);
  EXPECT_EQ(read.diagnostics.size(), 101u);
  EXPECT_EQ(read.diagnostics.back().id, "E0903");
}

TEST(Reader, NamesTheLimitOfNesting) {
  std::string deep = "node { role { ", close = " } }";
  for (int i = 0; i < 70; ++i) {
    deep += "custom { [tickwire.scenario.Role] { ";
    close += " } }";
  }
  const Read read = ReadText(deep + close);
  ASSERT_EQ(read.diagnostics.size(), 1u);
  EXPECT_EQ(read.diagnostics[0].id, "E0902");
}

TEST(Reader, NamesTheLimitOfValues) {
  std::string text = "link { both { drop { nth: [1";
  for (int i = 0; i < 1'000'001; ++i) text += ",1";
  const Read read = ReadText(text + "] } } }");
  ASSERT_EQ(read.diagnostics.size(), 1u);
  EXPECT_EQ(read.diagnostics[0].id, "E0905");
}

// A quarter of the largest file each, so that the sum stays quick without optimisation.
TEST(Reader, RefusesHostileFilesInLinearTime) {
  constexpr size_t kSize = 4 << 20;
  const auto repeat = [](const std::string& piece) {
    std::string out;
    out.reserve(kSize + piece.size());
    while (out.size() < kSize) out += piece;
    return out;
  };
  for (const std::string& text :
       {repeat("{"), repeat("["), repeat("node{"), repeat("x{"), repeat("a "), repeat("\""),
        repeat("\\"), repeat("\n"), repeat("#"), repeat("-"), repeat("node{}"), repeat("rfc:''"),
        "title:" + repeat("'a'"), "x:" + repeat("["), "rfc:[" + repeat("'a' 5 "),
        "title: \"" + repeat("\\q") + "\"", repeat("node{name:'a' "), repeat("\xff")}) {
    const auto begin = std::chrono::steady_clock::now();
    const Read read = ReadText(text);
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    EXPECT_LE(read.diagnostics.size(), 101u);
    EXPECT_LT(elapsed, std::chrono::seconds(5)) << text.substr(0, 20);
  }
}

TEST(Token, QuotedTextComesBackTheSame) {
  for (const std::string& text : {std::string("plain"), std::string("\"\\\n\t\r\x01\x7f\0z", 10),
                                  std::string("§ äöü 漢"), std::string("\xff\xfe")}) {
    std::string back;
    EXPECT_EQ(AppendUnescaped(Quoted(text), back), absl::string_view::npos);
    EXPECT_EQ(back, text);
  }
}

TEST(Reader, TakesNulNowhere) {
  using namespace std::string_literals;
  EXPECT_THAT(Places(ReadText("title: \"a\0b\""s).diagnostics), Contains("E0103@1:8"));
  EXPECT_THAT(Places(ReadText("seed: 1 # a\0b\n"s).diagnostics), Contains("E0102@1:12"));
  EXPECT_EQ(ReadText(R"(title: "a\000b")").scenario.title(), "a\0b"s);
}

}  // namespace
}  // namespace tickwire::text
