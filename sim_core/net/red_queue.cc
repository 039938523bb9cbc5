#include "sim_core/net/red_queue.h"

#include <algorithm>
#include <utility>

#include "sim_core/base/int128.h"

namespace tickwire {
namespace {

constexpr TraceLabel kEarlyDrop{"RED", "random early detection chose this packet"};
constexpr TraceLabel kForcedDrop{"RED, average over maximum",
                                 "the average queue exceeds the upper threshold"};
constexpr int kFraction = 16;

}  // namespace

RedQueue::RedQueue(const Parameters& parameters, std::unique_ptr<CongestionMarker> marker)
    : parameters_(parameters),
      marker_(std::move(marker)),
      fifo_(/*limit_packets=*/0, parameters.limit_bytes) {}

void RedQueue::UpdateAverage(SimTime now) {
  if (fifo_.packets() == 0 && !parameters_.rate.is_infinite()) {
    // As if m small packets had found an empty queue while it was idle.
    const Duration each = parameters_.rate.TransmissionTime(parameters_.mean_packet_bytes);
    int64_t m = std::min<int64_t>((now - idle_since_) / each, 64 << parameters_.weight_shift);
    while (m-- > 0 && average_ > 0) average_ -= (average_ >> parameters_.weight_shift) + 1;
    average_ = std::max<int64_t>(average_, 0);
    idle_since_ = now;
  }
  const int64_t queue = static_cast<int64_t>(fifo_.bytes()) << kFraction;
  average_ += (queue - average_) >> parameters_.weight_shift;
}

bool RedQueue::IsChosen(Rng& rng) {
  ++count_;
  // p_b = max_p * (average - minimum) / (maximum - minimum); p_a = p_b / (1 - count * p_b).
  const int64_t over = average_ - (static_cast<int64_t>(parameters_.minimum_bytes) << kFraction);
  const int64_t span = static_cast<int64_t>(parameters_.maximum_bytes - parameters_.minimum_bytes)
                       << kFraction;
  constexpr int64_t kOne = 1'000'000'000;
  const int64_t max_p = static_cast<int64_t>(parameters_.maximum_probability.numerator) * kOne /
                        parameters_.maximum_probability.denominator;
  const int64_t p_b = static_cast<int64_t>(static_cast<Int128>(max_p) * over / span);
  const int64_t rest = kOne - count_ * p_b;
  return rest <= 0 || static_cast<int64_t>(rng.Below(rest)) < p_b;
}

const TraceLabel* RedQueue::Enqueue(Packet& packet, SimTime now, Rng rng) {
  UpdateAverage(now);
  const int64_t average_bytes = average_ >> kFraction;
  const TraceLabel* cause = nullptr;
  if (average_bytes < static_cast<int64_t>(parameters_.minimum_bytes)) {
    count_ = -1;
  } else if (average_bytes >= static_cast<int64_t>(parameters_.maximum_bytes)) {
    cause = &kForcedDrop;
  } else if (IsChosen(rng)) {
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
