// What this build is.
#ifndef TICKWIRE_EXPERIMENTS_CLI_VERSION_H_
#define TICKWIRE_EXPERIMENTS_CLI_VERSION_H_

#include "absl/strings/string_view.h"

namespace tickwire::cli {

inline constexpr absl::string_view kVersion = TICKWIRE_VERSION;  // from the build

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_VERSION_H_
