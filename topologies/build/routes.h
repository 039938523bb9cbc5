// Static routes of a built network: shortest paths by delay through routers.
//
// A route goes to each link's network, by way of its router end (of two the nearer): hosts do not
// forward. Ties go to fewer hops, then to the node and the link of the lesser name. A node with a
// single link gets just a default route. Where several links share one prefix, routes to their
// single addresses take its place.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROUTES_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROUTES_H_

#include <string>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

struct RoutedNode {
  IpLayer* ip;
  bool is_router;
};

// One end of a link: which node, through which interface, with what addresses on it.
struct RoutedEnd {
  int node;  // index into the nodes
  Interface* interface;
  std::vector<IpPrefix> addresses;
  Duration delay;  // from this end to the other
};

struct RoutedLink {
  std::string name;
  RoutedEnd a, b;
};

void AddShortestPathRoutes(const std::vector<RoutedNode>& nodes,
                           const std::vector<RoutedLink>& links);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROUTES_H_
