#include "protocols/sip/message/sip_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tickwire::sip {
namespace {

TEST(SipUri, TakesAllPartsApart) {
  const auto uri =
      SipUri::Parse("sips:alice:secret@atlanta.example.com:5061;transport=tcp;lr?subject=hi&x=y");
  ASSERT_TRUE(uri.has_value());
  EXPECT_TRUE(uri->is_secure);
  EXPECT_EQ(uri->user, "alice");
  EXPECT_EQ(uri->password, absl::string_view("secret"));
  EXPECT_EQ(uri->host, "atlanta.example.com");
  EXPECT_EQ(uri->port, 5061);
  EXPECT_EQ(uri->Param("Transport"), absl::string_view("tcp"));
  EXPECT_TRUE(uri->is_loose_router());
  EXPECT_EQ(uri->Param("maddr"), std::nullopt);
  EXPECT_EQ(uri->headers, "?subject=hi&x=y");
}

TEST(SipUri, RoundTripsWhatItReads) {
  for (const char* text :
       {"sip:h", "sip:a@h", "sips:a@h:1", "sip:a@h:65535", "sip:[2001:db8::1]:5060",
        "sip:+1-212-555-1212:1234@gateway.com;user=phone", "sip:a;b?c@h", "sip:%40%2f@h",
        "sip:h;lr", "sip:h;x=[::1]", "sip:h?To=sip%3Ab%40c"}) {
    const auto uri = SipUri::Parse(text);
    ASSERT_TRUE(uri.has_value()) << text;
    EXPECT_EQ(uri->ToString(), text);
  }
}

TEST(SipUri, SemicolonAndQuestionMarkBelongToTheUserBeforeTheAt) {
  const auto uri = SipUri::Parse("sip:user;par=u%40example.net@example.com");
  ASSERT_TRUE(uri.has_value());
  EXPECT_EQ(uri->user, "user;par=u%40example.net");
  EXPECT_EQ(uri->params, "");
}

TEST(SipUri, RejectsWhatTheGrammarForbids) {
  for (const char* text : {"",
                           "sip",
                           "sip:",
                           "sip:@h",
                           "sip:a@",
                           "sip:a@b@c",
                           "sip:h:",
                           "sip:h:65536",
                           "sip:h:-1",
                           "sip:a b@h",
                           "sip:h ;lr",
                           "sip:%4@h",
                           "sip:%zz@h",
                           "sip:[2001:db8::1",
                           "sip:[]",
                           "sip:-h",
                           "sip:h;",
                           "sip:h;=x",
                           "sip:h?",
                           "sip:h?a",
                           "sip:h?=b",
                           "<sip:h>",
                           "tel:+123",
                           "sip:a\"@h",
                           "sip:h;a=\"b\"",
                           "http://example.com"}) {
    EXPECT_FALSE(SipUri::Parse(text).has_value()) << text;
  }
}

TEST(SipUri, RejectsEveryTruncationInsideAnEscape) {
  EXPECT_FALSE(SipUri::Parse("sip:a%").has_value());
  EXPECT_FALSE(SipUri::Parse("sip:a%4").has_value());
  EXPECT_FALSE(SipUri::Parse("sip:a%4@h").has_value());
  EXPECT_TRUE(SipUri::Parse("sip:a%41@h").has_value());
}

TEST(SipUri, RefusesMoreParametersThanTheLimit) {
  std::string text = "sip:h";
  for (int i = 0; i < 64; ++i) text += ";p" + std::to_string(i);
  EXPECT_TRUE(SipUri::Parse(text).has_value());
  EXPECT_FALSE(SipUri::Parse(text + ";one_more").has_value());
}

struct Pair {
  const char* a;
  const char* b;
};

// The examples of RFC 3261 §19.1.4.
TEST(SipUriComparison, EquivalentExamplesOfTheRfcMatch) {
  for (const Pair& pair : {
           Pair{"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"},
           Pair{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"},
           Pair{"sip:carol@chicago.com", "sip:carol@chicago.com;security=on"},
           Pair{"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"},
           Pair{"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x"},
       }) {
    EXPECT_TRUE(AreUrisEquivalent(pair.a, pair.b)) << pair.a << " " << pair.b;
    EXPECT_TRUE(AreUrisEquivalent(pair.b, pair.a)) << pair.b << " " << pair.a;
  }
}

TEST(SipUriComparison, DifferentExamplesOfTheRfcDoNotMatch) {
  for (const Pair& pair : {
           Pair{"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"},
           Pair{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"},
           Pair{"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"},
           Pair{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"},
           Pair{"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"},
           Pair{"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"},
           Pair{"sip:alice@a.com;user=phone", "sip:alice@a.com"},
           Pair{"sips:alice@a.com", "sip:alice@a.com"},
           Pair{"sip:a%2fb@h", "sip:a/b@h"},  // "/" is reserved: its escape is not the same
           Pair{"sip:h?a=b&a=b", "sip:h?a=b"},
       }) {
    EXPECT_FALSE(AreUrisEquivalent(pair.a, pair.b)) << pair.a << " " << pair.b;
    EXPECT_FALSE(AreUrisEquivalent(pair.b, pair.a)) << pair.b << " " << pair.a;
  }
}

// RFC 5954 §4.2.
TEST(SipUriComparison, Ipv6ReferencesAreComparedAsAddresses) {
  EXPECT_TRUE(AreUrisEquivalent("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:DB8:0:0::9:01]"));
  EXPECT_TRUE(AreUrisEquivalent("sip:bob@[::ffff:192.0.2.128]", "sip:bob@[::ffff:c000:280]"));
  EXPECT_FALSE(AreUrisEquivalent("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:2]"));
}

TEST(SipUriComparison, IsNotTransitive) {
  // §19.1.4 says so itself: a parameter in only one of two URIs does not count.
  const char* const plain = "sip:carol@chicago.com";
  EXPECT_TRUE(AreUrisEquivalent("sip:carol@chicago.com;security=on", plain));
  EXPECT_TRUE(AreUrisEquivalent(plain, "sip:carol@chicago.com;security=off"));
  EXPECT_FALSE(
      AreUrisEquivalent("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST(Uri, SchemesAreRecognized) {
  EXPECT_TRUE(IsUri("tel:+1-201-555-0123;phone-context=example.com"));
  EXPECT_TRUE(IsUri("http://www.example.com/photo.jpg"));
  EXPECT_TRUE(IsUri("isbn:2983792873"));
  EXPECT_FALSE(IsUri("sip:bad host"));
  EXPECT_FALSE(IsUri("1x:y"));
  EXPECT_FALSE(IsUri("nobodyKnowsThisScheme"));
}

}  // namespace
}  // namespace tickwire::sip
