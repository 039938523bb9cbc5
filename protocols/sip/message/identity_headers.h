// Who calls, and who may know: Privacy (RFC 3323 §4.2), P-Asserted-Identity and
// P-Preferred-Identity (RFC 3325 §9).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_IDENTITY_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_IDENTITY_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/name_addr.h"

namespace tickwire::sip {

struct Privacy {  // RFC 3323 §4.2
  static constexpr absl::string_view kName = "Privacy";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3323 4.2";
  absl::string_view values;  // "id;critical" as written; see Has
  bool Has(absl::string_view value) const;
  static std::optional<Privacy> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Privacy&) const = default;
};

struct PAssertedIdentity : NameAddr {  // RFC 3325 §9.1
  static constexpr absl::string_view kName = "P-Asserted-Identity";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3325 9.1";
  static std::optional<PAssertedIdentity> Parse(absl::string_view value);
};

struct PPreferredIdentity : NameAddr {  // RFC 3325 §9.2
  static constexpr absl::string_view kName = "P-Preferred-Identity";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3325 9.2";
  static std::optional<PPreferredIdentity> Parse(absl::string_view value);
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_IDENTITY_HEADERS_H_
