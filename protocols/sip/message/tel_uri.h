// A tel URI (RFC 3966): a telephone number, global ("+1-201-555-0123") or local with a context.
//
// Views into the text that was parsed. Parsing takes the parameters in any order, as RFC 3261
// §19.1.6 needs; ToSipUri writes them in the order of RFC 3966 §3.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEL_URI_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEL_URI_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct TelUri {
  absl::string_view number;  // with "+" and visual separators as written
  absl::string_view params;  // ";isub=1411;postd=pp22" as written, or empty

  // Nothing for another scheme, a local number without phone-context (§5.1.5), a parameter that is
  // there twice, or both isub and ext (§5.3).
  static std::optional<TelUri> Parse(absl::string_view text);

  bool is_global() const { return !number.empty() && number.front() == '+'; }
  // The value of a parameter; nothing when absent, empty for a flag.
  std::optional<absl::string_view> Param(absl::string_view name) const;
  // Only what is dialled: without visual separators.
  std::string Digits() const;
  // "sip:+3585551234567;isub=1411;postd=pp22@host;user=phone" (RFC 3261 §19.1.6): lower case,
  // without separators, parameters in order, so that equal numbers give equal SIP URIs.
  std::string ToSipUri(absl::string_view host) const;
};

// RFC 3966 §4.
bool AreEquivalent(const TelUri& a, const TelUri& b);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_TEL_URI_H_
