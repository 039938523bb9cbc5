// RecordReader and RecordWriter: the record layer (RFC 8446 §5; RFC 5246 §6.2).
//
// The writer makes records of what is given to it; the reader gets them back out of the stream,
// whichever way it was cut. Each direction changes its protection at the moment that the handshake
// says. The reader holds at most one record and what follows it in the last piece.
#ifndef TICKWIRE_PROTOCOLS_TLS_RECORD_LAYER_H_
#define TICKWIRE_PROTOCOLS_TLS_RECORD_LAYER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/tls/record_protection.h"
#include "protocols/tls/tls_types.h"

namespace tickwire::tls {

inline constexpr size_t kRecordHeaderSize = 5;

class RecordWriter {
 public:
  // One record. REQUIRES: content.size() <= kMaxPlaintext.
  std::vector<uint8_t> Write(ContentType type, std::span<const uint8_t> content);
  // From the next record on.
  void SetKey(TlsVersion version, const Secret& key) { protection_.emplace(version, key); }
  // §5.1: the first ClientHello may say 1.0, for old middleboxes; all else says 1.2.
  void set_legacy_version(uint16_t version) { version_ = version; }
  bool is_protected() const { return protection_.has_value(); }

 private:
  std::optional<RecordProtection> protection_;
  uint16_t version_ = 0x0301;
};

class RecordReader {
 public:
  struct Record {
    ContentType type;
    std::vector<uint8_t> content;
  };
  enum class Result { kNone, kRecord, kBroken };

  void Append(std::span<const uint8_t> bytes);
  // kRecord: the next one is in `record`. kBroken: the stream cannot be read, for the reason
  // `alert`; nothing more can be told from it.
  Result Next(Record& record, Alert& alert);
  // From the next record on. In 1.3 change_cipher_spec stays unprotected (§5).
  void SetKey(TlsVersion version, const Secret& key);
  bool is_protected() const { return protection_.has_value(); }
  // Octets that wait for the rest of their record.
  size_t held() const { return buffer_.size() - begin_; }

 private:
  bool MayBePlain(ContentType type) const;
  bool OpenProtected(ContentType type, std::span<const uint8_t> fragment, Record& record,
                     Alert& alert);

  std::optional<RecordProtection> protection_;
  TlsVersion version_ = TlsVersion::k12;
  bool has_opened_protected_ = false;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_RECORD_LAYER_H_
