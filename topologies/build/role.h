// Role: what runs on a node of a built network, and what it is given to run with.
//
// Adding a role: a message under topologies/roles/, a line in roster.proto, a class here that wraps
// the protocol's own, and a line in Registry::Standard().
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLE_H_

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "protocols/dns/dns_resolver.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/sctp_layer.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/udp/udp_layer.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

class Role {
 public:
  virtual ~Role() = default;
  // Does what a timeline action of the scenario asks. False if it is none of this role's; an error
  // if it cannot be done (no such call, ...), which the run reports.
  virtual absl::StatusOr<bool> Perform(const google::protobuf::Message& action) {
    static_cast<void>(action);
    return false;
  }
  // Named totals for the summary, e.g. {"calls answered", 3}.
  virtual std::vector<std::pair<std::string, int64_t>> Counters() const { return {}; }
  // What should be gone when everything has ended: {"transactions", 2}. Only non-zero entries.
  virtual std::vector<std::pair<std::string, int64_t>> Leftovers() const { return {}; }
};

// The protocol layers of one node.
class NodeHost {
 public:
  NodeHost(Node& machine, IpLayer::Role role)
      : node(machine),
        ip(machine, role),
        udp(ip),
        tcp(ip, machine.run_seed()),
        sctp(ip, machine.run_seed()) {}

  // The seed for the draws of its roles: another one after each restart.
  RunSeed seed() const {
    RunSeed seed = node.run_seed();
    seed.epoch += incarnation << 16;
    return seed;
  }

  Node& node;
  IpLayer ip;
  UdpLayer udp;
  tcp::TcpLayer tcp;
  sctp::SctpLayer sctp;
  std::unique_ptr<dns::DnsResolver> resolver;   // only where the scenario names DNS servers
  std::unique_ptr<sip::ServerLocator> locator;  // set before the roles are made
  uint32_t incarnation = 0;                     // how often it was restarted
  std::map<std::string, int64_t> counters_before_crash;  // sums of roles that are gone
  std::vector<std::unique_ptr<Role>> roles;              // last: they use the rest
};

// What a role may ask of the scenario around it. Lives as long as the network.
struct RoleContext {
  NodeHost& host;
  // How this node finds SIP servers.
  sip::ServerLocator& locator() { return *host.locator; }
  // First address of a node of the scenario; unspecified if it has none.
  std::function<IpAddress(absl::string_view node)> address_of;
  // All addresses of a node of the scenario.
  std::function<std::vector<IpAddress>(absl::string_view node)> addresses_of;
  // A node of the scenario, with defaults filled in; null if there is none of that name.
  std::function<const scenario::Node*(absl::string_view node)> scenario_node;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLE_H_
