#include "protocols/tls/record_layer.h"

#include <utility>

#include "sim_core/base/check.h"

namespace tickwire::tls {
namespace {

constexpr size_t kIdleMemory = 4096;  // octets that a reader keeps while nothing comes

}  // namespace

std::vector<uint8_t> RecordWriter::Write(ContentType type, std::span<const uint8_t> content) {
  TW_CHECK(content.size() <= kMaxPlaintext);
  std::vector<uint8_t> record;
  record.reserve(kRecordHeaderSize + content.size() + 32);
  record.resize(kRecordHeaderSize);
  ContentType outer_type = type;
  if (protection_) {
    protection_->Protect(type, content, record);
    // In 1.2 the real type stays outside.
    outer_type = protection_->OuterType(type);
  } else {
    record.insert(record.end(), content.begin(), content.end());
  }
  const size_t length = record.size() - kRecordHeaderSize;
  record[0] = static_cast<uint8_t>(outer_type);
  record[1] = static_cast<uint8_t>(version_ >> 8);
  record[2] = static_cast<uint8_t>(version_);
  record[3] = static_cast<uint8_t>(length >> 8);
  record[4] = static_cast<uint8_t>(length);
  return record;
}

void RecordReader::Append(std::span<const uint8_t> bytes) {
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void RecordReader::SetKey(TlsVersion version, const Secret& key) {
  version_ = version;
  protection_.emplace(version, key);
}

RecordReader::Result RecordReader::Next(Record& record, Alert& alert) {
  const std::span<const uint8_t> rest = std::span<const uint8_t>(buffer_).subspan(begin_);
  if (rest.empty() && buffer_.capacity() > kIdleMemory) {
    buffer_ = {};
    begin_ = 0;
  }
  if (rest.size() < kRecordHeaderSize) return Result::kNone;
  const auto type = ContentType{rest[0]};
  const size_t length = static_cast<size_t>(rest[3]) << 8 | rest[4];
  if (rest[0] < 20 || rest[0] > 23) {
    alert = Alert::kUnexpectedMessage;  // §5
    return Result::kBroken;
  }
  if (rest[1] != 3) {  // §5.1: the minor version is ignored
    alert = Alert::kProtocolVersion;
    return Result::kBroken;
  }
  const bool is_plain = !protection_ || MayBePlain(type);
  if (length > (is_plain ? kMaxPlaintext : RecordProtection::MaxProtected(version_))) {
    alert = Alert::kRecordOverflow;
    return Result::kBroken;
  }
  if (rest.size() < kRecordHeaderSize + length) return Result::kNone;
  const std::span<const uint8_t> fragment = rest.subspan(kRecordHeaderSize, length);
  begin_ += kRecordHeaderSize + length;
  if (is_plain) {
    record = {type, {fragment.begin(), fragment.end()}};
  } else if (!OpenProtected(type, fragment, record, alert)) {
    return Result::kBroken;
  }
  // §5.1: fragments of length zero only of application data.
  if (record.content.empty() && record.type != ContentType::kApplicationData) {
    alert = Alert::kUnexpectedMessage;
    return Result::kBroken;
  }
  return Result::kRecord;
}

bool RecordReader::MayBePlain(ContentType type) const {
  if (version_ != TlsVersion::k13) return false;
  // §5: change_cipher_spec never is protected. An alert may come from a peer that did not get as
  // far as to have keys.
  return type == ContentType::kChangeCipherSpec ||
         (type == ContentType::kAlert && !has_opened_protected_);
}

bool RecordReader::OpenProtected(ContentType type, std::span<const uint8_t> fragment,
                                 Record& record, Alert& alert) {
  if (version_ == TlsVersion::k13 && type != ContentType::kApplicationData) {
    alert = Alert::kUnexpectedMessage;  // §5.2: all that is protected has that type
    return false;
  }
  std::optional<RecordProtection::Opened> opened = protection_->Open(type, fragment);
  if (!opened) {
    alert = Alert::kBadRecordMac;
    return false;
  }
  if (opened->plaintext.size() > kMaxPlaintext) {
    alert = Alert::kRecordOverflow;  // §5.2
    return false;
  }
  // §5: change_cipher_spec never is within protection.
  const bool is_known = opened->type == ContentType::kAlert ||
                        opened->type == ContentType::kHandshake ||
                        opened->type == ContentType::kApplicationData;
  if (!is_known) {
    alert = Alert::kUnexpectedMessage;
    return false;
  }
  has_opened_protected_ = true;
  record = {opened->type, std::move(opened->plaintext)};
  return true;
}

}  // namespace tickwire::tls
