// Bodies of NOTIFY: presence (RFC 3863) and registrations (RFC 3680).
#include <gtest/gtest.h>

#include "protocols/sip/body/pidf.h"
#include "protocols/sip/body/reg_info.h"

namespace tickwire::sip {
namespace {

// The first example of RFC 3863 §4.2.2.
constexpr char kPrefixed[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<impp:presence xmlns:impp=\"urn:ietf:params:xml:ns:pidf\"\n"
    " entity=\"pres:someone@example.com\">\n<impp:tuple id=\"sg89ae\">\n<impp:status>\n"
    "<impp:basic>open</impp:basic>\n</impp:status>\n"
    "<impp:contact priority=\"0.8\">tel:+09012345678</impp:contact>\n</impp:tuple>\n"
    "</impp:presence>";

TEST(Pidf, ReadsTheExampleAndWritesTheSame) {
  const auto pidf = Pidf::Parse(kPrefixed);
  ASSERT_TRUE(pidf.has_value());
  EXPECT_EQ(pidf->entity, "pres:someone@example.com");
  ASSERT_EQ(pidf->tuples.size(), 1u);
  EXPECT_TRUE(pidf->is_open());
  EXPECT_EQ(pidf->tuples[0].contact, "tel:+09012345678");
  EXPECT_EQ(pidf->tuples[0].priority, "0.8");
  EXPECT_EQ(Pidf::Parse(pidf->ToString()), pidf);
}

TEST(Pidf, EveryFieldSurvives) {
  Pidf pidf{"pres:a&b@example.com",
            {{"t1", false, "sip:a@b", "1.000", "at \"home\"", "2001-10-27T16:49:29Z"},
             {"t2", true, "", "", "", ""}},
            "<note>"};
  EXPECT_EQ(Pidf::Parse(pidf.ToString()), pidf);
  EXPECT_TRUE(pidf.is_open());
}

TEST(Pidf, RejectsWhatTheSchemaForbids) {
  const auto wrap = [](const std::string& inside) {
    return "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"pres:a@b\">" + inside +
           "</presence>";
  };
  EXPECT_TRUE(Pidf::Parse(wrap("")).has_value());
  EXPECT_TRUE(Pidf::Parse(wrap("<x:y xmlns:x='urn:z'/>")).has_value());
  for (const char* inside : {"<tuple><status><basic>open</basic></status></tuple>",
                             "<tuple id='1'/>", "<tuple id='1'><status/></tuple>",
                             "<tuple id='1'><status><basic>away</basic></status></tuple>",
                             "<tuple id='1'><status><basic>open</basic></status></tuple>"
                             "<tuple id='1'><status><basic>open</basic></status></tuple>"}) {
    EXPECT_FALSE(Pidf::Parse(wrap(inside)).has_value()) << inside;
  }
  EXPECT_FALSE(Pidf::Parse("<presence entity='a'/>").has_value());
  EXPECT_FALSE(Pidf::Parse("<presence xmlns='urn:ietf:params:xml:ns:pidf'/>").has_value());
}

// The example of RFC 3680 §5.3.
constexpr char kRegInfo[] =
    "<?xml version=\"1.0\"?>\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\"\n"
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" version=\"0\" state=\"full\">\n"
    "<registration aor=\"sip:user@example.com\" id=\"as9\" state=\"active\">\n"
    "<contact id=\"76\" state=\"active\" event=\"registered\" duration-registered=\"7322\"\n"
    "q=\"0.8\"><uri>sip:user@pc887.example.com</uri></contact>\n"
    "<contact id=\"77\" state=\"terminated\" event=\"expired\" duration-registered=\"3600\"\n"
    "q=\"0.5\"><uri>sip:user@university.edu</uri></contact>\n</registration>\n</reginfo>";

TEST(RegInfo, ReadsTheExampleAndWritesTheSame) {
  const auto info = RegInfo::Parse(kRegInfo);
  ASSERT_TRUE(info.has_value());
  ASSERT_EQ(info->registrations.size(), 1u);
  const RegisteredAddress& registration = info->registrations[0];
  EXPECT_EQ(registration.state, RegisteredAddress::State::kActive);
  ASSERT_EQ(registration.contacts.size(), 2u);
  EXPECT_EQ(registration.contacts[0].duration_registered_seconds, 7322u);
  EXPECT_FALSE(registration.contacts[1].is_active);
  EXPECT_EQ(registration.contacts[1].event, "expired");
  EXPECT_EQ(RegInfo::Parse(info->ToString()), info);
}

TEST(RegInfo, RejectsWhatTheSchemaForbids) {
  const auto contact = [](const std::string& attributes, const std::string& inside) {
    return RegInfo::Parse(
               "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"1\" state=\"partial\">"
               "<registration aor='a' id='1' state='init'><contact " +
               attributes + ">" + inside + "</contact></registration></reginfo>")
        .has_value();
  };
  const std::string uri = "<uri>sip:a</uri>";
  EXPECT_TRUE(contact("id='1' state='active' event='created'", uri));
  EXPECT_TRUE(contact("id='1' state='active' event='shortened' expires='5'", uri));
  EXPECT_FALSE(contact("id='1' state='active' event='created'", ""));
  EXPECT_FALSE(contact("state='active' event='created'", uri));
  EXPECT_FALSE(contact("id='1' state='asleep' event='created'", uri));
  EXPECT_FALSE(contact("id='1' state='active' event='bored'", uri));
  EXPECT_FALSE(contact("id='1' state='active' event='shortened'", uri));  // §5.1: expires
  EXPECT_FALSE(contact("id='1' state='active' event='probation'", uri));  // §5.1: retry-after
  EXPECT_FALSE(contact("id='1' state='active' event='created' cseq='x'", uri));
  EXPECT_FALSE(RegInfo::Parse("<reginfo xmlns='urn:ietf:params:xml:ns:reginfo' state='full'/>"));
}

// §5.2.
TEST(RegInfoTable, AppliesDocumentsByVersion) {
  RegInfo document;
  document.registrations = {{"sip:a@b", "r1", RegisteredAddress::State::kActive, {}}};
  RegContact phone;
  phone.id = "c1";
  phone.uri = "sip:a@1";
  document.registrations[0].contacts = {phone};
  RegInfoTable table;
  EXPECT_EQ(table.Apply(document), RegInfoTable::Outcome::kApplied);
  EXPECT_EQ(table.Apply(document), RegInfoTable::Outcome::kDiscarded);
  document.version = 1;
  document.is_full = false;
  document.registrations[0].contacts[0].id = "c2";
  EXPECT_EQ(table.Apply(document), RegInfoTable::Outcome::kApplied);
  EXPECT_EQ(table.registrations()[0].contacts.size(), 2u);
  document.version = 3;
  document.registrations[0].contacts[0].is_active = false;
  EXPECT_EQ(table.Apply(document), RegInfoTable::Outcome::kAppliedAfterGap);
  ASSERT_EQ(table.registrations()[0].contacts.size(), 1u);
  EXPECT_EQ(table.registrations()[0].contacts[0].id, "c1");
  document.version = 4;
  document.is_full = true;
  document.registrations.clear();
  EXPECT_EQ(table.Apply(document), RegInfoTable::Outcome::kApplied);
  EXPECT_TRUE(table.registrations().empty());
}

}  // namespace
}  // namespace tickwire::sip
