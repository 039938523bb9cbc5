// Rng: one stream of random numbers, keyed by who draws and what for.
//
// Counter-based: a stream is a function of (seed, replication, epoch, owner name, purpose), a draw
// one of (stream, branch, index). Adding a node, a link or an observer therefore changes nobody
// else's draws. `Branch(n)` gives the sub-stream of the n-th occasion (a link draws for its n-th
// packet from branch n), so that one packet more or one more draw for it leaves the others alone.
// Integers only; the same bits on every compiler and CPU. Distributions are in distributions.h.
#ifndef TICKWIRE_SIM_CORE_RANDOM_RNG_H_
#define TICKWIRE_SIM_CORE_RANDOM_RNG_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "sim_core/base/ratio.h"
#include "sim_core/random/philox.h"

namespace tickwire {

// Names a run among all runs of its scenario. `epoch` is added to when a run is forked.
struct RunSeed {
  uint64_t seed = 1;
  uint32_t replication = 0;
  uint32_t epoch = 0;
};

class Rng {
 public:
  static Rng ForStream(const RunSeed& run, absl::string_view owner, absl::string_view purpose);

  // The sub-stream number `occasion` of this stream, from its beginning.
  Rng Branch(uint64_t occasion) const { return Rng(key_, stream_, occasion + 1); }

  uint64_t Next64();
  // Uniform in [0, bound), unbiased. REQUIRES: bound > 0.
  uint64_t Below(uint64_t bound);
  // True with probability `p`; always draws once. REQUIRES: p.numerator <= p.denominator.
  bool Chance(Ratio p);

 private:
  Rng(PhiloxKey key, uint32_t stream, uint64_t branch)
      : key_(key), stream_(stream), branch_(branch) {}

  PhiloxKey key_;
  uint32_t stream_;
  uint32_t index_ = 0;  // of the next Philox block
  uint64_t branch_;     // 0: the stream itself
  uint64_t spare_ = 0;  // second half of the last block
  bool has_spare_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RANDOM_RNG_H_
