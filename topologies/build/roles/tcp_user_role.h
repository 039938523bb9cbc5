// TcpUserRole: TCP connections that the timeline drives, by name: the tcp_* actions.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_USER_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_USER_ROLE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/apps/flow_client.h"
#include "protocols/apps/paced_reader.h"
#include "topologies/build/role.h"
#include "topologies/build/roles/tcp_injector.h"
#include "topologies/build/roles/tcp_stack.h"
#include "topologies/roles/tcp.pb.h"

namespace tickwire {

class TcpUserRole : public Role {
 public:
  static absl::StatusOr<std::unique_ptr<Role>> Make(RoleContext& context,
                                                    const scenario::TcpUser& config);

  absl::StatusOr<bool> Perform(const google::protobuf::Message& action) override;
  std::vector<std::pair<std::string, int64_t>> Counters() const override;

 private:
  class Connection;
  struct Listener {
    scenario::TcpListen config;
    uint32_t accepted = 0;
    std::unique_ptr<TransportStack::Listening> listening;
  };

  TcpUserRole(RoleContext& context, const scenario::TcpUser& config);
  absl::Status Connect(const scenario::TcpConnect& action);
  absl::Status Listen(const scenario::TcpListen& action);
  absl::Status Accept(const scenario::TcpAccept& action);
  absl::Status Inject(const scenario::TcpInject& action);
  absl::StatusOr<Connection*> Find(const std::string& name);
  Connection& NewConnection(const std::string& name, const scenario::TcpReader& reader,
                            bool closes_with_peer);

  RoleContext& context_;
  const tcp::TcpConfig config_;
  ConfiguredTcp stack_;
  const TraceEntity entity_;
  FlowTotals totals_;
  TcpInjector injector_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> replaced_;        // whose name another has now
  std::map<uint16_t, std::unique_ptr<Listener>> listeners_;  // destroyed before the connections
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_USER_ROLE_H_
