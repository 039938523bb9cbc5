// Printable: text from a packet or a scenario as terminals and XML files can take it.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_PRINTABLE_H_
#define TICKWIRE_EXPERIMENTS_VIEW_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace tickwire {

// One U+FFFD for each control character and each byte that is no part of well-formed UTF-8.
std::string Printable(absl::string_view text);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_PRINTABLE_H_
