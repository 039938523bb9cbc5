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
constexpr size_t kSpareBatches = 3;

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
  writer->thread_ = std::thread([w = writer.get()] { w->WriteBatches(); });
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    writer->AddName(NameType::kNode, 0, i + 1, nodes[i], "");
  }
  return writer;
}

TraceWriter::TraceWriter(int file, std::string path) : file_(file), path_(std::move(path)) {
  for (size_t i = 0; i < kSpareBatches; ++i) free_.push_back(std::make_unique<Batch>());
}

TraceWriter::~TraceWriter() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  close(file_);
}

void TraceWriter::Batch::Clear() {
  records.clear();
  bytes.clear();
  names.clear();
  name_count = 0;
}

void TraceWriter::OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) {
  if (failed_.load(std::memory_order_relaxed)) return;
  const uint16_t label = LabelId(event.label), reason = LabelId(event.reason);
  Batch& batch = *current_;
  batch.records.push_back({.time_ns = event.time.nanos(),
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
                           .label = label,
                           .reason = reason,
                           .kind = event.kind,
                           .reserved = {}});
  if (!bytes.empty()) {
    batch.records.back().bytes_offset = bytes_recorded_ + batch.bytes.size();
    batch.bytes.insert(batch.bytes.end(), bytes.begin(), bytes.end());
  }
  if (batch.records.size() >= kRecordsPerBlock || batch.bytes.size() >= kBytesPerBlock) Submit();
}

void TraceWriter::OnEntity(NodeId node, uint32_t id, absl::string_view name) {
  AddName(NameType::kEntity, node.value, id, name, "");
}

uint16_t TraceWriter::LabelId(const TraceLabel* label) {
  if (label == nullptr) return 0;
  if (label == last_label_) return last_label_id_;
  const auto [it, is_new] = labels_.try_emplace(label, static_cast<uint16_t>(labels_.size() + 1));
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
  if (failed_.load(std::memory_order_relaxed)) return;
  name = name.substr(0, 65535);
  rule = rule.substr(0, 65535);
  const NameEntry entry{.type = type,
                        .node = node,
                        .id = id,
                        .name_size = static_cast<uint16_t>(name.size()),
                        .rule_size = static_cast<uint16_t>(rule.size())};
  const std::span<const uint8_t> head = AsBytes(&entry, sizeof entry);
  std::vector<uint8_t>& names = current_->names;
  names.insert(names.end(), head.begin(), head.end());
  names.insert(names.end(), name.begin(), name.end());
  names.insert(names.end(), rule.begin(), rule.end());
  names.resize((names.size() + 3) / 4 * 4);
  ++current_->name_count;
}

void TraceWriter::Submit() {
  current_->first_byte = bytes_recorded_;
  bytes_recorded_ += current_->bytes.size();
  std::unique_lock lock(mutex_);
  full_.push_back(std::move(current_));
  changed_.notify_all();
  changed_.wait(lock, [&] { return !free_.empty(); });
  current_ = std::move(free_.back());
  free_.pop_back();
}

void TraceWriter::WriteBatches() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !full_.empty(); });
    if (full_.empty()) return;
    std::unique_ptr<Batch> batch = std::move(full_.front());
    full_.pop_front();
    lock.unlock();
    WriteBatch(*batch);
    batch->Clear();
    lock.lock();
    free_.push_back(std::move(batch));
    changed_.notify_all();
  }
}

void TraceWriter::WriteBatch(const Batch& batch) {
  if (batch.name_count > 0) {
    WriteBlock(BlockType::kNames, batch.name_count, batch.names.data(), batch.names.size(), 0);
  }
  if (!batch.bytes.empty()) {
    WriteBlock(BlockType::kBytes, 0, batch.bytes.data(), batch.bytes.size(), batch.first_byte);
  }
  if (!batch.records.empty()) {
    WriteBlock(BlockType::kRecords, static_cast<uint32_t>(batch.records.size()),
               batch.records.data(), batch.records.size() * sizeof(FileRecord), 0);
  }
}

void TraceWriter::WriteBlock(BlockType type, uint32_t count, const void* payload, size_t size,
                             uint64_t first_byte) {
  const BlockHeader header{.type = type,
                           .count = count,
                           .size = size,
                           .first_byte = first_byte,
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
      failed_ = true;
      return;
    }
    next += written;
    size -= static_cast<size_t>(written);
  }
}

absl::Status TraceWriter::Finish() {
  Submit();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  WriteBlock(BlockType::kEnd, 0, nullptr, 0, 0);
  return status_;
}

}  // namespace tickwire
