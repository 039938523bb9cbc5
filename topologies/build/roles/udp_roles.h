// The plain UDP applications of topologies/roles/udp.proto.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_UDP_ROLES_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_UDP_ROLES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "topologies/build/role.h"
#include "topologies/roles/udp.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeUdpSourceRole(RoleContext& context,
                                                        const scenario::UdpSource& config);
absl::StatusOr<std::unique_ptr<Role>> MakeUdpSinkRole(RoleContext& context,
                                                      const scenario::UdpSink& config);
absl::StatusOr<std::unique_ptr<Role>> MakeUdpEchoRole(RoleContext& context,
                                                      const scenario::UdpEcho& config);

// Does the udp_send actions of a node; every node that has one gets it.
std::unique_ptr<Role> MakeUdpSenderRole(RoleContext& context);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_UDP_ROLES_H_
