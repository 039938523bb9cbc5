#include "protocols/rtp/e_model.h"

#include <algorithm>

namespace tickwire::rtp {

CallQuality RateCall(Duration mouth_to_ear, uint64_t lost, uint64_t expected) {
  const int64_t micros = mouth_to_ear.nanos() / 1000;
  // Hundredths of R: 0.024 per ms is 2.4 per 1000 us, 0.11 per ms is 11.
  int64_t delay = micros * 24 / 10'000;
  if (micros > 177'300) delay += (micros - 177'300) * 11 / 1000;
  // Loss in hundredths of a percent; Ie,eff = 95 * Ppl / (Ppl + Bpl).
  const int64_t loss =
      expected == 0 ? 0 : static_cast<int64_t>(std::min(lost, expected) * 10'000 / expected);
  const int64_t equipment = 9500 * loss / (loss + 2510);
  CallQuality quality;
  quality.r_hundredths = static_cast<int32_t>(std::max<int64_t>(9320 - delay - equipment, 0));
  quality.mos_hundredths = MosOf(quality.r_hundredths);
  return quality;
}

int32_t MosOf(int32_t r_hundredths) {
  if (r_hundredths <= 0) return 100;
  if (r_hundredths >= 10'000) return 450;
  const int64_t r = r_hundredths;
  const int64_t scaled = 35 * r * 10'000'000 + r * (r - 6000) * (10'000 - r) * 7;  // by 10^10
  const int64_t mos = 100 + (scaled + 5'000'000'000) / 10'000'000'000;
  return static_cast<int32_t>(std::clamp<int64_t>(mos, 100, 450));
}

}  // namespace tickwire::rtp
