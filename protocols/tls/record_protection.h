// RecordProtection: one direction's protection of records, with the expansion of AES-128-GCM:
// in 1.2 an explicit nonce of 8 octets before and a tag of 16 behind (RFC 5288 §3), in 1.3 the
// content type behind the plaintext, inside, and the tag (RFC 8446 §5.2). No padding.
//
// MODEL: the ciphertext is the plaintext under a keystream of Philox, the tag a keyed hash: opaque
// to who looks at it, reversible for the peer, and every change is noticed. Not secret.
#ifndef TICKWIRE_PROTOCOLS_TLS_RECORD_PROTECTION_H_
#define TICKWIRE_PROTOCOLS_TLS_RECORD_PROTECTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/tls/secrets.h"
#include "protocols/tls/tls_types.h"

namespace tickwire::tls {

class RecordProtection {
 public:
  static constexpr size_t kTagSize = 16;
  static constexpr size_t kExplicitNonceSize = 8;

  RecordProtection(TlsVersion version, const Secret& key) : version_(version), key_(key) {}

  // What the record of this direction that comes next carries.
  static size_t ProtectedSize(TlsVersion version, size_t plaintext) {
    return plaintext + kTagSize + (version == TlsVersion::k13 ? 1 : kExplicitNonceSize);
  }
  // The longest fragment of a protected record (§5.2; RFC 5246 §6.2.3).
  static constexpr size_t MaxProtected(TlsVersion version) {
    return kMaxPlaintext + (version == TlsVersion::k13 ? 256 : 2048);
  }
  // What a record says outside (§5.2).
  ContentType OuterType(ContentType type) const {
    return version_ == TlsVersion::k13 ? ContentType::kApplicationData : type;
  }
  // Appends the protected form of the next record's content.
  void Protect(ContentType type, std::span<const uint8_t> plaintext, std::vector<uint8_t>& out);
  struct Opened {
    ContentType type;
    std::vector<uint8_t> plaintext;
  };
  // The content of the next record. Nothing: it was changed, or is not the next one.
  std::optional<Opened> Open(ContentType outer_type, std::span<const uint8_t> fragment);

 private:
  void ApplyKeystream(std::span<uint8_t> bytes) const;
  std::vector<uint8_t> Tag(uint8_t outer_type, std::span<const uint8_t> ciphertext) const;

  TlsVersion version_;
  Secret key_;
  uint64_t sequence_ = 0;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_RECORD_PROTECTION_H_
