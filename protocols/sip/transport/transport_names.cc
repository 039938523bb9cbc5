#include "protocols/sip/transport/transport_names.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

struct Names {
  TransportKind kind;
  absl::string_view via;
  absl::string_view uri;       // under "sip"
  absl::string_view uri_sips;  // under "sips"; empty: not there
  uint16_t port;
  absl::string_view naptr;
  absl::string_view srv;
};

constexpr Names kNames[] = {
    {TransportKind::kUdp, "UDP", "udp", "", 5060, "SIP+D2U", "_sip._udp."},
    {TransportKind::kTcp, "TCP", "tcp", "", 5060, "SIP+D2T", "_sip._tcp."},
    {TransportKind::kTls, "TLS", "tls", "tcp", 5061, "SIPS+D2T", "_sips._tcp."},
    {TransportKind::kSctp, "SCTP", "sctp", "", 5060, "SIP+D2S", "_sip._sctp."},
    {TransportKind::kTlsSctp, "TLS-SCTP", "tls-sctp", "sctp", 5061, "SIPS+D2S", "_sips._sctp."},
    {TransportKind::kWs, "WS", "ws", "", 80, "SIP+D2W", ""},
    {TransportKind::kWss, "WSS", "wss", "ws", 443, "SIPS+D2W", ""},
};

const Names& Of(TransportKind kind) {
  for (const Names& names : kNames) {
    if (names.kind == kind) return names;
  }
  return kNames[0];
}

}  // namespace

absl::string_view ViaName(TransportKind transport) { return Of(transport).via; }

std::optional<TransportKind> TransportOfVia(absl::string_view name) {
  for (const Names& names : kNames) {
    if (absl::EqualsIgnoreCase(names.via, name)) return names.kind;
  }
  return std::nullopt;
}

absl::string_view UriName(TransportKind transport, bool is_sips) {
  const Names& names = Of(transport);
  return is_sips && !names.uri_sips.empty() ? names.uri_sips : names.uri;
}

std::optional<TransportKind> TransportOfUri(absl::string_view parameter, bool is_sips) {
  for (const Names& names : kNames) {
    if (is_sips && names.uri_sips.empty()) continue;
    if (absl::EqualsIgnoreCase(names.uri, parameter)) return names.kind;
    if (is_sips && absl::EqualsIgnoreCase(names.uri_sips, parameter)) return names.kind;
  }
  return std::nullopt;
}

std::string TransportParam(TransportKind transport, bool is_sips) {
  const bool is_default = transport == (is_sips ? TransportKind::kTls : TransportKind::kUdp);
  return is_default ? std::string() : absl::StrCat(";transport=", UriName(transport, is_sips));
}

uint16_t DefaultPort(TransportKind transport) { return Of(transport).port; }
absl::string_view NaptrService(TransportKind transport) { return Of(transport).naptr; }
absl::string_view SrvPrefix(TransportKind transport) { return Of(transport).srv; }

}  // namespace tickwire::sip
