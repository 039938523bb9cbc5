#include "sim_core/net/link.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim_core/net/drop_tail_queue.h"
#include "sim_core/net/node.h"

namespace tickwire {
namespace {

constexpr TraceLabel kOutage{"link_down", "an outage of this direction met the packet"};

std::unique_ptr<QueueDiscipline> OrUnlimited(std::unique_ptr<QueueDiscipline> queue) {
  if (queue != nullptr) return queue;
  return std::make_unique<DropTailQueue>(/*limit_packets=*/0, /*limit_bytes=*/0);
}

}  // namespace

Link::Link(Interface& from, Interface& to, std::string name, LinkConfig config)
    : from_(from),
      to_(to),
      name_(std::move(name)),
      rate_(config.rate),
      propagation_(config.propagation),
      mtu_(config.mtu),
      queue_(OrUnlimited(std::move(config.queue))),
      queue_rng_(from.node().Stream(absl::StrCat(name_, " queue"))),
      rate_changes_(std::move(config.rate_changes)),
      outages_(std::move(config.outages)) {
  TW_CHECK(propagation_ >= Duration::Nanos(1));
  // A stream is named by its kind and its rank among its kind, so that inserting an impairment of
  // another kind leaves its draws alone.
  std::map<std::string, int> rank;
  for (std::unique_ptr<Impairment>& impairment : config.impairments) {
    const std::string kind = impairment->label().name;
    Rng rng = from.node().Stream(absl::StrCat(name_, " ", kind, " ", ++rank[kind]));
    stages_.push_back({std::move(impairment), rng});
  }
  ScheduleRateChange();
}

void Link::Send(Packet packet) {
  TW_CHECK(packet.wire_size() <= mtu_);
  if (queue_->packets() == 0 && busy_until_ <= from_.node().clock().now()) {
    Transmit(std::move(packet));
  } else {
    Wait(std::move(packet));
  }
}

void Link::Wait(Packet packet) {
  NodeClock& clock = from_.node().clock();
  NodeTrace& trace = from_.node().trace();
  const int64_t ahead = static_cast<int64_t>(queue_->bytes());
  // The record comes first so that the packet knows it while it waits; a refusal follows it.
  packet.set_record(trace.Packet({.kind = TraceKind::kPacketQueued,
                                  .place = from_.entity(),
                                  .label = nullptr,
                                  .value = ahead,
                                  .packet_hash = packet.Hash(),
                                  .bytes = {}}));
  const TraceLabel* refused = queue_->Enqueue(packet, clock.now(), queue_rng_.Branch(++enqueued_));
  if (refused != nullptr) {
    RecordDrop(packet, *refused, /*was_sent=*/false);
    return;
  }
  if (!ready_.is_queued()) clock.Schedule(ready_, std::max(busy_until_, clock.now()));
}

void Link::OnReady(Event& event) {
  Link& link = static_cast<OwnedEvent&>(event).link;
  NodeClock& clock = link.from_.node().clock();
  std::optional<Packet> next = link.queue_->Dequeue(clock.now(), link.dropped_);
  for (const QueueDiscipline::Dropped& dropped : link.dropped_) {
    link.RecordDrop(dropped.packet, *dropped.cause, /*was_sent=*/false);
  }
  link.dropped_.clear();
  if (!next) return;
  link.from_.node().trace().set_cause(next->record());
  link.Transmit(std::move(*next));
  if (link.queue_->packets() > 0) clock.Schedule(link.ready_, link.busy_until_);
}

void Link::Flush(const TraceLabel& cause) {
  NodeClock& clock = from_.node().clock();
  while (queue_->packets() > 0) {
    std::optional<Packet> packet = queue_->Dequeue(clock.now(), dropped_);
    if (packet) dropped_.push_back({std::move(*packet), &cause});
  }
  for (const QueueDiscipline::Dropped& dropped : dropped_) {
    RecordDrop(dropped.packet, *dropped.cause, /*was_sent=*/false);
  }
  dropped_.clear();
  if (ready_.is_queued()) clock.Cancel(ready_);
}

void Link::Transmit(Packet packet) {
  const SimTime now = from_.node().clock().now();
  packet.set_record(from_.node().trace().Packet({.kind = TraceKind::kPacketSent,
                                                 .place = from_.entity(),
                                                 .label = packet.spoiled(),
                                                 .value = static_cast<int64_t>(packet.wire_size()),
                                                 .packet_hash = packet.Hash(),
                                                 .bytes = packet.bytes(),
                                                 .virtual_tail = packet.virtual_tail()}));
  busy_until_ = now + rate_.TransmissionTime(static_cast<int64_t>(packet.wire_size()));
  ++transmitted_;
  if (stages_.empty()) {
    Launch(std::move(packet), now, Duration());
  } else {
    RunImpairments(std::move(packet), now);
  }
}

void Link::RunImpairments(Packet packet, SimTime departure) {
  const Occasion occasion{.begins = departure, .departure = busy_until_, .ordinal = transmitted_};
  // What to write about should nothing remain; the packet itself is gone by then.
  const NodeTrace::PacketRecord lost{.kind = TraceKind::kPacketDropped,
                                     .place = from_.entity(),
                                     .packet = packet.record(),
                                     .label = nullptr,
                                     .value = static_cast<int64_t>(packet.wire_size()),
                                     .packet_hash = packet.Hash(),
                                     .bytes = {}};
  TransitList transits, next;
  transits.push_back({std::move(packet), Duration()});
  for (Stage& stage : stages_) {
    next.clear();
    const size_t before = transits.size();
    uint64_t copy = 0;
    for (Transit& transit : transits) {
      // Copies of one packet draw from branches of their own.
      Rng rng = stage.rng.Branch(transmitted_ * 8 + std::min<uint64_t>(copy++, 7));
      stage.impairment->Apply(std::move(transit), occasion, rng, next);
    }
    for (size_t gone = next.size(); gone < before; ++gone) {
      NodeTrace::PacketRecord record = lost;
      record.label = &stage.impairment->label();
      from_.node().trace().Packet(record);
    }
    std::swap(transits, next);
  }
  for (Transit& transit : transits) {
    TW_DCHECK(transit.extra_delay >= Duration());
    Launch(std::move(transit.packet), departure, transit.extra_delay);
  }
}

void Link::Launch(Packet packet, SimTime departure, Duration extra_delay) {
  // Beyond the end of time nothing arrives.
  const SimTime arrival = SaturatingAdd(busy_until_ + propagation_, extra_delay);
  if (MeetsOutage(departure, arrival)) return RecordDrop(packet, kOutage, /*was_sent=*/true);
  Arrival item{from_.node().clock().NextKey(to_.node().id(), arrival), departure,
               std::move(packet)};
  if (outbox_) {
    outbox_(to_, std::move(item));
  } else {
    to_.Arrive(std::move(item));
  }
}

bool Link::MeetsOutage(SimTime departure, SimTime arrival) const {
  return std::any_of(outages_.begin(), outages_.end(), [&](const Outage& outage) {
    return departure < outage.until && arrival >= outage.from;
  });
}

void Link::RecordDrop(const Packet& packet, const TraceLabel& cause, bool was_sent) {
  NodeTrace::PacketRecord record{.kind = TraceKind::kPacketDropped,
                                 .place = from_.entity(),
                                 .packet = packet.record(),
                                 .label = &cause,
                                 .value = static_cast<int64_t>(packet.wire_size()),
                                 .packet_hash = packet.Hash(),
                                 .virtual_tail = packet.virtual_tail()};
  // Nobody has seen the bytes of a packet that never left.
  if (!was_sent) record.bytes = packet.bytes();
  from_.node().trace().Packet(record);
}

void Link::ScheduleRateChange() {
  if (next_rate_change_ == rate_changes_.size()) return;
  from_.node().clock().Schedule(rate_change_, rate_changes_[next_rate_change_].at);
}

void Link::OnRateChange(Event& event) {
  Link& link = static_cast<OwnedEvent&>(event).link;
  link.rate_ = link.rate_changes_[link.next_rate_change_++].rate;
  link.ScheduleRateChange();
}

}  // namespace tickwire
