#include "protocols/sctp/association/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sim_core/base/check.h"

namespace tickwire::sctp {

std::vector<uint8_t> Hmac(HmacId id, std::span<const uint8_t> key, std::span<const uint8_t> data) {
  std::vector<uint8_t> out(HmacSize(id));
  unsigned int size = 0;
  // An empty key must still be a pointer.
  const uint8_t none = 0;
  const uint8_t* const result =
      HMAC(id == HmacId::kSha1 ? EVP_sha1() : EVP_sha256(), key.empty() ? &none : key.data(),
           static_cast<int>(key.size()), data.data(), data.size(), out.data(), &size);
  TW_CHECK(result != nullptr && size == out.size());
  return out;
}

}  // namespace tickwire::sctp
