// tel URIs: RFC 3966, and their relation to SIP URIs (RFC 3261 §19.1.6).
#include "protocols/sip/message/tel_uri.h"

#include <gtest/gtest.h>

#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {
namespace {

TEST(TelUri, ReadsNumbersAndParameters) {
  const auto global = TelUri::Parse("tel:+1-201-555-0123");  // §6
  ASSERT_TRUE(global.has_value());
  EXPECT_TRUE(global->is_global());
  EXPECT_EQ(global->Digits(), "+12015550123");
  const auto local = TelUri::Parse("TEL:863-1234;phone-context=+1-914-555");
  ASSERT_TRUE(local.has_value());
  EXPECT_FALSE(local->is_global());
  EXPECT_EQ(local->Param("Phone-Context"), absl::string_view("+1-914-555"));
  EXPECT_TRUE(TelUri::Parse("tel:7042;phone-context=example.com").has_value());
  EXPECT_TRUE(TelUri::Parse("tel:*#a1;phone-context=x.example;isub=1%2f;lr").has_value());
}

TEST(TelUri, RejectsWhatTheGrammarDoesNotAllow) {
  for (const char* text : {"",
                           "tel:",
                           "tel:+",
                           "tel:+-",
                           "tel:7042",
                           "tel:+1a",
                           "tel:+1 2",
                           "tel:12*",
                           "tel:7042;phone-context=",
                           "tel:7042;phone-context=-x",
                           "tel:7042;phone-context=1.2",
                           "tel:+1;ext=",
                           "tel:+1;ext=a",
                           "tel:+1;isub=",
                           "tel:+1;",
                           "tel:+1;=x",
                           "tel:+1;a b",
                           "tel:+1;a=%4",
                           "tel:+1;x;X",
                           "tel:+1;ext=1;isub=2",
                           "sip:+1",
                           "tel:---;phone-context=a"}) {
    EXPECT_FALSE(TelUri::Parse(text).has_value()) << text;
    EXPECT_FALSE(IsUri(text) && UriScheme(text) == absl::string_view("tel")) << text;
  }
}

// §4.
TEST(TelUri, ComparesNumbersWithoutSeparatorsAndParametersInAnyOrder) {
  const char* const equal[][2] = {
      {"tel:+358-555-1234567;postd=pp22", "tel:+358-555-1234567;POSTD=PP22"},  // RFC 3261 §19.1.6
      {"tel:+358-555-1234567;postd=pp22;isub=1411", "tel:+358-555-1234567;isub=1411;postd=pp22"},
      {"tel:+1(201)555.0123", "tel:+12015550123"},
      {"tel:12;phone-context=+1-2", "tel:1-2;phone-context=+12"},
      {"tel:12;phone-context=Example.COM", "tel:12;phone-context=example.com"},
      {"tel:+1;ext=1-2", "tel:+1;ext=12"}};
  for (const auto& pair : equal) EXPECT_TRUE(AreUrisEquivalent(pair[0], pair[1])) << pair[0];
  const char* const different[][2] = {
      {"tel:+12015550123", "tel:12015550123;phone-context=+1"},
      {"tel:+1;x=1", "tel:+1"},
      {"tel:+1;x=1", "tel:+1;x=2"},
      {"tel:12;phone-context=a.example", "tel:12;phone-context=b.example"}};
  for (const auto& pair : different) EXPECT_FALSE(AreUrisEquivalent(pair[0], pair[1])) << pair[0];
}

// RFC 3261 §19.1.6: the whole subscriber part becomes the user, so that equal numbers stay equal.
TEST(TelUri, BecomesASipUriInOneForm) {
  EXPECT_EQ(TelUri::Parse("tel:+358-555-1234567;POSTD=pp22")->ToSipUri("foo.com"),
            "sip:+3585551234567;postd=pp22@foo.com;user=phone");
  EXPECT_EQ(TelUri::Parse("tel:+358-555-1234567;postd=pp22;isub=1411")->ToSipUri("foo.com"),
            TelUri::Parse("tel:+3585551234567;isub=1411;postd=pp22")->ToSipUri("foo.com"));
  EXPECT_TRUE(SipUri::Parse(TelUri::Parse("tel:+1;x=a/b")->ToSipUri("[::1]")).has_value());
}

}  // namespace
}  // namespace tickwire::sip
