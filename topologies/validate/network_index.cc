#include "topologies/validate/network_index.h"

#include <algorithm>

#include "sim_core/base/check.h"
#include "topologies/expand/network_builder.h"
#include "topologies/match/suggest.h"

namespace tickwire {

using scenario::Interface;
using scenario::Link;
using scenario::Node;

namespace {
constexpr size_t kMostSuggestions = 10'000;
}  // namespace

NetworkIndex::NetworkIndex(const scenario::Scenario& expanded) : scenario_(expanded) {
  for (int i = 0; i < scenario_.node_size(); ++i) nodes_.emplace(scenario_.node(i).name(), i);
  for (int i = 0; i < scenario_.link_size(); ++i) links_.emplace(scenario_.link(i).name(), i);
  BuildReachability();
}

std::optional<int> NetworkIndex::Find(absl::string_view name) const {
  const auto it = nodes_.find(name);
  if (it == nodes_.end()) return std::nullopt;
  return it->second;
}

const Node& NetworkIndex::node(absl::string_view name) const {
  const std::optional<int> index = Find(name);
  TW_CHECK(index.has_value());
  return scenario_.node(*index);
}

bool NetworkIndex::HasInterface(absl::string_view node_name, absl::string_view interface) const {
  const std::optional<int> index = Find(node_name);
  if (!index) return false;
  const auto& interfaces = scenario_.node(*index).interface();
  return std::any_of(interfaces.begin(), interfaces.end(),
                     [&](const Interface& i) { return i.name() == interface; });
}

bool NetworkIndex::HasRole(absl::string_view node_name, absl::string_view role) const {
  if (const size_t bar = role.find('|'); bar != absl::string_view::npos) {
    return HasRole(node_name, role.substr(0, bar)) || HasRole(node_name, role.substr(bar + 1));
  }
  const std::optional<int> index = Find(node_name);
  if (!index) return false;
  for (const scenario::Role& candidate : scenario_.node(*index).role()) {
    // A role that could not be read may have been meant as this one; its own mistake is told of.
    if (candidate.kind_case() == scenario::Role::KIND_NOT_SET) return true;
    if (candidate.kind_case() == scenario::Role::kCustom) {
      const absl::string_view url = candidate.custom().type_url();
      if (url.substr(url.rfind('/') + 1) == role) return true;
      continue;
    }
    const google::protobuf::FieldDescriptor* field =
        scenario::Role::descriptor()->FindFieldByNumber(candidate.kind_case());
    if (field != nullptr && field->name() == role) return true;
  }
  return false;
}

int NetworkIndex::Root(int node) const {
  while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
  return node;
}

void NetworkIndex::BuildReachability() {
  neighbours_.resize(scenario_.node_size());
  parent_.resize(scenario_.node_size());
  for (int i = 0; i < scenario_.node_size(); ++i) parent_[i] = i;
  for (const Link& link : scenario_.link()) {
    const std::optional<int> a = Find(NodeOfAttachment(link.a()));
    const std::optional<int> b = Find(NodeOfAttachment(link.b()));
    has_loose_ends_ |= !a || !b;
    if (!a || !b || *a == *b) continue;
    neighbours_[*a].push_back(*b);
    neighbours_[*b].push_back(*a);
    if (scenario_.node(*a).router() && scenario_.node(*b).router()) parent_[Root(*a)] = Root(*b);
  }
}

bool NetworkIndex::Reaches(absl::string_view from, absl::string_view to) const {
  std::optional<int> a = Find(from), b = Find(to);
  if (!a || !b) return false;
  // Paths work both ways; look around the end with fewer neighbours first.
  if (neighbours_[*a].size() > neighbours_[*b].size()) std::swap(a, b);
  if (*a == *b) return true;
  // Router groups at the ends; the ends themselves need not be routers.
  std::vector<int> at_a;
  if (scenario_.node(*a).router()) at_a.push_back(Root(*a));
  for (const int neighbour : neighbours_[*a]) {
    if (neighbour == *b) return true;
    if (scenario_.node(neighbour).router()) at_a.push_back(Root(neighbour));
  }
  std::sort(at_a.begin(), at_a.end());
  const auto meets = [&](int router) {
    return std::binary_search(at_a.begin(), at_a.end(), Root(router));
  };
  if (scenario_.node(*b).router() && meets(*b)) return true;
  return std::any_of(neighbours_[*b].begin(), neighbours_[*b].end(), [&](int neighbour) {
    return scenario_.node(neighbour).router() && meets(neighbour);
  });
}

bool NetworkIndex::IsLinked(absl::string_view node_name) const {
  const std::optional<int> index = Find(node_name);
  return index && !neighbours_[*index].empty();
}

std::vector<std::string> NetworkIndex::Addresses(absl::string_view node_name) const {
  std::vector<std::string> out;
  const std::optional<int> index = Find(node_name);
  if (!index) return out;
  for (const Interface& interface : scenario_.node(*index).interface()) {
    for (const std::string& address : interface.address()) {
      out.push_back(address.substr(0, address.find('/')));
    }
  }
  return out;
}

std::string NetworkIndex::NearestNode(absl::string_view name) const {
  std::vector<absl::string_view> names;
  for (const Node& node : scenario_.node()) {
    if (names.size() < kMostSuggestions) names.push_back(node.name());
  }
  return Nearest(name, names);
}

std::string NetworkIndex::NearestLink(absl::string_view name) const {
  std::vector<absl::string_view> names;
  for (const Link& link : scenario_.link()) {
    if (names.size() < kMostSuggestions) names.push_back(link.name());
  }
  const std::string nearest = Nearest(name, names);
  if (!nearest.empty()) return nearest;
  // "bob-alice" for "alice-bob".
  for (const Link& link : scenario_.link()) {
    const std::string reversed =
        std::string(NodeOfAttachment(link.b())) + "-" + std::string(NodeOfAttachment(link.a()));
    if (reversed == name) return link.name();
  }
  return "";
}

std::string NetworkIndex::NearestInterface(absl::string_view node_name,
                                           absl::string_view name) const {
  std::vector<absl::string_view> names;
  const std::optional<int> index = Find(node_name);
  if (!index) return "";
  for (const Interface& interface : scenario_.node(*index).interface()) {
    names.push_back(interface.name());
  }
  return Nearest(name, names);
}

}  // namespace tickwire
