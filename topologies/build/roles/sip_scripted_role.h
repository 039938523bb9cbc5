// The scripted SIP peer of topologies/roles/sip_scripted.proto.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SCRIPTED_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SCRIPTED_ROLE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "topologies/build/role.h"
#include "topologies/roles/sip_scripted.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeSipScriptedRole(RoleContext& context,
                                                          const scenario::SipScripted& config);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_SCRIPTED_ROLE_H_
