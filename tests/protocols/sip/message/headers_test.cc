// One test for each of the smaller header codecs, and for the table that finds them.
#include <cctype>
#include <set>

#include "protocols/sip/message/header_table.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/method.h"
#include "protocols/sip/message/status_code.h"
#include "tests/protocols/sip/message/codec_checks.h"

namespace tickwire::sip {
namespace {

TEST(HeaderTable, FindsEveryHeaderByBothNamesInAnyCase) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < kHeaderCount; ++i) {
    const auto id = static_cast<HeaderId>(i);
    const HeaderInfo& info = InfoOf(id);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(FindHeader(info.name), id);
    std::string upper(info.name);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(FindHeader(upper), id) << upper;
    if (info.compact != '\0') {
      EXPECT_EQ(FindHeader(std::string(1, info.compact)), id) << info.name;
      EXPECT_EQ(FindHeader(std::string(1, static_cast<char>(std::toupper(info.compact)))), id);
    }
  }
}

// RFC 3261 §7.3.3 and §20: the compact forms of the headers that are here.
TEST(HeaderTable, CompactFormsAreThoseOfTheRfc) {
  EXPECT_EQ(FindHeader("v"), IdOf<Via>());
  EXPECT_EQ(FindHeader("f"), IdOf<From>());
  EXPECT_EQ(FindHeader("t"), IdOf<To>());
  EXPECT_EQ(FindHeader("i"), IdOf<CallId>());
  EXPECT_EQ(FindHeader("m"), IdOf<Contact>());
  EXPECT_EQ(FindHeader("l"), IdOf<ContentLength>());
  EXPECT_EQ(FindHeader("c"), IdOf<ContentType>());
  EXPECT_EQ(FindHeader("k"), IdOf<Supported>());
  EXPECT_EQ(FindHeader("s"), IdOf<Subject>());
  EXPECT_EQ(FindHeader("e"), IdOf<ContentEncoding>());
  EXPECT_EQ(FindHeader("o"), IdOf<Event>());               // RFC 6665 §8.2.1
  EXPECT_EQ(FindHeader("u"), IdOf<AllowEvents>());         // RFC 6665 §8.2.2
  EXPECT_EQ(FindHeader("r"), IdOf<ReferTo>());             // RFC 3515 §2.1
  EXPECT_EQ(FindHeader("b"), IdOf<ReferredBy>());          // RFC 3892 §3
  EXPECT_EQ(FindHeader("x"), IdOf<SessionExpires>());      // RFC 4028 §4
  EXPECT_EQ(FindHeader("a"), IdOf<AcceptContact>());       // RFC 3841 §9.2
  EXPECT_EQ(FindHeader("j"), IdOf<RejectContact>());       // RFC 3841 §9.2
  EXPECT_EQ(FindHeader("d"), IdOf<RequestDisposition>());  // RFC 3841 §9.1
}

TEST(HeaderTable, UnknownNamesAreOther) {
  for (const char* name : {"", "z", "-", "Vi", "Viaa", "Contact-Length", "CSec", "\x80"}) {
    EXPECT_EQ(FindHeader(name), HeaderId::kOther) << name;
  }
}

TEST(CSeq, RoundTripsUpToItsLimit) {
  ExpectRoundTrip<CSeq>("0 INVITE");
  ExpectRoundTrip<CSeq>("2147483647 x-method!");
  ExpectRoundTrip<CSeq>("0009\r\n  INVITE", "9 INVITE");
  ExpectSurvivesTruncationAtEveryLength<CSeq>("36893488 INVITE");
}

TEST(CSeq, RejectsWhatIsNotANumberBelowTwoToThe31AndAMethod) {
  for (const char* text : {"", "1", "1 ", "INVITE", "1INVITE", "-1 INVITE", "2147483648 INVITE",
                           "36893488147419103232 REGISTER", "1 INV ITE", "1 \"INVITE\""}) {
    ExpectRejects<CSeq>(text);
  }
}

TEST(CallId, IsAWordWithAtMostOneAt) {
  ExpectRoundTrip<CallId>("a84b4c76e66710@pc33.atlanta.com");
  ExpectRoundTrip<CallId>("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  ExpectRoundTrip<CallId>("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
  for (const char* text : {"", "@", "a@", "@b", "a@b@c", "a b", "a,b"}) ExpectRejects<CallId>(text);
}

TEST(ContentLength, RoundTripsItsRange) {
  ExpectRoundTrip<ContentLength>("0");
  ExpectRoundTrip<ContentLength>(" 0150 ", "150");
  ExpectRoundTrip<ContentLength>("4294967295");
  for (const char* text : {"", "-1", "+1", "1.0", "4294967296", "1 2", "99999999999999999999999"}) {
    ExpectRejects<ContentLength>(text);
  }
}

TEST(MaxForwards, RoundTripsItsRange) {
  ExpectRoundTrip<MaxForwards>("0");
  ExpectRoundTrip<MaxForwards>("0068", "68");
  ExpectRoundTrip<MaxForwards>("255");
  for (const char* text : {"", "256", "-1", "70 hops"}) ExpectRejects<MaxForwards>(text);
}

TEST(Expires, RoundTripsItsRange) {
  ExpectRoundTrip<Expires>("0");
  ExpectRoundTrip<Expires>("4294967295");
  ExpectRoundTrip<MinExpires>("60");
  for (const char* text : {"", "4294967296", "Thu, 01 Dec 1994 16:00:00 GMT"}) {
    ExpectRejects<Expires>(text);
    ExpectRejects<MinExpires>(text);
  }
}

TEST(TokenHeaders, AreOneTokenEach) {
  ExpectRoundTrip<Allow>("INVITE");
  ExpectRoundTrip<Supported>("100rel");
  ExpectRoundTrip<Require>("timer");
  ExpectRoundTrip<ProxyRequire>("foo");
  ExpectRoundTrip<Unsupported>("bar-baz");
  ExpectRoundTrip<Priority>("emergency");
  for (const char* text : {"", "a b", "a;b", "a,b", "\"a\""}) {
    ExpectRejects<Allow>(text);
    ExpectRejects<Require>(text);
    ExpectRejects<Priority>(text);
  }
}

TEST(TextHeaders, KeepTheirTextAndRefuseControlCharacters) {
  ExpectRoundTrip<Subject>("");
  ExpectRoundTrip<Subject>("Need \"more\" b\xc3\xb6xes, (now)");
  ExpectRoundTrip<Organization>("Boxes by Bob");
  ExpectRoundTrip<UserAgentHeader>("Softphone Beta1.5 (x)");
  ExpectRoundTrip<Server>("HomeServer v2");
  ExpectRejects<Subject>(absl::string_view("a\0b", 3));
  ExpectRejects<Server>("a\x7f");
  EXPECT_EQ(Unfold("I know \r\n\t you're there"), "I know you're there");
}

TEST(ContentType, ReadsTypeSubtypeAndParameters) {
  const auto type = ContentType::Parse("multipart / mixed ; boundary=\"a,b\"");
  ASSERT_TRUE(type.has_value());
  EXPECT_TRUE(type->Is("MULTIPART", "mixed"));
  EXPECT_EQ(type->params.Find("boundary"), absl::string_view("\"a,b\""));
  ExpectRoundTrip<ContentType>("application/sdp");
  ExpectRoundTrip<Accept>("*/*;q=0.2");
  for (const char* text : {"", "application", "application/", "/sdp", "a/b c", "a/b;"}) {
    ExpectRejects<ContentType>(text);
  }
  ExpectSurvivesTruncationAtEveryLength<ContentType>("text/html;charset=\"ISO-8859-4\"");
}

TEST(RetryAfter, HasSecondsCommentAndParameters) {
  ExpectRoundTrip<RetryAfter>("120 (I'm in a (long) meeting);duration=3600");
  ExpectRoundTrip<RetryAfter>("0");
  for (const char* text : {"", "soon", "5 (open", "5 x", "4294967296"}) {
    ExpectRejects<RetryAfter>(text);
  }
  ExpectSurvivesTruncationAtEveryLength<RetryAfter>("120 (a \\) (b)) ;duration=3600");
}

TEST(Timestamp, IsADecimalWithAnOptionalDelay) {
  ExpectRoundTrip<Timestamp>("54");
  ExpectRoundTrip<Timestamp>("54.21 0.5");
  for (const char* text : {"", "x", ".5", "1 2 3", "1.2.3"}) ExpectRejects<Timestamp>(text);
}

TEST(Date, IsAnRfc1123DateInGmt) {
  ExpectRoundTrip<Date>("Sat, 13 Nov 2010 23:29:00 GMT");
  for (const char* text : {"", "Sat, 13 Nov 2010 23:29:00 EST", "Sat, 32 Nov 2010 23:29:00 GMT",
                           "Sat, 13 Nov 2010 24:29:00 GMT", "Sat, 13 nov 2010 23:29:00 GMT",
                           "Sat, 13 Nov 10 23:29:00 GMT", "Saturday, 13 Nov 2010 23:29:00 GMT"}) {
    ExpectRejects<Date>(text);
  }
  ExpectSurvivesTruncationAtEveryLength<Date>("Sat, 13 Nov 2010 23:29:00 GMT");
}

TEST(Warning, HasCodeAgentAndQuotedText) {
  ExpectRoundTrip<Warning>("307 isi.edu \"Session parameter 'foo' not understood\"");
  ExpectRoundTrip<Warning>("000 [::1]:5060 \"\"");
  for (const char* text : {"", "37 a \"b\"", "3007 a \"b\"", "307 a b", "307 \"b\"", "307 a \"b"}) {
    ExpectRejects<Warning>(text);
  }
}

// RFC 3326 §2.
TEST(Reason, HasProtocolCauseAndText) {
  const auto reason = Reason::Parse("Q.850 ;cause=16 ;text=\"Terminated\"");
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->protocol, "Q.850");
  EXPECT_EQ(reason->cause(), 16);
  ExpectRoundTrip<Reason>("SIP;cause=200;text=\"Call completed elsewhere\"");
  for (const char* text : {"", ";cause=1", "SIP;cause=x", "SIP;cause", "SIP cause=1"}) {
    ExpectRejects<Reason>(text);
  }
}

TEST(Method, NamesAreCaseSensitive) {
  EXPECT_EQ(ParseMethod("INVITE"), Method::kInvite);
  EXPECT_EQ(ParseMethod("invite"), Method::kOther);
  EXPECT_EQ(ParseMethod(""), Method::kOther);
  for (int i = 1; i <= static_cast<int>(Method::kNotify); ++i) {
    EXPECT_EQ(ParseMethod(MethodName(static_cast<Method>(i))), static_cast<Method>(i));
  }
}

TEST(StatusCode, UnknownCodesTakeThePhraseOfTheirClass) {
  EXPECT_EQ(ReasonPhrase(100), "Trying");
  EXPECT_EQ(ReasonPhrase(487), "Request Terminated");
  EXPECT_EQ(ReasonPhrase(606), "Not Acceptable");
  EXPECT_EQ(ReasonPhrase(299), "OK");
  EXPECT_EQ(ReasonPhrase(499), "Bad Request");
  EXPECT_EQ(ReasonPhrase(699), "Busy Everywhere");
  EXPECT_EQ(ReasonPhrase(99), "");
  EXPECT_EQ(ReasonPhrase(700), "");
}

}  // namespace
}  // namespace tickwire::sip
