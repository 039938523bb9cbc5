#include "protocols/sip/digest/digest.h"

#include <openssl/evp.h>

#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kAlgorithmNames[] = {"MD5",          "MD5-sess",    "SHA-256",
                                                 "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"};

const EVP_MD* HashOf(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kMd5:
    case DigestAlgorithm::kMd5Sess:
      return EVP_md5();
    case DigestAlgorithm::kSha256:
    case DigestAlgorithm::kSha256Sess:
      return EVP_sha256();
    case DigestAlgorithm::kSha512_256:
    case DigestAlgorithm::kSha512_256Sess:
      return EVP_sha512_256();
  }
  return EVP_md5();
}

// §3.4.1, with A2 given.
std::string KeyedDigest(const DigestInput& input, absl::string_view a2) {
  const std::string ha1 = DigestHa1(input);
  const std::string ha2 = DigestHash(input.algorithm, a2);
  if (input.qop == DigestQop::kNone) {  // RFC 2617 §3.2.2.1
    return DigestHash(input.algorithm, absl::StrCat(ha1, ":", input.nonce, ":", ha2));
  }
  return DigestHash(input.algorithm,
                    absl::StrCat(ha1, ":", input.nonce, ":", input.nonce_count, ":", input.cnonce,
                                 ":", DigestQopName(input.qop), ":", ha2));
}

// §3.4.3.
std::string A2(const DigestInput& input, absl::string_view method) {
  std::string a2 = absl::StrCat(method, ":", input.uri);
  if (input.qop == DigestQop::kAuthInt) {
    absl::StrAppend(&a2, ":", DigestHash(input.algorithm, input.body));
  }
  return a2;
}

}  // namespace

absl::string_view DigestAlgorithmName(DigestAlgorithm algorithm) {
  return kAlgorithmNames[static_cast<size_t>(algorithm)];
}

std::optional<DigestAlgorithm> ParseDigestAlgorithm(absl::string_view name) {
  for (size_t i = 0; i < std::size(kAlgorithmNames); ++i) {
    if (absl::EqualsIgnoreCase(name, kAlgorithmNames[i])) return static_cast<DigestAlgorithm>(i);
  }
  return std::nullopt;
}

bool IsSession(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kMd5Sess || algorithm == DigestAlgorithm::kSha256Sess ||
         algorithm == DigestAlgorithm::kSha512_256Sess;
}

absl::string_view DigestQopName(DigestQop qop) {
  switch (qop) {
    case DigestQop::kNone:
      return "";
    case DigestQop::kAuth:
      return "auth";
    case DigestQop::kAuthInt:
      return "auth-int";
  }
  return "";
}

std::optional<DigestQop> ParseDigestQop(absl::string_view name) {
  if (absl::EqualsIgnoreCase(name, "auth")) return DigestQop::kAuth;
  if (absl::EqualsIgnoreCase(name, "auth-int")) return DigestQop::kAuthInt;
  return std::nullopt;
}

std::string DigestHash(DigestAlgorithm algorithm, absl::string_view data) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const int done =
      EVP_Digest(data.data(), data.size(), hash, &size, HashOf(algorithm), /*impl=*/nullptr);
  TW_CHECK(done == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash), size));
}

std::string DigestHa1(const DigestInput& input) {
  const std::string ha1 = DigestHash(
      input.algorithm, absl::StrCat(input.username, ":", input.realm, ":", input.password));
  if (!IsSession(input.algorithm)) return ha1;
  const absl::string_view cnonce =
      input.session_cnonce.empty() ? input.cnonce : input.session_cnonce;
  return DigestHash(input.algorithm, absl::StrCat(ha1, ":", input.nonce, ":", cnonce));
}

std::string DigestResponse(const DigestInput& input) {
  return KeyedDigest(input, A2(input, input.method));
}

std::string DigestResponseAuth(const DigestInput& input) {
  return KeyedDigest(input, A2(input, ""));
}

std::string DigestUserHash(DigestAlgorithm algorithm, absl::string_view username,
                           absl::string_view realm) {
  return DigestHash(algorithm, absl::StrCat(username, ":", realm));
}

}  // namespace tickwire::sip
