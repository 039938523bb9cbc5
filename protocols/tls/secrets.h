// Secrets: what TLS derives keys, Finished, binders and tickets from.
//
// MODEL: no cryptography. A secret is a hash of what was said, so both sides come to the same one
// exactly if they have heard the same; who overhears it all could compute it as well. HKDF and the
// PRF are one hash here.
#ifndef TICKWIRE_PROTOCOLS_TLS_SECRETS_H_
#define TICKWIRE_PROTOCOLS_TLS_SECRETS_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim_core/trace/digest.h"

namespace tickwire::tls {

using Secret = Digest;

// A secret for a purpose out of another one and what both sides know.
Secret DeriveSecret(const Secret& from, absl::string_view purpose,
                    std::span<const uint8_t> context = {});
// `size` octets that only who knows `secret` and `context` can tell: verify_data, binders.
std::vector<uint8_t> ProofOf(const Secret& secret, absl::string_view purpose,
                             std::span<const uint8_t> context, size_t size);

// All handshake messages of a connection, for what is derived from them (RFC 8446 §4.4.1).
class Transcript {
 public:
  void Add(std::span<const uint8_t> message) {
    bytes_.insert(bytes_.end(), message.begin(), message.end());
  }
  // A hash of what was added; 16 octets.
  std::array<uint8_t, 16> Hash() const;

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_SECRETS_H_
