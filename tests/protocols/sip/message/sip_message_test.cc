#include "protocols/sip/message/sip_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/rules.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kInvite =
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74bf9\r\n"
    "Max-Forwards: 70\r\n"
    "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n"
    "To: Bob <sip:bob@biloxi.example.com>\r\n"
    "Call-ID: 2xTb9vxSit55XU7p8@atlanta.example.com\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:alice@client.atlanta.example.com>\r\n"
    "X-Odd:   kept   as it is \r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 4\r\n"
    "\r\n"
    "v=0\n";

std::vector<absl::string_view> RuleIds(const Violations& violations) {
  std::vector<absl::string_view> ids;
  for (const Violation& violation : violations) ids.push_back(violation.rule->id);
  return ids;
}

TEST(SipMessage, ReadsARequest) {
  const ParseResult result = SipMessage::Parse(std::string(kInvite));
  EXPECT_THAT(result.violations, IsEmpty());
  const SipMessage& message = result.message;
  EXPECT_TRUE(message.is_request());
  EXPECT_EQ(message.method(), Method::kInvite);
  EXPECT_EQ(message.request_uri(), "sip:bob@biloxi.example.com");
  EXPECT_EQ(message.version(), "SIP/2.0");
  EXPECT_EQ(message.row_count(), 10u);
  EXPECT_EQ(message.Get<Via>()->branch(), absl::string_view("z9hG4bK74bf9"));
  EXPECT_EQ(message.Get<MaxForwards>()->hops, 70);
  EXPECT_EQ(message.Get<From>()->tag(), absl::string_view("9fxced76sl"));
  EXPECT_EQ(message.Get<To>()->tag(), std::nullopt);
  EXPECT_EQ(message.Get<CallId>()->id, "2xTb9vxSit55XU7p8@atlanta.example.com");
  EXPECT_EQ(message.Get<CSeq>()->number, 1u);
  EXPECT_EQ(message.body(), "v=0\n");
  EXPECT_FALSE(message.Has<Route>());
}

TEST(SipMessage, ReadsAResponse) {
  const ParseResult result =
      SipMessage::Parse("SIP/2.0 200 = 2**3 * 5**2 fun\r\nCSeq: 1 INVITE\r\n\r\n");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_TRUE(result.message.is_response());
  EXPECT_EQ(result.message.status(), 200);
  EXPECT_EQ(result.message.reason(), "= 2**3 * 5**2 fun");
  EXPECT_EQ(result.message.method(), Method::kOther);
}

TEST(SipMessage, AnEmptyReasonIsAllowed) {
  const ParseResult result = SipMessage::Parse("SIP/2.0 100 \r\n\r\n");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.message.status(), 100);
  EXPECT_EQ(result.message.reason(), "");
}

TEST(SipMessage, UntouchedMessagesAreSentOctetByOctet) {
  SipMessage message = SipMessage::Parse(std::string(kInvite)).message;
  EXPECT_EQ(message.Serialize(), kInvite);
  EXPECT_EQ(message.Wire(), kInvite);
}

TEST(SipMessage, ChangingOneHeaderLeavesTheOthersAsTheyWere) {
  SipMessage message = SipMessage::Parse(std::string(kInvite)).message;
  message.Set(MaxForwards{69});
  std::string expected(kInvite);
  expected.replace(expected.find("70"), 2, "69");
  EXPECT_EQ(message.Serialize(), expected);
  EXPECT_EQ(message.Wire(), expected);
  EXPECT_EQ(message.Get<MaxForwards>()->hops, 69);
  EXPECT_EQ(message.body(), "v=0\n");
  EXPECT_EQ(message.request_uri(), "sip:bob@biloxi.example.com");
}

TEST(SipMessage, IgnoresEmptyLinesInFront) {
  const ParseResult result =
      SipMessage::Parse("\r\n\r\nACK sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\n\r\n");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.message.method(), Method::kAck);
  EXPECT_EQ(result.message.Serialize(), "ACK sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\n\r\n");
}

TEST(SipMessage, DropsOctetsBehindTheBody) {
  const ParseResult result =
      SipMessage::Parse("MESSAGE sip:a@b SIP/2.0\r\nl: 2\r\n\r\nhiSIP/2.0 200 OK\r\n");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.message.body(), "hi");
  EXPECT_EQ(result.message.Serialize(), "MESSAGE sip:a@b SIP/2.0\r\nl: 2\r\n\r\nhi");
}

TEST(SipMessage, WithoutContentLengthTheBodyIsTheRestOfTheDatagram) {
  EXPECT_EQ(SipMessage::Parse("MESSAGE sip:a@b SIP/2.0\r\n\r\nhello").message.body(), "hello");
}

TEST(SipMessage, FoldedValuesReadAsOneLine) {
  const ParseResult result = SipMessage::Parse(
      "INVITE sip:a@b SIP/2.0\r\nTO :\r\n sip:v@h ;\r\n\ttag = x\r\nSubject: a\r\n b\r\n\r\n");
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_EQ(result.message.Get<To>()->tag(), absl::string_view("x"));
  EXPECT_EQ(Unfold(result.message.Get<Subject>()->text), "a b");
}

TEST(SipMessage, GetAllSeesRowsAndCommaListsInOrder) {
  const SipMessage message = SipMessage::Parse(
                                 "INVITE sip:a@b SIP/2.0\r\n"
                                 "Route: <sip:one,x>, \"t,\\\"wo\" <sip:two>\r\n"
                                 "Subject: between\r\n"
                                 "ROUTE: <sip:three;a=,>\r\n\r\n")
                                 .message;
  std::vector<absl::string_view> uris;
  const auto routes = message.GetAll<Route>();
  for (const Route& route : routes) uris.push_back(route.uri);
  EXPECT_THAT(uris, ElementsAre("sip:one,x", "sip:two", "sip:three;a=,"));
  EXPECT_EQ(message.Get<Route>()->uri, "sip:one,x");
}

TEST(SipMessage, PrependAndRemoveFirstWorkOnCommaLists) {
  SipMessage message = SipMessage::Parse(
                           "OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\n"
                           "Via: SIP/2.0/UDP one, SIP/2.0/UDP two\r\nv: SIP/2.0/UDP three\r\n\r\n")
                           .message;
  Via mine;
  mine.transport = "UDP";
  mine.host = "zero";
  message.Prepend(mine);
  EXPECT_EQ(message.Serialize(),
            "OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\nVia: SIP/2.0/UDP zero\r\n"
            "Via: SIP/2.0/UDP one, SIP/2.0/UDP two\r\nv: SIP/2.0/UDP three\r\n\r\n");
  message.RemoveFirst<Via>();
  message.RemoveFirst<Via>();
  EXPECT_EQ(message.Serialize(),
            "OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\n"
            "Via: SIP/2.0/UDP two\r\nv: SIP/2.0/UDP three\r\n\r\n");
  message.RemoveFirst<Via>();
  message.RemoveFirst<Via>();
  message.RemoveFirst<Via>();
  EXPECT_EQ(message.Serialize(), "OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: 1\r\n\r\n");
}

TEST(SipMessage, ReplaceFirstKeepsTheRestOfTheList) {
  SipMessage message =
      SipMessage::Parse(
          "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP one;rport, SIP/2.0/UDP two\r\n\r\n")
          .message;
  Via via = *message.Get<Via>();
  via.params.Set("rport", "5062");
  via.params.Set("received", "192.0.2.1");
  message.ReplaceFirst(via);
  EXPECT_EQ(message.Wire(),
            "OPTIONS sip:a@b SIP/2.0\r\n"
            "Via: SIP/2.0/UDP one;rport=5062;received=192.0.2.1, SIP/2.0/UDP two\r\n\r\n");
}

TEST(SipMessage, SetRemovesFurtherRows) {
  SipMessage message =
      SipMessage::Parse(
          "OPTIONS sip:a@b SIP/2.0\r\nRoute: <sip:x>\r\nk: a\r\nRoute: <sip:y>\r\n\r\n")
          .message;
  message.Set(*Route::Parse("<sip:z>"));
  EXPECT_EQ(message.Serialize(), "OPTIONS sip:a@b SIP/2.0\r\nRoute: <sip:z>\r\nk: a\r\n\r\n");
}

TEST(SipMessage, BuildsARequestThatItReadsBack) {
  SipMessage message = SipMessage::Request("INVITE", "sip:bob@b");
  message.Add(*Via::Parse("SIP/2.0/UDP h;branch=z9hG4bK1"));
  message.Add(MaxForwards{});
  message.Add(CSeq{1, "INVITE"});
  message.AddRaw("X-Test", "yes");
  message.SetBody("application/sdp", "v=0\r\n");
  const std::string expected =
      "INVITE sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
      "CSeq: 1 INVITE\r\nX-Test: yes\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n"
      "\r\nv=0\r\n";
  EXPECT_EQ(message.Serialize(), expected);
  EXPECT_EQ(message.Wire(), expected);
  const ParseResult again = SipMessage::Parse(expected);
  EXPECT_THAT(again.violations, IsEmpty());
  EXPECT_EQ(again.message.Serialize(), expected);
}

TEST(SipMessage, BuildsAResponseWithTheDefaultReason) {
  SipMessage message = SipMessage::Response(486);
  EXPECT_EQ(message.Serialize(), "SIP/2.0 486 Busy Here\r\n\r\n");
  EXPECT_EQ(message.Wire(), "SIP/2.0 486 Busy Here\r\n\r\n");
  message.Add(ContentLength{0});
  EXPECT_EQ(message.Wire(), "SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n");
}

TEST(SipMessage, TheRequestUriCanBeReplaced) {
  SipMessage message = SipMessage::Parse(std::string(kInvite)).message;
  message.SetRequestUri("sip:elsewhere");
  EXPECT_EQ(message.request_uri(), "sip:elsewhere");
  EXPECT_EQ(message.method_name(), "INVITE");
  EXPECT_EQ(message.start_line(), "INVITE sip:elsewhere SIP/2.0");
  EXPECT_TRUE(SipMessage::Parse(std::string(message.Wire())).violations.empty());
  EXPECT_EQ(message.version(), "SIP/2.0");
}

TEST(SipMessage, CopiesAndMovesKeepTheirViewsRight) {
  SipMessage message =
      SipMessage::Parse("ACK sip:a SIP/2.0\r\n\r\n").message;  // fits in a short string
  SipMessage copy = message;
  const SipMessage moved = std::move(message);
  EXPECT_EQ(copy.request_uri(), "sip:a");
  EXPECT_EQ(moved.request_uri(), "sip:a");
}

struct Damage {
  const char* text;
  absl::string_view rule;
  uint32_t offset;
};

TEST(SipMessage, ReportsDamageWithItsPlace) {
  for (const Damage& damage : {
           Damage{"", "sip.no_start_line", 0},
           Damage{"\r\n\r\n", "sip.no_start_line", 4},
           Damage{"INVITE\r\n\r\n", "sip.request_line", 0},
           Damage{"INVITE sip:a@b\r\n\r\n", "sip.request_line", 0},
           Damage{"INVITE  sip:a@b  SIP/2.0\r\n\r\n", "sip.request_line", 0},
           Damage{"INVITE sip:a@b SIP/2.0 \r\n\r\n", "sip.request_line", 0},
           Damage{"INVITE sip:a@b; lr SIP/2.0\r\n\r\n", "sip.request_line", 0},
           Damage{"SIP/2.0\r\n\r\n", "sip.status_line", 0},
           Damage{"SIP/2.0 20 OK\r\n\r\n", "sip.status_line", 8},
           Damage{"SIP/2.0 4294967301 better\r\n\r\n", "sip.status_line", 8},
           Damage{"SIP/2.0 700 x\r\n\r\n", "sip.status_range", 8},
           Damage{"ACK sip:a SIP/2.0\r\nno colon\r\n\r\n", "sip.header_row", 19},
           Damage{"ACK sip:a SIP/2.0\r\n: v\r\n\r\n", "sip.header_row", 19},
           Damage{"ACK sip:a SIP/2.0\r\n l: 1\r\n\r\n", "sip.header_row", 19},
           Damage{"ACK sip:a SIP/2.0\nl: 0\r\n\r\n", "sip.line_end", 17},
           Damage{"ACK sip:a SIP/2.0\r\nl: 0\r\n", "sip.no_blank_line", 25},
           Damage{"ACK sip:a SIP/2.0\r\nl: 9\r\n\r\nx", "sip.body_too_short", 22},
           Damage{"ACK sip:a SIP/2.0\r\nl: -9\r\n\r\nx", "sip.content_length", 22},
       }) {
    const ParseResult result = SipMessage::Parse(damage.text);
    ASSERT_THAT(RuleIds(result.violations), ElementsAre(damage.rule)) << damage.text;
    EXPECT_EQ(result.violations[0].offset, damage.offset) << damage.text;
  }
}

TEST(SipMessage, KeepsWhatIsReadableOfADamagedMessage) {
  const SipMessage message =
      SipMessage::Parse(
          "INVITE  <sip:a@b> SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nrubbish\r\n"
          "From: \"open <sip:x>\r\nCSeq: 1 INVITE\r\n\r\n")
          .message;
  EXPECT_EQ(message.method(), Method::kInvite);
  EXPECT_EQ(message.request_uri(), "<sip:a@b>");
  EXPECT_TRUE(message.Has<From>());
  EXPECT_EQ(message.Get<From>(), std::nullopt);
  EXPECT_EQ(message.GetRaw<From>(), absl::string_view("\"open <sip:x>"));
  EXPECT_EQ(message.Get<Via>()->host, "h");
  EXPECT_EQ(message.Get<CSeq>()->number, 1u);
}

TEST(SipMessage, RowsOverTheLimitAreLeftOutAndReported) {
  std::string text = "ACK sip:a SIP/2.0\r\n";
  for (size_t i = 0; i < kMaxHeaderRows + 5; ++i) text += "X: y\r\n";
  text += "\r\nbody";
  const ParseResult result = SipMessage::Parse(text);
  EXPECT_THAT(RuleIds(result.violations), ElementsAre("sip.too_many_rows"));
  EXPECT_EQ(result.message.row_count(), kMaxHeaderRows);
  EXPECT_EQ(result.message.body(), "body");
}

TEST(SipMessage, AMessageOverTheLimitIsCutAndReported) {
  const ParseResult result =
      SipMessage::Parse("MESSAGE sip:a SIP/2.0\r\n\r\n" + std::string(kMaxMessageBytes, 'x'));
  EXPECT_THAT(RuleIds(result.violations), ElementsAre("sip.too_large"));
  EXPECT_EQ(result.message.text().size(), kMaxMessageBytes);
}

TEST(SipMessage, SurvivesTruncationAtEveryLength) {
  for (size_t length = 0; length <= kInvite.size(); ++length) {
    SipMessage message = SipMessage::Parse(std::string(kInvite.substr(0, length))).message;
    message.Get<Via>();
    message.Get<Contact>();
    message.Set(MaxForwards{1});
    message.Wire();
  }
}

TEST(ListElements, CommasInQuotesAndBracketsDoNotSplit) {
  absl::string_view rest;
  EXPECT_EQ(TakeListElement(" \"a,\\\",b\" <c,d>;e , f", rest), "\"a,\\\",b\" <c,d>;e");
  EXPECT_EQ(TakeListElement(rest, rest), "f");
  EXPECT_EQ(rest, "");
  EXPECT_EQ(TakeListElement("\"never closed, x\\", rest), "\"never closed, x\\");
}

}  // namespace
}  // namespace tickwire::sip
