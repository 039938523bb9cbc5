// SipStreams: the transports of one SIP element as its scenario wants them: TCP and SCTP of the
// node, TLS and WebSocket of its own on top of them.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_STREAMS_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_STREAMS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protocols/sctp/socket/sctp_transport.h"
#include "protocols/sip/transport/sip_transport.h"
#include "protocols/tls/tls_stack.h"
#include "protocols/transport/transport_fan.h"
#include "protocols/websocket/websocket_stack.h"
#include "sim_core/event/timer.h"
#include "topologies/build/role.h"
#include "topologies/build/roles/tcp_stack.h"
#include "topologies/roles/sip_transport.pb.h"

namespace tickwire {

// `role` may be the default message, when the scenario says nothing: UDP and TCP.
sip::SipTransportConfig SipTransportConfigOf(const scenario::SipTransport& role);

class SipStreams {
 public:
  // `owner` names it among the roles of its node; `names` are whom its own certificate is for when
  // the scenario gives none.
  static absl::StatusOr<std::unique_ptr<SipStreams>> Make(RoleContext& context,
                                                          const scenario::SipTransport& role,
                                                          const std::string& owner,
                                                          std::vector<std::string> names);
  SipStreams(RoleContext& context, const scenario::SipTransport& role, tls::TlsConfig tls,
             websocket::WebSocketConfig websocket);

  TransportStack& stack() { return fan_; }
  // Opens the connections that the scenario wants at the start, when it wants them. `transport`
  // outlives this or is done with by then.
  absl::Status ConnectAtStart(sip::SipTransport& transport);
  // Connections that are there now: none, when a run has ended by itself.
  static size_t ConnectionCount(const sip::SipTransport& transport) {
    return transport.connections() == nullptr ? 0 : transport.connections()->size();
  }
  // Totals for the summary of a run.
  std::vector<std::pair<std::string, int64_t>> Counters(const sip::SipTransport& transport) const;

 private:
  void OnTimerConnect();

  RoleContext& context_;
  const scenario::SipTransport role_;
  TransportFan fan_;
  ConfiguredTcp tcp_;
  sctp::SctpTransport sctp_;
  tls::TlsStack tls_;
  websocket::WebSocketStack websocket_;
  sip::SipTransport* transport_ = nullptr;
  std::vector<sip::Hop> hops_;
  TraceEntity entity_;
  Timer<SipStreams, &SipStreams::OnTimerConnect> connect_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_STREAMS_H_
