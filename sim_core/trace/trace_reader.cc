#include "sim_core/trace/trace_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"
#include "sim_core/trace/digest.h"

namespace tickwire {
namespace {

// Ids are given in order, from 0 or 1, so one that jumps is damage: a few bytes must not ask for
// all memory.
template <class T>
bool StoreAt(std::vector<T>& table, uint32_t id, T value) {
  if (id > table.size() + 1) return false;
  if (id >= table.size()) table.resize(id + 1);
  table[id] = value;
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TraceReader>> TraceReader::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  std::unique_ptr<TraceReader> reader(new TraceReader);
  struct stat info;
  absl::Status status;
  if (fstat(file, &info) != 0) {
    status = absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  } else if (!S_ISREG(info.st_mode) || info.st_size < static_cast<off_t>(sizeof(FileHeader))) {
    status = absl::InvalidArgumentError(absl::StrCat(path, " is not a Tickwire trace"));
  } else {
    reader->file_size_ = static_cast<size_t>(info.st_size);
    void* mapped = mmap(nullptr, reader->file_size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (mapped == MAP_FAILED) {
      status = absl::ErrnoToStatus(errno, absl::StrCat("cannot map ", path));
    } else {
      reader->data_ = static_cast<const uint8_t*>(mapped);
    }
  }
  close(file);
  if (!status.ok()) return status;
  FileHeader header;
  std::memcpy(&header, reader->data_, sizeof header);
  if (std::memcmp(header.magic, kTraceMagic, sizeof header.magic) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a Tickwire trace"));
  }
  if (header.version > kTraceVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " was written by a newer Tickwire (trace version ", header.version,
                     ", this one reads up to ", kTraceVersion, "): update Tickwire to read it"));
  }
  if (header.record_size != sizeof(FileRecord)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " has a damaged header"));
  }
  reader->ReadBlocks();
  return reader;
}

TraceReader::~TraceReader() {
  if (data_ != nullptr) munmap(const_cast<uint8_t*>(data_), file_size_);
}

void TraceReader::ReadBlocks() {
  size_t at = sizeof(FileHeader);
  while (at + sizeof(BlockHeader) <= file_size_) {
    BlockHeader header;
    std::memcpy(&header, data_ + at, sizeof header);
    at += sizeof header;
    if (header.size > file_size_ - at) return;
    if (StableHash64(std::span(data_ + at, header.size)) != header.checksum) return;
    if (header.type == BlockType::kEnd) {
      complete_ = true;
      return;
    }
    if (!ReadBlock(header, data_ + at)) return;
    at += (header.size + 7) / 8 * 8;
  }
}

bool TraceReader::ReadBlock(const BlockHeader& header, const uint8_t* payload) {
  switch (header.type) {
    case BlockType::kNames:
      return ReadNames(header.count, {payload, header.size});
    case BlockType::kBytes:
      bytes_.push_back({header.first_byte, {payload, header.size}});
      return true;
    case BlockType::kRecords:
      if (header.size != uint64_t{header.count} * sizeof(FileRecord)) return false;
      if (header.count == 0) return true;
      records_.push_back({size_, {reinterpret_cast<const FileRecord*>(payload), header.count}});
      size_ += header.count;
      return true;
    case BlockType::kEnd:
      break;
  }
  return true;  // a type of a later minor revision: skipped
}

bool TraceReader::ReadNames(uint32_t count, std::span<const uint8_t> payload) {
  for (uint32_t i = 0; i < count; ++i) {
    if (payload.size() < sizeof(NameEntry)) return false;
    NameEntry entry;
    std::memcpy(&entry, payload.data(), sizeof entry);
    const size_t size = sizeof entry + entry.name_size + entry.rule_size;
    if (payload.size() < size) return false;
    const char* text = reinterpret_cast<const char*>(payload.data() + sizeof entry);
    const absl::string_view name(text, entry.name_size);
    const absl::string_view rule(text + entry.name_size, entry.rule_size);
    switch (entry.type) {
      case NameType::kNode:
        if (entry.id == 0 || !StoreAt(node_names_, entry.id - 1, name)) return false;
        break;
      case NameType::kEntity:
        if (entry.node > node_names_.size()) return false;
        if (entity_names_.size() <= entry.node) entity_names_.resize(entry.node + 1);
        if (!StoreAt(entity_names_[entry.node], entry.id, name)) return false;
        break;
      case NameType::kLabel:
        if (!StoreAt(labels_, entry.id, Label{name, rule})) return false;
        break;
    }
    payload = payload.subspan(std::min(payload.size(), (size + 3) / 4 * 4));
  }
  return true;
}

const FileRecord& TraceReader::operator[](size_t row) const {
  TW_DCHECK(row < size_);
  const RecordsBlock* block = &records_[last_block_];
  if (row < block->first_row || row >= block->first_row + block->records.size()) {
    const auto after =
        std::upper_bound(records_.begin(), records_.end(), row,
                         [](size_t wanted, const RecordsBlock& b) { return wanted < b.first_row; });
    last_block_ = static_cast<size_t>(after - records_.begin()) - 1;
    block = &records_[last_block_];
  }
  return block->records[row - block->first_row];
}

std::optional<size_t> TraceReader::Find(RecordRef ref) const {
  if (rows_.empty()) {
    rows_.resize(node_names_.size() + 1);
    for (size_t row = 0; row < size_; ++row) {
      const FileRecord& record = (*this)[row];
      if (!IsCanonical(record.kind) || record.node >= rows_.size()) continue;
      // A node's records stand in the order of their numbers.
      if (record.index == rows_[record.node].size() + 1) {
        rows_[record.node].push_back(static_cast<uint32_t>(row));
      }
    }
  }
  if (!ref.has_value() || ref.node.value >= rows_.size()) return std::nullopt;
  const std::vector<uint32_t>& rows = rows_[ref.node.value];
  if (ref.index > rows.size()) return std::nullopt;
  return rows[ref.index - 1];
}

std::span<const uint8_t> TraceReader::bytes(const FileRecord& record) const {
  if (record.bytes_offset == kNoBytes) return {};
  const auto after =
      std::upper_bound(bytes_.begin(), bytes_.end(), record.bytes_offset,
                       [](uint64_t wanted, const BytesBlock& b) { return wanted < b.first_byte; });
  if (after == bytes_.begin()) return {};
  const BytesBlock& block = *(after - 1);
  const uint64_t offset = record.bytes_offset - block.first_byte;
  if (offset > block.bytes.size() || record.bytes_size > block.bytes.size() - offset) return {};
  return block.bytes.subspan(offset, record.bytes_size);
}

absl::string_view TraceReader::node_name(NodeId node) const {
  return node.value == 0 || node.value > node_names_.size() ? "?" : node_names_[node.value - 1];
}

absl::string_view TraceReader::entity_name(NodeId node, uint32_t entity) const {
  if (entity == 0) return node_name(node);
  if (node.value >= entity_names_.size() || entity >= entity_names_[node.value].size()) return "?";
  return entity_names_[node.value][entity];
}

absl::string_view TraceReader::label_name(uint16_t label) const {
  return label < labels_.size() ? labels_[label].name : "";
}

absl::string_view TraceReader::label_rule(uint16_t label) const {
  return label < labels_.size() ? labels_[label].rule : "";
}

}  // namespace tickwire
