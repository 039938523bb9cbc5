#include "topologies/build/locators.h"

#include <algorithm>

namespace tickwire {
namespace {

uint16_t SipPortOf(const scenario::Node& node) {
  for (const scenario::Role& role : node.role()) {
    if (role.has_sip_ua()) return static_cast<uint16_t>(role.sip_ua().port());
    if (role.has_sip_scripted()) return static_cast<uint16_t>(role.sip_scripted().port());
  }
  return 0;
}

}  // namespace

sip::NameTable MakeNameTable(
    const scenario::Scenario& effective,
    const std::function<std::vector<IpAddress>(absl::string_view node)>& addresses_of) {
  std::vector<const scenario::Node*> nodes;
  for (const scenario::Node& node : effective.node()) nodes.push_back(&node);
  std::sort(nodes.begin(), nodes.end(),
            [](const auto* x, const auto* y) { return x->name() < y->name(); });
  sip::NameTable names;
  for (const scenario::Node* node : nodes) {
    for (const IpAddress& address : addresses_of(node->name())) {
      names.Add(node->name(), {address, SipPortOf(*node)});
    }
  }
  return names;
}

}  // namespace tickwire
