#include "topologies/build/roles/sip_streams.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/locators.h"
#include "topologies/build/roles/sctp_settings.h"
#include "topologies/build/roles/tcp_settings.h"

namespace tickwire {
namespace {

constexpr TraceLabel kConnectAt{"connect", "the scenario opens connections then"};
constexpr char kAuthority[] = "Tickwire CA";

TransportKind KindOf(int kind) {
  switch (kind) {
    case scenario::SipTransport::TCP:
      return TransportKind::kTcp;
    case scenario::SipTransport::TLS:
      return TransportKind::kTls;
    case scenario::SipTransport::SCTP:
      return TransportKind::kSctp;
    case scenario::SipTransport::TLS_SCTP:
      return TransportKind::kTlsSctp;
    case scenario::SipTransport::WS:
      return TransportKind::kWs;
    case scenario::SipTransport::WSS:
      return TransportKind::kWss;
    default:
      return TransportKind::kUdp;
  }
}

tls::TlsConfig TlsConfigOf(const scenario::SipTls& role, std::vector<std::string> names) {
  tls::TlsConfig config;
  if (role.version() == scenario::SipTls::TLS_1_2) config.max_version = tls::TlsVersion::k12;
  if (role.version() == scenario::SipTls::TLS_1_3) config.min_version = tls::TlsVersion::k13;
  for (const scenario::SipCertificate& shown : role.certificate()) {
    tls::Certificate certificate;
    certificate.subject_alternative_names.assign(shown.name().begin(), shown.name().end());
    certificate.issuer = shown.issuer();
    certificate.not_before = SimTime{DurationOf(shown.not_before())};
    certificate.not_after = SimTime{DurationOf(shown.not_after())};
    config.identities.push_back({std::move(certificate), {}});
  }
  if (role.certificate_size() == 0 && !role.no_certificate()) {
    tls::Certificate certificate;
    certificate.subject_alternative_names = std::move(names);
    certificate.issuer = kAuthority;
    config.identities.push_back({std::move(certificate), {}});
  }
  config.trusted_issuers.assign(role.trusts().begin(), role.trusts().end());
  if (config.trusted_issuers.empty()) config.trusted_issuers.push_back(kAuthority);
  config.verify_peer = !role.no_verification();
  config.client_authentication =
      role.client_certificate() == scenario::SipTls::NEEDED   ? tls::ClientAuthentication::kRequire
      : role.client_certificate() == scenario::SipTls::WANTED ? tls::ClientAuthentication::kRequest
                                                              : tls::ClientAuthentication::kNone;
  config.resumption = !role.no_resumption();
  // An absent message has no defaults filled in: then the configuration's own hold.
  if (!role.session_lifetime().empty()) {
    config.session_lifetime = DurationOf(role.session_lifetime());
    config.handshake_time = DurationOf(role.handshake_time());
    config.resumption_time = DurationOf(role.resumption_time());
    config.handshake_timeout = DurationOf(role.handshake_timeout());
  }
  return config;
}

sip::ConnectionTable::SctpOrder OrderOf(scenario::SipTransport::SctpOrder order) {
  switch (order) {
    case scenario::SipTransport::ORDERED:
      return sip::ConnectionTable::SctpOrder::kOrdered;
    case scenario::SipTransport::PER_TRANSACTION:
      return sip::ConnectionTable::SctpOrder::kPerTransaction;
    default:
      return sip::ConnectionTable::SctpOrder::kUnordered;
  }
}

}  // namespace

sip::SipTransportConfig SipTransportConfigOf(const scenario::SipTransport& role) {
  sip::SipTransportConfig config;
  const TransportKind preferred = KindOf(role.use());
  config.transports.Add(preferred);
  config.transports.set_preferred(preferred);
  for (const int kind : role.also()) config.transports.Add(KindOf(kind));
  if (!role.no_tcp()) config.transports.Add(TransportKind::kTcp);  // RFC 3261 §18
  if (role.websocket_port() != 0) config.transports.Add(TransportKind::kWs);
  if (role.secure_websocket_port() != 0) config.transports.Add(TransportKind::kWss);
  config.connections.sctp_order = OrderOf(role.sctp_order());
  config.connections.sctp_streams = SctpConfigOf(role.sctp()).outbound_streams;
  config.websocket_port = static_cast<uint16_t>(role.websocket_port());
  config.secure_websocket_port = static_cast<uint16_t>(role.secure_websocket_port());
  config.changes_for_size = !role.no_size_rule();
  if (!role.path_mtu().empty()) config.path_mtu = static_cast<size_t>(SizeOf(role.path_mtu()));
  if (role.idle_timeout().empty()) return config;  // absent: the configuration's own defaults
  config.connections.connection.idle_timeout = DurationOf(role.idle_timeout());
  config.connections.connection.queue_limit = static_cast<size_t>(SizeOf(role.max_unsent()));
  config.connections.connection.limits.body = static_cast<size_t>(SizeOf(role.max_body()));
  config.connections.max_connections = role.max_connections();
  return config;
}

absl::StatusOr<std::unique_ptr<SipStreams>> SipStreams::Make(RoleContext& context,
                                                             const scenario::SipTransport& role,
                                                             const std::string& owner,
                                                             std::vector<std::string> names) {
  if (role.has_sctp()) {
    if (absl::Status s = PrepareSctp(context.host, role.sctp()); !s.ok()) return s;
  }
  tls::TlsConfig tls = TlsConfigOf(role.tls(), std::move(names));
  tls.name = absl::StrCat("tls ", owner);
  websocket::WebSocketConfig websocket;
  websocket.name = absl::StrCat("websocket ", owner);
  return std::make_unique<SipStreams>(context, role, std::move(tls), std::move(websocket));
}

// Messages are whole when they are written: waiting for more to come only delays them, so that what
// RFC 9293 §3.7.4 wants applications to be able to turn off is off unless the scenario says so.
static tcp::TcpConfig TcpConfigFor(const scenario::SipTransport& role) {
  tcp::TcpConfig config = TcpConfigOf(role.tcp());
  if (!role.tcp().has_nagle()) config.nagle = false;
  return config;
}

SipStreams::SipStreams(RoleContext& context, const scenario::SipTransport& role, tls::TlsConfig tls,
                       websocket::WebSocketConfig websocket)
    : context_(context),
      role_(role),
      tcp_(context.host.tcp, TcpConfigFor(role)),
      sctp_(context.host.sctp),
      tls_(context.host.node.clock(), fan_, context.host.seed(), std::move(tls)),
      websocket_(context.host.node.clock(), fan_, context.host.seed(), std::move(websocket)),
      connect_(context.host.node.clock(), *this, kConnectAt, entity_) {
  sctp_.set_config(SctpConfigOf(role.sctp()));
  fan_.Set(TransportKind::kTcp, tcp_);
  fan_.Set(TransportKind::kSctp, sctp_);
  fan_.Set(TransportKind::kTls, tls_);
  fan_.Set(TransportKind::kTlsSctp, tls_);
  fan_.Set(TransportKind::kWs, websocket_);
  fan_.Set(TransportKind::kWss, websocket_);
}

absl::Status SipStreams::ConnectAtStart(sip::SipTransport& transport) {
  transport_ = &transport;
  for (const std::string& target : role_.connect_to()) {
    const scenario::Node* const node = context_.scenario_node(target);
    const std::string uri = node == nullptr ? target : SipUriOf(*node, context_.addresses_of);
    std::vector<sip::Hop> hops;
    context_.locator().LocateNow(uri, transport.transports(), hops);
    if (hops.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("transport: connect_to: \"", target, "\" leads nowhere"));
    }
    hops_.push_back(hops[0]);
  }
  if (!hops_.empty()) connect_.Set(DurationOf(role_.connect_at()));
  return absl::OkStatus();
}

void SipStreams::OnTimerConnect() {
  for (const sip::Hop& hop : hops_) transport_->Connect(hop);
}

std::vector<std::pair<std::string, int64_t>> SipStreams::Counters(
    const sip::SipTransport& transport) const {
  if (transport.connections() == nullptr) return {};
  const sip::ConnectionTable::Counters& counters = transport.connections()->counters();
  std::vector<std::pair<std::string, int64_t>> totals;
  const auto add = [&](const char* name, uint64_t value) {
    if (value != 0) totals.emplace_back(name, static_cast<int64_t>(value));
  };
  add("sip connections opened", counters.opened);
  add("sip connections accepted", counters.accepted);
  add("sip connections failed", counters.failed);
  add("sip connections refused", counters.refused);
  add("tls handshakes", tls_.counters().full_handshakes);
  add("tls resumptions", tls_.counters().resumed);
  add("tls failures", tls_.counters().failed);
  return totals;
}

}  // namespace tickwire
