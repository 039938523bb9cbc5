// NodeTrace: the pen with which one node writes its trace.
//
// Numbers the node's canonical records, hashes them into the node's digest, remembers the record
// that caused what happens now, and passes everything on to a TraceSink if there is one. A record
// costs one short hash when nobody watches. Lives in its node's partition; not shared.
#ifndef TICKWIRE_SIM_CORE_TRACE_NODE_TRACE_H_
#define TICKWIRE_SIM_CORE_TRACE_NODE_TRACE_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/string_view.h"
#include "sim_core/trace/digest.h"
#include "sim_core/trace/trace_event.h"
#include "sim_core/trace/trace_sink.h"

namespace tickwire {

class NodeTrace {
 public:
  // `now` must outlive this and always holds the time of the event that is running.
  NodeTrace(NodeId node, absl::string_view node_name, const SimTime& now);
  NodeTrace(const NodeTrace&) = delete;
  NodeTrace& operator=(const NodeTrace&) = delete;

  // The sink may be null. Set before the first record or entity; must outlive this.
  void set_sink(TraceSink* sink) { sink_ = sink; }
  // True if somebody stores records: guards costly preparation of notes and messages only.
  bool is_watched() const { return sink_ != nullptr; }

  NodeId node() const { return node_; }
  const std::string& node_name() const { return node_name_; }

  // The name is stable and unique within the node, e.g. "eth0" or "server INVITE z9hG4bK7".
  TraceEntity NewEntity(absl::string_view name);

  // The cause of whatever is recorded until the next set_cause. Event dispatch sets it.
  RecordRef cause() const { return cause_; }
  void set_cause(RecordRef cause) { cause_ = cause; }

  // --- Canonical records; each returns its own name. ---
  RecordRef TimerSet(TraceEntity owner, const TraceLabel& timer, Duration delay);
  RecordRef TimerCancelled(TraceEntity owner, const TraceLabel& timer, RecordRef set,
                           Duration left);
  // Becomes the cause.
  RecordRef TimerFired(TraceEntity owner, const TraceLabel& timer, RecordRef set,
                       Duration since_set);
  RecordRef State(TraceEntity owner, const TraceLabel& state, const TraceLabel& reason);
  // Becomes the cause.
  RecordRef Action(TraceEntity owner, const TraceLabel& action);
  // For sim_core/net and packet handlers. `packet_hash` is StableHash64 of the wire bytes. A
  // dropped or delivered record names the send record of the packet in `packet`; kPacketDelivered
  // becomes the cause.
  struct PacketRecord {
    TraceKind kind;
    TraceEntity place;
    RecordRef packet;         // none for kPacketSent and for drops before sending
    const TraceLabel* label;  // the cause of a drop; may be null
    int64_t value;
    uint64_t packet_hash;
    std::span<const uint8_t> bytes;  // see TraceSink::OnRecord; may be empty
    uint32_t virtual_tail = 0;
  };
  RecordRef Packet(const PacketRecord& record);

  // --- For people only. ---
  void Sample(TraceEntity owner, const TraceLabel& quantity, int64_t value);
  void Message(TraceEntity owner, const TraceLabel& direction, std::span<const uint8_t> bytes);
  void Note(TraceEntity owner, const TraceLabel& what, absl::string_view text = {});

  uint32_t record_count() const { return index_; }
  const Digest& digest() const { return digest_; }

 private:
  RecordRef Canonical(TraceEvent& event, TraceEntity entity, uint64_t content_hash,
                      std::span<const uint8_t> bytes);
  void Plain(TraceEvent& event, TraceEntity entity, std::span<const uint8_t> bytes);

  const SimTime& now_;
  TraceSink* sink_ = nullptr;
  Digest digest_;
  RecordRef cause_;
  NodeId node_;
  uint32_t index_ = 0;
  uint32_t entities_ = 0;
  std::string node_name_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_NODE_TRACE_H_
