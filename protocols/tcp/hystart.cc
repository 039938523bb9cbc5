#include "protocols/tcp/hystart.h"

#include <algorithm>

namespace tickwire::tcp {
namespace {

constexpr int64_t kLeastWindow = 16;  // segments
constexpr int kSamples = 8;
constexpr Duration kAckSpacing = Duration::Millis(2);
constexpr Duration kLeastRise = Duration::Millis(4);
constexpr Duration kMostRise = Duration::Millis(16);

}  // namespace

void HyStart::BeginRound(const AckSummary& ack, const SenderCore& core) {
  round_end_ = core.board.snd_nxt();
  round_start_ = last_ack_ = ack.now;
  least_of_round_ = Duration::Infinite();
  samples_ = 0;
}

bool HyStart::OnAck(const AckSummary& ack, const SenderCore& core) {
  if (round_end_ < 0 || core.board.snd_una() > round_end_) BeginRound(ack, core);
  if (ack.rtt.has_value()) {
    least_ = std::min(least_, *ack.rtt);
    if (samples_ < kSamples) least_of_round_ = std::min(least_of_round_, *ack.rtt);
    ++samples_;
  }
  if (core.cwnd < kLeastWindow * core.mss || least_ == Duration::Infinite()) return false;
  if (ack.now - last_ack_ <= kAckSpacing) {
    last_ack_ = ack.now;
    if (ack.now - round_start_ > least_ / 2) return true;
  }
  const Duration rise = std::clamp(least_ / 8, kLeastRise, kMostRise);
  return samples_ >= kSamples && least_of_round_ > least_ + rise;
}

}  // namespace tickwire::tcp
