// TraceSink: whoever stores or watches a run. It must not act on the run.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_SINK_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_SINK_H_

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "sim_core/trace/trace_event.h"

namespace tickwire {

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  // `bytes` is valid during the call: the packet as it is on the wire (kPacketSent, and
  // kPacketDelivered when it arrived otherwise than it was sent), a message, or the text of a note.
  virtual void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) = 0;
  // Announces entity `id` of `node` before the first record about it.
  virtual void OnEntity(NodeId node, uint32_t id, absl::string_view name) = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_SINK_H_
