#include "topologies/build/locators.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "protocols/sip/locate/dns_locator.h"
#include "topologies/build/registry.h"

namespace tickwire {
namespace {

// The DNS servers that the roles of a node name: in a field `dns` of whatever role has one.
std::vector<std::string> DnsNodesOf(const scenario::Node& node) {
  std::vector<std::string> servers;
  for (const scenario::Role& role : node.role()) {
    const auto message = ChosenMessage(role);
    if (message == nullptr) continue;
    const auto* field = message->GetDescriptor()->FindFieldByName("dns");
    if (field == nullptr || !field->is_repeated() ||
        field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    const auto* reflection = message->GetReflection();
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      const std::string name = reflection->GetRepeatedString(*message, field, i);
      if (std::find(servers.begin(), servers.end(), name) == servers.end()) {
        servers.push_back(name);
      }
    }
  }
  return servers;
}

uint16_t DnsPortOf(const scenario::Node& node) {
  for (const scenario::Role& role : node.role()) {
    if (role.has_dns_server()) return static_cast<uint16_t>(role.dns_server().port());
  }
  return dns::kPort;
}

// A server that takes WebSocket connections does so at ports of its own.
void AddWebSocket(absl::string_view name, const IpAddress& address,
                  const scenario::SipTransport& transport, sip::NameTable& names) {
  const auto add = [&](uint32_t port, TransportKind kind) {
    if (port != 0) names.Add(name, {address, static_cast<uint16_t>(port)}, kind);
  };
  add(transport.websocket_port(), TransportKind::kWs);
  add(transport.secure_websocket_port(), TransportKind::kWss);
}

}  // namespace

uint16_t SipPortOf(const scenario::Node& node) {
  for (const scenario::Role& role : node.role()) {
    if (role.has_sip_ua()) return static_cast<uint16_t>(role.sip_ua().port());
    if (role.has_sip_server()) return static_cast<uint16_t>(role.sip_server().port());
    if (role.has_sip_scripted()) return static_cast<uint16_t>(role.sip_scripted().port());
  }
  return 0;
}

std::string SipUriOf(const scenario::Node& node, const AddressesOfNode& addresses_of) {
  std::string user;
  for (const scenario::Role& role : node.role()) {
    if (!role.has_sip_ua() && !role.has_sip_scripted()) continue;
    const std::string& own = role.has_sip_ua() ? role.sip_ua().user() : role.sip_scripted().user();
    user = absl::StrCat(own.empty() ? node.name() : own, "@");
    break;
  }
  const std::vector<IpAddress> addresses = addresses_of(node.name());
  if (addresses.empty()) return absl::StrCat("sip:", user, "nowhere.invalid");
  const std::string text = addresses[0].ToString();
  const uint16_t port = SipPortOf(node);
  return absl::StrCat("sip:", user, addresses[0].is_v6() ? absl::StrCat("[", text, "]") : text,
                      port == 0 || port == 5060 ? "" : absl::StrCat(":", port));
}

sip::NameTable MakeNameTable(const scenario::Scenario& effective,
                             const AddressesOfNode& addresses_of) {
  std::vector<const scenario::Node*> nodes;
  for (const scenario::Node& node : effective.node()) nodes.push_back(&node);
  std::sort(nodes.begin(), nodes.end(),
            [](const auto* x, const auto* y) { return x->name() < y->name(); });
  sip::NameTable names;
  for (const scenario::Node* node : nodes) {
    const std::vector<IpAddress> addresses = addresses_of(node->name());
    for (const IpAddress& address : addresses) names.Add(node->name(), {address, SipPortOf(*node)});
    for (const scenario::Role& role : node->role()) {
      const uint16_t port = static_cast<uint16_t>(role.sip_server().port());
      const std::string& host = role.sip_server().record_route_host();
      const scenario::SipTransport& transport = role.sip_server().transport();
      for (const IpAddress& address : addresses) {
        AddWebSocket(node->name(), address, transport, names);
        for (const std::string& domain : role.sip_server().domain()) {
          names.Add(domain, {address, port});
          AddWebSocket(domain, address, transport, names);
        }
        if (host.empty()) continue;
        names.Add(host, {address, port});
        AddWebSocket(host, address, transport, names);
      }
    }
  }
  return names;
}

absl::Status SetLocator(NodeHost& host, const scenario::Node& node, const sip::NameTable& names,
                        const FindScenarioNode& find_node, const AddressesOfNode& addresses_of) {
  dns::DnsResolverConfig config;
  for (const std::string& server : DnsNodesOf(node)) {
    const std::vector<IpAddress> addresses = addresses_of(server);
    if (addresses.empty()) continue;
    config.servers.push_back({addresses[0], DnsPortOf(*find_node(server))});
  }
  if (config.servers.empty()) {
    host.locator = std::make_unique<sip::StaticLocator>(names);
    return absl::OkStatus();
  }
  host.resolver = std::make_unique<dns::DnsResolver>(
      dns::DnsResolver::Env{host.node.clock(), host.udp, host.seed()}, std::move(config));
  if (absl::Status s = host.resolver->Open(); !s.ok()) return s;
  sip::DnsLocator::Config families{.uses_ipv4 = false, .uses_ipv6 = false};
  for (const IpAddress& address : addresses_of(node.name())) {
    (address.is_v4() ? families.uses_ipv4 : families.uses_ipv6) = true;
  }
  host.locator =
      std::make_unique<sip::DnsLocator>(host.node.clock(), *host.resolver, host.seed(), families);
  return absl::OkStatus();
}

}  // namespace tickwire
