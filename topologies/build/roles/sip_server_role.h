// The SIP server of topologies/roles/sip_server.proto.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SERVER_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SERVER_ROLE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "topologies/build/role.h"
#include "topologies/roles/sip_server.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeSipServerRole(RoleContext& context,
                                                        const scenario::SipServer& config);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SERVER_ROLE_H_
