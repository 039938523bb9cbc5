// An expanded scenario's nodes and links by name, and who can reach whom.
#ifndef TICKWIRE_TOPOLOGIES_VALIDATE_NETWORK_INDEX_H_
#define TICKWIRE_TOPOLOGIES_VALIDATE_NETWORK_INDEX_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// Borrows the scenario.
class NetworkIndex {
 public:
  explicit NetworkIndex(const scenario::Scenario& expanded);

  bool HasNode(absl::string_view name) const { return nodes_.contains(name); }
  bool HasLink(absl::string_view name) const { return links_.contains(name); }
  bool HasInterface(absl::string_view node, absl::string_view interface) const;
  // REQUIRES: HasNode(name).
  const scenario::Node& node(absl::string_view name) const;
  // By its name in roster.proto ("sip_ua"), or the full name of a custom role's message.
  bool HasRole(absl::string_view node, absl::string_view role) const;
  // A path over links on which every node between is a router. Unknown nodes reach nothing.
  bool Reaches(absl::string_view from, absl::string_view to) const;
  // Some link names a node that is not there, so that missing paths mean little.
  bool has_loose_ends() const { return has_loose_ends_; }
  bool IsLinked(absl::string_view node) const;
  // Addresses of a node's interfaces, without prefix lengths; empty for an unknown node.
  std::vector<std::string> Addresses(absl::string_view node) const;

  // For "did you mean".
  std::string NearestNode(absl::string_view name) const;
  std::string NearestLink(absl::string_view name) const;
  std::string NearestInterface(absl::string_view node, absl::string_view name) const;

 private:
  std::optional<int> Find(absl::string_view name) const;
  int Root(int node) const;
  void BuildReachability();

  const scenario::Scenario& scenario_;
  absl::flat_hash_map<std::string, int> nodes_;
  absl::flat_hash_map<std::string, int> links_;
  std::vector<std::vector<int>> neighbours_;
  // Union-find over routers: two routers with one root reach each other through routers only.
  mutable std::vector<int> parent_;
  bool has_loose_ends_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_VALIDATE_NETWORK_INDEX_H_
