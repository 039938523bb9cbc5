// Request methods (RFC 3261 §7.1 and its extensions). Names are case-sensitive.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_METHOD_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_METHOD_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

enum class Method : uint8_t {
  kOther,      // any other token: an extension that this stack does not know
  kInvite,     // RFC 3261
  kAck,        // RFC 3261
  kBye,        // RFC 3261
  kCancel,     // RFC 3261
  kOptions,    // RFC 3261
  kRegister,   // RFC 3261
  kPrack,      // RFC 3262
  kUpdate,     // RFC 3311
  kMessage,    // RFC 3428
  kRefer,      // RFC 3515
  kPublish,    // RFC 3903
  kInfo,       // RFC 6086
  kSubscribe,  // RFC 6665
  kNotify,     // RFC 6665
};

Method ParseMethod(absl::string_view text);
// REQUIRES: method != kOther.
absl::string_view MethodName(Method method);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_METHOD_H_
