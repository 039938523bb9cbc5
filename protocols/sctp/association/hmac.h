// Hmac: keyed hashes for the state cookie and for AUTH (RFC 2104; RFC 4895 section 3.3), by
// libcrypto.
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_HMAC_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_HMAC_H_

#include <cstdint>
#include <span>
#include <vector>

namespace tickwire::sctp {

enum class HmacId : uint16_t { kSha1 = 1, kSha256 = 3 };

constexpr size_t HmacSize(HmacId id) { return id == HmacId::kSha1 ? 20 : 32; }
std::vector<uint8_t> Hmac(HmacId id, std::span<const uint8_t> key, std::span<const uint8_t> data);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_HMAC_H_
