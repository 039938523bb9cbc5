// TraceWriter: stores a run in a trace file (trace_file.h), block by block.
//
// A thread of its own checksums and writes full blocks, so that the run does not wait for the disk;
// it sees nothing but finished blocks, and what the file holds does not depend on it. A full disk
// or another error ends the storing, not the run: what was written stays readable, and Finish()
// tells.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
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

  // Writes what is left and the end block; the first error, if any. REQUIRES: called once, and
  // nothing after it.
  absl::Status Finish();

 private:
  TraceWriter(int file, std::string path);
  uint16_t LabelId(const TraceLabel* label);
  void AddName(NameType type, uint32_t node, uint32_t id, absl::string_view name,
               absl::string_view rule);
  // What becomes up to three blocks of the file: names, bytes, records.
  struct Batch {
    std::vector<FileRecord> records;
    std::vector<uint8_t> bytes;
    std::vector<uint8_t> names;
    uint32_t name_count = 0;
    uint64_t first_byte = 0;  // of `bytes`, in the stream of all bytes
    void Clear();
  };

  void Submit();  // the current batch; takes a free one, waiting if the disk is behind
  // On the thread of its own:
  void WriteBatches();
  void WriteBatch(const Batch& batch);
  void WriteBlock(BlockType type, uint32_t count, const void* payload, size_t size,
                  uint64_t first_byte);
  void Write(const void* data, size_t size);

  const int file_;
  const std::string path_;
  std::unique_ptr<Batch> current_ = std::make_unique<Batch>();
  uint64_t bytes_recorded_ = 0;  // of the stream of all bytes, before the current batch

  absl::Status status_;  // of the thread; read by others after it has ended
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> full_;   // guarded by mutex_
  std::vector<std::unique_ptr<Batch>> free_;  // guarded by mutex_
  bool ending_ = false;                       // guarded by mutex_
  std::thread thread_;

  absl::flat_hash_map<const TraceLabel*, uint16_t> labels_;  // looked up, never iterated
  const TraceLabel* last_label_ = nullptr;
  uint16_t last_label_id_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_WRITER_H_
