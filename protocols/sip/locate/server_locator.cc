#include "protocols/sip/locate/server_locator.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {
namespace {

// The same with TLS in it; UDP has none (§4.1 goes to TCP instead).
TransportKind SecureOf(TransportKind transport) {
  switch (transport) {
    case TransportKind::kSctp:
    case TransportKind::kTlsSctp:
      return TransportKind::kTlsSctp;
    case TransportKind::kWs:
    case TransportKind::kWss:
      return TransportKind::kWss;
    case TransportKind::kUdp:
    case TransportKind::kTcp:
    case TransportKind::kTls:
      break;
  }
  return TransportKind::kTls;
}

}  // namespace

std::optional<IpAddress> AddressOfHost(absl::string_view host) {
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return IpAddress::Parse(host);
}

std::optional<LocateTarget> LocateTarget::Of(absl::string_view text) {
  const std::optional<SipUri> uri = SipUri::Parse(text);
  if (!uri.has_value()) return std::nullopt;
  LocateTarget target;
  target.is_secure = uri->is_secure;
  if (const auto transport = uri->Param("transport")) {
    target.transport = TransportOfUri(*transport, uri->is_secure);
    if (!target.transport.has_value()) return std::nullopt;
  }
  // §4: the maddr parameter is the target when it is there.
  target.host = uri->Param("maddr").value_or(uri->host);
  target.port = uri->port;
  if (!AddressOfHost(uri->host).has_value()) target.domain = uri->host;
  return target;
}

LocateTarget LocateTarget::OfSentBy(TransportKind transport, absl::string_view host,
                                    std::optional<uint16_t> port) {
  LocateTarget target{host, port, transport, IsSecure(transport), {}};
  if (!AddressOfHost(host).has_value()) target.domain = host;
  return target;
}

std::optional<TransportKind> LocateTarget::Transport(const Transports& transports) const {
  if (transport.has_value()) return transports.Has(*transport) ? transport : std::nullopt;
  const TransportKind preferred = transports.preferred();
  if (!is_secure) return transports.Has(preferred) ? std::optional(preferred) : std::nullopt;
  for (const TransportKind secure :
       {SecureOf(preferred), TransportKind::kTls, TransportKind::kTlsSctp, TransportKind::kWss}) {
    if (transports.Has(secure)) return secure;
  }
  return std::nullopt;
}

Hop LocateTarget::HopTo(const IpAddress& address, TransportKind by, uint16_t default_port) const {
  Hop hop{{address, port.value_or(default_port)}, by};
  if (IsSecure(by)) hop.domain = std::string(domain);
  return hop;
}

std::optional<Hop> LocateTarget::Numeric(const Transports& transports) const {
  const std::optional<IpAddress> address = AddressOfHost(host);
  if (!address.has_value()) return std::nullopt;
  const std::optional<TransportKind> by = Transport(transports);
  if (!by.has_value()) return std::nullopt;
  return HopTo(*address, *by, DefaultPort(*by));
}

bool IsSipsUri(absl::string_view uri) { return absl::StartsWithIgnoreCase(uri, "sips:"); }

std::string SecuredAs(absl::string_view uri, absl::string_view request_uri) {
  constexpr absl::string_view kSip = "sip:";
  if (!IsSipsUri(request_uri) || !absl::StartsWithIgnoreCase(uri, kSip)) {
    return std::string(uri);
  }
  return absl::StrCat("sips:", uri.substr(kSip.size()));
}

}  // namespace tickwire::sip
