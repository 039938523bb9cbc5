#include "sim_core/net/drop_tail_queue.h"

#include <utility>

namespace tickwire {

const TraceLabel* DropTailQueue::Enqueue(Packet& packet, SimTime now, Rng) {
  if (!fifo_.HasRoomFor(packet)) return &kQueueFull;
  fifo_.Push(std::move(packet), now);
  return nullptr;
}

std::optional<Packet> DropTailQueue::Dequeue(SimTime, std::vector<Dropped>&) {
  std::optional<PacketFifo::Item> item = fifo_.Pop();
  if (!item) return std::nullopt;
  return std::move(item->packet);
}

}  // namespace tickwire
