// TraceReader: a trace file, mapped into memory.
//
// Takes what is whole of a file that was cut short and says so (is_complete()). Records are in the
// order of the run: by time, then by node. Everything returned lives as long as the reader.
#ifndef TICKWIRE_SIM_CORE_TRACE_TRACE_READER_H_
#define TICKWIRE_SIM_CORE_TRACE_TRACE_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sim_core/trace/trace_file.h"

namespace tickwire {

class TraceReader {
 public:
  // Fails if the file cannot be read, is no trace, or was written by a newer version.
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(const std::string& path);
  ~TraceReader();

  // False if the file ends without its end block: the run was killed or the disk was full.
  bool is_complete() const { return complete_; }
  size_t size() const { return size_; }
  // REQUIRES: row < size().
  const FileRecord& operator[](size_t row) const;
  // The row of a canonical record; nullopt if it is not in the file. Damaged references give
  // nullopt too.
  std::optional<size_t> Find(RecordRef ref) const;
  // Empty if it has none.
  std::span<const uint8_t> bytes(const FileRecord& record) const;

  size_t node_count() const { return node_names_.size(); }
  // Unknown ids give "?".
  absl::string_view node_name(NodeId node) const;
  absl::string_view entity_name(NodeId node, uint32_t entity) const;
  absl::string_view label_name(uint16_t label) const;
  absl::string_view label_rule(uint16_t label) const;

 private:
  struct RecordsBlock {
    size_t first_row;
    std::span<const FileRecord> records;
  };
  struct BytesBlock {
    uint64_t first_byte;
    std::span<const uint8_t> bytes;
  };
  struct Label {
    absl::string_view name, rule;
  };

  TraceReader() = default;
  void ReadBlocks();
  bool ReadBlock(const BlockHeader& header, const uint8_t* payload);  // false: damaged
  bool ReadNames(uint32_t count, std::span<const uint8_t> payload);

  const uint8_t* data_ = nullptr;
  size_t file_size_ = 0;
  bool complete_ = false;
  size_t size_ = 0;
  std::vector<RecordsBlock> records_;
  std::vector<BytesBlock> bytes_;
  std::vector<absl::string_view> node_names_;
  std::vector<std::vector<absl::string_view>> entity_names_;  // by node id, entity id
  std::vector<Label> labels_;
  mutable size_t last_block_ = 0;
  mutable std::vector<std::vector<uint32_t>> rows_;  // by node id, index; made when first asked for
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TRACE_TRACE_READER_H_
