// Caller preferences (RFC 3841 §9): Accept-Contact, Reject-Contact, Request-Disposition.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_CALLER_PREFERENCES_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_CALLER_PREFERENCES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct AcceptContact {  // RFC 3841 §9.2: "*" and parameters
  static constexpr absl::string_view kName = "Accept-Contact";
  static constexpr char kCompact = 'a';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3841 9.2";
  Params params;  // feature parameters (RFC 3840), "require", "explicit"
  static std::optional<AcceptContact> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const AcceptContact&) const = default;
};

struct RejectContact {  // RFC 3841 §9.2: "*" and parameters
  static constexpr absl::string_view kName = "Reject-Contact";
  static constexpr char kCompact = 'j';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3841 9.2";
  Params params;  // feature parameters
  static std::optional<RejectContact> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RejectContact&) const = default;
};

struct RequestDisposition {  // RFC 3841 §9.1
  static constexpr absl::string_view kName = "Request-Disposition";
  static constexpr char kCompact = 'd';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3841 9.1";
  absl::string_view directive;  // "no-fork", "sequential", ...; one of the six pairs
  static std::optional<RequestDisposition> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RequestDisposition&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_CALLER_PREFERENCES_H_
