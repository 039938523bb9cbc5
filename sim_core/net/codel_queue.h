// CodelQueue: controlled delay (RFC 8289). Drops, or marks, at the head when packets have stayed
// longer than `target` for at least `interval`, at a pace that grows with the square root of the
// number of drops.
#ifndef TICKWIRE_SIM_CORE_NET_CODEL_QUEUE_H_
#define TICKWIRE_SIM_CORE_NET_CODEL_QUEUE_H_

#include <memory>

#include "sim_core/net/packet_matcher.h"
#include "sim_core/net/queue_discipline.h"

namespace tickwire {

class CodelQueue : public QueueDiscipline {
 public:
  struct Parameters {
    Duration target = Duration::Millis(5);      // RFC 8289 section 4.3
    Duration interval = Duration::Millis(100);  // section 4.2
    size_t mtu_bytes = 1500;      // never drop when no more than this is left (section 5.3)
    size_t limit_packets = 1000;  // 0: none
    size_t limit_bytes = 0;       // 0: none
  };
  // `marker` may be null: then drop.
  CodelQueue(const Parameters& parameters, std::unique_ptr<CongestionMarker> marker);
  const TraceLabel* Enqueue(Packet& packet, SimTime now, Rng rng) override;
  std::optional<Packet> Dequeue(SimTime now, std::vector<Dropped>& dropped) override;
  size_t packets() const override { return fifo_.packets(); }
  size_t bytes() const override { return fifo_.bytes(); }

 private:
  struct Head {
    std::optional<Packet> packet;
    bool ok_to_drop = false;
  };
  Head TakeHead(SimTime now);
  SimTime ControlLaw(SimTime from) const;

  const Parameters parameters_;
  const std::unique_ptr<CongestionMarker> marker_;
  PacketFifo fifo_;
  // RFC 8289 section 5.2.
  std::optional<SimTime> first_above_time_;
  SimTime drop_next_;
  uint32_t count_ = 0;
  uint32_t lastcount_ = 0;
  bool dropping_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_CODEL_QUEUE_H_
