#include "sim_core/net/red_queue.h"

#include <algorithm>
#include <utility>

#include "sim_core/base/int128.h"

namespace tickwire {
namespace {

constexpr TraceLabel kEarlyDrop{"red", "random early detection chose this packet"};
constexpr TraceLabel kForcedDrop{"red_forced", "the average queue exceeds the upper threshold"};

Q32 ToQ32(Ratio ratio) {
  return static_cast<Q32>((uint64_t{ratio.numerator} << 32) / ratio.denominator);
}

Q32 Power(Q32 base, int64_t exponent) {  // base in [0, 1]
  Q32 result = kQ32One;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = MultiplyQ32(result, base);
    base = MultiplyQ32(base, base);
  }
  return result;
}

}  // namespace

RedQueue::RedQueue(const Parameters& parameters, std::unique_ptr<CongestionMarker> marker)
    : parameters_(parameters),
      weight_(ToQ32(parameters.weight)),
      marker_(std::move(marker)),
      fifo_(parameters.limit_packets, /*limit_bytes=*/0) {}

void RedQueue::UpdateAverage(SimTime now) {
  if (fifo_.packets() == 0 && !parameters_.rate.is_infinite()) {
    // As if m small packets had found an empty queue while it was idle.
    const Duration each = parameters_.rate.TransmissionTime(parameters_.mean_packet_bytes);
    average_ = MultiplyQ32(average_, Power(kQ32One - weight_, (now - idle_since_) / each));
    idle_since_ = now;
  }
  const Q32 queue = static_cast<Q32>(fifo_.packets()) << 32;
  average_ += MultiplyQ32(queue - average_, weight_);
}

// The probability for a packet at this average, before spreading: zero at the lower threshold,
// maximum_probability at the upper one, and, if gentle, one at twice that.
Q32 RedQueue::BaseProbability() const {
  const Q32 low = static_cast<Q32>(parameters_.minimum_packets) << 32;
  const Q32 high = static_cast<Q32>(parameters_.maximum_packets) << 32;
  const Q32 at_high = ToQ32(parameters_.maximum_probability);
  const auto interpolate = [](Q32 x, Q32 from, Q32 to, Q32 at_from, Q32 at_to) {
    return at_from +
           static_cast<Q32>(static_cast<Int128>(at_to - at_from) * (x - from) / (to - from));
  };
  if (average_ < low) return 0;
  if (average_ < high) return interpolate(average_, low, high, 0, at_high);
  if (parameters_.gentle && average_ < 2 * high) {
    return interpolate(average_, high, 2 * high, at_high, kQ32One);
  }
  return kQ32One;
}

// p_a = p_b / (1 - count * p_b): marks come at even distances instead of in clusters.
bool RedQueue::IsChosen(Q32 base_probability, Rng& rng) {
  ++count_;
  const Q32 rest = kQ32One - count_ * base_probability;
  return rest <= 0 || static_cast<Q32>(rng.Below(rest)) < base_probability;
}

const TraceLabel* RedQueue::Enqueue(Packet& packet, SimTime now, Rng rng) {
  UpdateAverage(now);
  const Q32 base_probability = BaseProbability();
  const TraceLabel* cause = nullptr;
  if (base_probability == 0) {
    count_ = -1;
  } else if (base_probability == kQ32One) {
    cause = &kForcedDrop;
  } else if (IsChosen(base_probability, rng)) {
    count_ = 0;
    if (marker_ == nullptr || !marker_->Mark(packet)) cause = &kEarlyDrop;
  }
  if (cause == nullptr && !fifo_.HasRoomFor(packet)) cause = &kQueueFull;
  if (cause != nullptr) {
    count_ = 0;
    return cause;
  }
  fifo_.Push(std::move(packet), now);
  return nullptr;
}

std::optional<Packet> RedQueue::Dequeue(SimTime now, std::vector<Dropped>&) {
  std::optional<PacketFifo::Item> item = fifo_.Pop();
  if (!item) return std::nullopt;
  if (fifo_.packets() == 0) idle_since_ = now;
  return std::move(item->packet);
}

}  // namespace tickwire
