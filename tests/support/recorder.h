// Recorder: a trace sink that keeps everything, for tests.
#ifndef TICKWIRE_TESTS_SUPPORT_RECORDER_H_
#define TICKWIRE_TESTS_SUPPORT_RECORDER_H_

#include <algorithm>
#include <string>
#include <vector>

#include "sim_core/trace/trace_sink.h"

namespace tickwire {

struct Recorder : TraceSink {
  struct Entry {
    TraceEvent event;
    std::string label;
    std::vector<uint8_t> bytes;
  };
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    entries.push_back(
        {event, event.label != nullptr ? event.label->name : "", {bytes.begin(), bytes.end()}});
  }
  void OnEntity(NodeId, uint32_t, absl::string_view name) override { entities.emplace_back(name); }
  // How many records of a kind, with a label if one is given.
  int Count(TraceKind kind, const std::string& label = "") const {
    return static_cast<int>(std::count_if(entries.begin(), entries.end(), [&](const Entry& e) {
      return e.event.kind == kind && (label.empty() || e.label == label);
    }));
  }
  int Drops(const std::string& cause = "") const { return Count(TraceKind::kPacketDropped, cause); }
  std::vector<Entry> Of(TraceKind kind) const {
    std::vector<Entry> chosen;
    for (const Entry& entry : entries) {
      if (entry.event.kind == kind) chosen.push_back(entry);
    }
    return chosen;
  }
  std::vector<Entry> entries;
  std::vector<std::string> entities;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_RECORDER_H_
