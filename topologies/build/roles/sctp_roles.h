// The SCTP applications of topologies/roles/sctp.proto, but for sctp_user.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_ROLES_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_ROLES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "protocols/sctp/apps/message_reader.h"
#include "protocols/sctp/apps/message_totals.h"
#include "topologies/build/role.h"
#include "topologies/roles/sctp.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeSctpSenderRole(RoleContext& context,
                                                         const scenario::SctpSender& config);
absl::StatusOr<std::unique_ptr<Role>> MakeSctpSinkRole(RoleContext& context,
                                                       const scenario::SctpSink& config);
absl::StatusOr<std::unique_ptr<Role>> MakeSctpEchoRole(RoleContext& context,
                                                       const scenario::SctpEcho& config);

// For this family.
sctp::MessageReader::Config ReaderConfigOf(const scenario::SctpReader& reader);
std::vector<std::pair<std::string, int64_t>> MessageCounters(const sctp::MessageTotals& totals);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_ROLES_H_
