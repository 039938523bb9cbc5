// Validate: rules by id. The messages are ours, shaped after what RFC 4475 describes.
#include "protocols/sip/message/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tickwire::sip {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kGood =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:alice@example.com>;tag=1\r\n"
    "To: <sip:bob@example.com>\r\n"
    "Call-ID: 1@example.com\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:alice@192.0.2.1>\r\n"
    "\r\n";

std::vector<absl::string_view> Broken(absl::string_view text) {
  const ParseResult parsed = SipMessage::Parse(std::string(text));
  std::vector<absl::string_view> ids;
  for (const Violation& violation : AllViolations(parsed)) ids.push_back(violation.rule->id);
  return ids;
}

// kGood with one piece replaced.
std::vector<absl::string_view> BrokenWith(absl::string_view from, absl::string_view to) {
  const std::string text = absl::StrReplaceAll(kGood, {{from, to}});
  EXPECT_NE(text, kGood) << from;
  return Broken(text);
}

TEST(Validate, AGoodInviteBreaksNothing) { EXPECT_THAT(Broken(kGood), IsEmpty()); }

TEST(Validate, ATorturousInviteBreaksNothing) {
  // After RFC 4475 §3.1.1.1: all liberties of the grammar in one message.
  EXPECT_THAT(
      Broken("INVITE sip:carol@chicago.example.com;unknown-param SIP/2.0\r\n"
             "TO :\r\n sip:carol@chicago.example.com ;   tag    = 19181n\r\n"
             "from   : \"J. Doe \\\\\\\"\"       <sip:doe@example.com>\r\n  ;\r\n"
             "  tag = 98asjd8\r\n"
             "MaX-fOrWaRdS: 0068\r\n"
             "Call-ID: torture.98asdh@192.0.2.1\r\n"
             "cseq: 0009\r\n  INVITE\r\n"
             "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=z9hG4bK39\r\n"
             "s :\r\n"
             "NewFangled:   newfangled value\r\n continued newfangled value\r\n"
             "Unusual: ;;,,;;,;\r\n"
             "Content-Type: application/sdp\r\n"
             "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
             "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9"
             "  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK302\r\n"
             "m:\"Quoted string \\\"\\\"\" <sip:doe@example.com> ; newparam =\r\n"
             "      newvalue ;\r\n  secondparam ; q = 0.33\r\n"
             "l: 3\r\n\r\nv=0"),
      IsEmpty());
}

TEST(Validate, MandatoryHeadersAreMissedOneByOne) {
  EXPECT_THAT(BrokenWith("Max-Forwards: 70\r\n", ""), ElementsAre("sip.mandatory_header"));
  EXPECT_THAT(BrokenWith("CSeq: 1 INVITE\r\n", ""), ElementsAre("sip.mandatory_header"));
  EXPECT_THAT(BrokenWith("Call-ID: 1@example.com\r\n", ""), ElementsAre("sip.mandatory_header"));
  EXPECT_THAT(BrokenWith("Contact: <sip:alice@192.0.2.1>\r\n", ""),
              ElementsAre("sip.mandatory_contact"));
  // Nothing but a start line: Via, From, To, Call-ID, CSeq, Max-Forwards.
  EXPECT_EQ(Broken("OPTIONS sip:a SIP/2.0\r\n\r\n").size(), 6u);
}

TEST(Validate, ValuesMustObeyTheirGrammar) {
  EXPECT_THAT(BrokenWith("CSeq: 1 INVITE", "CSeq: 36893488147419103232 INVITE"),
              ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("Max-Forwards: 70", "Max-Forwards: 300"), ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("From: <sip:alice", "From: \"Alice <sip:alice"),
              ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("z9hG4bK1", "z9hG4bK1;;,;,,"), Contains("sip.header_value"));
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nExpires: 0 0l@g\r\n\r\n"),
              ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nDate: Fri, 01 Jan 2010 16:00:00 EST\r\n\r\n"),
              ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("Contact: <sip:alice@192.0.2.1>", "Contact: sip:alice@192.0.2.1?x=y"),
              Contains("sip.header_value"));
}

TEST(Validate, EmptyValuesAreAllowedWhereTheGrammarHasThem) {
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nSupported:\r\nAllow: \r\nAccept:\r\nSubject:\r\n\r\n"),
              IsEmpty());
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nRequire:\r\n\r\n"), ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nRequire: a,\r\n\r\n"), ElementsAre("sip.header_value"));
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nRequire: a,,b\r\n\r\n"), ElementsAre("sip.header_value"));
}

TEST(Validate, UrisInHeadersMustBeUris) {
  EXPECT_THAT(BrokenWith("To: <sip:bob@example.com>", "To: <sip:bob@ex ample.com>"),
              ElementsAre("sip.header_uri"));
  EXPECT_THAT(BrokenWith("To: <sip:bob@example.com>", "To: <isbn:2983792873>"), IsEmpty());
}

TEST(Validate, TheRequestUriIsBare) {
  EXPECT_THAT(BrokenWith("INVITE sip:bob@example.com", "INVITE <sip:bob@example.com>"),
              ElementsAre("sip.request_uri"));
  EXPECT_THAT(
      BrokenWith("INVITE sip:bob@example.com", "INVITE sip:bob@example.com?Route=%3Csip%3E"),
      ElementsAre("sip.request_uri_headers"));
  EXPECT_THAT(BrokenWith("INVITE sip:bob@example.com", "INVITE name:John_Smith"), IsEmpty());
}

TEST(Validate, VersionMethodAndCSeqMustAgree) {
  EXPECT_THAT(BrokenWith("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"), ElementsAre("sip.version"));
  EXPECT_THAT(BrokenWith("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"), ElementsAre("sip.cseq_method"));
}

TEST(Validate, SingleHeadersComeOnce) {
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\nCSeq: 2 INVITE\r\nt: <sip:x>\r\n\r\n"),
              ElementsAre("sip.single_header", "sip.single_header"));
}

TEST(Validate, FromNeedsATagAndTheTopViaABranch) {
  EXPECT_THAT(BrokenWith(";tag=1", ""), ElementsAre("sip.from_tag"));
  EXPECT_THAT(BrokenWith(";branch=z9hG4bK1", ""), ElementsAre("sip.branch"));
  EXPECT_THAT(BrokenWith(";branch=z9hG4bK1", ";branch=z9hG4bK"), ElementsAre("sip.branch"));
  EXPECT_THAT(BrokenWith(";branch=z9hG4bK1", ";branch=1"), IsEmpty());  // of an RFC 2543 element
}

TEST(Validate, AStarContactOnlyUnregisters) {
  EXPECT_THAT(BrokenWith("Contact: <sip:alice@192.0.2.1>", "Contact: *"),
              ElementsAre("sip.star_contact"));
  constexpr absl::string_view kRegister =
      "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
      "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:a@example.com>\r\n"
      "Call-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: *\r\n";
  EXPECT_THAT(Broken(absl::StrCat(kRegister, "Expires: 0\r\n\r\n")), IsEmpty());
  EXPECT_THAT(Broken(absl::StrCat(kRegister, "Expires: 1\r\n\r\n")),
              ElementsAre("sip.star_contact"));
}

TEST(Validate, ABodyNeedsAContentType) {
  EXPECT_THAT(BrokenWith("\r\n\r\n", "\r\n\r\nbody"), ElementsAre("sip.content_type"));
}

TEST(Validate, OffsetsPointAtTheValue) {
  const std::string text = absl::StrReplaceAll(kGood, {{"CSeq: 1 INVITE", "CSeq: x INVITE"}});
  const Violations found = Validate(SipMessage::Parse(text).message);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].offset, text.find("x INVITE"));
}

TEST(Validate, SurvivesAnyDamage) {
  for (const char* text :
       {"", "x", "SIP/2.0", "\r\n", ": \r\n\r\n", "INVITE", "A B C\r\nVia:\r\n"}) {
    Validate(SipMessage::Parse(text).message);
  }
}

}  // namespace
}  // namespace tickwire::sip
