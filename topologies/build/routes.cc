#include "topologies/build/routes.h"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <utility>

namespace tickwire {
namespace {

// A direction of a link as seen from the node at its begin.
struct Hop {
  int link;
  int to;
  Duration delay;
  Interface* out;
};

struct Cost {
  Duration delay = Duration::Infinite();
  int hops = 0;
  auto operator<=>(const Cost&) const = default;
};

class Router {
 public:
  Router(const std::vector<RoutedNode>& nodes, const std::vector<RoutedLink>& links);
  void AddRoutesOf(int node);

 private:
  // From `source`, for every node: the cost, and the interface by which the path leaves.
  struct Reached {
    Cost cost;
    Interface* out = nullptr;
  };
  std::vector<Reached> ShortestPaths(int source) const;
  // What routes to the network of an end are for: its prefix, or its very addresses.
  std::vector<IpPrefix> TargetsOf(const RoutedEnd& end) const;

  const std::vector<RoutedNode>& nodes_;
  const std::vector<RoutedLink>& links_;
  std::vector<std::vector<Hop>> hops_;  // by node, in the order of link names
  std::map<IpPrefix, int> links_of_prefix_;
};

Router::Router(const std::vector<RoutedNode>& nodes, const std::vector<RoutedLink>& links)
    : nodes_(nodes), links_(links), hops_(nodes.size()) {
  std::vector<int> order(links.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::sort(order.begin(), order.end(),
            [&](int x, int y) { return links[x].name < links[y].name; });
  for (int i : order) {
    const RoutedLink& link = links[i];
    hops_[link.a.node].push_back({i, link.b.node, link.a.delay, link.a.interface});
    hops_[link.b.node].push_back({i, link.a.node, link.b.delay, link.b.interface});
    std::vector<IpPrefix> networks;
    for (const RoutedEnd* end : {&link.a, &link.b}) {
      for (const IpPrefix& address : end->addresses) networks.push_back(address.Network());
    }
    std::sort(networks.begin(), networks.end());
    networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
    for (const IpPrefix& network : networks) ++links_of_prefix_[network];
  }
}

std::vector<IpPrefix> Router::TargetsOf(const RoutedEnd& end) const {
  std::vector<IpPrefix> targets;
  for (const IpPrefix& address : end.addresses) {
    const IpPrefix network = address.Network();
    targets.push_back(links_of_prefix_.at(network) == 1
                          ? network
                          : IpPrefix{address.address, address.address.bits()});
  }
  return targets;
}

std::vector<Router::Reached> Router::ShortestPaths(int source) const {
  std::vector<Reached> reached(nodes_.size());
  std::vector<bool> settled(nodes_.size(), false);
  using Item = std::tuple<Cost, int, Interface*>;
  const auto later = [](const Item& x, const Item& y) {
    return std::tie(std::get<0>(x), std::get<1>(x)) > std::tie(std::get<0>(y), std::get<1>(y));
  };
  std::priority_queue<Item, std::vector<Item>, decltype(later)> frontier(later);
  reached[source].cost = {Duration(), 0};
  frontier.emplace(reached[source].cost, source, nullptr);
  while (!frontier.empty()) {
    const auto [cost, node, out] = frontier.top();
    frontier.pop();
    if (settled[node]) continue;
    settled[node] = true;
    if (node != source && !nodes_[node].is_router) continue;  // hosts do not forward
    for (const Hop& hop : hops_[node]) {
      const Cost next{cost.delay + hop.delay, cost.hops + 1};
      if (settled[hop.to] || next >= reached[hop.to].cost) continue;
      Interface* const via = node == source ? hop.out : reached[node].out;
      reached[hop.to] = {next, via};
      frontier.emplace(next, hop.to, via);
    }
  }
  return reached;
}

void Router::AddRoutesOf(int node) {
  IpLayer& ip = *nodes_[node].ip;
  if (hops_[node].size() == 1) {
    Interface& out = *hops_[node][0].out;
    ip.AddRoute({IpAddress(), 0}, out);
    ip.AddRoute({IpAddress::FromBytes(std::array<uint8_t, 16>{}), 0}, out);
    return;
  }
  const std::vector<Reached> reached = ShortestPaths(node);
  for (const RoutedLink& link : links_) {
    // Towards the nearer end that can be reached; on this node itself the link is the way.
    for (const RoutedEnd* end : {&link.a, &link.b}) {
      const RoutedEnd& other = end == &link.a ? link.b : link.a;
      if (end->node == node) continue;
      // By way of a router if there is one, as hosts do not forward; of two the nearer.
      const bool other_is_better =
          nodes_[other.node].is_router && reached[other.node].out != nullptr &&
          (!nodes_[end->node].is_router || reached[other.node].cost < reached[end->node].cost);
      Interface* out = nullptr;
      if (other.node == node) {
        out = other.interface;
      } else if (other_is_better) {
        out = reached[other.node].out;
      } else {
        out = reached[end->node].out;
      }
      if (out == nullptr) continue;
      for (const IpPrefix& target : TargetsOf(*end)) ip.AddRoute(target, *out);
    }
  }
}

}  // namespace

void AddShortestPathRoutes(const std::vector<RoutedNode>& nodes,
                           const std::vector<RoutedLink>& links) {
  Router router(nodes, links);
  for (size_t i = 0; i < nodes.size(); ++i) router.AddRoutesOf(static_cast<int>(i));
}

}  // namespace tickwire
