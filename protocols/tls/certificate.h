// Certificate: who somebody is, as X.509 has it, and the questions that RFC 5922 §7 asks of it.
//
// A certificate is a set of names, an issuer and a validity on virtual time; its DER (RFC 5280) is
// well-formed and of realistic size: P-256 keys, ECDSA signatures, the usual extensions.
// MODEL: no cryptography. The issuer's signature is filler that is not checked: what counts is
// whether the issuer's name is trusted, so nobody can be caught forging a certificate. There is no
// revocation. Virtual time 0 is 1970-01-01T00:00:00Z, as in captures.
#ifndef TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_H_
#define TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::tls {

struct Certificate {
  // "sip:example.com" is a URI, all others are DNS names (RFC 5280 §4.2.1.6).
  std::vector<std::string> subject_alternative_names;
  std::string subject;  // common name; empty: the first alternative name without its scheme
  std::string issuer;   // common name
  // Both inclusive (RFC 5280 §4.1.2.5); whole seconds, fractions are cut off.
  SimTime not_before = SimTime::FromNanos(0);
  SimTime not_after = SimTime{Duration::Seconds(90 * 86'400)};
  uint64_t serial = 1;

  bool operator==(const Certificate&) const = default;
};

// An uncompressed point of P-256 without its leading 4 (RFC 5480 §2.2).
using PublicKey = std::array<uint8_t, 64>;
// MODEL: the key is a function of the certificate, so that nothing has to be configured.
PublicKey PublicKeyOf(const Certificate& certificate);

std::vector<uint8_t> EncodeCertificate(const Certificate& certificate);
struct ParsedCertificate {
  Certificate certificate;
  PublicKey key;
};
// Nothing: not DER, or not a certificate of P-256.
std::optional<ParsedCertificate> ParseCertificate(std::span<const uint8_t> der);

// The SIP domain identities of RFC 5922 §7.1, in lower case: hosts of SIP URIs without a user; if
// there is none, DNS names; the common name only where there are no alternative names at all.
std::vector<std::string> SipIdentities(const Certificate& certificate);
// RFC 5922 §7.2: whether one of them is `domain`: whole, without regard to case, no wildcards.
bool IsFor(const Certificate& certificate, absl::string_view domain);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_H_
