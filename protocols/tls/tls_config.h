// TlsConfig: what a node shows, trusts and offers in TLS. One for both roles.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_CONFIG_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_CONFIG_H_

#include <cstddef>
#include <string>
#include <vector>

#include "protocols/tls/certificate.h"
#include "protocols/tls/tls_version.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::tls {

// What a server wants of its clients' certificates (RFC 8446 §4.3.2).
enum class ClientAuthentication : uint8_t {
  kNone,
  kRequest,  // checked if it comes
  kRequire,  // mutual authentication
};

struct TlsConfig {
  // --- Who we are ---
  // Each with what leads from it to its trusted issuer, the issuer itself left out.
  struct Identity {
    Certificate certificate;
    std::vector<Certificate> intermediates;
  };
  // A server shows the first that is for the name that the client asks for (RFC 6066 §3), else the
  // first; a client that is asked shows the first. None: a server refuses with handshake_failure.
  std::vector<Identity> identities;

  // --- Whom we believe ---
  std::vector<std::string> trusted_issuers;  // common names
  // Off: a client takes any certificate, as tools for tests do. The server of a client that does so
  // is not authenticated.
  bool verify_peer = true;
  ClientAuthentication client_authentication = ClientAuthentication::kNone;

  // --- What is offered and taken ---
  TlsVersion min_version = TlsVersion::k12;
  TlsVersion max_version = TlsVersion::k13;
  bool resumption = true;
  // 1.2: tickets (RFC 5077), or session identifiers that the server remembers; 1.3 knows tickets
  // only.
  bool session_tickets = true;
  Duration session_lifetime = Duration::Seconds(7200);  // at most 7 days (RFC 8446 §4.6.1)
  size_t max_sessions = 1000;                           // in each cache

  // --- Time ---
  Duration handshake_timeout = Duration::Seconds(10);
  Duration linger = Duration::Seconds(10);  // for the peer's close_notify, after ours
  // What a server computes for a handshake before it answers, one after the other as on one
  // processor.
  Duration handshake_time;
  Duration resumption_time;
  int max_handshakes = 1000;  // under way at once, for one listening port

  size_t max_fragment = 1 << 14;  // plaintext of a record that we send; at most 2^14 (§5.1)
  std::string name = "TLS";       // in the trace and of the random stream
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_CONFIG_H_
