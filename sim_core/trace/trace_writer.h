// TraceWriter: stores a run in a trace file (trace_file.h), block by block.
//
// A full disk or another error ends the storing, not the run: what was written stays readable, and
// status() tells.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim_core/trace/trace_file.h"
#include "sim_core/trace/trace_sink.h"

namespace tickwire {

class TraceWriter : public TraceSink {
 public:
  // Creates or replaces the file. `nodes` are the names by id, from 1.
  static absl::StatusOr<std::unique_ptr<TraceWriter>> Create(const std::string& path,
                                                             const std::vector<std::string>& nodes);
  ~TraceWriter() override;

  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override;
  void OnEntity(NodeId node, uint32_t id, absl::string_view name) override;

  // Writes what is left and the end block. REQUIRES: called once, and nothing after it.
  absl::Status Finish();
  // The first error, if any.
  const absl::Status& status() const { return status_; }

 private:
  TraceWriter(int file, std::string path);
  uint16_t LabelId(const TraceLabel* label);
  void AddName(NameType type, uint32_t node, uint32_t id, absl::string_view name,
               absl::string_view rule);
  void FlushBlocks();
  void WriteBlock(BlockType type, uint32_t count, const void* payload, size_t size);
  void Write(const void* data, size_t size);

  const int file_;
  const std::string path_;
  absl::Status status_;
  std::vector<FileRecord> records_;
  std::vector<uint8_t> bytes_;
  std::vector<uint8_t> names_;
  uint32_t name_count_ = 0;
  uint64_t bytes_written_ = 0;  // of the stream of all bytes
  absl::flat_hash_map<const TraceLabel*, uint16_t> labels_;  // looked up, never iterated
  const TraceLabel* last_label_ = nullptr;
  uint16_t last_label_id_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_
