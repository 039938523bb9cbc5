// SctpUserRole: SCTP associations that the timeline drives, by name: the sctp_* actions.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_USER_ROLE_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_USER_ROLE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sctp/apps/message_totals.h"
#include "protocols/sctp/socket/sctp_socket.h"
#include "topologies/build/role.h"
#include "topologies/build/roles/sctp_injector.h"
#include "topologies/roles/sctp.pb.h"
#include "topologies/roles/sctp_inject.pb.h"

namespace tickwire {

class SctpUserRole : public Role, private sctp::SctpSocket::Listener {
 public:
  static absl::StatusOr<std::unique_ptr<Role>> Make(RoleContext& context,
                                                    const scenario::SctpUser& config);
  ~SctpUserRole() override;

  absl::StatusOr<bool> Perform(const google::protobuf::Message& action) override;
  std::vector<std::pair<std::string, int64_t>> Counters() const override;

 private:
  // One association with a name.
  class Named;
  // One socket with its port. Its associations lie in `named_`.
  struct Port {
    scenario::SctpListen listen;  // as it was asked for; no name: it only connects
    uint32_t accepted = 0;
    std::unique_ptr<sctp::SctpSocket> socket;
  };

  SctpUserRole(RoleContext& context, const scenario::SctpUser& config);
  absl::StatusOr<Port*> Open(uint16_t port,
                             const google::protobuf::RepeatedPtrField<std::string>& addresses,
                             const scenario::SctpSettings& settings);
  absl::Status Connect(const scenario::SctpConnect& action);
  absl::Status Listen(const scenario::SctpListen& action);
  absl::Status Send(const scenario::SctpSend& action);
  absl::Status SetPrimary(const scenario::SctpSetPrimary& action);
  absl::Status ResetStreams(const scenario::SctpResetStreams& action);
  absl::Status Heartbeat(const scenario::SctpHeartbeat& action);
  absl::Status Crash(const scenario::SctpCrash& action);
  absl::Status Inject(const scenario::SctpInject& action);
  // The other actions; false: none of them.
  absl::StatusOr<bool> PerformSimple(const google::protobuf::Message& action);
  absl::StatusOr<Named*> Find(const std::string& name);
  Named* Find(const sctp::SctpSocket& socket, sctp::SctpSocket::AssocId id);
  Named& Name(const std::string& name, sctp::SctpSocket& socket, sctp::SctpSocket::AssocId id,
              const scenario::SctpReader& reader);
  NodeTrace& trace() { return context_.host.node.trace(); }

  void OnMessage(sctp::SctpSocket& socket, const sctp::SctpSocket::RcvInfo& info,
                 std::span<const uint8_t> data) override;
  void OnNotification(sctp::SctpSocket& socket, sctp::SctpSocket::AssocId association,
                      const sctp::Notification& notification) override;
  void OnWritable(sctp::SctpSocket& socket, sctp::SctpSocket::AssocId association) override;

  RoleContext& context_;
  const scenario::SctpUser config_;
  const TraceEntity entity_;
  sctp::MessageTotals totals_;
  SctpInjector injector_;
  std::map<uint16_t, Port> ports_;
  std::map<std::string, std::unique_ptr<Named>> named_;
  std::vector<std::unique_ptr<Named>> replaced_;  // whose name another has now
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_USER_ROLE_H_
