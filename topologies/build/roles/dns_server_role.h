// The name server of topologies/roles/dns_server.proto.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_DNS_SERVER_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_DNS_SERVER_ROLE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "topologies/build/role.h"
#include "topologies/roles/dns_server.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeDnsServerRole(RoleContext& context,
                                                        const scenario::DnsServer& config);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_DNS_SERVER_ROLE_H_
