// TraceBuffer: holds one partition's records of a window until they are merged with the others'.
#ifndef TICKWIRE_SIM_CORE_RUN_TRACE_BUFFER_H_
#define TICKWIRE_SIM_CORE_RUN_TRACE_BUFFER_H_

#include <cstdint>
#include <vector>

#include "sim_core/trace/trace_sink.h"

namespace tickwire {

class TraceBuffer : public TraceSink {
 public:
  // `now` is the partition's time; outlives this.
  explicit TraceBuffer(const SimTime& now) : now_(now) {}

  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override;
  void OnEntity(NodeId node, uint32_t id, absl::string_view name) override;

  // Passes the records of all buffers on in canonical order, by (time, node) and then as recorded,
  // and empties them. Records of one node are always in one buffer.
  static void Merge(const std::vector<TraceBuffer*>& buffers, TraceSink& sink);

 private:
  struct Item {
    TraceEvent event;
    size_t bytes_begin;
    size_t bytes_size;
    bool is_entity;  // event.time, ref.node and entity are set; the bytes are its name
  };
  void Add(const TraceEvent& event, std::span<const uint8_t> bytes, bool is_entity);

  const SimTime& now_;
  std::vector<Item> items_;
  std::vector<uint8_t> bytes_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RUN_TRACE_BUFFER_H_
