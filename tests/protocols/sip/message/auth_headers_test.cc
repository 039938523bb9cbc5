// Challenges and credentials (RFC 3261 §20.7, §20.27, §20.28, §20.44, §25.1; RFC 7616 §3).
#include "protocols/sip/message/auth_headers.h"

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/validate.h"
#include "tests/protocols/sip/message/codec_checks.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kChallenge =
    "Digest realm=\"atlanta.com\", domain=\"sip:boxesbybob.com\", qop=\"auth,auth-int\", "
    "nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=FALSE, algorithm=MD5";

TEST(WwwAuthenticate, ReadsTheParametersOfADigestChallenge) {
  const auto header = WwwAuthenticate::Parse(kChallenge);
  ASSERT_TRUE(header.has_value());
  EXPECT_TRUE(header->is_digest());
  EXPECT_EQ(header->params.Text("REALM"), "atlanta.com");
  EXPECT_EQ(header->params.Text("qop"), "auth,auth-int");
  EXPECT_TRUE(header->params.Is("stale", "false"));
  EXPECT_TRUE(header->params.Has("opaque"));
  EXPECT_EQ(header->params.Text("opaque"), "");
  EXPECT_FALSE(header->params.Has("cnonce"));
  ExpectRoundTrip<WwwAuthenticate>(kChallenge);
  ExpectRoundTrip<ProxyAuthenticate>(kChallenge);
  ExpectSurvivesTruncationAtEveryLength<WwwAuthenticate>(kChallenge);
}

TEST(WwwAuthenticate, AllowsWhiteSpaceAndFoldingAroundSeparators) {
  ExpectRoundTrip<WwwAuthenticate>("Digest realm = \"a\" ,\r\n  nonce=\"b\"",
                                   "Digest realm=\"a\", nonce=\"b\"");
  ExpectRoundTrip<WwwAuthenticate>("NoOneKnowsThisScheme opaque-data=here");
}

TEST(Authorization, ReadsTheCredentialsOfAClient) {
  ExpectRoundTrip<Authorization>(
      "Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"dcd98b7102dd2f0e\", "
      "uri=\"sip:bob@biloxi.com\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
      "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
  ExpectRoundTrip<ProxyAuthorization>("Digest username=\"a \\\"quoted\\\" name\", response=\"\"");
  const auto header = Authorization::Parse("Digest username=\"a \\\"b\\\"\", nc=0000000a");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->params.Text("username"), "a \"b\"");
}

TEST(Authorization, RejectsBrokenParameters) {
  for (const char* text :
       {"", "Digest", "Digest ", "Digest realm", "Digest realm=", "Digest realm=\"open",
        "Digest realm=\"a\" nonce=\"b\"", "Digest realm=\"a\",", "Digest realm=atlanta.com",
        "Digest nc=1", "Digest nc=\"00000001\"", "Digest response=\"xyz\"", "Digest response=ab",
        "=\"a\"", "Digest , realm=\"a\""}) {
    ExpectRejects<Authorization>(text);
    ExpectRejects<WwwAuthenticate>(text);
  }
}

TEST(AuthenticationInfo, ReadsWhatTheServerSaysInTheEnd) {
  ExpectRoundTrip<AuthenticationInfo>(
      "nextnonce=\"47364c23432d2e131a5fb210812c\", qop=auth, rspauth=\"0a\", nc=00000001");
  ExpectRoundTrip<ProxyAuthenticationInfo>("nextnonce=\"x\"");
  for (const char* text : {"", "nextnonce=x", "nextnonce", "nc=12"}) {
    ExpectRejects<AuthenticationInfo>(text);
    ExpectRejects<ProxyAuthenticationInfo>(text);
  }
}

TEST(AuthParams, SetReplacesInPlaceOrAppends) {
  AuthParams params;
  params.Set("realm", "\"a\"");
  params.Set("nonce", "\"n\"");
  params.Set("REALM", "\"b\"");
  std::string out;
  params.AppendTo(out);
  EXPECT_EQ(out, "realm=\"b\", nonce=\"n\"");
}

// RFC 3261 §7.3.1: these four may have several rows, and their commas join parameters, not values.
TEST(AuthHeaders, SeveralRowsAreSeveralChallenges) {
  SipMessage response = SipMessage::Response(401);
  response.AddRaw("WWW-Authenticate", "Digest realm=\"x\", nonce=\"1\", algorithm=SHA-256");
  response.AddRaw("WWW-Authenticate", "Digest realm=\"x\", nonce=\"1\", algorithm=MD5");
  const std::vector<WwwAuthenticate> all = response.GetAll<WwwAuthenticate>();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].params.Is("algorithm", "sha-256"));
  EXPECT_TRUE(all[1].params.Is("algorithm", "md5"));
  response.Wire();
  for (const Violation& violation : Validate(response)) {
    EXPECT_NE(violation.rule->id, "sip.single_header");
    EXPECT_NE(violation.rule->id, "sip.header_value");
  }
}

}  // namespace
}  // namespace tickwire::sip
