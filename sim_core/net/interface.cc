#include "sim_core/net/interface.h"

#include <algorithm>
#include <utility>

#include "sim_core/net/link.h"
#include "sim_core/net/node.h"

namespace tickwire {
namespace {

constexpr TraceLabel kLinkDown{"link_down", "the link was down while the packet was on it"};
constexpr TraceLabel kInterfaceDown{"link_down", "the link is down"};
constexpr TraceLabel kNobody{"no_upper_layer", "nothing listens above this interface"};
constexpr TraceLabel kUp{"up", "link state"};
constexpr TraceLabel kDown{"down", "link state"};
constexpr TraceLabel kOutage{"outage", "the scenario changed the link"};

}  // namespace

Interface::Interface(Node& node, std::string name, int index)
    : node_(node), name_(std::move(name)), index_(index), entity_(node.trace().NewEntity(name_)) {}

size_t Interface::mtu() const {
  TW_CHECK(link_ != nullptr);
  return link_->mtu();
}

void Interface::Send(Packet packet) {
  TW_CHECK(link_ != nullptr);
  if (!up_) {
    node_.trace().Packet({.kind = TraceKind::kPacketDropped,
                          .place = entity_,
                          .label = &kInterfaceDown,
                          .value = static_cast<int64_t>(packet.wire_size()),
                          .packet_hash = packet.Hash(),
                          .bytes = packet.bytes(),
                          .virtual_tail = packet.virtual_tail()});
    return;
  }
  link_->Send(std::move(packet));
}

void Interface::SetUp(bool up) {
  if (up == up_) return;
  up_ = up;
  node_.trace().State(entity_, up ? kUp : kDown, kOutage);
  if (up) {
    last_up_ = node_.clock().now();
  } else if (link_ != nullptr) {
    link_->Flush(kInterfaceDown);
  }
  if (upper_ != nullptr) upper_->OnLinkChange(*this);
}

void Interface::Arrive(Arrival arrival) {
  TW_DCHECK(arrival.key.target == node_.id());
  // Links mostly keep order, so search from the back.
  size_t place = inbox_.size();
  while (place > 0 && arrival.key < inbox_[place - 1].key) --place;
  inbox_.insert(place, std::move(arrival));
  if (place > 0) return;
  if (inbox_event_.is_queued()) node_.clock().Cancel(inbox_event_);
  node_.clock().ScheduleWithKey(inbox_event_, inbox_.front().key);
}

void Interface::OnInboxEvent(Event& event) {
  static_cast<InboxEvent&>(event).interface.DeliverHead();
}

void Interface::DeliverHead() {
  Arrival arrival = inbox_.pop_front();
  Packet& packet = arrival.packet;
  if (!inbox_.empty()) node_.clock().ScheduleWithKey(inbox_event_, inbox_.front().key);

  NodeTrace::PacketRecord record{.kind = TraceKind::kPacketDelivered,
                                 .place = entity_,
                                 .packet = packet.record(),
                                 .label = packet.spoiled(),
                                 .value = static_cast<int64_t>(packet.wire_size()),
                                 .packet_hash = packet.Hash(),
                                 .virtual_tail = packet.virtual_tail()};
  if (packet.spoiled() != nullptr) record.bytes = packet.bytes();
  if (!up_ || arrival.departure < last_up_) {
    record.kind = TraceKind::kPacketDropped;
    record.label = &kLinkDown;
    node_.trace().Packet(record);
    return;
  }
  node_.trace().Packet(record);
  if (upper_ == nullptr) {
    record.kind = TraceKind::kPacketDropped;
    record.label = &kNobody;
    node_.trace().Packet(record);
    return;
  }
  upper_->OnPacket(*this, std::move(packet));
}

}  // namespace tickwire
