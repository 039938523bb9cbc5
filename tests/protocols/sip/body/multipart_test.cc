// Multipart bodies (RFC 2046 §5.1 as used by RFC 3261 §7.4).
#include "protocols/sip/body/multipart.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

constexpr char kType[] = "multipart/mixed; boundary=\"b 1\"";

TEST(Multipart, SplitsPartsAndIgnoresPreambleAndEpilogue) {
  const std::string body =
      "preamble\r\n--b 1 is not it\r\n--b 1\r\nContent-Type: application/sdp\r\n"
      "Content-Disposition: session;\r\n handling=required\r\n\r\nv=0\r\n\r\n--b 1  \r\n"
      "Content-ID: <a@b>\r\n\r\ntwo\r\n--b 1--\r\nepilogue";
  const auto parts = SplitMultipart(kType, body);
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].content_type, "application/sdp");
  EXPECT_EQ((*parts)[0].content_disposition, "session;\r\n handling=required");
  EXPECT_EQ((*parts)[0].body, "v=0\r\n");
  EXPECT_EQ((*parts)[1].content_type, "text/plain");
  EXPECT_EQ((*parts)[1].content_id, "<a@b>");
  EXPECT_EQ((*parts)[1].body, "two");
}

TEST(Multipart, WhatIsBuiltSplitsIntoTheSame) {
  MultipartBuilder builder("unique-1");
  builder.Add({"application/sdp", "session", "", "v=0\r\n"});
  builder.Add({"text/plain", "", "<x@y>", ""});
  const std::string body = builder.Finish();
  const auto parts = SplitMultipart(builder.ContentTypeText(), body);
  ASSERT_TRUE(parts.has_value());
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].body, "v=0\r\n");
  EXPECT_EQ((*parts)[0].content_disposition, "session");
  EXPECT_EQ((*parts)[1].body, "");
  EXPECT_EQ((*parts)[1].content_id, "<x@y>");
}

TEST(Multipart, RejectsWhatHasNoEndOrNoHeaders) {
  for (const char* body :
       {"", "--b 1--\r\n", "--b 1\r\n\r\nx", "--b 1\r\nContent-Type: a/b\r\n--b 1--",
        "--b 1\r\nno colon\r\n\r\nx\r\n--b 1--", "x--b 1\r\n\r\nx\r\nx--b 1--"}) {
    EXPECT_FALSE(SplitMultipart(kType, body).has_value()) << body;
  }
  EXPECT_FALSE(SplitMultipart("multipart/mixed", "--\r\n\r\nx\r\n----").has_value());
  EXPECT_FALSE(SplitMultipart("text", "--b 1\r\n\r\nx\r\n--b 1--").has_value());
  std::string many;
  for (size_t i = 0; i <= kMaxBodyParts; ++i) absl::StrAppend(&many, "--b 1\r\n\r\nx\r\n");
  EXPECT_FALSE(SplitMultipart(kType, many + "--b 1--").has_value());
}

TEST(Multipart, AnyPrefixIsReadWithoutHarm) {
  MultipartBuilder builder("b");
  builder.Add({"application/sdp", "session", "<a@b>", "v=0\r\n"});
  const std::string whole = builder.Finish();
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string prefix = whole.substr(0, length);
    const auto parts = SplitMultipart(builder.ContentTypeText(), prefix);
    if (!parts.has_value()) continue;
    EXPECT_EQ(parts->front().body, "v=0\r\n") << prefix;
  }
}

TEST(FindBody, LooksIntoNestedParts) {
  MultipartBuilder inner("in");
  inner.Add({"text/plain", "", "", "hello"});
  inner.Add({"Application/SDP", "", "", "v=0\r\n"});
  MultipartBuilder outer("out");
  outer.Add({"text/html", "", "", "<p>"});
  outer.Add({inner.ContentTypeText("alternative"), "", "", inner.Finish()});
  SipMessage message = SipMessage::Request("INVITE", "sip:a@b");
  message.SetBody(outer.ContentTypeText(), outer.Finish());
  EXPECT_EQ(FindBody(message, "application", "sdp"), absl::string_view("v=0\r\n"));
  EXPECT_EQ(FindBody(message, "image", "png"), std::nullopt);
  message.SetBody("application/sdp", "v=0\r\n");
  EXPECT_EQ(FindBody(message, "application", "sdp"), absl::string_view("v=0\r\n"));
}

TEST(FindBody, StopsAtItsDepth) {
  std::string body = "v=0\r\n";
  std::string type = "application/sdp";
  for (int depth = 0; depth <= kMaxBodyDepth; ++depth) {
    MultipartBuilder builder(absl::StrCat("level", depth, "x"));
    builder.Add({type, "", "", body});
    body = builder.Finish();
    type = builder.ContentTypeText();
  }
  SipMessage message = SipMessage::Request("INVITE", "sip:a@b");
  message.SetBody(type, body);
  EXPECT_EQ(FindBody(message, "application", "sdp"), std::nullopt);
}

}  // namespace
}  // namespace tickwire::sip
