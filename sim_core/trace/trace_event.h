// TraceEvent: one thing that happened at one node, as the hot path hands it to a TraceSink.
//
// Canonical kinds (packets, timers, states, actions) are numbered and hashed into their node's
// digest whether anybody stores them or not. The others (samples, messages, notes) are only for
// people: they share the number of the node's latest canonical record and never touch a digest, so
// observing more or less never changes one.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_EVENT_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_EVENT_H_

#include <cstdint>

#include "sim_core/base/record_ref.h"
#include "sim_core/base/strong_alias.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

// Explicit numbers, never reused: they are hashed and stored.
enum class TraceKind : uint8_t {
  kPacketSent = 1,       // first bit on the link; value = wire bytes
  kPacketQueued = 2,     // waits behind others; value = queue length in bytes before it
  kPacketDelivered = 3,  // last bit arrived at an interface; value = wire bytes
  kPacketDropped = 4,    // label = cause; entity = place
  kTimerSet = 5,         // value = delay in ns
  kTimerCancelled = 6,   // value = ns that were left
  kTimerFired = 7,       // value = ns since it was set
  kState = 8,            // label = new state, reason = why
  kAction = 9,           // the scenario's timeline touched this node
  kFirstNotCanonical = 16,
  kSample = 16,   // label = quantity, value = its value
  kMessage = 17,  // bytes = one message of an upper layer; label = "sent" or "received"
  kNote = 18,     // label = what was noticed
};
inline constexpr int kTraceKindCount = 19;

constexpr bool IsCanonical(TraceKind kind) { return kind < TraceKind::kFirstNotCanonical; }

// Something of a node that records are about: an interface, a transaction, a dialog. Created by
// NodeTrace::NewEntity; id 0 is the node itself.
struct TraceEntity {
  uint32_t id = 0;
  uint64_t name_hash = 0;
};

struct TraceEvent {
  SimTime time;
  RecordRef ref;     // of this record
  RecordRef cause;   // the record that led to this one
  RecordRef packet;  // packet kinds: the kPacketSent record whose bytes travelled; timer kinds: its
                     // kTimerSet record; none for the first of either
  int64_t value = 0;
  const TraceLabel* label = nullptr;   // may be null
  const TraceLabel* reason = nullptr;  // may be null
  uint32_t entity = 0;
  uint32_t virtual_tail = 0;  // packet kinds: trailing zero bytes that `bytes` leaves out
  TraceKind kind = TraceKind::kNote;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_EVENT_H_
