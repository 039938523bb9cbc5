#include "sim_core/trace/pcapng_writer.h"

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tickwire {
namespace {

constexpr uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr uint16_t kLinkTypeRaw = 101;
constexpr uint16_t kOptEnd = 0, kOptComment = 1;
constexpr uint16_t kShbUserAppl = 4;
constexpr uint16_t kIfName = 2, kIfDescription = 3, kIfTsresol = 9;
constexpr uint16_t kEpbFlags = 2;
constexpr uint8_t kNanoseconds = 9;

std::span<const uint8_t> AsBytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<PcapngWriter>> PcapngWriter::Create(const std::string& path,
                                                                   absl::string_view comment) {
  std::FILE* file = std::fopen(path.c_str(), "wbe");
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  std::unique_ptr<PcapngWriter> writer(new PcapngWriter(file, path));
  writer->BeginBlock(kSectionHeader);
  writer->Put32(kByteOrderMagic);
  writer->Put16(1);  // major version
  writer->Put16(0);
  writer->Put32(~0u);  // section length: not given
  writer->Put32(~0u);
  if (!comment.empty()) writer->PutOption(kOptComment, comment);
  writer->PutOption(kShbUserAppl, "Tickwire");
  writer->PutOption(kOptEnd, "");
  writer->EndBlock();
  return writer;
}

PcapngWriter::~PcapngWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

uint32_t PcapngWriter::AddInterface(absl::string_view name, absl::string_view description) {
  BeginBlock(kInterfaceDescription);
  Put16(kLinkTypeRaw);
  Put16(0);
  Put32(0);  // no limit on captured bytes
  PutOption(kIfName, name);
  if (!description.empty()) PutOption(kIfDescription, description);
  PutOption(kIfTsresol, std::span(&kNanoseconds, 1));
  PutOption(kOptEnd, "");
  EndBlock();
  return interfaces_++;
}

void PcapngWriter::WritePacket(uint32_t interface, SimTime time, std::span<const uint8_t> bytes,
                               uint32_t zeros, Direction direction, absl::string_view comment) {
  const uint32_t size = static_cast<uint32_t>(bytes.size()) + zeros;
  BeginBlock(kEnhancedPacket);
  Put32(interface);
  Put32(static_cast<uint32_t>(static_cast<uint64_t>(time.nanos()) >> 32));
  Put32(static_cast<uint32_t>(time.nanos()));
  Put32(size);
  Put32(size);
  block_.insert(block_.end(), bytes.begin(), bytes.end());
  block_.resize(block_.size() + zeros);
  block_.resize((block_.size() + 3) / 4 * 4);
  if (!comment.empty()) PutOption(kOptComment, comment);
  if (direction != Direction::kUnknown) {
    const uint8_t flags[4] = {static_cast<uint8_t>(direction)};
    PutOption(kEpbFlags, flags);
  }
  PutOption(kOptEnd, "");
  EndBlock();
}

absl::Status PcapngWriter::Finish() {
  if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
  file_ = nullptr;
  if (error_ != 0) return absl::ErrnoToStatus(error_, absl::StrCat("cannot write ", path_));
  return absl::OkStatus();
}

void PcapngWriter::BeginBlock(uint32_t type) {
  block_.clear();
  Put32(type);
  Put32(0);  // the length, when it is known
}

void PcapngWriter::Put16(uint16_t value) {
  block_.push_back(static_cast<uint8_t>(value));
  block_.push_back(static_cast<uint8_t>(value >> 8));
}

void PcapngWriter::Put32(uint32_t value) {
  Put16(static_cast<uint16_t>(value));
  Put16(static_cast<uint16_t>(value >> 16));
}

void PcapngWriter::PutOption(uint16_t code, std::span<const uint8_t> value) {
  value = value.first(std::min<size_t>(value.size(), 65535));
  Put16(code);
  Put16(static_cast<uint16_t>(value.size()));
  block_.insert(block_.end(), value.begin(), value.end());
  block_.resize((block_.size() + 3) / 4 * 4);
}

void PcapngWriter::PutOption(uint16_t code, absl::string_view value) {
  PutOption(code, AsBytes(value));
}

void PcapngWriter::EndBlock() {
  const uint32_t length = static_cast<uint32_t>(block_.size()) + 4;
  Put32(length);
  for (int i = 0; i < 4; ++i) block_[4 + i] = static_cast<uint8_t>(length >> (8 * i));
  if (std::fwrite(block_.data(), 1, block_.size(), file_) != block_.size() && error_ == 0) {
    error_ = errno != 0 ? errno : EIO;
  }
}

}  // namespace tickwire
