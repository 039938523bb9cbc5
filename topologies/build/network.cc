#include "topologies/build/network.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "topologies/build/link_factory.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/locators.h"
#include "topologies/build/roles/udp_roles.h"
#include "topologies/build/routes.h"
#include "topologies/expand/network_builder.h"

namespace tickwire {
namespace {

constexpr TraceLabel kCrash{"crash", "timeline of the scenario"};
constexpr TraceLabel kRestart{"restart", "timeline of the scenario"};
constexpr TraceLabel kLinkDown{"link_down", "timeline of the scenario"};
constexpr TraceLabel kLinkUp{"link_up", "timeline of the scenario"};
constexpr TraceLabel kAction{"action", "timeline of the scenario"};

std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::vector<std::string> Network::NodeNames(const scenario::Scenario& effective) {
  std::vector<std::string> names;
  for (const scenario::Node& node : effective.node()) names.push_back(node.name());
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::unique_ptr<Network>> Network::Build(const scenario::Scenario& effective,
                                                        const Options& options) {
  std::unique_ptr<Network> network(new Network(effective));
  network->registry_ = options.registry != nullptr ? *options.registry : Registry::Standard();
  network->stop_at_ = TimeOf(effective.stop_at());
  network->simulator_ = std::make_unique<Simulator>(
      Simulator::Options{.run = {effective.seed(), options.replication, /*epoch=*/0},
                         .nodes = NodeNames(effective),
                         .partitions = options.partitions,
                         .window_order_seed = options.window_order_seed,
                         .sink = options.sink});
  for (const scenario::Node& node : effective.node()) network->by_name_[node.name()] = &node;
  for (absl::Status status : {network->AddNodes(options), network->AddLinks(options),
                              network->AddRoles(options), network->AddActions()}) {
    if (!status.ok()) return status;
  }
  return network;
}

// What roles do while they die is not part of the run, and the sink may be gone.
Network::~Network() {
  for (NodeHost& host : hosts_) host.node.trace().set_sink(nullptr);
}

const scenario::Node* Network::FindNode(absl::string_view name) const {
  const auto it = by_name_.find(ToStd(name));
  return it == by_name_.end() ? nullptr : it->second;
}

IpAddress Network::AddressOf(absl::string_view name) const {
  const std::vector<std::string> addresses = AddressesOf(name);
  return addresses.empty() ? IpAddress() : *IpAddress::Parse(addresses[0]);
}

std::vector<std::string> Network::AddressesOf(absl::string_view name) const {
  std::vector<std::string> addresses;
  const scenario::Node* node = FindNode(name);
  if (node == nullptr) return addresses;
  for (const scenario::Interface& interface : node->interface()) {
    for (const std::string& address : interface.address()) {
      addresses.push_back(IpPrefix::Parse(address)->address.ToString());
    }
  }
  return addresses;
}

NodeHost& Network::host(absl::string_view node) {
  return hosts_[simulator_->node(node).id().value - 1];
}

// Everything goes by the names' byte order, never by the order of declaration.
absl::Status Network::AddNodes(const Options&) {
  for (Node& node : simulator_->nodes()) {
    const scenario::Node& config = *FindNode(node.name());
    std::vector<const scenario::Interface*> interfaces;
    for (const scenario::Interface& interface : config.interface()) {
      interfaces.push_back(&interface);
    }
    std::sort(interfaces.begin(), interfaces.end(),
              [](const auto* x, const auto* y) { return x->name() < y->name(); });
    for (const scenario::Interface* interface : interfaces) node.AddInterface(interface->name());
    NodeHost& host =
        hosts_.emplace_back(node, config.router() ? IpLayer::Role::kRouter : IpLayer::Role::kHost);
    for (size_t i = 0; i < interfaces.size(); ++i) {
      for (const std::string& address : interfaces[i]->address()) {
        const std::optional<IpPrefix> prefix = IpPrefix::Parse(address);
        TW_CHECK(prefix.has_value());  // checked by the loader
        host.ip.AddAddress(node.interfaces()[i], prefix->address);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Network::AddLinks(const Options& options) {
  const LinkFactoryOptions factory{
      .registry = registry_,
      .directory = options.directory,
      .stop_at = stop_at_,
      .addresses_of = [this](absl::string_view name) { return AddressesOf(name); }};
  std::vector<const scenario::Link*> links;
  for (const scenario::Link& link : scenario_.link()) links.push_back(&link);
  std::sort(links.begin(), links.end(),
            [](const auto* x, const auto* y) { return x->name() < y->name(); });

  std::vector<RoutedNode> routed_nodes;
  for (NodeHost& host : hosts_) {
    routed_nodes.push_back({&host.ip, FindNode(host.node.name())->router()});
  }
  std::vector<RoutedLink> routed_links;
  for (const scenario::Link* link : links) {
    auto a_to_b = MakeLinkConfig(*link, LinkDirection::kAToB, factory);
    auto b_to_a = MakeLinkConfig(*link, LinkDirection::kBToA, factory);
    for (const auto* config : {&a_to_b, &b_to_a}) {
      if (config->ok()) continue;
      return absl::Status(config->status().code(),
                          absl::StrCat("link ", link->name(), ": ", config->status().message()));
    }
    const auto end_of = [&](const std::string& attachment, Duration delay) {
      Node& node = simulator_->node(NodeOfAttachment(attachment));
      const absl::string_view wanted = InterfaceOfAttachment(attachment);
      RoutedEnd end{static_cast<int>(node.id().value) - 1, nullptr, {}, delay};
      for (Interface& interface : node.interfaces()) {
        if (absl::string_view(interface.name()) == wanted) end.interface = &interface;
      }
      TW_CHECK(end.interface != nullptr);  // the expander names them all
      for (const scenario::Interface& config : FindNode(node.name())->interface()) {
        if (absl::string_view(config.name()) != wanted) continue;
        for (const std::string& address : config.address()) {
          end.addresses.push_back(*IpPrefix::Parse(address));
        }
      }
      return end;
    };
    RoutedLink routed{link->name(), end_of(link->a(), a_to_b->propagation),
                      end_of(link->b(), b_to_a->propagation)};
    simulator_->Connect(*routed.a.interface, *routed.b.interface, std::move(*a_to_b),
                        std::move(*b_to_a));
    link_ends_[link->name()] = {routed.a.interface, routed.b.interface};
    routed_links.push_back(std::move(routed));
  }
  AddShortestPathRoutes(routed_nodes, routed_links);
  return absl::OkStatus();
}

absl::Status Network::AddRoles(const Options&) {
  const auto addresses_of = [this](absl::string_view name) {
    std::vector<IpAddress> addresses;
    for (const std::string& text : AddressesOf(name)) addresses.push_back(*IpAddress::Parse(text));
    return addresses;
  };
  sip_names_ = MakeNameTable(scenario_, addresses_of);
  for (NodeHost& host : hosts_) {
    contexts_.push_back(
        RoleContext{.host = host,
                    .address_of = [this](absl::string_view name) { return AddressOf(name); },
                    .addresses_of = addresses_of,
                    .scenario_node = [this](absl::string_view name) { return FindNode(name); }});
    if (absl::Status s = StartRoles(host); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Network::StartRoles(NodeHost& host) {
  RoleContext& context = contexts_[host.node.id().value - 1];
  if (absl::Status s = SetLocator(
          host, *FindNode(host.node.name()), sip_names_,
          [this](absl::string_view name) { return FindNode(name); }, context.addresses_of);
      !s.ok()) {
    return s;
  }
  for (const scenario::Role& role : FindNode(host.node.name())->role()) {
    const auto message = ChosenMessage(role);
    if (message == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("node ", host.node.name(), ": unknown type ", role.custom().type_url()));
    }
    auto made = registry_.MakeRole(context, *message);
    if (!made.ok()) {
      return absl::Status(made.status().code(),
                          absl::StrCat("node ", host.node.name(), ": ", made.status().message()));
    }
    host.roles.push_back(std::move(*made));
  }
  return absl::OkStatus();
}

// Its timers die with its roles; what is on its way to it is lost at its interfaces.
void Network::Crash(NodeHost& host) {
  host.node.trace().Action({}, kCrash);
  for (Interface& interface : host.node.interfaces()) interface.SetUp(false);
  for (const auto& role : host.roles) {
    for (const auto& [name, value] : role->Counters()) host.counters_before_crash[name] += value;
  }
  host.tcp.PowerOff();
  host.sctp.PowerOff();
  while (!host.roles.empty()) host.roles.pop_back();
  host.locator.reset();
  host.resolver.reset();
}

void Network::Restart(NodeHost& host) {
  if (!host.roles.empty() || host.locator != nullptr) return;  // it runs
  host.node.trace().Action({}, kRestart);
  for (Interface& interface : host.node.interfaces()) interface.SetUp(true);
  ++host.incarnation;
  if (const absl::Status s = StartRoles(host); !s.ok()) {
    action_errors_.push_back(absl::StrCat("at ", ToString(host.node.clock().now().since_start),
                                          ", ", host.node.name(), ": ", s.message()));
  }
}

absl::Status Network::AddActions() {
  struct Planned {
    SimTime at;
    std::string node;
    std::string content;
    const scenario::At* what;
  };
  std::vector<Planned> planned;
  for (const scenario::At& at : scenario_.at()) {
    planned.push_back({TimeOf(at.time()), at.node(), at.SerializeAsString(), &at});
  }
  // A run must not depend on the order of declaration, so ties go by what is said.
  std::sort(planned.begin(), planned.end(), [](const Planned& x, const Planned& y) {
    return std::tie(x.at, x.node, x.content) < std::tie(y.at, y.node, y.content);
  });
  std::set<NodeHost*> senders;  // looked up only
  for (const Planned& plan : planned) {
    if (plan.what->has_action()) {
      auto message = ChosenMessage(plan.what->action());
      if (message == nullptr) {
        return absl::NotFoundError(
            absl::StrCat("timeline: unknown type ", plan.what->action().custom().type_url()));
      }
      NodeHost& acting = host(plan.node);
      if (message->GetDescriptor() == scenario::UdpSend::descriptor() &&
          senders.insert(&acting).second) {
        acting.roles.push_back(MakeUdpSenderRole(contexts_[acting.node.id().value - 1]));
      }
      const google::protobuf::Message* action =
          action_messages_.emplace_back(std::move(message)).get();
      simulator_->ScheduleAction(plan.at, acting.node,
                                 [this, &acting, action] { Perform(acting, *action); });
      continue;
    }
    if (plan.what->has_crash() || plan.what->has_restart()) {
      const bool is_crash = plan.what->has_crash();
      NodeHost& meant = host(is_crash ? plan.what->crash() : plan.what->restart());
      simulator_->ScheduleAction(plan.at, meant.node, [this, &meant, is_crash] {
        is_crash ? Crash(meant) : Restart(meant);
      });
      continue;
    }
    const bool up = plan.what->what_case() == scenario::At::kLinkUp;
    const auto ends = link_ends_.find(up ? plan.what->link_up() : plan.what->link_down());
    TW_CHECK(ends != link_ends_.end());  // checked by the loader
    for (Interface* end : {ends->second.first, ends->second.second}) {
      simulator_->ScheduleAction(plan.at, end->node(), [end, up] {
        end->node().trace().Action(end->entity(), up ? kLinkUp : kLinkDown);
        end->SetUp(up);
      });
    }
  }
  return absl::OkStatus();
}

void Network::Perform(NodeHost& acting, const google::protobuf::Message& action) {
  acting.node.trace().Action({}, kAction);
  absl::Status failure = absl::NotFoundError(
      absl::StrCat("no role of this node does ", action.GetDescriptor()->name()));
  for (const std::unique_ptr<Role>& role : acting.roles) {
    const absl::StatusOr<bool> done = role->Perform(action);
    if (!done.ok()) failure = done.status();
    if (done.ok() && *done) return;
  }
  action_errors_.push_back(absl::StrCat("at ", ToString(acting.node.clock().now().since_start),
                                        ", ", acting.node.name(), ": ", failure.message()));
}

std::map<std::string, int64_t> Network::Counters() const {
  std::map<std::string, int64_t> sums;
  for (const NodeHost& host : hosts_) {
    for (const auto& [name, value] : host.counters_before_crash) sums[name] += value;
    for (const auto& role : host.roles) {
      for (const auto& [name, value] : role->Counters()) sums[name] += value;
    }
  }
  return sums;
}

std::map<std::string, int64_t> Network::Leftovers() const {
  std::map<std::string, int64_t> sums;
  for (const NodeHost& host : hosts_) {
    for (const auto& role : host.roles) {
      for (const auto& [name, value] : role->Leftovers()) sums[name] += value;
    }
  }
  return sums;
}

}  // namespace tickwire
