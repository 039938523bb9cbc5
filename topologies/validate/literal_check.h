// Checks one text against its unit and bounds.
#ifndef TICKWIRE_TOPOLOGIES_VALIDATE_LITERAL_CHECK_H_
#define TICKWIRE_TOPOLOGIES_VALIDATE_LITERAL_CHECK_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "topologies/diagnostic.h"
#include "topologies/options.pb.h"

namespace tickwire {

// nullopt: in order. Units that are not literals (MATCH, references, FILE) are always in order
// here.
std::optional<Finding> CheckLiteral(absl::string_view text, const scenario::FieldRules& rules,
                                    absl::string_view field_name);

// Integers. The bounds are plain numbers.
std::optional<Finding> CheckInteger(int64_t value, const scenario::FieldRules& rules,
                                    absl::string_view field_name);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_VALIDATE_LITERAL_CHECK_H_
