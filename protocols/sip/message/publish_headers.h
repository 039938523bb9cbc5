// Event state publication (RFC 3903 §11.3): the names of one version of published state.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_PUBLISH_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_PUBLISH_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct SipEtag {  // RFC 3903 §11.3.1
  static constexpr absl::string_view kName = "SIP-ETag";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3903 11.3.1";
  absl::string_view entity_tag;  // compared octet by octet
  static std::optional<SipEtag> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const SipEtag&) const = default;
};

struct SipIfMatch {  // RFC 3903 §11.3.2
  static constexpr absl::string_view kName = "SIP-If-Match";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3903 11.3.2";
  absl::string_view entity_tag;
  static std::optional<SipIfMatch> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const SipIfMatch&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_PUBLISH_HEADERS_H_
