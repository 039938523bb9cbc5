// CSeq (RFC 3261 §20.16) Call-ID (§20.8) and In-Reply-To (§20.21): what orders requests and names
// a call.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_CSEQ_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_CSEQ_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct CSeq {
  static constexpr absl::string_view kName = "CSeq";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.16";

  uint32_t number = 0;       // below 2^31 (§8.1.1.5)
  absl::string_view method;  // case-sensitive

  static std::optional<CSeq> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const CSeq&) const = default;
};

struct CallId {
  static constexpr absl::string_view kName = "Call-ID";
  static constexpr char kCompact = 'i';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.8";

  absl::string_view id;  // compared octet by octet

  static std::optional<CallId> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(id.data(), id.size()); }
  bool operator==(const CallId&) const = default;
};

struct InReplyTo {  // §20.21: the calls that this one answers
  static constexpr absl::string_view kName = "In-Reply-To";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.21";

  absl::string_view call_id;

  static std::optional<InReplyTo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(call_id.data(), call_id.size()); }
  bool operator==(const InReplyTo&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_CSEQ_H_
