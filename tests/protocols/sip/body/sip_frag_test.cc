// message/sipfrag (RFC 3420 §2).
#include "protocols/sip/body/sip_frag.h"

#include <gtest/gtest.h>

namespace tickwire::sip {
namespace {

TEST(SipFrag, AStatusLineIsEnough) {
  EXPECT_EQ(MakeStatusFrag(100), "SIP/2.0 100 Trying\r\n");
  const std::string text = MakeStatusFrag(603);
  const auto frag = SipFrag::Parse(text);
  ASSERT_TRUE(frag.has_value());
  EXPECT_EQ(frag->status, 603);
  EXPECT_EQ(frag->reason, "Decline");
  EXPECT_EQ(SipFrag::Parse("SIP/2.0 200 OK")->status, 200);  // RFC 3515 §2.4.5 has no line end
}

// The examples of RFC 3420 §3.1: start line, headers and body are each optional.
TEST(SipFrag, EveryPartIsOptional) {
  const auto request = SipFrag::Parse("INVITE sip:alice@atlanta.com SIP/2.0\r\n");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->method, "INVITE");
  const auto headers = SipFrag::Parse("From: Alice <sip:alice@atlanta.com>\r\nDate: x\r\n y\r\n");
  ASSERT_TRUE(headers.has_value());
  EXPECT_EQ(headers->headers, "From: Alice <sip:alice@atlanta.com>\r\nDate: x\r\n y\r\n");
  const auto body = SipFrag::Parse("SIP/2.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello\r\n");
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->headers, "Content-Type: text/plain\r\n");
  EXPECT_EQ(body->body, "hello\r\n");
  EXPECT_EQ(SipFrag::Parse("\r\nonly a body")->body, "only a body");
  EXPECT_EQ(SipFrag::Parse("")->status, 0);
}

TEST(SipFrag, RejectsWhatIsNoPieceOfAMessage) {
  for (const char* text :
       {"hello", "SIP/2.0 20 OK", "SIP/2.0 700 X\r\n", "SIP/2.0 200\r\n",
        "SIP/2.0 200 OK\r\nnot a header\r\n", " folded: first\r\n", "INVITE sip:a HTTP/1.1\r\n"}) {
    EXPECT_FALSE(SipFrag::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace tickwire::sip
