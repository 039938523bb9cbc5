// How the nodes of a scenario find SIP servers by name (RFC 3263).
#ifndef TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_
#define TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_

#include <functional>
#include <vector>

#include "protocols/sip/locate/static_locator.h"
#include "protocols/transport/ip_address.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// Every node's name with its addresses and the port of its first SIP role, and every domain that a
// SIP server of the scenario claims, with the addresses of those servers in the order of their
// nodes' names.
sip::NameTable MakeNameTable(
    const scenario::Scenario& effective,
    const std::function<std::vector<IpAddress>(absl::string_view node)>& addresses_of);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_LOCATORS_H_
