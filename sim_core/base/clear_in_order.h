// ClearInOrder: empties a hash map of objects in the order of their keys.
//
// What an object does when it is destroyed (cancel its timers) is recorded. The order of a hash map
// is not that of its keys, and another one in each process, so that a node that goes away must not
// leave it to the map.
#ifndef TICKWIRE_SIM_CORE_BASE_CLEAR_IN_ORDER_H_
#define TICKWIRE_SIM_CORE_BASE_CLEAR_IN_ORDER_H_

#include <algorithm>
#include <utility>
#include <vector>

namespace tickwire {

// `Map`: from keys with an order to pointers that own. Each is out of the map when it is destroyed.
template <class Map>
void ClearInOrder(Map& map) {
  std::vector<typename Map::key_type> keys;  // may point into the objects: looked up, then let go
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  for (const auto& key : keys) {
    const auto found = map.find(key);
    if (found == map.end()) continue;  // gone with another one
    const auto owned = std::move(found->second);
    map.erase(found);
  }
}

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_CLEAR_IN_ORDER_H_
