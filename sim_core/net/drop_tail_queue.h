// DropTailQueue: first in, first out; what does not fit is dropped.
#ifndef TICKWIRE_SIM_CORE_NET_DROP_TAIL_QUEUE_H_
#define TICKWIRE_SIM_CORE_NET_DROP_TAIL_QUEUE_H_

#include "sim_core/net/queue_discipline.h"

namespace tickwire {

class DropTailQueue : public QueueDiscipline {
 public:
  // A limit of 0 means none in that unit.
  DropTailQueue(size_t limit_packets, size_t limit_bytes) : fifo_(limit_packets, limit_bytes) {}
  const TraceLabel* Enqueue(Packet& packet, SimTime now, Rng rng) override;
  std::optional<Packet> Dequeue(SimTime now, std::vector<Dropped>& dropped) override;
  size_t packets() const override { return fifo_.packets(); }
  size_t bytes() const override { return fifo_.bytes(); }

 private:
  PacketFifo fifo_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_DROP_TAIL_QUEUE_H_
