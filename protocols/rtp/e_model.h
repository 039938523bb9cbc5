// How a call sounds: a simplified E-model (ITU-T G.107), in integers.
//
// R = 93.2 - Id - Ie,eff and the mean opinion score that follows from it. MODEL: default values
// for everything but delay and loss; Id by the two straight lines of common practice (0.024 per ms,
// and 0.11 per ms beyond 177.3 ms); losses at random (BurstR = 1); G.711 with loss concealment (Ie
// = 0, Bpl = 25.1, G.113).
#ifndef TICKWIRE_PROTOCOLS_RTP_E_MODEL_H_
#define TICKWIRE_PROTOCOLS_RTP_E_MODEL_H_

#include <cstdint>

#include "sim_core/time/sim_time.h"

namespace tickwire::rtp {

struct CallQuality {
  int32_t r_hundredths = 0;    // 9320: 93.2, the best; below 0 is 0
  int32_t mos_hundredths = 0;  // 100 to 450
};

// `mouth_to_ear`: one way, buffers included. `lost` of `expected` packets were not heard.
CallQuality RateCall(Duration mouth_to_ear, uint64_t lost, uint64_t expected);
// 1 + 0.035 R + 7e-6 R (R - 60) (100 - R) (G.107 annex B), in hundredths both.
int32_t MosOf(int32_t r_hundredths);

}  // namespace tickwire::rtp

#endif  // TICKWIRE_PROTOCOLS_RTP_E_MODEL_H_
