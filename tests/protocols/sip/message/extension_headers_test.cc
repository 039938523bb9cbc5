// One test for each header that came with an extension of RFC 3261, and for its rarer own ones.
#include "protocols/sip/message/header_table.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/validate.h"
#include "tests/protocols/sip/message/codec_checks.h"

namespace tickwire::sip {
namespace {

// RFC 3262 §7.1, §7.2.
TEST(RSeq, CountsFromOne) {
  ExpectRoundTrip<RSeq>("1");
  ExpectRoundTrip<RSeq>(" 988789 ", "988789");
  ExpectRoundTrip<RSeq>("4294967295");
  for (const char* text : {"", "0", "4294967296", "-1", "1 2", "x"}) ExpectRejects<RSeq>(text);
}
TEST(RAck, NamesTheResponseItAcknowledges) {
  const auto rack = RAck::Parse("776656 1 INVITE");
  ASSERT_TRUE(rack.has_value());
  EXPECT_EQ(rack->rseq, 776656u);
  EXPECT_EQ(rack->cseq, 1u);
  EXPECT_EQ(rack->method, "INVITE");
  ExpectRoundTrip<RAck>("4294967295\r\n 2147483647 x", "4294967295 2147483647 x");
  for (const char* text : {"", "1", "1 1", "1 1 ", "0 1 INVITE", "1 2147483648 INVITE",
                           "1 1 INVITE x", "1,1 INVITE", "11INVITE"}) {
    ExpectRejects<RAck>(text);
  }
  ExpectSurvivesTruncationAtEveryLength<RAck>("776656 1 INVITE");
}

// RFC 4028 §4, §5.
TEST(SessionExpires, HasSecondsAndRefresher) {
  const auto header = SessionExpires::Parse("4000 ; refresher=UAC");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->seconds, 4000u);
  EXPECT_TRUE(header->is_uac_refresher());
  EXPECT_FALSE(header->is_uas_refresher());
  ExpectRoundTrip<SessionExpires>("1800");
  ExpectRoundTrip<SessionExpires>("90;refresher=uas;x=y");
  for (const char* text :
       {"", "x", "-1", "90 uac", "90;refresher=me", "90;refresher", "4294967296"}) {
    ExpectRejects<SessionExpires>(text);
  }
  ExpectRoundTrip<MinSe>("90");
  ExpectRoundTrip<MinSe>("3600;lr");
  for (const char* text : {"", "soon", "90 90"}) ExpectRejects<MinSe>(text);
}

// RFC 6665 §8.2.
TEST(Event, HasPackageTemplatesAndId) {
  const auto event = Event::Parse("presence.winfo;id=a1");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->package, "presence.winfo");
  EXPECT_EQ(event->id(), absl::string_view("a1"));
  ExpectRoundTrip<Event>("reg");
  ExpectRoundTrip<AllowEvents>("dialog.winfo");
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a b", "a;", "a;id", "a,b"}) {
    ExpectRejects<Event>(text);
  }
  for (const char* text : {"", "a..b", "a;id=1"}) ExpectRejects<AllowEvents>(text);
}
TEST(Event, MatchesByPackageAndIdOnly) {
  const Event with_id = *Event::Parse("refer;id=93809824");
  EXPECT_TRUE(with_id.Matches(*Event::Parse("refer;x=y;id=93809824")));
  EXPECT_FALSE(with_id.Matches(*Event::Parse("refer")));
  EXPECT_FALSE(with_id.Matches(*Event::Parse("refer;id=2")));
  EXPECT_FALSE(with_id.Matches(*Event::Parse("Refer;id=93809824")));
}
TEST(SubscriptionState, HasStateExpiresAndReason) {
  const auto state = SubscriptionState::Parse("terminated;reason=probation;retry-after=60");
  ASSERT_TRUE(state.has_value());
  EXPECT_TRUE(state->is_terminated());
  EXPECT_EQ(state->reason(), absl::string_view("probation"));
  EXPECT_EQ(state->retry_after_seconds(), 60u);
  EXPECT_FALSE(state->expires_seconds().has_value());
  EXPECT_EQ(SubscriptionState::Parse("Active;expires=3600")->expires_seconds(), 3600u);
  ExpectRoundTrip<SubscriptionState>("pending");
  for (const char* text : {"", ";expires=1", "active;expires", "active;expires=soon", "active x"}) {
    ExpectRejects<SubscriptionState>(text);
  }
}

// RFC 3515 §2.1, RFC 3892 §3, RFC 3891 §6.1.
TEST(ReferTo, IsANameAddrOrAddrSpec) {
  ExpectRoundTrip<ReferTo>(
      "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3B"
      "to-tag%3D12345%3Bfrom-tag%3D5FFE-3994>");
  ExpectRoundTrip<ReferTo>("sip:alice@atlanta.example.com", "<sip:alice@atlanta.example.com>");
  ExpectRoundTrip<ReferTo>("<http://www.ietf.org>");
  for (const char* text : {"", "<>", "sip:a@b?Replaces=x", "a b"}) ExpectRejects<ReferTo>(text);
}
TEST(ReferredBy, HasAQuotedContentId) {
  ExpectRoundTrip<ReferredBy>(
      "<sip:referror@referror.example>;cid=\"20398823.2UWQFN309shb3@referror.example\"");
  ExpectRoundTrip<ReferredBy>("sip:r@ref.example", "<sip:r@ref.example>");
  for (const char* text : {"", "<sip:a@b>;cid=x@y", "<sip:a@b>;cid"}) {
    ExpectRejects<ReferredBy>(text);
  }
}
TEST(Replaces, NeedsEachTagExactlyOnce) {
  const auto header =
      Replaces::Parse("98732@sip.example.com\r\n ;from-tag=r33th4x0r\r\n ;to-tag=ff87ff");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->call_id, "98732@sip.example.com");
  EXPECT_EQ(header->from_tag(), "r33th4x0r");
  EXPECT_EQ(header->to_tag(), "ff87ff");
  EXPECT_FALSE(header->is_early_only());
  EXPECT_TRUE(Replaces::Parse("a;to-tag=1;from-tag=2;early-only")->is_early_only());
  ExpectRoundTrip<Replaces>("12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only");
  for (const char* text : {"", "a", "a;to-tag=1", "a;from-tag=1", "a;to-tag=1;to-tag=2;from-tag=3",
                           "a;to-tag=1;from-tag=2;from-tag=2", "a;to-tag;from-tag=1",
                           "@b;to-tag=1;from-tag=2", "a b;to-tag=1;from-tag=2"}) {
    ExpectRejects<Replaces>(text);
  }
}

// RFC 3903 §11.3.
TEST(SipEtag, IsOneToken) {
  ExpectRoundTrip<SipEtag>("dx200xyz");
  ExpectRoundTrip<SipIfMatch>("kwj449x");
  for (const char* text : {"", "a b", "\"a\"", "a;b"}) {
    ExpectRejects<SipEtag>(text);
    ExpectRejects<SipIfMatch>(text);
  }
}

// RFC 3327 §4, RFC 3608 §5.
TEST(Path, IsANameAddrInBrackets) {
  ExpectRoundTrip<Path>("<sip:P1.EXAMPLEVISITED.COM;lr>");
  ExpectRoundTrip<ServiceRoute>("<sip:HSP.HOME.EXAMPLE.COM;lr>;x=1");
  for (const char* text : {"", "sip:p1;lr", "<p1>", "<sip:p1"}) {
    ExpectRejects<Path>(text);
    ExpectRejects<ServiceRoute>(text);
  }
}

// RFC 5393 §5.3.3.
TEST(MaxBreadth, IsANumber) {
  ExpectRoundTrip<MaxBreadth>("60");
  ExpectRoundTrip<MaxBreadth>("0");
  for (const char* text : {"", "-1", "4294967296", "1;x"}) ExpectRejects<MaxBreadth>(text);
}

// RFC 6086 §7.
TEST(InfoPackage, IsATokenWithParameters) {
  ExpectRoundTrip<InfoPackage>("foo");
  ExpectRoundTrip<RecvInfo>("P;x=y");
  for (const char* text : {"", "a b", ";x"}) {
    ExpectRejects<InfoPackage>(text);
    ExpectRejects<RecvInfo>(text);
  }
}

// RFC 3261 §20.4, §20.9, §20.18.
TEST(CallInfo, IsABracketedUriWithParameters) {
  const auto info = CallInfo::Parse("<http://wwww.example.com/alice/photo.jpg> ;purpose=icon");
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->uri, "http://wwww.example.com/alice/photo.jpg");
  EXPECT_EQ(info->purpose(), absl::string_view("icon"));
  ExpectRoundTrip<AlertInfo>("<http://www.example.com/sounds/moo.wav>");
  ExpectRoundTrip<ErrorInfo>("<sip:not-in-service-recording@atlanta.com>;x");
  for (const char* text : {"", "http://a", "<>", "<a", "<a b:c>", "x <http://a>"}) {
    ExpectRejects<AlertInfo>(text);
    ExpectRejects<CallInfo>(text);
    ExpectRejects<ErrorInfo>(text);
  }
}

// RFC 3261 §20.2, §20.3, §20.11 to §20.13, §20.24.
TEST(ContentDisposition, TellsHowToHandleTheBody) {
  EXPECT_TRUE(ContentDisposition::Parse("icon; Handling=OPTIONAL")->is_handling_optional());
  EXPECT_FALSE(ContentDisposition::Parse("session")->is_handling_optional());
  ExpectRoundTrip<ContentDisposition>("early-session;handling=required");
  for (const char* text : {"", ";handling=optional", "a b"}) {
    ExpectRejects<ContentDisposition>(text);
  }
}
TEST(ContentHeaders, AreTokensAndLanguageTags) {
  ExpectRoundTrip<ContentEncoding>("gzip");
  ExpectRoundTrip<ContentLanguage>("en-GB");
  ExpectRoundTrip<AcceptEncoding>("*;q=0.5");
  ExpectRoundTrip<AcceptLanguage>("en-gb;q=0.8");
  ExpectRoundTrip<AcceptLanguage>("*;q=1.000");
  ExpectRoundTrip<MimeVersion>("1.0");
  for (const char* text : {"", "a b", "gzip;q=1"}) ExpectRejects<ContentEncoding>(text);
  for (const char* text : {"", "e1", "en-", "-en", "abcdefghi", "en;q=1"}) {
    ExpectRejects<ContentLanguage>(text);
  }
  for (const char* text : {"", "en;q=2", "en;q=1.1", "en;q=0.1234", "en;q", "en;q=x", "e n"}) {
    ExpectRejects<AcceptLanguage>(text);
  }
  for (const char* text : {"", "gzip;q=1.5", ";q=1"}) ExpectRejects<AcceptEncoding>(text);
  for (const char* text : {"", "1", "1.", ".0", "1.0 (x)", "1.0.0"}) {
    ExpectRejects<MimeVersion>(text);
  }
}

// RFC 3841 §9.
TEST(CallerPreferences, AreAStarWithFeaturesOrADirective) {
  const auto accept = AcceptContact::Parse("*;audio;+sip.instance=\"<urn:uuid:1>\";require");
  ASSERT_TRUE(accept.has_value());
  EXPECT_TRUE(accept->params.Has("require"));
  ExpectRoundTrip<AcceptContact>("*;mobility=\"fixed\";explicit");
  ExpectRoundTrip<RejectContact>("*;actor=\"msg-taker\"");
  ExpectRoundTrip<RequestDisposition>("no-fork");
  for (const char* text : {"", "a;audio", "*;", ";audio"}) {
    ExpectRejects<AcceptContact>(text);
    ExpectRejects<RejectContact>(text);
  }
  for (const char* text : {"", "fast", "no fork", "fork;x"}) {
    ExpectRejects<RequestDisposition>(text);
  }
}

// RFC 3261 §20.21.
TEST(InReplyTo, IsACallId) {
  ExpectRoundTrip<InReplyTo>("70710@saturn.bell-tel.com");
  for (const char* text : {"", "a@", "a b"}) ExpectRejects<InReplyTo>(text);
}

// RFC 3323 §4.2, RFC 3325 §9.
TEST(Privacy, ListsTokensBetweenSemicolons) {
  const auto privacy = Privacy::Parse("id ; Critical");
  ASSERT_TRUE(privacy.has_value());
  EXPECT_TRUE(privacy->Has("critical"));
  EXPECT_FALSE(privacy->Has("user"));
  ExpectRoundTrip<Privacy>("header;session;user;none");
  for (const char* text : {"", ";", "id;", "a,b", "a b"}) ExpectRejects<Privacy>(text);
}
TEST(AssertedIdentity, IsANameAddrOrAddrSpec) {
  ExpectRoundTrip<PAssertedIdentity>("\"Cullen Jennings\" <sip:fluffy@cisco.com>");
  ExpectRoundTrip<PPreferredIdentity>("tel:+14085264000", "<tel:+14085264000>");
  for (const char* text : {"", "<>", "Cullen"}) {
    ExpectRejects<PAssertedIdentity>(text);
    ExpectRejects<PPreferredIdentity>(text);
  }
}

// Parameters that later RFCs add to headers of RFC 3261: written and read as any parameter.
TEST(FeatureParameters, SurviveInContactAndVia) {
  const auto contact = Contact::Parse(
      "<sip:callee@192.0.2.2>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\""
      ";reg-id=1;pub-gruu=\"sip:callee@example.com;gr=urn:uuid:1\"");
  ASSERT_TRUE(contact.has_value());
  EXPECT_EQ(contact->params.Find("reg-id"), absl::string_view("1"));  // RFC 5626 §4.2
  EXPECT_EQ(Unquote(*contact->params.Find("pub-gruu")),               // RFC 5627 §5.1
            "sip:callee@example.com;gr=urn:uuid:1");
  const auto via = Via::Parse(
      "SIP/2.0/UDP p1.example.net;branch=z9hG4bK2;received=192.0.2.111;oc=20;oc-algo=\"loss\""
      ";oc-validity=500;oc-seq=1282321615.782");
  ASSERT_TRUE(via.has_value());
  EXPECT_EQ(via->params.Find("oc"), absl::string_view("20"));  // RFC 7339 §4.1
  EXPECT_EQ(via->params.Find("oc-seq"), absl::string_view("1282321615.782"));
}

// RFC 3261 §20.2, §20.3 and RFC 6086 §7.2 let these stand without a value; others may not.
TEST(Validate, KnowsWhichRowsMayBeEmpty) {
  const auto breaks = [](absl::string_view row) {
    const std::string text =
        "INVITE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n"
        "To: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
        "Contact: <sip:a@a>\r\n" +
        std::string(row) + "\r\nContent-Length: 0\r\n\r\n";
    return AllViolations(SipMessage::Parse(text)).size();
  };
  for (const char* row : {"Accept-Encoding:", "Accept-Language: ", "Recv-Info:", "Supported:"}) {
    EXPECT_EQ(breaks(row), 0u) << row;
  }
  for (const char* row : {"Event:", "Refer-To:", "Path:", "Content-Encoding:", "RAck:"}) {
    EXPECT_EQ(breaks(row), 1u) << row;
  }
}

}  // namespace
}  // namespace tickwire::sip
