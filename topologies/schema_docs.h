// What the comments in topologies/*.proto say, at run time: `tickwire explain Link`.
#ifndef TICKWIRE_TOPOLOGIES_SCHEMA_DOCS_H_
#define TICKWIRE_TOPOLOGIES_SCHEMA_DOCS_H_

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire {

// The comment above a message, enum, field or enum value of this tree's schema; "" if it has none.
// Lines are joined to one text. By full name: "tickwire.scenario.Link.delay".
std::string SchemaDoc(absl::string_view full_name);

// The message or enum that a word speaks of: its name ("Link", in any case), or the name of a field
// of such a type ("link", "sip_ua"). nullopt: none.
// Text: what it is, then each field with type, unit, default, bounds and comment.
std::optional<std::string> DescribeSchema(absl::string_view word);

// The names that DescribeSchema knows, sorted: messages and enums.
std::vector<std::string> SchemaTypes();

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_SCHEMA_DOCS_H_
