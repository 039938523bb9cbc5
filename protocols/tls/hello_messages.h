// ClientHello and ServerHello with their extensions (RFC 8446 §4.1, §4.2; in 1.2 RFC 5246 §7.4.1).
//
// Serialize() gives whole handshake messages, with their header of four octets; Parse() takes what
// stands behind it, and knows nothing of what may come when. Extensions that are not here are
// skipped (§4.2).
#ifndef TICKWIRE_PROTOCOLS_TLS_HELLO_MESSAGES_H_
#define TICKWIRE_PROTOCOLS_TLS_HELLO_MESSAGES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/tls/tls_types.h"

namespace tickwire::tls {

using Random = std::array<uint8_t, 32>;
using KeyShare = std::array<uint8_t, kKeyShareSize>;

struct ClientHello {
  Random random{};
  std::string session_id;  // at most 32 octets
  std::vector<uint16_t> cipher_suites;
  // --- Extensions ---
  std::string server_name;                   // RFC 6066 §3; empty: not sent
  std::vector<uint16_t> supported_versions;  // empty: not sent, as of a client of 1.2
  std::vector<uint16_t> supported_groups;
  std::vector<uint16_t> signature_algorithms;
  std::optional<KeyShare> key_share;          // of x25519; others are skipped
  std::optional<std::string> session_ticket;  // RFC 5077 §3.2; empty: asks for one
  bool psk_dhe_ke = false;                    // psk_key_exchange_modes has it
  struct PreSharedKey {                       // the first of those offered
    std::string identity;
    uint32_t obfuscated_ticket_age = 0;
    std::vector<uint8_t> binder;
    bool operator==(const PreSharedKey&) const = default;
  };
  std::optional<PreSharedKey> pre_shared_key;
  bool psk_is_last = true;  // as it must be (§4.2.11); of what was parsed

  std::vector<uint8_t> Serialize() const;
  static std::optional<ClientHello> Parse(std::span<const uint8_t> body);
  // Octets at the end of a message with a pre-shared key that its binders do not cover (§4.2.11.2).
  // `binder` is the size of the one that it has.
  static constexpr size_t BindersSize(size_t binder) { return 2 + 1 + binder; }
  // Of whatever was offered (§4.2.1).
  bool Offers(TlsVersion version) const;
  bool OffersSuite(CipherSuite suite) const;
  bool operator==(const ClientHello&) const = default;
};

struct ServerHello {
  Random random{};
  std::string session_id;
  uint16_t cipher_suite = 0;
  // --- Extensions ---
  std::optional<uint16_t> supported_version;  // 1.3 only
  std::optional<KeyShare> key_share;
  bool takes_psk = false;         // the first one
  bool sends_ticket = false;      // RFC 5077 §3.2: a NewSessionTicket follows
  bool is_retry_request = false;  // by its random (§4.1.3); of what was parsed

  std::vector<uint8_t> Serialize() const;
  static std::optional<ServerHello> Parse(std::span<const uint8_t> body);
  TlsVersion version() const {
    return supported_version == static_cast<uint16_t>(TlsVersion::k13) ? TlsVersion::k13
                                                                       : TlsVersion::k12;
  }
  bool operator==(const ServerHello&) const = default;
};

// §4.1.3: how a server that knows 1.3 ends its random in 1.2, and what a client that offered 1.3
// takes for an attack.
inline constexpr std::array<uint8_t, 8> kDowngradeTo12 = {0x44, 0x4f, 0x57, 0x4e,
                                                          0x47, 0x52, 0x44, 0x01};
bool SaysDowngrade(const Random& random);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_HELLO_MESSAGES_H_
