// RecordRef: names one canonical trace record for ever.
#ifndef TICKWIRE_SIM_CORE_BASE_RECORD_REF_H_
#define TICKWIRE_SIM_CORE_BASE_RECORD_REF_H_

#include <compare>
#include <cstdint>

#include "sim_core/base/strong_alias.h"

namespace tickwire {

// The index counts the node's canonical records from 1; 0 means "none".
struct RecordRef {
  NodeId node;
  uint32_t index = 0;
  bool has_value() const { return index != 0; }
  auto operator<=>(const RecordRef&) const = default;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_RECORD_REF_H_
