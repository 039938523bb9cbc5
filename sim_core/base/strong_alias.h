// StrongAlias<Tag, T>: an id or count that does not mix with others of the same representation.
//
//   using NodeId = StrongAlias<struct NodeIdTag, uint32_t>;
//   NodeId id{3};  id.value == 3
#ifndef TICKWIRE_SIM_CORE_BASE_STRONG_ALIAS_H_
#define TICKWIRE_SIM_CORE_BASE_STRONG_ALIAS_H_

#include <compare>
#include <cstdint>

namespace tickwire {

template <class Tag, class T>
struct StrongAlias {
  T value{};
  auto operator<=>(const StrongAlias&) const = default;
};

// A node's rank among the names of its run in byte order, from 1; 0 is the scenario itself, which
// schedules timeline actions. Only an order and an index: stable things use the node's name.
using NodeId = StrongAlias<struct NodeIdTag, uint32_t>;
inline constexpr NodeId kScenarioNode{0};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_STRONG_ALIAS_H_
