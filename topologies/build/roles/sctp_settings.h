// SctpSettings of a scenario as the SctpConfig that they mean.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_SETTINGS_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_SETTINGS_H_

#include "protocols/sctp/sctp_config.h"
#include "protocols/sctp/tx/send_queue.h"
#include "topologies/build/role.h"
#include "topologies/roles/sctp.pb.h"

namespace tickwire {

// RFC 9260 section 16, changed by what is set. REQUIRES of both: checked by the loader.
sctp::SctpConfig SctpConfigOf(const scenario::SctpSettings& settings);
sctp::Reliability ReliabilityOf(const scenario::SctpReliability& reliability);

// What belongs to the node, not to an association: UDP encapsulation, and who is imitated out of
// the blue.
absl::Status PrepareSctp(NodeHost& host, const scenario::SctpSettings& settings);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_SETTINGS_H_
