#include "sim_core/trace/trace_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"
#include "sim_core/trace/digest.h"

namespace tickwire {
namespace {

constexpr size_t kRecordsPerBlock = 8192;
constexpr size_t kBytesPerBlock = 1 << 20;

std::span<const uint8_t> AsBytes(const void* data, size_t size) {
  return {static_cast<const uint8_t*>(data), size};
}

}  // namespace

absl::StatusOr<std::unique_ptr<TraceWriter>> TraceWriter::Create(
    const std::string& path, const std::vector<std::string>& nodes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  }
  std::unique_ptr<TraceWriter> writer(new TraceWriter(file, path));
  FileHeader header{.version = kTraceVersion, .record_size = sizeof(FileRecord)};
  std::memcpy(header.magic, kTraceMagic, sizeof header.magic);
  writer->Write(&header, sizeof header);
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    writer->AddName(NameType::kNode, 0, i + 1, nodes[i], "");
  }
  return writer;
}

TraceWriter::TraceWriter(int file, std::string path) : file_(file), path_(std::move(path)) {
  records_.reserve(kRecordsPerBlock);
}

TraceWriter::~TraceWriter() { close(file_); }

void TraceWriter::OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) {
  if (!status_.ok()) return;
  FileRecord record{.time_ns = event.time.nanos(),
                    .node = event.ref.node.value,
                    .index = event.ref.index,
                    .cause_node = event.cause.node.value,
                    .cause_index = event.cause.index,
                    .packet_node = event.packet.node.value,
                    .packet_index = event.packet.index,
                    .value = event.value,
                    .bytes_offset = kNoBytes,
                    .bytes_size = static_cast<uint32_t>(bytes.size()),
                    .virtual_tail = event.virtual_tail,
                    .entity = event.entity,
                    .label = LabelId(event.label),
                    .reason = LabelId(event.reason),
                    .kind = event.kind};
  if (!bytes.empty()) {
    record.bytes_offset = bytes_written_ + bytes_.size();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  records_.push_back(record);
  if (records_.size() >= kRecordsPerBlock || bytes_.size() >= kBytesPerBlock) FlushBlocks();
}

void TraceWriter::OnEntity(NodeId node, uint32_t id, absl::string_view name) {
  AddName(NameType::kEntity, node.value, id, name, "");
}

uint16_t TraceWriter::LabelId(const TraceLabel* label) {
  if (label == nullptr) return 0;
  if (label == last_label_) return last_label_id_;
  const auto [it, is_new] =
      labels_.try_emplace(label, static_cast<uint16_t>(labels_.size() + 1));
  if (is_new) {
    TW_CHECK(labels_.size() < 65535);
    AddName(NameType::kLabel, 0, it->second, label->name, label->rule);
  }
  last_label_ = label;
  last_label_id_ = it->second;
  return it->second;
}

void TraceWriter::AddName(NameType type, uint32_t node, uint32_t id, absl::string_view name,
                          absl::string_view rule) {
  name = name.substr(0, 65535);
  rule = rule.substr(0, 65535);
  const NameEntry entry{.type = type,
                        .node = node,
                        .id = id,
                        .name_size = static_cast<uint16_t>(name.size()),
                        .rule_size = static_cast<uint16_t>(rule.size())};
  const std::span<const uint8_t> head = AsBytes(&entry, sizeof entry);
  names_.insert(names_.end(), head.begin(), head.end());
  names_.insert(names_.end(), name.begin(), name.end());
  names_.insert(names_.end(), rule.begin(), rule.end());
  names_.resize((names_.size() + 3) / 4 * 4);
  ++name_count_;
}

void TraceWriter::FlushBlocks() {
  if (name_count_ > 0) WriteBlock(BlockType::kNames, name_count_, names_.data(), names_.size());
  if (!bytes_.empty()) WriteBlock(BlockType::kBytes, 0, bytes_.data(), bytes_.size());
  if (!records_.empty()) {
    WriteBlock(BlockType::kRecords, static_cast<uint32_t>(records_.size()), records_.data(),
               records_.size() * sizeof(FileRecord));
  }
  bytes_written_ += bytes_.size();
  names_.clear();
  name_count_ = 0;
  bytes_.clear();
  records_.clear();
}

void TraceWriter::WriteBlock(BlockType type, uint32_t count, const void* payload, size_t size) {
  const BlockHeader header{.type = type,
                           .count = count,
                           .size = size,
                           .first_byte = type == BlockType::kBytes ? bytes_written_ : 0,
                           .checksum = StableHash64(AsBytes(payload, size))};
  static constexpr char kZeros[8] = {};
  Write(&header, sizeof header);
  Write(payload, size);
  Write(kZeros, (8 - size % 8) % 8);
}

void TraceWriter::Write(const void* data, size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0 && status_.ok()) {
    const ssize_t written = write(file_, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      status_ = absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
      return;
    }
    next += written;
    size -= static_cast<size_t>(written);
  }
}

absl::Status TraceWriter::Finish() {
  FlushBlocks();
  WriteBlock(BlockType::kEnd, 0, nullptr, 0);
  return status_;
}

}  // namespace tickwire
