// The topology shorthands. A new one: a message in scenario.proto, a function and a line here.
#include "absl/strings/str_cat.h"
#include "topologies/expand/network_builder.h"

namespace tickwire {
namespace {

using scenario::Link;
using scenario::Scenario;

std::string Or(const std::string& name, const char* fallback) {
  return name.empty() ? fallback : name;
}

void ExpandPair(const scenario::Pair& pair, const Origin& origin, NetworkBuilder& network) {
  network.EnsureNode(pair.a(), origin);
  network.EnsureNode(pair.b(), origin);
  network.AddLink(pair.link(), pair.a(), pair.b(), "", origin);
}

void ExpandStar(const scenario::Star& star, const Origin& origin, NetworkBuilder& network) {
  network.EnsureNode(star.hub(), origin);
  if (star.hub_is_router()) network.EnsureRouter(star.hub(), origin);
  for (const std::string& leaf : star.leaf()) {
    network.EnsureNode(leaf, origin);
    for (const std::string& member : network.Members(leaf)) {
      if (!network.has_room()) return;
      network.AddLink(star.link(), member, star.hub(), "", origin);
    }
  }
}

void ExpandDumbbell(const scenario::Dumbbell& dumbbell, const Origin& origin,
                    NetworkBuilder& network) {
  const std::string left = Or(dumbbell.left_router(), "r1");
  const std::string right = Or(dumbbell.right_router(), "r2");
  network.EnsureRouter(left, origin);
  network.EnsureRouter(right, origin);
  network.AddLink(dumbbell.bottleneck(), left, right, "", origin);
  const auto attach = [&](const auto& names, const std::string& router) {
    for (const std::string& name : names) {
      network.EnsureNode(name, origin);
      for (const std::string& member : network.Members(name)) {
        if (!network.has_room()) return;
        network.AddLink(dumbbell.access(), member, router, "", origin);
      }
    }
  };
  attach(dumbbell.left(), left);
  attach(dumbbell.right(), right);
}

void ExpandChain(const scenario::Chain& chain, const Origin& origin, NetworkBuilder& network) {
  const std::string prefix = Or(chain.router_name(), "r");
  const uint32_t routers = chain.has_routers() ? chain.routers() : 1;
  network.EnsureNode(chain.from(), origin);
  network.EnsureNode(chain.to(), origin);
  std::string previous = chain.from();
  for (uint32_t i = 1; i <= routers && network.has_room(); ++i) {
    const std::string router = absl::StrCat(prefix, i);
    network.EnsureRouter(router, origin);
    network.AddLink(chain.link(), previous, router, "", origin);
    previous = router;
  }
  network.AddLink(chain.link(), previous, chain.to(), "", origin);
}

void ExpandParkingLot(const scenario::ParkingLot& lot, const Origin& origin,
                      NetworkBuilder& network) {
  const std::string prefix = Or(lot.router_name(), "r");
  const std::string cross = Or(lot.cross_name(), "cross");
  const uint32_t hops = lot.hops() == 0 ? 3 : lot.hops();
  const auto router = [&](uint32_t i) { return absl::StrCat(prefix, i); };
  for (uint32_t i = 1; i <= hops + 1; ++i) network.EnsureRouter(router(i), origin);
  network.EnsureNode(lot.from(), origin);
  network.EnsureNode(lot.to(), origin);
  network.AddLink(lot.access(), lot.from(), router(1), "", origin);
  for (uint32_t i = 1; i <= hops && network.has_room(); ++i) {
    network.AddLink(lot.bottleneck(), router(i), router(i + 1), "", origin);
    const std::string a = absl::StrCat(cross, i, "-a"), b = absl::StrCat(cross, i, "-b");
    network.EnsureNode(a, origin);
    network.EnsureNode(b, origin);
    network.AddLink(lot.access(), a, router(i), "", origin);
    network.AddLink(lot.access(), router(i + 1), b, "", origin);
  }
  network.AddLink(lot.access(), router(hops + 1), lot.to(), "", origin);
}

void ExpandTrapezoid(const scenario::SipTrapezoid& trapezoid, const Origin& origin,
                     NetworkBuilder& network) {
  const std::string caller = Or(trapezoid.caller(), "alice");
  const std::string callee = Or(trapezoid.callee(), "bob");
  const std::string caller_proxy = Or(trapezoid.caller_proxy(), "atlanta");
  const std::string callee_proxy = Or(trapezoid.callee_proxy(), "biloxi");
  for (const std::string& name : {caller, caller_proxy, callee_proxy, callee}) {
    network.EnsureNode(name, origin);
  }
  network.AddLink(trapezoid.access(), caller, caller_proxy, "", origin);
  network.AddLink(trapezoid.trunk(), caller_proxy, callee_proxy, "", origin);
  network.AddLink(trapezoid.access(), callee_proxy, callee, "", origin);
  network.AddLink(trapezoid.direct(), caller, callee, "", origin);
}

void ExpandMultihomed(const scenario::MultihomedPair& pair, const Origin& origin,
                      NetworkBuilder& network) {
  network.EnsureNode(pair.a(), origin);
  network.EnsureNode(pair.b(), origin);
  const int paths = pair.path_size() == 0 ? 2 : pair.path_size();
  for (int i = 0; i < paths; ++i) {
    network.AddLink(pair.path_size() == 0 ? Link() : pair.path(i), pair.a(), pair.b(),
                    absl::StrCat(pair.a(), "-", pair.b(), "-", i + 1), origin);
  }
}

template <class Field, class Expander>
void ForEach(const Field& shorthands, int number, NetworkBuilder& network, Expander expand) {
  for (int i = 0; i < shorthands.size() && network.has_room(); ++i) {
    expand(shorthands.Get(i), Origin{number, i, false}, network);
  }
}

}  // namespace

void ExpandShorthands(const Scenario& written, NetworkBuilder& network) {
  ForEach(written.pair(), Scenario::kPairFieldNumber, network, ExpandPair);
  ForEach(written.star(), Scenario::kStarFieldNumber, network, ExpandStar);
  ForEach(written.dumbbell(), Scenario::kDumbbellFieldNumber, network, ExpandDumbbell);
  ForEach(written.chain(), Scenario::kChainFieldNumber, network, ExpandChain);
  ForEach(written.parking_lot(), Scenario::kParkingLotFieldNumber, network, ExpandParkingLot);
  ForEach(written.sip_trapezoid(), Scenario::kSipTrapezoidFieldNumber, network, ExpandTrapezoid);
  ForEach(written.multihomed_pair(), Scenario::kMultihomedPairFieldNumber, network,
          ExpandMultihomed);
}

}  // namespace tickwire
