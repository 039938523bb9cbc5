#include "topologies/expand/network_builder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tickwire {

using scenario::Link;
using scenario::Node;
using scenario::Scenario;

absl::string_view NodeOfAttachment(absl::string_view attachment) {
  return attachment.substr(0, attachment.find('/'));
}

absl::string_view InterfaceOfAttachment(absl::string_view attachment) {
  const size_t slash = attachment.find('/');
  return slash == absl::string_view::npos ? "" : attachment.substr(slash + 1);
}

Node* NetworkBuilder::NewNode(const std::string& name, const Origin& origin) {
  if (name.empty() || full_) return nullptr;
  if (out_.scenario.node_size() >= kMaxNodes) {
    full_ = true;
    Report(origin, 0, {"E0904", absl::StrCat("more than ", kMaxNodes, " nodes"), "", "", ""});
    return nullptr;
  }
  const auto [it, is_new] = nodes_.emplace(name, out_.scenario.node_size());
  if (!is_new || groups_.contains(name)) {
    Report(origin, origin.exact ? Node::kNameFieldNumber : 0,
           {"E0304", absl::StrCat("there are two nodes named \"", name, "\""), "a name of its own",
            "", ""});
    return nullptr;
  }
  Node* node = out_.scenario.add_node();
  node->set_name(name);
  out_.nodes.push_back(origin);
  return node;
}

void NetworkBuilder::AddWrittenNode(const Node& written, int index) {
  const Origin origin{Scenario::kNodeFieldNumber, index, true};
  if (written.count() <= 1) {
    Node* node = NewNode(written.name(), origin);
    if (node == nullptr) return;
    *node = written;
    node->clear_count();
    return;
  }
  if (nodes_.contains(written.name()) || groups_.contains(written.name())) {
    Report(origin, Node::kNameFieldNumber,
           {"E0304", absl::StrCat("there are two nodes named \"", written.name(), "\""),
            "a name of its own", "", ""});
    return;
  }
  groups_[written.name()].count = static_cast<int>(std::min<uint32_t>(written.count(), kMaxNodes));
  for (uint32_t i = 1; i <= written.count() && !full_; ++i) {
    const std::string name = absl::StrCat(written.name(), i);
    Node* node = NewNode(name, origin);
    if (node == nullptr) continue;
    *node = written;
    node->clear_count();
    node->set_name(name);
  }
}

void NetworkBuilder::EnsureNode(const std::string& name, const Origin& origin) {
  if (!nodes_.contains(name) && !groups_.contains(name)) NewNode(name, origin);
}

void NetworkBuilder::EnsureRouter(const std::string& name, const Origin& origin) {
  EnsureNode(name, origin);
  for (const std::string& member : Members(name)) {
    const auto it = nodes_.find(member);
    if (it != nodes_.end()) out_.scenario.mutable_node(it->second)->set_router(true);
  }
}

std::vector<std::string> NetworkBuilder::Members(const std::string& name) const {
  const auto group = groups_.find(name);
  if (group == groups_.end()) return {name};
  std::vector<std::string> out;
  for (int i = 1; i <= group->second.count; ++i) out.push_back(absl::StrCat(name, i));
  return out;
}

void NetworkBuilder::NameLink(Link& link, const Origin& origin) {
  const bool has_name = !link.name().empty();
  if (!has_name) {
    link.set_name(absl::StrCat(NodeOfAttachment(link.a()), "-", NodeOfAttachment(link.b())));
  }
  if (!links_.emplace(link.name(), out_.scenario.link_size()).second) {
    Report(origin, origin.exact && has_name ? Link::kNameFieldNumber : 0,
           {"E0305", absl::StrCat("there are two links named \"", link.name(), "\""),
            has_name ? "a name of its own" : "`name: \"...\"` for links between the same nodes", "",
            ""});
  }
}

void NetworkBuilder::AddLink(const Link& pattern, const std::string& a, const std::string& b,
                             const std::string& name, const Origin& origin) {
  if (full_ || a.empty() || b.empty()) return;
  if (out_.scenario.link_size() >= kMaxLinks) {
    full_ = true;
    return Report(origin, 0,
                  {"E0904", absl::StrCat("more than ", kMaxLinks, " links"), "", "", ""});
  }
  if (!pattern.a().empty() || !pattern.b().empty() || !pattern.name().empty()) {
    full_ = true;  // once is enough
    return Report(origin, 0,
                  {"E0314", "the link of a shorthand has a, b or name of its own",
                   "rate, delay, mtu, queue and effects only", "",
                   "the shorthand says which nodes it joins"});
  }
  for (const std::string* end : {&a, &b}) {
    if (groups_.contains(*end)) {
      return Report(
          origin, 0,
          {"E0317", absl::StrCat("\"", *end, "\" is a group of nodes"), "a single node",
           absl::StrCat(*end, 1), "groups may be leaves of a star or ends of a dumbbell"});
    }
  }
  if (a == b) {
    return Report(origin, 0,
                  {"E0308", absl::StrCat("this joins \"", a, "\" to itself"), "two nodes", "", ""});
  }
  Link link = pattern;
  link.set_a(a);
  link.set_b(b);
  link.set_name(name);
  NameLink(link, origin);
  *out_.scenario.add_link() = std::move(link);
  out_.links.push_back(origin);
}

void NetworkBuilder::AddWrittenLink(const Link& written, int index) {
  Link link = written;
  const Origin origin{Scenario::kLinkFieldNumber, index, true};
  if (!link.a().empty() && !link.b().empty()) NameLink(link, origin);
  *out_.scenario.add_link() = std::move(link);
  out_.links.push_back(origin);
}

}  // namespace tickwire
