// Status codes and their default reason phrases (RFC 3261 §21 and its extensions).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_STATUS_CODE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_STATUS_CODE_H_

#include "absl/strings/string_view.h"

namespace tickwire::sip {

// The phrase for `status`; of its class (x00) when the code is unknown (§8.1.3.2); empty outside
// 100 to 699.
absl::string_view ReasonPhrase(int status);

constexpr bool IsProvisional(int status) { return status >= 100 && status < 200; }
constexpr bool IsSuccess(int status) { return status >= 200 && status < 300; }
constexpr bool IsFinal(int status) { return status >= 200; }

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_STATUS_CODE_H_
