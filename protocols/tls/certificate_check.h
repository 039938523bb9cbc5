// Whether a chain of certificates is believed (RFC 5280 §6, RFC 5922 §7.3), and signatures by the
// key of a certificate.
#ifndef TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_CHECK_H_
#define TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_CHECK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/tls/certificate.h"
#include "protocols/tls/handshake_messages.h"
#include "protocols/tls/tls_config.h"

namespace tickwire::tls {

struct CheckedChain {
  std::optional<Alert> alert;  // not believed
  std::string why;             // then, for people
  ParsedCertificate leaf;      // the peer's own, as far as it could be read
};

// The way from the first certificate to a trusted issuer, in the order in which they were sent,
// each valid at `now`; the first one is for `peer_name`, unless that is empty. Of `config` it takes
// whom we trust and whether we care.
CheckedChain CheckChain(const DerCertificates& chain, const TlsConfig& config, SimTime now,
                        absl::string_view peer_name);

DerCertificates EncodeIdentity(const TlsConfig::Identity& identity);

// MODEL: a signature is a function of the key and of what is signed.
std::vector<uint8_t> Sign(const PublicKey& key, absl::string_view purpose,
                          std::span<const uint8_t> content);
bool IsSignedBy(const PublicKey& key, absl::string_view purpose, std::span<const uint8_t> content,
                std::span<const uint8_t> signature);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_CHECK_H_
