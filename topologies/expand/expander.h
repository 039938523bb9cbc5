// Turns a scenario as written into plain nodes and links: groups, shorthands, repeated actions,
// names of links and interfaces, addresses.
//
// A pure function. The result does not depend on the order of declarations: interfaces and
// addresses go by the rank of link names in byte order. What the file states is never changed.
//   addresses   IPv4: link number n (from 1) has 10.x.y.0/24 with x.y = n, `a` being .1 and `b` .2;
//               beyond 65,000 links a /30 each. IPv6: fd00:0:0:n::/64, ::1 and ::2. Networks that
//               overlap a stated address are passed over. If one end states an address, the other
//               gets the next one of the same network.
//   interfaces  eth0, eth1, ... of a node in the order of its links' names
#ifndef TICKWIRE_TOPOLOGIES_EXPAND_EXPANDER_H_
#define TICKWIRE_TOPOLOGIES_EXPAND_EXPANDER_H_

#include <vector>

#include "topologies/diagnostic.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

inline constexpr int kMaxNodes = 1'000'000;
inline constexpr int kMaxLinks = 2'000'000;
inline constexpr int kMaxActions = 2'000'000;

// Which part of the written scenario something comes from: field `field` of Scenario, element
// `index`. `exact`: it is that very element, not something made from a shorthand.
struct Origin {
  int field = 0;
  int index = 0;
  bool exact = false;
};

struct Problem {
  Origin origin;
  int subfield = 0;  // the field to blame inside the element; 0: the element itself
  Finding finding;
};

struct Expansion {
  scenario::Scenario scenario;
  std::vector<Origin> nodes, links, actions;  // parallel to node, link and at of `scenario`
  std::vector<Problem> problems;              // errors; the scenario is then incomplete
};

Expansion Expand(const scenario::Scenario& written);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_EXPAND_EXPANDER_H_
