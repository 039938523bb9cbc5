// The computations of HTTP Digest as SIP uses it (RFC 7616 §3.4, RFC 8760, RFC 3261 §22.4).
//
// Pure functions of texts: quotes are removed by the caller. Results are lower-case hexadecimal.
// Hashes come from libcrypto.
#ifndef TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_H_
#define TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

// RFC 8760 §2.7, weakest first: a greater value is a stronger algorithm.
enum class DigestAlgorithm : uint8_t {
  kMd5,
  kMd5Sess,
  kSha256,
  kSha256Sess,
  kSha512_256,
  kSha512_256Sess,
};
absl::string_view DigestAlgorithmName(DigestAlgorithm algorithm);
// Nothing for an algorithm that is not known; a missing parameter means MD5 (RFC 7616 §3.3).
std::optional<DigestAlgorithm> ParseDigestAlgorithm(absl::string_view name);
bool IsSession(DigestAlgorithm algorithm);  // "-sess"

// Quality of protection (RFC 7616 §3.3). kNone is what RFC 2069 had, and RFC 2617 allows.
enum class DigestQop : uint8_t { kNone, kAuth, kAuthInt };
absl::string_view DigestQopName(DigestQop qop);  // empty for kNone
std::optional<DigestQop> ParseDigestQop(absl::string_view name);

// H(data) of the algorithm's hash, as hexadecimal.
std::string DigestHash(DigestAlgorithm algorithm, absl::string_view data);

struct DigestInput {
  DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
  DigestQop qop = DigestQop::kAuth;
  absl::string_view username, realm, password;
  absl::string_view nonce, cnonce;
  absl::string_view nonce_count;  // as sent: eight hexadecimal digits
  absl::string_view method, uri;
  absl::string_view body;  // counts with auth-int only
  // Of a -sess algorithm: the cnonce with which the session began (§3.4.2); empty: `cnonce`.
  absl::string_view session_cnonce;
};

// H(A1) (§3.4.2).
std::string DigestHa1(const DigestInput& input);
// The response parameter of a request (§3.4.1).
std::string DigestResponse(const DigestInput& input);
// The rspauth parameter of Authentication-Info (§3.5): as above without the method. `body` is that
// of the response.
std::string DigestResponseAuth(const DigestInput& input);
// The hashed username of userhash=true (§3.4.4).
std::string DigestUserHash(DigestAlgorithm algorithm, absl::string_view username,
                           absl::string_view realm);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_H_
