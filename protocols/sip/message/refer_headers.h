// Call transfer: Refer-To (RFC 3515 §2.1), Referred-By (RFC 3892 §3), Replaces (RFC 3891 §6.1).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_REFER_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_REFER_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/name_addr.h"

namespace tickwire::sip {

struct ReferTo : NameAddr {  // RFC 3515 §2.1
  static constexpr absl::string_view kName = "Refer-To";
  static constexpr char kCompact = 'r';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3515 2.1";
  static std::optional<ReferTo> Parse(absl::string_view value);
};

struct ReferredBy : NameAddr {  // RFC 3892 §3
  static constexpr absl::string_view kName = "Referred-By";
  static constexpr char kCompact = 'b';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3892 3";
  std::optional<absl::string_view> cid() const { return params.Find("cid"); }
  static std::optional<ReferredBy> Parse(absl::string_view value);
};

struct Replaces {  // RFC 3891 §6.1
  static constexpr absl::string_view kName = "Replaces";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 3891 6.1";
  absl::string_view call_id;  // of the dialog to replace; octet by octet
  Params params;              // "to-tag" and "from-tag", each exactly once; "early-only"
  // As seen by the receiver of the Replaces: to-tag is its own tag in that dialog.
  absl::string_view to_tag() const { return params.Find("to-tag").value_or(absl::string_view()); }
  absl::string_view from_tag() const {
    return params.Find("from-tag").value_or(absl::string_view());
  }
  bool is_early_only() const { return params.Has("early-only"); }
  static std::optional<Replaces> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Replaces&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_REFER_HEADERS_H_
