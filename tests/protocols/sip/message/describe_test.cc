#include "protocols/sip/message/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

std::string TreeOf(const SipMessage& message) {
  std::string out;
  for (const TreeLine& line : DescribeTree(message)) {
    absl::StrAppend(&out, std::string(static_cast<size_t>(line.depth) * 2, ' '), line.text, "\n");
  }
  return out;
}

TEST(DescribeTree, ShowsWhatWasUnderstood) {
  const SipMessage message =
      SipMessage::Parse(
          "ACK sip:bob@h:5070;lr SIP/2.0\r\nv: SIP/2.0/UDP a:1;branch=z9hG4bK1;rport\r\n"
          "To: \"B\" <sip:b@h>;tag=9\r\nCSeq: 2\r\n ACK\r\nX-Y: z\r\nMax-Forwards: "
          "x\r\nbad\r\n\r\nhi")
          .message;
  EXPECT_EQ(TreeOf(message),
            "Request-Line: ACK sip:bob@h:5070;lr SIP/2.0\n"
            "  Method: ACK\n"
            "  Request-URI: sip:bob@h:5070;lr\n"
            "    User: bob\n"
            "    Host: h\n"
            "    Port: 5070\n"
            "    Parameters: ;lr\n"
            "  SIP-Version: SIP/2.0\n"
            "Via: SIP/2.0/UDP a:1;branch=z9hG4bK1;rport\n"
            "  Transport: UDP\n"
            "  Sent-by: a:1\n"
            "  Parameter branch: z9hG4bK1\n"
            "  Parameter rport\n"
            "To: \"B\" <sip:b@h>;tag=9\n"
            "  Display Name: B\n"
            "  URI: sip:b@h\n"
            "    User: b\n"
            "    Host: h\n"
            "  Parameter tag: 9\n"
            "CSeq: 2 ACK\n"
            "  Sequence Number: 2\n"
            "  Method: ACK\n"
            "X-Y: z  (unknown header)\n"
            "Max-Forwards: x\n"
            "  (malformed)\n"
            "(not a header row) bad\n"
            "Body: 2 octets\n"
            "  hi\n");
}

TEST(DescribeTree, OffsetsAreThoseOfTheText) {
  const SipMessage message =
      SipMessage::Parse("SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n").message;
  for (const TreeLine& line : DescribeTree(message)) {
    ASSERT_LE(line.offset + line.length, message.text().size()) << line.text;
  }
  EXPECT_THAT(TreeOf(message), ::testing::HasSubstr("  Status: 180 (Ringing)\n"));
}

}  // namespace
}  // namespace tickwire::sip
