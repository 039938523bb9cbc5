#include "protocols/dns/dns_message.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/dns/dns_name.h"
#include "sim_core/packet/byte_reader.h"

namespace tickwire::dns {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr uint16_t kClassIn = 1;
// Bits of the second word of the header (§4.1.1).
constexpr uint16_t kQr = 0x8000, kAa = 0x0400, kTc = 0x0200, kRd = 0x0100, kRa = 0x0080;

// A place in a message that is being read; all fail for good once anything is missing.
class Cursor {
 public:
  Cursor(std::span<const uint8_t> message, size_t offset) : message_(message), offset_(offset) {}
  bool ok() const { return ok_; }
  size_t offset() const { return offset_; }

  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U32() { return Number(4); }
  std::string Name() {
    if (!ok_) return {};
    std::optional<std::string> name = ReadName(message_, offset_);
    ok_ = name.has_value();
    return ok_ ? *std::move(name) : std::string();
  }
  std::string CharacterString() {  // §3.3
    const std::span<const uint8_t> octets = Octets(U8());
    return std::string(octets.begin(), octets.end());
  }
  std::span<const uint8_t> Octets(size_t count) {
    if (!ok_ || count > message_.size() - offset_) {
      ok_ = false;
      return {};
    }
    offset_ += count;
    return message_.subspan(offset_ - count, count);
  }

 private:
  uint32_t Number(size_t bytes) {
    uint32_t value = 0;
    for (const uint8_t octet : Octets(bytes)) value = value << 8 | octet;
    return value;
  }

  std::span<const uint8_t> message_;
  size_t offset_;
  bool ok_ = true;
};

// The data of a record whose octets begin at the cursor and are `length` long. Names may point back
// into the whole message.
std::optional<RecordData> ReadData(std::span<const uint8_t> message, Cursor& cursor,
                                   RecordType type, size_t length) {
  const size_t begin = cursor.offset();
  const std::span<const uint8_t> octets = cursor.Octets(length);
  if (!cursor.ok()) return std::nullopt;
  Cursor data(message.first(begin + length), begin);
  RecordData read;
  switch (type) {
    case RecordType::kA:
    case RecordType::kAaaa:
      if (length != (type == RecordType::kA ? 4u : 16u)) return std::nullopt;
      return AddressData{IpAddress::FromBytes(octets)};
    case RecordType::kNs:
    case RecordType::kCname:
      read = NameData{data.Name()};
      break;
    case RecordType::kSoa: {
      SoaData soa;
      soa.primary = data.Name();
      soa.mailbox = data.Name();
      soa.serial = data.U32();
      soa.refresh = data.U32();
      soa.retry = data.U32();
      soa.expire = data.U32();
      soa.minimum = data.U32();
      read = std::move(soa);
      break;
    }
    case RecordType::kSrv: {
      SrvData srv;
      srv.priority = data.U16();
      srv.weight = data.U16();
      srv.port = data.U16();
      srv.target = data.Name();
      read = std::move(srv);
      break;
    }
    case RecordType::kNaptr: {
      NaptrData naptr;
      naptr.order = data.U16();
      naptr.preference = data.U16();
      naptr.flags = data.CharacterString();
      naptr.service = data.CharacterString();
      naptr.regexp = data.CharacterString();
      naptr.replacement = data.Name();
      read = std::move(naptr);
      break;
    }
    default:
      return RawData{{octets.begin(), octets.end()}};
  }
  if (!data.ok() || data.offset() != begin + length) return std::nullopt;
  return read;
}

bool ReadRecords(std::span<const uint8_t> message, Cursor& cursor, size_t count,
                 std::vector<Record>& records) {
  for (size_t i = 0; i < count; ++i) {
    Record record;
    record.name = cursor.Name();
    record.type = static_cast<RecordType>(cursor.U16());
    const uint16_t record_class = cursor.U16();
    record.ttl = cursor.U32();
    if (record.ttl > 0x7fffffff) record.ttl = 0;  // RFC 2181 §8
    const uint16_t length = cursor.U16();
    if (!cursor.ok()) return false;
    if (record_class != kClassIn) {
      cursor.Octets(length);
      if (!cursor.ok()) return false;
      continue;
    }
    std::optional<RecordData> data = ReadData(message, cursor, record.type, length);
    if (!data.has_value()) return false;
    record.data = *std::move(data);
    records.push_back(std::move(record));
  }
  return true;
}

class Writer {
 public:
  std::vector<uint8_t>& out() { return out_; }
  NameWriter& names() { return names_; }
  void U16(uint32_t value) {
    out_.push_back(static_cast<uint8_t>(value >> 8));
    out_.push_back(static_cast<uint8_t>(value));
  }
  void U32(uint32_t value) {
    U16(value >> 16);
    U16(value & 0xffff);
  }
  void CharacterString(const std::string& text) {
    const size_t size = std::min<size_t>(text.size(), 255);
    out_.push_back(static_cast<uint8_t>(size));
    out_.insert(out_.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
  }
  void Store16(size_t offset, uint32_t value) {
    out_[offset] = static_cast<uint8_t>(value >> 8);
    out_[offset + 1] = static_cast<uint8_t>(value);
  }

  void operator()(const AddressData& data) {
    const std::span<const uint8_t> bytes = data.address.bytes();
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  void operator()(const NameData& data) { names_.Write(data.name); }
  void operator()(const SoaData& data) {
    names_.Write(data.primary);
    names_.Write(data.mailbox);
    for (const uint32_t value : {data.serial, data.refresh, data.retry, data.expire, data.minimum})
      U32(value);
  }
  void operator()(const SrvData& data) {
    for (const uint16_t value : {data.priority, data.weight, data.port}) U16(value);
    names_.WriteUncompressed(data.target);
  }
  void operator()(const NaptrData& data) {
    U16(data.order);
    U16(data.preference);
    CharacterString(data.flags);
    CharacterString(data.service);
    CharacterString(data.regexp);
    names_.WriteUncompressed(data.replacement);
  }
  void operator()(const RawData& data) {
    out_.insert(out_.end(), data.octets.begin(), data.octets.end());
  }

 private:
  std::vector<uint8_t> out_;
  NameWriter names_{out_};
};

// The number of records that fit.
size_t WriteRecords(const std::vector<Record>& records, size_t max_bytes, Writer& writer) {
  for (size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const size_t begin = writer.out().size();
    writer.names().Write(record.name);
    writer.U16(static_cast<uint16_t>(record.type));
    writer.U16(kClassIn);
    writer.U32(record.ttl);
    const size_t length_at = writer.out().size();
    writer.U16(0);
    std::visit(writer, record.data);
    if (writer.out().size() > max_bytes) {
      writer.out().resize(begin);
      writer.names().Truncate(begin);
      return i;
    }
    writer.Store16(length_at, static_cast<uint32_t>(writer.out().size() - length_at - 2));
  }
  return records.size();
}

}  // namespace

std::string RcodeName(Rcode rcode) {
  switch (rcode) {
    case Rcode::kNoError:
      return "NOERROR";
    case Rcode::kFormatError:
      return "FORMERR";
    case Rcode::kServerFailure:
      return "SERVFAIL";
    case Rcode::kNameError:
      return "NXDOMAIN";
    case Rcode::kNotImplemented:
      return "NOTIMP";
    case Rcode::kRefused:
      return "REFUSED";
  }
  return absl::StrCat("RCODE", static_cast<int>(rcode));
}

std::optional<Message> Message::Parse(std::span<const uint8_t> octets) {
  const auto header = ByteReader<kHeaderBytes>::From(octets);
  if (!header.has_value()) return std::nullopt;
  Message message;
  message.id = header->Load<uint16_t, 0>();
  const uint16_t flags = header->Load<uint16_t, 2>();
  message.is_response = (flags & kQr) != 0;
  message.opcode = flags >> 11 & 0xf;
  message.is_authoritative = (flags & kAa) != 0;
  message.is_truncated = (flags & kTc) != 0;
  message.recursion_desired = (flags & kRd) != 0;
  message.recursion_available = (flags & kRa) != 0;
  message.rcode = static_cast<Rcode>(flags & 0xf);
  const size_t counts[] = {header->Load<uint16_t, 4>(), header->Load<uint16_t, 6>(),
                           header->Load<uint16_t, 8>(), header->Load<uint16_t, 10>()};
  if (counts[0] + counts[1] + counts[2] + counts[3] > kMaxRecords) return std::nullopt;
  Cursor cursor(octets, kHeaderBytes);
  for (size_t i = 0; i < counts[0]; ++i) {
    Question question;
    question.name = cursor.Name();
    question.type = static_cast<RecordType>(cursor.U16());
    const bool is_in = cursor.U16() == kClassIn;
    if (!cursor.ok()) return std::nullopt;
    if (is_in) message.questions.push_back(std::move(question));
  }
  if (!ReadRecords(octets, cursor, counts[1], message.answers) ||
      !ReadRecords(octets, cursor, counts[2], message.authorities) ||
      !ReadRecords(octets, cursor, counts[3], message.additionals)) {
    return std::nullopt;
  }
  return message;
}

std::vector<uint8_t> Message::Serialize(size_t max_bytes) const {
  Writer writer;
  uint32_t flags = (is_response ? kQr : 0) | (is_authoritative ? kAa : 0) |
                   (recursion_desired ? kRd : 0) | (recursion_available ? kRa : 0) |
                   static_cast<uint32_t>(opcode & 0xf) << 11 | (static_cast<uint32_t>(rcode) & 0xf);
  writer.U16(id);
  for (int i = 0; i < 5; ++i) writer.U16(0);
  for (const Question& question : questions) {
    writer.names().Write(question.name);
    writer.U16(static_cast<uint16_t>(question.type));
    writer.U16(kClassIn);
  }
  const size_t answer_count = WriteRecords(answers, max_bytes, writer);
  size_t authority_count = 0;
  size_t additional_count = 0;
  bool cut = answer_count < answers.size();
  if (!cut) {
    authority_count = WriteRecords(authorities, max_bytes, writer);
    cut = authority_count < authorities.size();
  }
  if (!cut) additional_count = WriteRecords(additionals, max_bytes, writer);
  if (cut || is_truncated) flags |= kTc;
  writer.Store16(2, flags);
  writer.Store16(4, static_cast<uint32_t>(questions.size()));
  writer.Store16(6, static_cast<uint32_t>(answer_count));
  writer.Store16(8, static_cast<uint32_t>(authority_count));
  writer.Store16(10, static_cast<uint32_t>(additional_count));
  return std::move(writer.out());
}

std::string Message::Summary() const {
  std::string text = "DNS";
  if (!questions.empty()) {
    const std::string& name = questions[0].name;
    absl::StrAppend(&text, " ", RecordTypeName(questions[0].type), is_response ? " " : "? ",
                    name.empty() ? "." : name);
  }
  if (!is_response) return text;
  if (rcode != Rcode::kNoError) {
    absl::StrAppend(&text, ": ", RcodeName(rcode));
  } else if (answers.empty()) {
    absl::StrAppend(&text, ": no data");
  } else {
    absl::StrAppend(&text, ": ", answers.size(), answers.size() == 1 ? " answer" : " answers");
  }
  if (is_truncated) absl::StrAppend(&text, " (truncated)");
  return text;
}

}  // namespace tickwire::dns
