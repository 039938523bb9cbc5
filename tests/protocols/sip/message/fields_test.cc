#include "protocols/sip/message/fields.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tickwire::sip {
namespace {

std::optional<FieldValue> Get(const SipMessage& message, absl::string_view name) {
  const std::optional<FieldId> id = FindField(name);
  EXPECT_TRUE(id.has_value()) << name;
  return Field(message, *id);
}
FieldValue Text(absl::string_view text) { return {FieldKind::kText, 0, text}; }
FieldValue Number(int64_t number) { return {FieldKind::kNumber, number, {}}; }
FieldValue Bool(bool value) { return {FieldKind::kBool, value, {}}; }

TEST(Fields, AreFoundByTheirUniqueName) {
  std::set<absl::string_view> names;
  for (const FieldInfo& field : AllFields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_EQ(FindField(field.name), field.id);
    EXPECT_FALSE(field.doc.empty());
  }
  EXPECT_EQ(FindField("sip.statu"), std::nullopt);
}

TEST(Fields, OfAResponse) {
  const SipMessage message = SipMessage::Parse(
                                 "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                                 "From: <sip:a@b>;tag=f\r\nTo: <sip:c@d>;tag=t\r\nCall-ID: x@y\r\n"
                                 "CSeq: 7 INVITE\r\nm: <sip:c@e>\r\n\r\n")
                                 .message;
  EXPECT_EQ(Get(message, "sip.is_request"), Bool(false));
  EXPECT_EQ(Get(message, "sip.is_response"), Bool(true));
  EXPECT_EQ(Get(message, "sip.status"), Number(200));
  EXPECT_EQ(Get(message, "sip.reason"), Text("OK"));
  EXPECT_EQ(Get(message, "sip.method"), std::nullopt);
  EXPECT_EQ(Get(message, "sip.start_line"), Text("SIP/2.0 200 OK"));
  EXPECT_EQ(Get(message, "sip.call_id"), Text("x@y"));
  EXPECT_EQ(Get(message, "cseq.method"), Text("INVITE"));
  EXPECT_EQ(Get(message, "cseq.number"), Number(7));
  EXPECT_EQ(Get(message, "via.branch"), Text("z9hG4bK1"));
  EXPECT_EQ(Get(message, "via.count"), Number(1));
  EXPECT_EQ(Get(message, "from.tag"), Text("f"));
  EXPECT_EQ(Get(message, "to.tag"), Text("t"));
  EXPECT_EQ(Get(message, "to.uri"), Text("sip:c@d"));
  EXPECT_EQ(Get(message, "contact.uri"), Text("sip:c@e"));
}

TEST(Fields, OfARequestWithBrokenHeaders) {
  const SipMessage message =
      SipMessage::Parse("BYE sip:a@b SIP/2.0\r\nTo: <sip:c@d>\r\nCSeq: x\r\n\r\n").message;
  EXPECT_EQ(Get(message, "sip.method"), Text("BYE"));
  EXPECT_EQ(Get(message, "sip.request_uri"), Text("sip:a@b"));
  EXPECT_EQ(Get(message, "sip.status"), std::nullopt);
  EXPECT_EQ(Get(message, "to.tag"), std::nullopt);
  EXPECT_EQ(Get(message, "cseq.number"), std::nullopt);
  EXPECT_EQ(Get(message, "via.branch"), std::nullopt);
}

}  // namespace
}  // namespace tickwire::sip
