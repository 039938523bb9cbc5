#include "sim_core/trace/node_trace.h"

#include <bit>

namespace tickwire {
namespace {

// What a canonical record adds to its node's digest. All fields are stable: times, explicit
// numbers, and hashes of names; no ids that depend on other nodes. The causing record is named by
// its index only when it lies at this node: a foreign one is implied by the packet that carried it.
struct HashedRecord {
  uint64_t digest_high, digest_low;
  int64_t time;
  uint64_t entity_name_hash;
  uint64_t label_hash;
  uint64_t reason_hash;
  int64_t value;
  uint64_t content_hash;
  uint32_t kind;
  uint32_t local_cause;
};
static_assert(sizeof(HashedRecord) == 72 && std::endian::native == std::endian::little,
              "hashed as it lies in memory: a big-endian build has to swap the fields here");

}  // namespace

NodeTrace::NodeTrace(NodeId node, absl::string_view node_name, const SimTime& now)
    : now_(now), node_(node), node_name_(node_name) {}

TraceEntity NodeTrace::NewEntity(absl::string_view name) {
  TraceEntity entity{++entities_, StableHash64(name)};
  if (sink_ != nullptr) sink_->OnEntity(node_, entity.id, name);
  return entity;
}

RecordRef NodeTrace::Canonical(TraceEvent& event, TraceEntity entity, uint64_t content_hash,
                               std::span<const uint8_t> bytes) {
  const HashedRecord hashed{
      .digest_high = digest_.high,
      .digest_low = digest_.low,
      .time = now_.nanos(),
      .entity_name_hash = entity.name_hash,
      .label_hash = event.label != nullptr ? event.label->hash : 0,
      .reason_hash = event.reason != nullptr ? event.reason->hash : 0,
      .value = event.value,
      .content_hash = content_hash,
      .kind = static_cast<uint32_t>(event.kind),
      .local_cause = cause_.node == node_ ? cause_.index : 0,
  };
  digest_ = DigestOf({reinterpret_cast<const uint8_t*>(&hashed), sizeof hashed});
  event.ref = {node_, ++index_};
  if (sink_ != nullptr) {
    event.time = now_;
    event.cause = cause_;
    event.entity = entity.id;
    sink_->OnRecord(event, bytes);
  }
  return event.ref;
}

void NodeTrace::Plain(TraceEvent& event, TraceEntity entity, std::span<const uint8_t> bytes) {
  if (sink_ == nullptr) return;
  event.ref = {node_, index_};
  event.time = now_;
  event.cause = cause_;
  event.entity = entity.id;
  sink_->OnRecord(event, bytes);
}

RecordRef NodeTrace::TimerSet(TraceEntity owner, const TraceLabel& timer, Duration delay) {
  TraceEvent event{.value = delay.nanos(), .label = &timer, .kind = TraceKind::kTimerSet};
  return Canonical(event, owner, 0, {});
}

RecordRef NodeTrace::TimerCancelled(TraceEntity owner, const TraceLabel& timer, RecordRef set,
                                    Duration left) {
  TraceEvent event{
      .packet = set, .value = left.nanos(), .label = &timer, .kind = TraceKind::kTimerCancelled};
  return Canonical(event, owner, 0, {});
}

RecordRef NodeTrace::TimerFired(TraceEntity owner, const TraceLabel& timer, RecordRef set,
                                Duration since_set) {
  cause_ = set;
  TraceEvent event{
      .packet = set, .value = since_set.nanos(), .label = &timer, .kind = TraceKind::kTimerFired};
  cause_ = Canonical(event, owner, 0, {});
  return cause_;
}

RecordRef NodeTrace::State(TraceEntity owner, const TraceLabel& state, const TraceLabel& reason) {
  TraceEvent event{.label = &state, .reason = &reason, .kind = TraceKind::kState};
  return Canonical(event, owner, 0, {});
}

RecordRef NodeTrace::Action(TraceEntity owner, const TraceLabel& action) {
  cause_ = {};
  TraceEvent event{.label = &action, .kind = TraceKind::kAction};
  cause_ = Canonical(event, owner, 0, {});
  return cause_;
}

RecordRef NodeTrace::Packet(const PacketRecord& record) {
  // A packet's own earlier record is what leads to its arrival or its drop.
  const RecordRef ongoing = cause_;
  if (record.packet.has_value()) cause_ = record.packet;
  TraceEvent event{.packet = record.packet,
                   .value = record.value,
                   .label = record.label,
                   .virtual_tail = record.virtual_tail,
                   .kind = record.kind};
  const RecordRef ref = Canonical(event, record.place, record.packet_hash, record.bytes);
  cause_ = record.kind == TraceKind::kPacketDelivered ? ref : ongoing;
  return ref;
}

void NodeTrace::Sample(TraceEntity owner, const TraceLabel& quantity, int64_t value) {
  TraceEvent event{.value = value, .label = &quantity, .kind = TraceKind::kSample};
  Plain(event, owner, {});
}

void NodeTrace::Message(TraceEntity owner, const TraceLabel& direction,
                        std::span<const uint8_t> bytes) {
  TraceEvent event{.value = static_cast<int64_t>(bytes.size()),
                   .label = &direction,
                   .kind = TraceKind::kMessage};
  Plain(event, owner, bytes);
}

void NodeTrace::Note(TraceEntity owner, const TraceLabel& what, absl::string_view text) {
  TraceEvent event{.label = &what, .kind = TraceKind::kNote};
  Plain(event, owner, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace tickwire
