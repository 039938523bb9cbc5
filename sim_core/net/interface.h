// Interface: where a node meets a link. The upper layer is above, at most one outgoing Link below.
//
// Packets on their way here wait in a sorted inbox, with one event in the queue for the first of
// them: what is pending in a run is links and timers, not packets.
#ifndef TICKWIRE_SIM_CORE_NET_INTERFACE_H_
#define TICKWIRE_SIM_CORE_NET_INTERFACE_H_

#include <cstddef>
#include <string>

#include "sim_core/base/ring_buffer.h"
#include "sim_core/event/event.h"
#include "sim_core/event/event_key.h"
#include "sim_core/packet/packet.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/trace_event.h"

namespace tickwire {

class Link;
class Node;

// A packet on a link: what crosses from the sender's partition to the receiver's.
struct Arrival {
  EventKey key;       // time: last bit arrives; target: the receiver
  SimTime departure;  // first bit left; for outages
  Packet packet;
};

class Interface {
 public:
  class Upper {
   public:
    virtual ~Upper() = default;
    virtual void OnPacket(Interface& from, Packet packet) = 0;
    // The link of `at` went down or came up.
    virtual void OnLinkChange(Interface& at) { static_cast<void>(at); }
  };

  // Made by Node::AddInterface.
  Interface(Node& node, std::string name, int index);
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;

  Node& node() { return node_; }
  const std::string& name() const { return name_; }
  int index() const { return index_; }  // within the node, from 0
  const TraceEntity& entity() const { return entity_; }
  // Null: arriving packets are dropped. Must outlive this.
  void set_upper(Upper* upper) { upper_ = upper; }
  // Null until connected.
  Link* link() { return link_; }
  void set_link(Link* link) { link_ = link; }

  // Hands a packet to the link, or drops it (traced) if the link is down. REQUIRES: connected;
  // packet.wire_size() <= mtu().
  void Send(Packet packet);
  size_t mtu() const;

  bool is_up() const { return up_; }
  // Takes this end of the link down or up; an outage does so at both ends at the same time. Down
  // flushes what waits to be sent.
  void SetUp(bool up);

  // Puts a packet into the inbox. Called by the link, or at a partition's edge by the executor.
  void Arrive(Arrival arrival);

 private:
  static void OnInboxEvent(Event& event);
  void DeliverHead();

  // The event for the head of the inbox. It knows its interface by its place inside it.
  struct InboxEvent : Event {
    explicit InboxEvent(Interface& owner) : Event(&Interface::OnInboxEvent), interface(owner) {}
    Interface& interface;
  };

  Node& node_;
  const std::string name_;
  const int index_;
  const TraceEntity entity_;
  Upper* upper_ = nullptr;
  Link* link_ = nullptr;
  bool up_ = true;
  SimTime last_up_;            // when it last came up: what left before then met the outage
  RingBuffer<Arrival> inbox_;  // by key
  InboxEvent inbox_event_{*this};
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_INTERFACE_H_
