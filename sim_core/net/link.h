// Link: one direction of a wire, run by the node that sends: queue, rate, impairments, propagation.
//
// A packet begins to leave when the previous one has left; `kPacketSent` is that moment. Its last
// bit arrives after transmission, propagation and whatever delay impairments add. An idle link
// costs one event a packet (at the receiver), a busy one two.
#ifndef TICKWIRE_SIM_CORE_NET_LINK_H_
#define TICKWIRE_SIM_CORE_NET_LINK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim_core/event/event.h"
#include "sim_core/net/impairment.h"
#include "sim_core/net/interface.h"
#include "sim_core/net/queue_discipline.h"
#include "sim_core/time/data_rate.h"

namespace tickwire {

struct RateChange {
  SimTime at;
  DataRate rate;  // for packets that begin to leave from then on
};

// The direction is dead in [from, until): a packet whose time on it overlaps that is lost.
struct Outage {
  SimTime from;
  SimTime until = SimTime::Infinite();
};

struct LinkConfig {
  DataRate rate = DataRate::Infinite();
  Duration propagation = Duration::Nanos(1);  // >= 1 ns
  size_t mtu = 1500;
  std::unique_ptr<QueueDiscipline> queue;  // null: unlimited first in, first out
  std::vector<std::unique_ptr<Impairment>> impairments;
  std::vector<RateChange> rate_changes;  // by time
  std::vector<Outage> outages;
};

class Link {
 public:
  // Hands over a packet that leaves the partition. Null in the ordinary case: straight into the
  // receiver's inbox.
  using Outbox = std::function<void(Interface& to, Arrival arrival)>;

  // `name` keys the random streams: stable and unique, e.g. "alice/eth0>bob/eth0". Both ends must
  // outlive this.
  Link(Interface& from, Interface& to, std::string name, LinkConfig config);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void Send(Packet packet);
  // Drops all that waits.
  void Flush(const TraceLabel& cause);
  size_t mtu() const { return mtu_; }
  const std::string& name() const { return name_; }
  Interface& from() { return from_; }
  Interface& to() { return to_; }
  // No arrival lies less than this after the event that sends it.
  Duration lookahead() const { return propagation_; }
  void set_outbox(Outbox outbox) { outbox_ = std::move(outbox); }

 private:
  static void OnReady(Event& event);
  static void OnRateChange(Event& event);
  struct OwnedEvent : Event {
    OwnedEvent(Handler handler, Link& owner) : Event(handler), link(owner) {}
    Link& link;
  };

  void Wait(Packet packet);
  void Transmit(Packet packet);
  void RunImpairments(Packet packet, SimTime departure);
  void Launch(Packet packet, SimTime departure, Duration extra_delay);
  void RecordDrop(const Packet& packet, const TraceLabel& cause, bool was_sent);
  bool MeetsOutage(SimTime departure, SimTime arrival) const;
  void ScheduleRateChange();

  Interface& from_;
  Interface& to_;
  const std::string name_;
  DataRate rate_;
  const Duration propagation_;
  const size_t mtu_;
  const std::unique_ptr<QueueDiscipline> queue_;
  struct Stage {
    std::unique_ptr<Impairment> impairment;
    Rng rng;
  };
  std::vector<Stage> stages_;
  Rng queue_rng_;
  const std::vector<RateChange> rate_changes_;
  const std::vector<Outage> outages_;
  size_t next_rate_change_ = 0;
  Outbox outbox_;

  SimTime busy_until_;
  uint64_t transmitted_ = 0;
  uint64_t enqueued_ = 0;
  OwnedEvent ready_{&Link::OnReady, *this};  // the transmitter is free, packets wait
  OwnedEvent rate_change_{&Link::OnRateChange, *this};
  std::vector<QueueDiscipline::Dropped> dropped_;  // scratch
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_LINK_H_
