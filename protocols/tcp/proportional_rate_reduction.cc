#include "protocols/tcp/proportional_rate_reduction.h"

#include <algorithm>

#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"

namespace tickwire::tcp {

int64_t ProportionalRateReduction::OnAck(int64_t delivered, int64_t pipe, int64_t ssthresh,
                                         uint32_t mss, Bound bound) {
  TW_DCHECK(delivered >= 0);
  delivered_ += delivered;
  int64_t may_send = 0;
  if (pipe > ssthresh) {  // Proportional part, rounded up.
    const Int128 share =
        (static_cast<Int128>(delivered_) * ssthresh + recover_flight_ - 1) / recover_flight_;
    may_send = static_cast<int64_t>(share) - out_;
  } else {
    const int64_t limit = bound == Bound::kConservative
                              ? delivered_ - out_
                              : std::max(delivered_ - out_, delivered) + mss;
    may_send = std::min(ssthresh - pipe, limit);
  }
  return pipe + std::max<int64_t>(may_send, 0);
}

}  // namespace tickwire::tcp
