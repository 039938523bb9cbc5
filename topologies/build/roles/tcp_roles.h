// The TCP applications of topologies/roles/tcp.proto, but for tcp_user.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_ROLES_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_ROLES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "protocols/apps/flow_client.h"
#include "protocols/apps/paced_reader.h"
#include "topologies/build/role.h"
#include "topologies/roles/tcp.pb.h"

namespace tickwire {

absl::StatusOr<std::unique_ptr<Role>> MakeTcpBulkSenderRole(RoleContext& context,
                                                            const scenario::TcpBulkSender& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpRequestClientRole(
    RoleContext& context, const scenario::TcpRequestClient& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpRequestServerRole(
    RoleContext& context, const scenario::TcpRequestServer& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpOnOffRole(RoleContext& context,
                                                       const scenario::TcpOnOff& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpConstantRateRole(
    RoleContext& context, const scenario::TcpConstantRate& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpKeystrokesRole(RoleContext& context,
                                                            const scenario::TcpKeystrokes& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpSinkRole(RoleContext& context,
                                                      const scenario::TcpSink& config);
absl::StatusOr<std::unique_ptr<Role>> MakeTcpEchoRole(RoleContext& context,
                                                      const scenario::TcpEcho& config);

// For this family.
PacedReader::Config ReaderConfigOf(const scenario::TcpReader& reader);
// Named for the transport: "tcp connections opened".
std::vector<std::pair<std::string, int64_t>> FlowCounters(const FlowTotals& totals,
                                                          absl::string_view transport = "tcp");

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_ROLES_H_
