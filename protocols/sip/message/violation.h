// A breach of a rule in a received message: which rule, where it is written, and where in the text.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIOLATION_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIOLATION_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

// A rule is a static constant; its id is stable and may be shown, stored and searched for.
struct Rule {
  absl::string_view id;       // "sip.start_line"
  absl::string_view text;     // the rule, in our words
  absl::string_view section;  // "RFC 3261 7.1"
  int status;                 // what a server answers to a request that breaks it
};

struct Violation {
  const Rule* rule = nullptr;
  uint32_t offset = 0;  // octets from the start of the message
};

using Violations = std::vector<Violation>;

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIOLATION_H_
