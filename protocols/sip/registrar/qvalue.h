// The q parameter of a contact: how much it is preferred (RFC 3261 §20.10, qvalue of §25.1).
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_QVALUE_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_QVALUE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

// In thousandths: "1", "0.7", "0.125" are 1000, 700, 125. Nothing outside of 0 to 1, or with more
// than three digits behind the point.
std::optional<uint16_t> ParseQValue(absl::string_view text);
// "1", "0.7": without zeros at the end.
std::string QValueText(uint16_t thousandths);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_QVALUE_H_
