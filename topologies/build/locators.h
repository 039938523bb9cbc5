// How the nodes of a scenario find SIP servers by name (RFC 3263).
#ifndef TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_
#define TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "protocols/sip/locate/static_locator.h"
#include "protocols/transport/ip_address.h"
#include "topologies/build/role.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

using AddressesOfNode = std::function<std::vector<IpAddress>(absl::string_view node)>;
using FindScenarioNode = std::function<const scenario::Node*(absl::string_view node)>;

// The port of the first SIP role of a node; 0 when it has none.
uint16_t SipPortOf(const scenario::Node& node);
// The URI of a node's first SIP role: "sip:10.0.0.1:5080"; with the user of a sip_ua.
std::string SipUriOf(const scenario::Node& node, const AddressesOfNode& addresses_of);

// Every node's name with its addresses and the port of its first SIP role, and every domain that a
// SIP server of the scenario claims, with the addresses of those servers in the order of their
// nodes' names.
sip::NameTable MakeNameTable(const scenario::Scenario& effective,
                             const AddressesOfNode& addresses_of);

// Gives the host its locator: over DNS when a role of its node has a field `dns`, else over the
// table, which must outlive it.
absl::Status SetLocator(NodeHost& host, const scenario::Node& node, const sip::NameTable& names,
                        const FindScenarioNode& find_node, const AddressesOfNode& addresses_of);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_
