// The names of transports in Via, URIs and DNS, and what the names imply (RFC 3261 §18, §19.1.1,
// §26.2; RFC 3263 §4.1, §4.2; RFC 4168 §4, §6; RFC 7118 §5).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_TRANSPORT_NAMES_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_TRANSPORT_NAMES_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/transport/channel.h"

namespace tickwire::sip {

// In the order in which a list of them is written.
inline constexpr std::array kSipTransports = {
    TransportKind::kUdp,     TransportKind::kTcp, TransportKind::kTls, TransportKind::kSctp,
    TransportKind::kTlsSctp, TransportKind::kWs,  TransportKind::kWss};

// "UDP", "TLS-SCTP": in the sent-protocol of a Via.
absl::string_view ViaName(TransportKind transport);
// Without regard to case. Nothing for a transport that we do not know.
std::optional<TransportKind> TransportOfVia(absl::string_view name);

// The value of the transport parameter: "udp", "tls-sctp". For a SIPS URI the one below TLS is
// named ("tcp", "sctp", "ws": §26.2.2, RFC 7118 §5.2).
absl::string_view UriName(TransportKind transport, bool is_sips);
// What a transport parameter means under its scheme. Nothing for unknown ones, and for UDP under
// "sips".
std::optional<TransportKind> TransportOfUri(absl::string_view parameter, bool is_sips);

// ";transport=tcp": what a URI of ours says of its transport. Empty for UDP, which is what a SIP
// URI means without it, and for TLS under SIPS likewise.
std::string TransportParam(TransportKind transport, bool is_sips);

// Whether TLS is in it.
constexpr bool IsSecure(TransportKind transport) {
  return transport == TransportKind::kTls || transport == TransportKind::kTlsSctp ||
         transport == TransportKind::kWss;
}
constexpr bool IsWebSocket(TransportKind transport) {
  return transport == TransportKind::kWs || transport == TransportKind::kWss;
}
// 5060, 5061 under TLS (§18.1.1), 80 and 443 for WebSocket (RFC 7118 §5.3).
uint16_t DefaultPort(TransportKind transport);
// "SIP+D2U": of a NAPTR record (RFC 3263 §4.1, RFC 4168 §6, RFC 7118 §10.2).
absl::string_view NaptrService(TransportKind transport);
// "_sip._udp.": what stands before the domain in a query for SRV (RFC 3263 §4.1). Empty for
// WebSocket, which has none.
absl::string_view SrvPrefix(TransportKind transport);

// The transports that an element speaks, and which of them it takes where nothing else decides.
class Transports {
 public:
  constexpr Transports() : Transports({TransportKind::kUdp}) {}
  // The first one is the preferred one.
  constexpr explicit Transports(std::initializer_list<TransportKind> kinds)
      : preferred_(*kinds.begin()) {
    for (const TransportKind kind : kinds) Add(kind);
  }
  constexpr void Add(TransportKind kind) { mask_ |= Bit(kind); }
  constexpr bool Has(TransportKind kind) const { return (mask_ & Bit(kind)) != 0; }
  constexpr void set_preferred(TransportKind kind) { preferred_ = kind; }
  constexpr TransportKind preferred() const { return preferred_; }

 private:
  static constexpr uint8_t Bit(TransportKind kind) {
    return static_cast<uint8_t>(1u << static_cast<unsigned>(kind));
  }
  uint8_t mask_ = 0;
  TransportKind preferred_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_TRANSPORT_NAMES_H_
