// Collects the nodes and links of an expansion. Used by the expander's parts only.
#ifndef TICKWIRE_TOPOLOGIES_EXPAND_NETWORK_BUILDER_H_
#define TICKWIRE_TOPOLOGIES_EXPAND_NETWORK_BUILDER_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "topologies/expand/expander.h"

namespace tickwire {

class NetworkBuilder {
 public:
  explicit NetworkBuilder(Expansion& out) : out_(out) {}

  // The node as written, or the group that it stands for.
  void AddWrittenNode(const scenario::Node& node, int index);
  // Makes the node unless there is one (or a group) of that name.
  void EnsureNode(const std::string& name, const Origin& origin);
  void EnsureRouter(const std::string& name, const Origin& origin);
  // The names that a reference stands for: a group's members, or the name itself.
  std::vector<std::string> Members(const std::string& name) const;
  // Adds a link from a template. `name` may be empty. Reports a template that has ends of its own.
  void AddLink(const scenario::Link& pattern, const std::string& a, const std::string& b,
               const std::string& name, const Origin& origin);
  void AddWrittenLink(const scenario::Link& link, int index);
  void Report(const Origin& origin, int subfield, Finding finding) {
    out_.problems.push_back({origin, subfield, std::move(finding)});
  }
  // False once a limit has been reported: stop making things.
  bool has_room() const { return !full_; }

 private:
  struct Group {
    int count = 0;
  };
  scenario::Node* NewNode(const std::string& name, const Origin& origin);
  void NameLink(scenario::Link& link, const Origin& origin);

  Expansion& out_;
  absl::flat_hash_map<std::string, int> nodes_;  // name to index
  absl::flat_hash_map<std::string, Group> groups_;
  absl::flat_hash_map<std::string, int> links_;
  bool full_ = false;
};

// Node part of an attachment: "alice" of "alice/eth0".
absl::string_view NodeOfAttachment(absl::string_view attachment);
// Interface part, or "".
absl::string_view InterfaceOfAttachment(absl::string_view attachment);

// expand/shorthands.cc
void ExpandShorthands(const scenario::Scenario& written, NetworkBuilder& network);
// expand/addresses.cc: interfaces and addresses for all links of out.scenario.
void AssignAddresses(Expansion& out);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_EXPAND_NETWORK_BUILDER_H_
