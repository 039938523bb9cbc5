// The header part of SIP URIs, and requests formed from them (RFC 3261 §19.1.1, §19.1.5).
#include "protocols/sip/message/uri_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

SipUri Uri(absl::string_view text) { return SipUri::Parse(text).value(); }

TEST(UriHeaders, AreUnescaped) {
  const SipUri uri =
      Uri("sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D1%3Bfrom-tag%3D2"
          "&subject=");
  EXPECT_EQ(HeaderOf(uri, "replaces"), "12345@192.168.118.3;to-tag=1;from-tag=2");
  EXPECT_EQ(HeaderOf(uri, "subject"), "");
  EXPECT_EQ(HeaderOf(uri, "none"), std::nullopt);
}

TEST(UriHeaders, ABrokenEscapeIsNoUriAtAll) {
  EXPECT_FALSE(SipUri::Parse("sip:a@b?x=%zz").has_value());
  EXPECT_EQ(Unescape("%4"), "%4");
  EXPECT_EQ(Unescape("%41%"), "A%");
}

TEST(UriHeaders, EscapedValuesReadBackAsTheyWere) {
  std::string all;
  for (int octet = 1; octet < 256; ++octet) all.push_back(static_cast<char>(octet));
  const std::string escaped = EscapeHeaderValue(all);
  EXPECT_EQ(Unescape(escaped), all);
  EXPECT_EQ(HeaderOf(Uri("sip:a@b?x=" + escaped), "x"), all);
}

TEST(UriHeaders, TheRequestUriHasNeitherHeadersNorMethod) {
  EXPECT_EQ(RequestUriOf(Uri("sip:a@b:5070;Method=BYE;lr;transport=tcp?subject=x")),
            "sip:a@b:5070;lr;transport=tcp");
  EXPECT_EQ(RequestUriOf(Uri("sip:a@b;method")), "sip:a@b");
  EXPECT_EQ(RequestUriOf(Uri("sip:a@b;methods=1")), "sip:a@b;methods=1");
  EXPECT_EQ(MethodOf(Uri("sip:a@b;method=SUBSCRIBE")), "SUBSCRIBE");
  EXPECT_EQ(MethodOf(Uri("sip:a@b")), "INVITE");
}

// §19.1.5: what would lie about sender, way or abilities is not taken; nor is a second line.
TEST(UriHeaders, OnlyHarmlessHeadersGoIntoTheRequest) {
  SipMessage request = SipMessage::Request("INVITE", "sip:a@b");
  AddUriHeaders(request,
                Uri("sip:a@b?Subject=x%20y&f=%3Csip:evil%40x%3E&Via=z&v=z&Route=%3Csip:r%3E"
                    "&Contact=%3Csip:c%3E&X-Two=a%0D%0AVia:%20evil&Priority=urgent"
                    "&body=hello"));
  EXPECT_EQ(request.Wire(),
            "INVITE sip:a@b SIP/2.0\r\nSubject: x y\r\nPriority: urgent\r\n"
            "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

}  // namespace
}  // namespace tickwire::sip
