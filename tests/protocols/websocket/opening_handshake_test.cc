#include "protocols/websocket/opening_handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"

namespace tickwire::websocket {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr absl::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

// RFC 6455 §1.3: the example.
TEST(OpeningHandshake, TheKeyOfTheRfcHasItsAnswer) {
  EXPECT_EQ(AcceptFor(kKey), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

std::optional<HttpHead> Head(absl::string_view text) {
  if (absl::EndsWith(text, "\r\n\r\n")) text.remove_suffix(4);
  return HttpHead::Parse(text);
}
std::string Request() {
  return MakeRequest({"/", "sip-ws.example.com", std::string(kKey), "", "sip"});
}

TEST(OpeningHandshake, WhatAClientWritesAServerTakes) {
  const RequestVerdict verdict = JudgeRequest(Head(Request()), "sip");
  EXPECT_THAT(verdict.refusal, IsEmpty());
  EXPECT_EQ(verdict.key, kKey);
  EXPECT_THAT(JudgeResponse(Head(MakeResponse(kKey, "sip")), kKey, "sip"), IsEmpty());
}

TEST(OpeningHandshake, NamesAndTokensKnowNoCase) {
  const std::string request =
      "GET /x HTTP/1.1\r\nhost:a\r\nUPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
      "sec-websocket-key:" +
      std::string(kKey) +
      "\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: other , sip\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n";
  EXPECT_THAT(JudgeRequest(Head(request), "sip").why, IsEmpty());
}

// §4.2.1 and §4.4; RFC 7118 §4.1 for the subprotocol.
TEST(OpeningHandshake, WhatIsMissingIsRefusedWithItsStatus) {
  const auto status = [](const std::string& request) {
    return JudgeRequest(Head(request), "sip").refusal;
  };
  const auto without = [](absl::string_view what, absl::string_view instead = "") {
    return absl::StrReplaceAll(Request(), {{what, instead}});
  };
  ASSERT_THAT(status(Request()), IsEmpty());
  EXPECT_THAT(status(without("GET ", "POST ")), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(status(without("HTTP/1.1", "HTTP/1.0")), StartsWith("HTTP/1.1 505 "));
  EXPECT_THAT(status(without("GET / ", "GET ")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(status(without("Host: sip-ws.example.com\r\n")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(status(without("Upgrade: websocket\r\n")), StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(status(without("Connection: Upgrade\r\n")), StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(status(without("Version: 13", "Version: 8")),
              testing::AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("Sec-WebSocket-Version: 13")));
  EXPECT_THAT(status(without(kKey, "c2hvcnQ=")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(status(without("Protocol: sip", "Protocol: chat")), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(status(without("Host:", "Host :")), StartsWith("HTTP/1.1 400 "));
}

// §4.1, what a client must see in the response.
TEST(OpeningHandshake, AClientTakesNoOtherResponse) {
  const auto judge = [](const std::string& response) {
    return JudgeResponse(Head(response), kKey, "sip");
  };
  const std::string good = MakeResponse(kKey, "sip");
  const auto with = [&](absl::string_view what, absl::string_view instead) {
    return absl::StrReplaceAll(good, {{what, instead}});
  };
  ASSERT_THAT(judge(good), IsEmpty());
  EXPECT_THAT(judge(with("101 Switching Protocols", "404 Not Found")), HasSubstr("404"));
  EXPECT_THAT(judge(with("Upgrade: websocket\r\n", "")), HasSubstr("Upgrade"));
  EXPECT_THAT(judge(with("Connection: Upgrade\r\n", "")), HasSubstr("Connection"));
  EXPECT_THAT(judge(with("s3pP", "S3pP")), HasSubstr("Accept"));
  EXPECT_THAT(judge(with("Protocol: sip", "Protocol: chat")), HasSubstr("chat"));
  EXPECT_THAT(judge(with("Sec-WebSocket-Protocol: sip\r\n", "")), HasSubstr("subprotocol"));
  EXPECT_THAT(
      judge(with("Upgrade: websocket", "Upgrade: websocket\r\nSec-WebSocket-Extensions: x")),
      HasSubstr("extension"));
}

TEST(OpeningHandshake, AHeadIsCompleteAtItsEmptyLineAndNoEarlier) {
  const std::string text = Request() + "rest";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    HeadReader reader(8192);
    const auto* const data = reinterpret_cast<const uint8_t*>(text.data());
    size_t taken = reader.Append({data, cut});
    EXPECT_EQ(reader.is_complete(), cut >= Request().size());
    taken += reader.Append({data + taken, text.size() - taken});
    EXPECT_TRUE(reader.is_complete());
    EXPECT_EQ(taken, Request().size());
    EXPECT_TRUE(HttpHead::Parse(reader.text()).has_value());
  }
  HeadReader small(20);
  small.Append({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  EXPECT_TRUE(small.is_too_long());
}

}  // namespace
}  // namespace tickwire::websocket
