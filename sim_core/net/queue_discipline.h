// QueueDiscipline: which packets wait for a link, in what order they leave, which are dropped.
#ifndef TICKWIRE_SIM_CORE_NET_QUEUE_DISCIPLINE_H_
#define TICKWIRE_SIM_CORE_NET_QUEUE_DISCIPLINE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sim_core/base/ring_buffer.h"
#include "sim_core/packet/packet.h"
#include "sim_core/random/rng.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

class QueueDiscipline {
 public:
  // A packet that the queue gave up, and why.
  struct Dropped {
    Packet packet;
    const TraceLabel* cause;
  };

  virtual ~QueueDiscipline() = default;
  // Takes `packet`, or leaves it and returns the cause of its drop. `rng` is the branch of this
  // packet.
  virtual const TraceLabel* Enqueue(Packet& packet, SimTime now, Rng rng) = 0;
  // The next packet to transmit, if any; appends those that were given up first.
  virtual std::optional<Packet> Dequeue(SimTime now, std::vector<Dropped>& dropped) = 0;
  virtual size_t packets() const = 0;
  virtual size_t bytes() const = 0;
};

// What the disciplines share: first in, first out, counted in packets and wire bytes, with a limit
// in either (0: none in that unit).
class PacketFifo {
 public:
  PacketFifo(size_t limit_packets, size_t limit_bytes)
      : limit_packets_(limit_packets), limit_bytes_(limit_bytes) {}

  bool HasRoomFor(const Packet& packet) const {
    return (limit_packets_ == 0 || items_.size() < limit_packets_) &&
           (limit_bytes_ == 0 || bytes_ + packet.wire_size() <= limit_bytes_);
  }
  void Push(Packet packet, SimTime now) {
    bytes_ += packet.wire_size();
    items_.push_back({std::move(packet), now});
  }
  struct Item {
    Packet packet;
    SimTime enqueued;
  };
  std::optional<Item> Pop() {
    if (items_.empty()) return std::nullopt;
    Item item = items_.pop_front();
    bytes_ -= item.packet.wire_size();
    return item;
  }
  size_t packets() const { return items_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  const size_t limit_packets_;
  const size_t limit_bytes_;
  RingBuffer<Item> items_;
  size_t bytes_ = 0;
};

inline constexpr TraceLabel kQueueFull{"queue_full", "no room left in the queue of the link"};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_QUEUE_DISCIPLINE_H_
