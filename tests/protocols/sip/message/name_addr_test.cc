#include "protocols/sip/message/name_addr.h"

#include "tests/protocols/sip/message/codec_checks.h"

namespace tickwire::sip {
namespace {

TEST(NameAddr, ReadsDisplayNameUriAndTag) {
  const auto from = From::Parse("\"Alice \\\"A\\\" Smith\" <sip:alice@a.com;lr>;tag=1928301774");
  ASSERT_TRUE(from.has_value());
  EXPECT_EQ(Unquote(from->display_name), "Alice \"A\" Smith");
  EXPECT_EQ(from->uri, "sip:alice@a.com;lr");
  EXPECT_EQ(from->tag(), absl::string_view("1928301774"));
}

TEST(NameAddr, WithoutBracketsTheParametersAreTheHeaders) {
  // §20.10: what follows ";" is the header's when there are no brackets.
  const auto to = To::Parse("sip:bob@b.com;tag=314159");
  ASSERT_TRUE(to.has_value());
  EXPECT_EQ(to->uri, "sip:bob@b.com");
  EXPECT_EQ(to->tag(), absl::string_view("314159"));
}

TEST(NameAddr, AllowsWhiteSpaceFoldingAndNoSpaceBeforeTheBracket) {
  const auto folded = To::Parse("sip:v@h ;\r\n   tag    = 1918181833n");
  ASSERT_TRUE(folded.has_value());
  EXPECT_EQ(folded->tag(), absl::string_view("1918181833n"));
  const auto tight = From::Parse("caller<sip:caller@example.com>;tag=323");
  ASSERT_TRUE(tight.has_value());
  EXPECT_EQ(tight->display_name, "caller");
}

TEST(NameAddr, RoundTripsInBracketedForm) {
  ExpectRoundTrip<From>("sip:a@b;tag=1", "<sip:a@b>;tag=1");
  ExpectRoundTrip<To>("<sip:a@b>");
  ExpectRoundTrip<To>("Bob T. <sip:a@b>;x;y=\"q;,\"");
  ExpectRoundTrip<To>("\"\" <tel:+12125551212>;tag=z");
  ExpectRoundTrip<Contact>("\"x, y\" <sip:a@b?c=d>;q=0.7;expires=3600");
  ExpectRoundTrip<Contact>(" * ", "*");
  ExpectRoundTrip<Route>("<sip:p.example.com;lr>");
  ExpectRoundTrip<RecordRoute>("<sip:p.example.com;lr>;x=y");
  ExpectRoundTrip<ReplyTo>("Bob <sip:bob@biloxi.com>");
}

TEST(NameAddr, RejectsBreachesOfItsGrammar) {
  for (const char* text :
       {"", " ", "\"Mr. J. User <sip:j@h>", "<sip:a@b", "<>", "Bob, Jr <sip:a@b>", "\"x\" sip:a@b",
        "sip:a@b?c=d", "<sip:a@b> x", "<sip:a@b>;", "<sip:a@b>;=x", "nothing", "a@b",
        "Watson (x) <sip:a@b>", "<sip:a@b>;tag=\"x"}) {
    ExpectRejects<From>(text);
  }
  ExpectRejects<Route>("sip:p.example.com;lr");
  ExpectRejects<RecordRoute>("sip:p.example.com");
}

TEST(NameAddr, SurvivesTruncationAtEveryLength) {
  ExpectSurvivesTruncationAtEveryLength<Contact>(
      "\"A \\\"q\\\" B\" <sip:a:b@[::1]:5;lr?x=y>;q=0.5;z=\"w\"");
}

TEST(Quoting, EscapesAndUnescapes) {
  EXPECT_EQ(Quote("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(Unquote("\"a\\\"b\\\\c\""), "a\"b\\c");
  EXPECT_EQ(Unquote("\"fol\r\n  ded\""), "fol ded");
  EXPECT_EQ(Unquote("plain"), "plain");
}

}  // namespace
}  // namespace tickwire::sip
