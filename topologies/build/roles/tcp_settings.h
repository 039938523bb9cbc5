// TcpSettings of a scenario as the TcpConfig that they mean.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_SETTINGS_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_SETTINGS_H_

#include "protocols/tcp/tcp_config.h"
#include "topologies/roles/tcp.pb.h"

namespace tickwire {

// What the profile says, changed by what is set. REQUIRES: checked by the loader.
tcp::TcpConfig TcpConfigOf(const scenario::TcpSettings& settings);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_SETTINGS_H_
