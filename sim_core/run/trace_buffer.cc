#include "sim_core/run/trace_buffer.h"

#include <utility>

namespace tickwire {

void TraceBuffer::Add(const TraceEvent& event, std::span<const uint8_t> bytes, bool is_entity) {
  items_.push_back({event, bytes_.size(), bytes.size(), is_entity});
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void TraceBuffer::OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) {
  Add(event, bytes, /*is_entity=*/false);
}

void TraceBuffer::OnEntity(NodeId node, uint32_t id, absl::string_view name) {
  TraceEvent event{.time = now_, .ref = {node, 0}, .entity = id};
  Add(event, {reinterpret_cast<const uint8_t*>(name.data()), name.size()}, /*is_entity=*/true);
}

void TraceBuffer::Merge(const std::vector<TraceBuffer*>& buffers, TraceSink& sink) {
  std::vector<size_t> next(buffers.size(), 0);
  const auto key = [&](size_t b) {
    const Item& item = buffers[b]->items_[next[b]];
    // A new entity may be announced early; it must not hold up the records behind it, which may be
    // of a lesser node if it was made before the run.
    return std::pair(item.event.time, item.is_entity ? kScenarioNode : item.event.ref.node);
  };
  while (true) {
    size_t first = buffers.size();
    for (size_t b = 0; b < buffers.size(); ++b) {
      if (next[b] == buffers[b]->items_.size()) continue;
      if (first == buffers.size() || key(b) < key(first)) first = b;
    }
    if (first == buffers.size()) break;
    const TraceBuffer& buffer = *buffers[first];
    const Item& item = buffer.items_[next[first]++];
    const std::span<const uint8_t> bytes(buffer.bytes_.data() + item.bytes_begin, item.bytes_size);
    if (item.is_entity) {
      sink.OnEntity(item.event.ref.node, item.event.entity,
                    {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    } else {
      sink.OnRecord(item.event, bytes);
    }
  }
  for (TraceBuffer* buffer : buffers) {
    buffer->items_.clear();
    buffer->bytes_.clear();
  }
}

}  // namespace tickwire
