// Interfaces and addresses for every link; see expander.h for the rules.
#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "protocols/transport/ip_address.h"
#include "topologies/expand/network_builder.h"
#include "topologies/host_address.h"

namespace tickwire {
namespace {

using scenario::Interface;
using scenario::Link;
using scenario::Node;
using scenario::Scenario;

constexpr uint32_t kTenNet = 10u << 24;
constexpr uint32_t kTenNetSize = 1u << 24;
constexpr int kMostLinksWithSlash24 = 65'000;

// Networks that addresses in the file lie in, as closed ranges of IPv4 addresses.
class StatedNetworks {
 public:
  explicit StatedNetworks(const Scenario& scenario) {
    for (const Node& node : scenario.node()) {
      for (const Interface& interface : node.interface()) {
        for (const std::string& text : interface.address()) Add(text);
      }
    }
    std::sort(ranges_.begin(), ranges_.end());
    // So that a search may look at the nearest range only.
    uint32_t reach = 0;
    for (Range& range : ranges_) reach = range.last = std::max(range.last, reach);
    std::sort(v6_.begin(), v6_.end());
  }

  bool Overlaps(uint32_t first, uint32_t last) const {
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), Range{last, UINT32_MAX});
    return after != ranges_.begin() && std::prev(after)->last >= first;
  }
  bool HasV6(const IpPrefix& network) const {
    return std::binary_search(v6_.begin(), v6_.end(), network);
  }

 private:
  struct Range {
    uint32_t first, last;
    auto operator<=>(const Range&) const = default;
  };
  void Add(const std::string& text) {
    const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
    if (!prefix) return;
    if (prefix->address.is_v6()) {
      v6_.push_back(IpPrefix{prefix->address, 64}.Network());
      return;
    }
    const uint32_t first = prefix->Network().address.v4();
    const uint32_t size_minus_one =
        prefix->length == 0 ? UINT32_MAX
                            : static_cast<uint32_t>((uint64_t{1} << (32 - prefix->length)) - 1);
    ranges_.push_back({first, first + size_minus_one});
  }
  std::vector<Range> ranges_;
  std::vector<IpPrefix> v6_;
};

struct End {
  int node = -1;
  int interface = -1;
};

class Assigner {
 public:
  explicit Assigner(Expansion& out);
  void Run();

 private:
  Interface& At(End end) {
    return *scenario_.mutable_node(end.node)->mutable_interface(end.interface);
  }
  std::optional<End> Attach(int link, int subfield, std::string* attachment);
  End AddInterface(int node, const std::string& name);
  void GiveAddresses(int link, End a, End b, bool v6);
  // An address for `to` in a network that `from` states. False: there is none.
  bool JoinNetwork(const Interface& from, Interface& to, bool v6);
  std::string NextV4(int host, bool is_new);
  std::string NextV6(int host, bool is_new);

  Expansion& out_;
  Scenario& scenario_;
  const StatedNetworks stated_;
  absl::flat_hash_map<std::string, int> nodes_;       // name to index
  absl::flat_hash_map<std::string, int> interfaces_;  // "node/interface" to index
  absl::flat_hash_map<std::string, int> used_by_;     // "node/interface" to link
  std::vector<int> next_number_;                      // per node, of its eth interfaces
  uint32_t v4_number_ = 0, v6_number_ = 0;            // of the current link's networks
  const bool slash30_;
  bool is_exhausted_ = false;
};

std::string Key(const Node& node, absl::string_view interface) {
  return absl::StrCat(node.name(), "/", interface);
}

Assigner::Assigner(Expansion& out)
    : out_(out),
      scenario_(out.scenario),
      stated_(out.scenario),
      next_number_(out.scenario.node_size()),
      slash30_(out.scenario.link_size() > kMostLinksWithSlash24) {
  for (int i = 0; i < scenario_.node_size(); ++i) {
    const Node& node = scenario_.node(i);
    nodes_.emplace(node.name(), i);
    for (int j = 0; j < node.interface_size(); ++j) {
      interfaces_.emplace(Key(node, node.interface(j).name()), j);
    }
  }
}

End Assigner::AddInterface(int index, const std::string& name) {
  Node& node = *scenario_.mutable_node(index);
  interfaces_.emplace(Key(node, name), node.interface_size());
  node.add_interface()->set_name(name);
  return {index, node.interface_size() - 1};
}

// The interface that an end of a link names, made if need be; the attachment is completed.
std::optional<End> Assigner::Attach(int link, int subfield, std::string* attachment) {
  const auto found = nodes_.find(std::string(NodeOfAttachment(*attachment)));
  if (found == nodes_.end()) return std::nullopt;  // reported with the other references
  const Node& node = scenario_.node(found->second);
  std::string name(InterfaceOfAttachment(*attachment));
  End end{found->second, -1};
  if (name.empty()) {
    do {
      name = absl::StrCat("eth", next_number_[found->second]++);
    } while (interfaces_.contains(Key(node, name)));
  }
  const auto interface = interfaces_.find(Key(node, name));
  if (interface != interfaces_.end()) {
    end.interface = interface->second;
  } else {
    end = AddInterface(found->second, name);
  }
  const auto [use, is_first] = used_by_.emplace(Key(node, name), link);
  if (!is_first) {
    out_.problems.push_back({out_.links[link],
                             out_.links[link].exact ? subfield : 0,
                             {"E0309",
                              absl::StrCat("interface ", use->first, " is already taken by link \"",
                                           scenario_.link(use->second).name(), "\""),
                              "one link for each interface", "",
                              "an end that names only the node gets an interface of its own"}});
    return std::nullopt;
  }
  *attachment = Key(node, name);
  return end;
}

bool HasFamily(const Interface& interface, bool v6) {
  return std::any_of(interface.address().begin(), interface.address().end(),
                     [&](const std::string& text) {
                       const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
                       return prefix && prefix->address.is_v6() == v6;
                     });
}

bool Assigner::JoinNetwork(const Interface& from, Interface& to, bool v6) {
  for (const std::string& text : from.address()) {
    const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
    if (!prefix || prefix->address.is_v6() != v6) continue;
    const std::span<const uint8_t> stated = prefix->address.bytes();
    std::vector<uint8_t> bytes(stated.begin(), stated.end());
    for (const int step : {1, -1}) {
      const int last = stated.back() + step;
      if (last < 0 || last > 255) continue;
      bytes.back() = static_cast<uint8_t>(last);
      const IpPrefix candidate{IpAddress::FromBytes(bytes), prefix->length};
      if (!prefix->Contains(candidate.address) || !IsHostAddress(candidate)) continue;
      to.add_address(candidate.ToString());
      return true;
    }
    return false;
  }
  return false;
}

std::string Assigner::NextV4(int host, bool is_new) {
  const uint32_t step = slash30_ ? 4 : 256;
  if (is_new) {
    do {
      ++v4_number_;
    } while (v4_number_ < kTenNetSize / step &&
             stated_.Overlaps(kTenNet + v4_number_ * step, kTenNet + v4_number_ * step + step - 1));
  }
  if (v4_number_ >= kTenNetSize / step) {
    v4_number_ = kTenNetSize / step;  // and stays there
    return "";
  }
  return IpPrefix{IpAddress::V4(kTenNet + v4_number_ * step + host), slash30_ ? 30 : 24}.ToString();
}

std::string Assigner::NextV6(int host, bool is_new) {
  std::vector<uint8_t> bytes(16);
  bytes[0] = 0xfd;
  IpPrefix prefix;
  do {
    if (is_new) ++v6_number_;
    for (int i = 0; i < 4; ++i) bytes[4 + i] = static_cast<uint8_t>(v6_number_ >> (24 - 8 * i));
    bytes[15] = static_cast<uint8_t>(host);
    prefix = {IpAddress::FromBytes(bytes), 64};
  } while (is_new && stated_.HasV6(prefix.Network()));
  return prefix.ToString();
}

void Assigner::GiveAddresses(int link, End a, End b, bool v6) {
  const bool has_a = HasFamily(At(a), v6), has_b = HasFamily(At(b), v6);
  if (has_a && has_b) return;
  if (has_a && JoinNetwork(At(a), At(b), v6)) return;
  if (has_b && JoinNetwork(At(b), At(a), v6)) return;
  bool is_new = true;
  for (const auto& [end, has, host] : {std::tuple(a, has_a, 1), std::tuple(b, has_b, 2)}) {
    if (has) continue;
    const std::string address = v6 ? NextV6(host, is_new) : NextV4(host, is_new);
    is_new = false;
    if (!address.empty()) {
      At(end).add_address(address);
    } else if (!is_exhausted_) {
      is_exhausted_ = true;
      out_.problems.push_back(
          {out_.links[link],
           0,
           {"E0322", "there is no network left for this link", "", "",
            "links without addresses share what 10.0.0.0/8 has beside the stated addresses"}});
    }
  }
}

void Assigner::Run() {
  std::vector<int> order(scenario_.link_size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return std::tie(scenario_.link(a).name(), a) < std::tie(scenario_.link(b).name(), b);
  });
  for (const int index : order) {
    Link& link = *scenario_.mutable_link(index);
    const std::optional<End> a = Attach(index, Link::kAFieldNumber, link.mutable_a());
    const std::optional<End> b = Attach(index, Link::kBFieldNumber, link.mutable_b());
    if (!a || !b) continue;
    // What the file states wins: a link with an IPv6 address only is an IPv6 link.
    const bool stated = At(*a).address_size() + At(*b).address_size() > 0;
    const bool v6_stated = HasFamily(At(*a), true) || HasFamily(At(*b), true);
    const bool v4_stated = HasFamily(At(*a), false) || HasFamily(At(*b), false);
    const bool want_v4 = stated ? v4_stated : scenario_.ip() != scenario::IPV6;
    const bool want_v6 = stated ? v6_stated : scenario_.ip() != scenario::IPV4;
    if (want_v4) GiveAddresses(index, *a, *b, /*v6=*/false);
    if (want_v6) GiveAddresses(index, *a, *b, /*v6=*/true);
  }
}

}  // namespace

void AssignAddresses(Expansion& out) { Assigner(out).Run(); }

}  // namespace tickwire
