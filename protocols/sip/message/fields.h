// Fields of a message by name, for the match language ("sip.status==200 && cseq.method==INVITE").
//
// The table is the only list of names; an id is a place in it and never leaves the process.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_FIELDS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_FIELDS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

enum class FieldId : uint8_t {
  kIsRequest,
  kIsResponse,
  kMethod,
  kStatus,
  kReason,
  kRequestUri,
  kStartLine,
  kVersion,
  kCallId,
  kBodySize,
  kMaxForwards,
  kExpires,
  kContentType,
  kCSeqNumber,
  kCSeqMethod,
  kViaBranch,
  kViaHost,
  kViaTransport,
  kViaCount,
  kFromTag,
  kFromUri,
  kToTag,
  kToUri,
  kContactUri,
};

enum class FieldKind : uint8_t { kNumber, kText, kBool };

struct FieldInfo {
  FieldId id;
  absl::string_view name;
  FieldKind kind;
  absl::string_view doc;  // one line
};

// One kind's value; text views into the message.
struct FieldValue {
  FieldKind kind = FieldKind::kBool;
  int64_t number = 0;  // also a bool: 0 or 1
  absl::string_view text;
  bool operator==(const FieldValue&) const = default;
};

// All fields, by FieldId.
std::span<const FieldInfo> AllFields();
// Nothing for an unknown name.
std::optional<FieldId> FindField(absl::string_view name);
// Nothing when the message has no such field (sip.status of a request, a missing or broken header).
std::optional<FieldValue> Field(const SipMessage& message, FieldId id);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_FIELDS_H_
