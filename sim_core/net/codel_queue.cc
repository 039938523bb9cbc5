#include "sim_core/net/codel_queue.h"

#include <utility>

#include "sim_core/base/int128.h"
#include "sim_core/random/fixed_point.h"

namespace tickwire {
namespace {
constexpr TraceLabel kCodelDrop{"codel", "RFC 8289: sojourn time above target for an interval"};
}  // namespace

CodelQueue::CodelQueue(const Parameters& parameters, std::unique_ptr<CongestionMarker> marker)
    : parameters_(parameters),
      marker_(std::move(marker)),
      fifo_(parameters.limit_packets, parameters.limit_bytes) {}

const TraceLabel* CodelQueue::Enqueue(Packet& packet, SimTime now, Rng) {
  if (!fifo_.HasRoomFor(packet)) return &kQueueFull;
  fifo_.Push(std::move(packet), now);
  return nullptr;
}

// RFC 8289 section 5.6, dodequeue().
CodelQueue::Head CodelQueue::TakeHead(SimTime now) {
  std::optional<PacketFifo::Item> item = fifo_.Pop();
  if (!item) {
    first_above_time_.reset();
    return {};
  }
  Head head{.packet = std::move(item->packet)};
  if (now - item->enqueued < parameters_.target || fifo_.bytes() <= parameters_.mtu_bytes) {
    first_above_time_.reset();
  } else if (!first_above_time_) {
    first_above_time_ = now + parameters_.interval;
  } else {
    head.ok_to_drop = now >= *first_above_time_;
  }
  return head;
}

// RFC 8289 section 5.6: t + interval / sqrt(count), in fixed point.
SimTime CodelQueue::ControlLaw(SimTime from) const {
  const Q32 root = SqrtQ32(static_cast<Q32>(count_) << 24) << 4;  // sqrt(c * 2^-8) * 2^4
  return from + Duration::Nanos(static_cast<int64_t>(
                    (static_cast<Int128>(parameters_.interval.nanos()) << 32) / root));
}

// RFC 8289 section 5.5, dequeue().
std::optional<Packet> CodelQueue::Dequeue(SimTime now, std::vector<Dropped>& dropped) {
  // Marks instead of dropping where it may; true if the packet was given up.
  const auto give_up = [&](Head& head) {
    if (marker_ != nullptr && marker_->Mark(*head.packet)) return false;
    dropped.push_back({std::move(*head.packet), &kCodelDrop});
    return true;
  };
  Head head = TakeHead(now);
  if (!head.packet) {
    dropping_ = false;
    return std::nullopt;
  }
  if (dropping_) {
    if (!head.ok_to_drop) dropping_ = false;
    while (dropping_ && now >= drop_next_) {
      ++count_;
      const bool given_up = give_up(head);
      if (given_up) {
        head = TakeHead(now);
        if (!head.packet || !head.ok_to_drop) {
          dropping_ = false;
          break;
        }
      }
      drop_next_ = ControlLaw(drop_next_);
      if (!given_up) break;  // marked: it is transmitted
    }
  } else if (head.ok_to_drop) {
    if (give_up(head)) head = TakeHead(now);
    dropping_ = true;
    // Section 5.5: if it stopped dropping only a short while ago, go on near the old pace.
    const uint32_t delta = count_ - lastcount_;
    count_ = delta > 1 && now - drop_next_ < 16 * parameters_.interval ? delta : 1;
    drop_next_ = ControlLaw(now);
    lastcount_ = count_;
  }
  if (!head.packet) return std::nullopt;
  return std::move(head.packet);
}

}  // namespace tickwire
