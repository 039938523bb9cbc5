// RedQueue: random early detection (Floyd and Jacobson, "Random early detection gateways for
// congestion avoidance", IEEE/ACM ToN 1(4), 1993), counted in packets; RFC 7567 for its place.
//
// The average queue is an exponentially weighted mean in fixed point. Between the thresholds a
// packet is marked (if a marker is given and the packet allows) or dropped with a probability that
// grows with the average and with the count since the last one; above the upper threshold always.
#ifndef TICKWIRE_SIM_CORE_NET_RED_QUEUE_H_
#define TICKWIRE_SIM_CORE_NET_RED_QUEUE_H_

#include <memory>

#include "sim_core/base/ratio.h"
#include "sim_core/net/packet_matcher.h"
#include "sim_core/net/queue_discipline.h"
#include "sim_core/random/fixed_point.h"
#include "sim_core/time/data_rate.h"

namespace tickwire {

class RedQueue : public QueueDiscipline {
 public:
  struct Parameters {
    size_t limit_packets = 1000;  // hard limit
    size_t minimum_packets = 5;
    size_t maximum_packets = 15;  // > minimum_packets
    Ratio maximum_probability{1, 10};
    Ratio weight{2, 1000};  // w_q: of the newest sample in the average
    bool gentle = false;    // climb from maximum_probability to 1 between maximum and twice it
    DataRate rate = DataRate::Infinite();  // of the link: ages the average over idle time
    size_t mean_packet_bytes = 1000;
  };
  // `marker` may be null: then drop.
  RedQueue(const Parameters& parameters, std::unique_ptr<CongestionMarker> marker);
  const TraceLabel* Enqueue(Packet& packet, SimTime now, Rng rng) override;
  std::optional<Packet> Dequeue(SimTime now, std::vector<Dropped>& dropped) override;
  size_t packets() const override { return fifo_.packets(); }
  size_t bytes() const override { return fifo_.bytes(); }

 private:
  void UpdateAverage(SimTime now);
  Q32 BaseProbability() const;
  bool IsChosen(Q32 base_probability, Rng& rng);

  const Parameters parameters_;
  const Q32 weight_;
  const std::unique_ptr<CongestionMarker> marker_;
  PacketFifo fifo_;
  Q32 average_ = 0;     // packets
  int64_t count_ = -1;  // packets since the last chosen one; -1 below the lower threshold
  SimTime idle_since_;  // valid while the queue is empty
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_RED_QUEUE_H_
