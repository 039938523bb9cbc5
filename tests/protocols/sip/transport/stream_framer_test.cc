#include "protocols/sip/transport/stream_framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Collected final : StreamFramer::Sink {
  bool OnMessage(absl::string_view wire) override {
    messages.emplace_back(wire);
    return true;
  }
  void OnPing() override { ++pings; }
  std::vector<std::string> messages;
  int pings = 0;
};

std::string Message(const std::string& body, const std::string& length_row = "") {
  return absl::StrCat(
      "MESSAGE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n",
      length_row.empty() ? absl::StrCat("Content-Length: ", body.size(), "\r\n") : length_row,
      "\r\n", body);
}

TEST(StreamFramer, GivesTheSameMessagesHoweverTheStreamIsCut) {
  const std::vector<std::string> wanted = {Message(""), Message("hello\r\n\r\nthere"),
                                           Message("x", "l :  1 \r\n")};
  const std::string stream = wanted[0] + "\r\n" + wanted[1] + wanted[2];
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    StreamFramer framer;
    Collected collected;
    for (size_t at = 0; at < stream.size(); at += piece) {
      ASSERT_EQ(framer.Feed(absl::string_view(stream).substr(at, piece), collected), nullptr);
    }
    EXPECT_EQ(collected.messages, wanted) << "pieces of " << piece;
    EXPECT_EQ(framer.held(), 0u);
  }
}

// The body begins after the first empty line, wherever a line end was cut in two.
TEST(StreamFramer, FindsTheEndOfTheHeadAcrossEveryPairOfCuts) {
  const std::string message = Message("ab");
  for (size_t first = 0; first <= message.size(); ++first) {
    for (size_t second = first; second <= message.size(); ++second) {
      StreamFramer framer;
      Collected collected;
      const absl::string_view all = message;
      framer.Feed(all.substr(0, first), collected);
      framer.Feed(all.substr(first, second - first), collected);
      framer.Feed(all.substr(second), collected);
      ASSERT_THAT(collected.messages, ElementsAre(message)) << first << " " << second;
    }
  }
}

TEST(StreamFramer, IgnoresLineEndsBeforeAStartLineAndSeesPings) {  // §7.5; RFC 5626 §3.5.1
  StreamFramer framer;
  Collected collected;
  EXPECT_EQ(framer.Feed("\r\n\r\n", collected), nullptr);
  EXPECT_EQ(collected.pings, 1);
  EXPECT_EQ(framer.Feed("\r\n" + Message(""), collected), nullptr);
  EXPECT_EQ(collected.pings, 1);
  EXPECT_THAT(collected.messages, ElementsAre(Message("")));
}

TEST(StreamFramer, WaitsForTheRestOfABody) {
  StreamFramer framer;
  Collected collected;
  EXPECT_EQ(framer.Feed(Message("ab", "Content-Length: 4\r\n"), collected), nullptr);
  EXPECT_THAT(collected.messages, IsEmpty());
  EXPECT_GT(framer.held(), 0u);
  EXPECT_EQ(framer.Feed("cd", collected), nullptr);
  EXPECT_THAT(collected.messages, ElementsAre(Message("abcd")));
}

// §18.3: without a length the stream has no boundary, and §20.14 wants a number of octets.
TEST(StreamFramer, CannotGoOnWhereTheLengthDoesNotTell) {
  const struct {
    const char *row, *why;
  } cases[] = {{"Subject: none\r\n", "no Content-Length in a stream"},
               {"Content-Length: many\r\n", "Content-Length that is no number"},
               {"Content-Length: -1\r\n", "Content-Length that is no number"},
               {"Content-Length:\r\n", "Content-Length that is no number"},
               {"Content-Length: 1\r\nl: 1\r\n", "Content-Length twice"},
               {"Content-Length: 1048577\r\n", "Content-Length too large"},
               {"Content-Length: 99999999999999999999999999\r\n", "Content-Length too large"}};
  for (const auto& [row, why] : cases) {
    StreamFramer framer;
    Collected collected;
    const TraceLabel* const broken = framer.Feed(Message("", row), collected);
    ASSERT_NE(broken, nullptr) << row;
    EXPECT_STREQ(broken->name, why);
    EXPECT_EQ(framer.Feed(Message(""), collected), broken) << "for good";
    EXPECT_THAT(collected.messages, IsEmpty());
    EXPECT_EQ(framer.held(), 0u);
  }
}

TEST(StreamFramer, HoldsNoHeadBeyondItsLimit) {
  StreamFramer framer({.head = 1000, .body = 10});
  Collected collected;
  std::string broken;
  for (int i = 0; i < 100 && broken.empty(); ++i) {
    const TraceLabel* const why = framer.Feed(std::string(100, 'x'), collected);
    EXPECT_LE(framer.held(), 1100u);
    if (why != nullptr) broken = why->name;
  }
  EXPECT_EQ(broken, "head of a message too long");
}

// Whoever is given a message may close the stream, and destroy the framer with it.
TEST(StreamFramer, MayBeDestroyedByWhoTakesAMessage) {
  struct Closer final : StreamFramer::Sink {
    bool OnMessage(absl::string_view) override {
      framer.reset();
      ++messages;
      return false;
    }
    void OnPing() override {}
    std::unique_ptr<StreamFramer> framer = std::make_unique<StreamFramer>();
    int messages = 0;
  } closer;
  EXPECT_EQ(closer.framer->Feed(Message("") + Message(""), closer), nullptr);
  EXPECT_EQ(closer.messages, 1);
}

}  // namespace
}  // namespace tickwire::sip
