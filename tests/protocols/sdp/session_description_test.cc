// Session descriptions: RFC 8866 §5 line by line.
#include "protocols/sdp/session_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "protocols/sdp/limits.h"

namespace tickwire::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// All line types in the order of §5.
constexpr char kEverything[] =
    "v=0\r\n"
    "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
    "s=Call to John Smith\r\n"
    "i=SDP Offer #1\r\n"
    "u=http://www.jdoe.example.com/home.html\r\n"
    "e=Jane Doe <jane@jdoe.example.com>\r\n"
    "e=second@jdoe.example.com\r\n"
    "p=+1 617 555-6011\r\n"
    "c=IN IP4 198.51.100.1\r\n"
    "b=CT:128\r\n"
    "b=X-YZ:0\r\n"
    "t=3724394400 3724398000\r\n"
    "r=604800 3600 0 90000\r\n"
    "r=7d 1h 0 25h\r\n"
    "z=3730928400 -1h 3749680800 0\r\n"
    "t=0 0\r\n"
    "k=prompt\r\n"
    "a=recvonly\r\n"
    "a=tool:x y\r\n"
    "m=audio 49170 RTP/AVP 0\r\n"
    "m=audio 49180/2 RTP/AVP 0 8 97\r\n"
    "i=speech\r\n"
    "c=IN IP6 2001:db8::2\r\n"
    "c=IN IP4 233.252.0.2/127/3\r\n"
    "b=AS:64\r\n"
    "k=base64:YWJj\r\n"
    "a=rtpmap:97 L16/8000/2\r\n"
    "a=sendonly\r\n"
    "m=application 0 udp/x wb\r\n";

std::vector<std::string> RulesOf(absl::string_view text) {
  std::vector<std::string> ids;
  for (const Violation& violation : SessionDescription::Parse(text).violations) {
    ids.push_back(std::string(violation.rule->id));
  }
  return ids;
}

// The smallest legal description with one more line in `place` ("s", "t", "m": behind that line).
std::string With(absl::string_view line, char place = 'm') {
  std::string text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  text += "m=audio 4000 RTP/AVP 0\r\n";
  const size_t at =
      text.find("\r\n", text.find(absl::StrCat("\n", std::string(1, place), "=")) + 1);
  return text.insert(at + 2, absl::StrCat(line, "\r\n"));
}

TEST(SessionDescription, EveryLineTypeSurvivesReadingAndWriting) {
  const ParseResult parsed = SessionDescription::Parse(kEverything);
  EXPECT_THAT(RulesOf(kEverything), IsEmpty());
  EXPECT_TRUE(parsed.is_usable());
  EXPECT_EQ(parsed.description.ToString(), kEverything);
  EXPECT_EQ(SessionDescription::Parse(parsed.description.ToString()).description,
            parsed.description);
}

TEST(SessionDescription, ValuesAreWhereTheyBelong) {
  const SessionDescription session = SessionDescription::Parse(kEverything).description;
  EXPECT_EQ(session.origin.username, "jdoe");
  EXPECT_EQ(session.origin.session_id, 3724394400u);
  EXPECT_EQ(session.origin.session_version, 3724394405u);
  EXPECT_EQ(session.origin.address, "198.51.100.1");
  EXPECT_THAT(session.bandwidths, ElementsAre(Bandwidth{"CT", 128}, Bandwidth{"X-YZ", 0}));
  ASSERT_EQ(session.times.size(), 2u);
  EXPECT_THAT(session.times[0].repeats, ElementsAre("604800 3600 0 90000", "7d 1h 0 25h"));
  EXPECT_EQ(session.Find("tool"), absl::string_view("x y"));
  ASSERT_EQ(session.media.size(), 3u);
  EXPECT_EQ(session.media[1].port, 49180u);
  EXPECT_EQ(session.media[1].port_count, 2u);
  EXPECT_THAT(session.media[1].formats, ElementsAre("0", "8", "97"));
  EXPECT_EQ(session.ConnectionOf(session.media[0])->address, "198.51.100.1");
  EXPECT_EQ(session.ConnectionOf(session.media[1])->ip(), IpAddress::Parse("2001:db8::2"));
}

TEST(SessionDescription, AnyPrefixIsReadWithoutHarm) {
  const absl::string_view all = kEverything;
  for (size_t length = 0; length < all.size(); ++length) {
    const std::string prefix(all.substr(0, length));
    const ParseResult parsed = SessionDescription::Parse(prefix);
    if (!parsed.is_usable()) continue;
    const std::string written = parsed.description.ToString();
    EXPECT_EQ(SessionDescription::Parse(written).description, parsed.description) << prefix;
  }
}

// §5: "parsers SHOULD be tolerant and also accept records terminated with a single newline".
TEST(SessionDescription, ABareLineFeedIsNotedAndAccepted) {
  const std::string text = absl::StrReplaceAll(kEverything, {{"\r\n", "\n"}});
  const ParseResult parsed = SessionDescription::Parse(text);
  EXPECT_THAT(RulesOf(text), ElementsAre("sdp.line_end"));
  EXPECT_TRUE(parsed.is_usable());
  EXPECT_EQ(parsed.description.ToString(), kEverything);
}

TEST(SessionDescription, LinesOutOfOrderAreABreachWithTheirOffset) {
  const std::string text = With("b=AS:1\r\ni=late", 's');
  const ParseResult parsed = SessionDescription::Parse(text);
  // b= before c= as well as i= behind b=: two lines that come too late.
  ASSERT_EQ(parsed.violations.size(), 2u);
  EXPECT_EQ(parsed.violations[0].rule->id, "sdp.order");
  EXPECT_EQ(parsed.violations[0].offset, text.find("i=late"));
  EXPECT_EQ(parsed.violations[1].offset, text.find("c="));
  EXPECT_FALSE(parsed.is_usable());
}

TEST(SessionDescription, EachRuleIsNamedWhenItIsBroken) {
  const struct {
    std::string text;
    const char* rule;
  } kCases[] = {
      {With("x"), "sdp.line"},
      {With("a"), "sdp.line"},
      {With(""), "sdp.line"},
      {With("y=1"), "sdp.unknown_type"},
      {With("t=0 0"), "sdp.order"},
      {With("i=a\r\ni=b"), "sdp.once"},
      {With("s=second", 's'), "sdp.once"},
      {With("c=IN IP4"), "sdp.connection"},
      {With("c=IN IP4 2001:db8::1"), "sdp.connection"},
      {With("c=IN IP6 192.0.2.1 "), "sdp.connection"},
      {With("c=IN IP4 233.252.0.1"), "sdp.connection"},      // §5.7: no ttl
      {With("c=IN IP4 233.252.0.1/256"), "sdp.connection"},  // a ttl has eight bits
      {With("c=IN IP4 192.0.2.1/127"), "sdp.connection"},
      {With("b=AS"), "sdp.bandwidth"},
      {With("b=AS:x"), "sdp.bandwidth"},
      {With("k=secret"), "sdp.text"},
      {With("k=base64:abc"), "sdp.text"},
      {With("a="), "sdp.attribute_name"},
      {With("a=a b:c"), "sdp.attribute_name"},
      {With("a=x:"), "sdp.attribute_value"},
      {With("a=rtpmap:0 PCMU"), "sdp.attribute_value"},
      {With("a=rtpmap:128 PCMU/8000"), "sdp.attribute_value"},
      {With("a=rtpmap:0 PCMU/0"), "sdp.attribute_value"},
      {With("a=fmtp:0"), "sdp.attribute_value"},
      {With("a=ptime:0"), "sdp.attribute_value"},
      {With("a=rtcp:65536"), "sdp.attribute_value"},
      {With("a=rtcp:4001 IN IP4"), "sdp.attribute_value"},
      {With("a=sendrecv\r\na=inactive"), "sdp.directions"},
      {With("m=audio"), "sdp.media"},
      {With("m=audio 65536 RTP/AVP 0"), "sdp.media"},
      {With("m=audio 1/0 RTP/AVP 0"), "sdp.media"},
      {With("m=audio 1 RTP/ 0"), "sdp.media"},
      {With("m=audio 1 RTP/AVP"), "sdp.media"},
      {With("m=audio 1 RTP/AVP 0 "), "sdp.media"},
      {With("m=au(dio 1 RTP/AVP 0"), "sdp.media"},
      {With("t=0", 't'), "sdp.time"},
      {With("t=1 0", 't'), "sdp.time"},
      {With("t=0 0 0", 't'), "sdp.time"},
      {With("r=7d 1h", 't'), "sdp.repeat"},
      {With("r=0 1 0", 't'), "sdp.repeat"},
      {With("z=1 2", 't'), "sdp.repeat"},
      {With("r=7d 1h 0", 's'), "sdp.order"},
      {With("i=", 's'), "sdp.text"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(RulesOf(test.text), ElementsAre(test.rule)) << test.text;
  }
}

TEST(SessionDescription, MandatoryLinesAreMissed) {
  const std::string whole = With("a=x");
  for (const char* line : {"v=0\r\n", "o=- 1 1 IN IP4 192.0.2.1\r\n", "s=-\r\n", "t=0 0\r\n"}) {
    const std::string text = absl::StrReplaceAll(whole, {{line, ""}});
    EXPECT_THAT(RulesOf(text), ElementsAre("sdp.mandatory")) << line;
  }
  EXPECT_THAT(RulesOf(absl::StrReplaceAll(whole, {{"c=IN IP4 192.0.2.1\r\n", ""}})),
              ElementsAre("sdp.missing_connection"));
  EXPECT_THAT(RulesOf(""), ElementsAre("sdp.mandatory"));
}

TEST(SessionDescription, OriginNumbersFitASignedWord) {
  const auto with_origin = [](absl::string_view origin) {
    return absl::StrReplaceAll(With("a=x"), {{"- 1 1 IN IP4 192.0.2.1", origin}});
  };
  EXPECT_THAT(RulesOf(with_origin("- 9223372036854775807 0 IN IP4 host.example")), IsEmpty());
  for (const char* origin : {"- 9223372036854775808 0 IN IP4 a.example", "- 1 IN IP4 192.0.2.1",
                             "a b 1 1 IN IP4 192.0.2.1", "- x 1 IN IP4 192.0.2.1",
                             "- 1 1 IN IP6 192.0.2.1", "- 1 1 IN IP4 192.0.2.1 x", ""}) {
    EXPECT_THAT(RulesOf(with_origin(origin)), ElementsAre("sdp.origin")) << origin;
  }
  EXPECT_THAT(RulesOf(absl::StrReplaceAll(With("a=x"), {{"v=0", "v=1"}})),
              ElementsAre("sdp.version"));
  EXPECT_THAT(RulesOf(absl::StrReplaceAll(With("a=x"), {{"s=-", "s="}})),
              ElementsAre("sdp.session_name"));
}

TEST(SessionDescription, LimitsAreReported) {
  std::string text = With("a=x");
  for (size_t i = 0; i < kMaxMedia; ++i) text += "m=audio 1 RTP/AVP 0\r\n";
  EXPECT_THAT(RulesOf(text), ElementsAre("sdp.too_large"));
  text = With("a=x");
  for (size_t i = 0; i < kMaxLines; ++i) text += "a=y\r\n";
  EXPECT_THAT(RulesOf(text), ElementsAre("sdp.too_large"));
  EXPECT_FALSE(SessionDescription::Parse(With("a=" + std::string(kMaxBytes, 'x'))).is_usable());
}

}  // namespace
}  // namespace tickwire::sdp
