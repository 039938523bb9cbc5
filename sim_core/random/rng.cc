#include "sim_core/random/rng.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"

namespace tickwire {

Rng Rng::ForStream(const RunSeed& run, absl::string_view owner, absl::string_view purpose) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  // Lengths keep ("ab", "c") and ("a", "bc") apart.
  const uint64_t fixed[] = {run.seed, (uint64_t{run.replication} << 32) | run.epoch, owner.size(),
                            purpose.size()};
  XXH3_128bits_update(&state, fixed, sizeof fixed);
  XXH3_128bits_update(&state, owner.data(), owner.size());
  XXH3_128bits_update(&state, purpose.data(), purpose.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  const PhiloxKey key{static_cast<uint32_t>(hash.low64), static_cast<uint32_t>(hash.low64 >> 32)};
  return Rng(key, static_cast<uint32_t>(hash.high64), /*branch=*/0);
}

uint64_t Rng::Next64() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const PhiloxCounter block = Philox4x32(
      {index_++, static_cast<uint32_t>(branch_), static_cast<uint32_t>(branch_ >> 32), stream_},
      key_);
  TW_CHECK(index_ != 0);  // 2^33 draws from one branch
  spare_ = (uint64_t{block[3]} << 32) | block[2];
  has_spare_ = true;
  return (uint64_t{block[1]} << 32) | block[0];
}

uint64_t Rng::Below(uint64_t bound) {
  TW_DCHECK(bound > 0);
  // Lemire: multiply, and reject the few low products that would favour some values.
  while (true) {
    const Uint128 product = static_cast<Uint128>(Next64()) * bound;
    const uint64_t low = static_cast<uint64_t>(product);
    if (low >= bound || low >= (0 - bound) % bound) return static_cast<uint64_t>(product >> 64);
  }
}

bool Rng::Chance(Ratio p) {
  TW_DCHECK(p.numerator <= p.denominator);
  return Below(p.denominator) < p.numerator;
}

}  // namespace tickwire
