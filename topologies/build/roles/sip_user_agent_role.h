// The SIP user agent of topologies/roles/sip_user_agent.proto.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "topologies/build/role.h"
#include "topologies/roles/sip_user_agent.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeSipUserAgentRole(RoleContext& context,
                                                           const scenario::SipUserAgent& config);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_USER_AGENT_ROLE_H_
