// The handshake messages behind the hellos, in their forms of 1.2 (RFC 5246 §7.4, RFC 8422 §5, RFC
// 5077 §3.3) and 1.3 (RFC 8446 §4.3 to §4.6), and the reader that puts messages together again.
//
// Write… give whole messages, with their header of four octets; Parse… take what stands behind it.
#ifndef TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_MESSAGES_H_
#define TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_MESSAGES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/tls/hello_messages.h"
#include "protocols/tls/tls_types.h"

namespace tickwire::tls {

using DerCertificates = std::vector<std::vector<uint8_t>>;  // the peer's own first

// A message without content that is looked at: ServerHelloDone, Finished.
std::vector<uint8_t> WriteMessage(HandshakeType type, std::span<const uint8_t> body);

// 1.3 with an empty context, as in a handshake (§4.4.2).
std::vector<uint8_t> WriteCertificates(TlsVersion version, const DerCertificates& certificates);
std::optional<DerCertificates> ParseCertificates(TlsVersion version, std::span<const uint8_t> body);

// Asks for ECDSA by P-256; the issuers that are welcome are not named.
std::vector<uint8_t> WriteCertificateRequest(TlsVersion version);
bool ParseCertificateRequest(TlsVersion version, std::span<const uint8_t> body);

std::vector<uint8_t> WriteCertificateVerify(std::span<const uint8_t> signature);
// The signature, if it is of the scheme that we speak.
std::optional<std::vector<uint8_t>> ParseCertificateVerify(std::span<const uint8_t> body);

// 1.3, §4.3.1; whether server_name is confirmed (RFC 6066 §3).
std::vector<uint8_t> WriteEncryptedExtensions(bool has_server_name);
bool ParseEncryptedExtensions(std::span<const uint8_t> body);

// 1.2, RFC 8422 §5.4, §5.7.
struct ServerKeyExchange {
  KeyShare share{};
  std::vector<uint8_t> signature;
};
std::vector<uint8_t> WriteServerKeyExchange(const ServerKeyExchange& exchange);
std::optional<ServerKeyExchange> ParseServerKeyExchange(std::span<const uint8_t> body);
std::vector<uint8_t> WriteClientKeyExchange(const KeyShare& share);
std::optional<KeyShare> ParseClientKeyExchange(std::span<const uint8_t> body);

struct NewSessionTicket {
  uint32_t lifetime_seconds = 0;
  uint32_t age_add = 0;  // 1.3
  std::string nonce;     // 1.3
  std::string ticket;
  bool operator==(const NewSessionTicket&) const = default;
};
std::vector<uint8_t> WriteNewSessionTicket(TlsVersion version, const NewSessionTicket& ticket);
std::optional<NewSessionTicket> ParseNewSessionTicket(TlsVersion version,
                                                      std::span<const uint8_t> body);

// Handshake messages out of the fragments of records (RFC 8446 §5.1).
class HandshakeReader {
 public:
  struct Message {
    HandshakeType type;
    std::span<const uint8_t> whole;  // valid until the next Append()
    std::span<const uint8_t> body() const { return whole.subspan(4); }
  };
  static constexpr size_t kMaxMessage = 64 << 10;

  void Append(std::span<const uint8_t> fragment);
  std::optional<Message> Next();
  // The message under way is longer than any that we take.
  bool is_too_long() const;
  // §5.1: no message may lie across a change of keys.
  bool is_between_messages() const { return begin_ == buffer_.size(); }

 private:
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_MESSAGES_H_
