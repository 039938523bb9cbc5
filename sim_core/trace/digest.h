// Digest: 128 bits that stand for everything canonical that a node or a run did.
//
// XXH3-128 of libxxhash, whose output is specified and equal on every platform. Not cryptographic:
// it tells runs apart, it does not defend against forgery.
#ifndef TICKWIRE_SIM_CORE_TRACE_DIGEST_H_
#define TICKWIRE_SIM_CORE_TRACE_DIGEST_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire {

struct Digest {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const Digest&) const = default;
};

Digest DigestOf(std::span<const uint8_t> bytes);
uint64_t StableHash64(absl::string_view text);
uint64_t StableHash64(std::span<const uint8_t> bytes);

// 32 lower-case hexadecimal digits.
std::string ToString(const Digest& digest);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_DIGEST_H_
