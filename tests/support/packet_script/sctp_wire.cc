#include "tests/support/packet_script/sctp_wire.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::packet_script {
namespace {

using Kind = SctpValue::Kind;
using Bytes = std::span<const uint8_t>;

void Put(std::vector<uint8_t>& out, uint64_t value, size_t size) {
  for (size_t i = size; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}
uint32_t Take(Bytes bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}
SctpValue NumberValue(int64_t number) {
  SctpValue value;
  value.kind = Kind::kNumber;
  value.number = number;
  return value;
}
SctpValue ListValue(std::vector<SctpValue> list) {
  SctpValue value;
  value.kind = Kind::kList;
  value.list = std::move(list);
  return value;
}
SctpValue TextValue(std::string text) {
  SctpValue value;
  value.kind = Kind::kText;
  value.text = std::move(text);
  return value;
}

// Bytes of the numbers of a list, `size` each.
std::vector<uint8_t> Packed(const SctpValue* list, size_t size) {
  std::vector<uint8_t> out;
  if (list == nullptr) return out;
  for (const SctpValue& one : list->list) Put(out, static_cast<uint64_t>(one.number), size);
  return out;
}
SctpValue Unpacked(Bytes bytes, size_t size) {
  std::vector<SctpValue> list;
  for (size_t at = 0; at + size <= bytes.size(); at += size) {
    list.push_back(NumberValue(Take(bytes, at, size)));
  }
  return ListValue(std::move(list));
}

SctpLevel InnerLevel(SctpTail tail) {
  return tail == SctpTail::kCauses ? SctpLevel::kCause : SctpLevel::kParameter;
}

class Encoder {
 public:
  Encoder(SctpLevel level, const SctpItem& item, const NumberMap& numbers,
          std::vector<uint8_t>& out)
      : level_(level), item_(item), numbers_(numbers), out_(out) {}
  std::string Run();

 private:
  std::string Header();
  // A field that the item does not have; empty: none.
  std::string Misspelt() const;
  void Tail();
  void TailBytes();
  std::string Flags();
  const SctpValue* Value(absl::string_view name) const { return item_.Find(name); }
  int64_t Number(absl::string_view name) const { return item_.Number(name).value_or(0); }

  const SctpLevel level_;
  const SctpItem& item_;
  const NumberMap& numbers_;
  std::vector<uint8_t>& out_;
  const SctpShape* shape_ = nullptr;
  size_t begin_ = 0;
  std::string error_;
};

std::string Encoder::Flags() {
  const SctpValue* const flags = Value("flgs");
  uint8_t bits = 0;
  if (flags != nullptr && flags->kind == Kind::kWord) {
    for (const char letter : flags->text) {
      const absl::string_view letters = shape_ == nullptr ? "" : shape_->flags;
      const size_t at = letters.find(letter);
      if (at == absl::string_view::npos) return absl::StrCat("no flag ", std::string(1, letter));
      bits |= static_cast<uint8_t>(0x80 >> at);
    }
  } else {
    bits = static_cast<uint8_t>(Number("flgs"));
  }
  out_.push_back(bits);
  return "";
}

std::string Encoder::Header() {
  shape_ = FindShape(level_, item_.name);
  uint32_t type = shape_ == nullptr ? 0 : shape_->type;
  if (shape_ == nullptr) {
    static const char* const kOthers[] = {"CHUNK", "PARAMETER", "CAUSE"};
    if (item_.name != kOthers[static_cast<size_t>(level_)]) {
      return absl::StrCat(item_.name, ": unknown");
    }
    type = static_cast<uint32_t>(Number(level_ == SctpLevel::kCause ? "code" : "type"));
  }
  begin_ = out_.size();
  Put(out_, type, level_ == SctpLevel::kChunk ? 1 : 2);
  if (level_ == SctpLevel::kChunk) {
    if (std::string wrong = Flags(); !wrong.empty()) return wrong;
  }
  Put(out_, 0, 2);
  return "";
}

// Names of the fields that a tail is written with.
std::vector<absl::string_view> NamesOf(SctpTail tail) {
  switch (tail) {
    case SctpTail::kNone:
    case SctpTail::kParameters:
    case SctpTail::kCauses:
      return {};
    case SctpTail::kBytes:
      return {"val"};
    case SctpTail::kText:
      return {"info"};
    case SctpTail::kSackLists:
      return {"gaps", "dups"};
    case SctpTail::kStreamSsn:
    case SctpTail::kStreamMid:
      return {"ids"};
    case SctpTail::kTypes8:
    case SctpTail::kTypes16:
      return {"types"};
    case SctpTail::kStreams:
      return {"sids"};
    case SctpTail::kAddress:
      return {"addr"};
    case SctpTail::kChunk:
      return {"chk"};
    case SctpTail::kNextTsns:
      return {"sender_next_tsn", "receiver_next_tsn"};
  }
  return {};
}

std::string Encoder::Misspelt() const {
  std::vector<absl::string_view> names =
      NamesOf(shape_ == nullptr ? SctpTail::kBytes : shape_->tail);
  names.push_back("len");
  if (level_ == SctpLevel::kChunk) names.push_back("flgs");
  if (shape_ == nullptr) names.push_back(level_ == SctpLevel::kCause ? "code" : "type");
  if (item_.name == "I_DATA") names.push_back("fsn");
  if (shape_ != nullptr) {
    for (const SctpFieldShape& field : shape_->fields) names.push_back(field.name);
  }
  for (const SctpField& field : item_.fields) {
    if (std::find(names.begin(), names.end(), field.name) == names.end()) {
      return absl::StrCat(item_.name, " has no field ", field.name);
    }
  }
  return "";
}

// What "val" gives; zeros to fill "len".
void Encoder::TailBytes() {
  const std::vector<uint8_t> value = Packed(Value("val"), 1);
  const size_t header = out_.size() - begin_;
  const auto length = static_cast<size_t>(Number("len"));
  out_.insert(out_.end(), value.begin(), value.end());
  if (value.empty() && length > header) out_.resize(begin_ + length);
}

void Encoder::Tail() {
  const auto put = [&](const std::vector<uint8_t>& bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  };
  switch (shape_ == nullptr ? SctpTail::kBytes : shape_->tail) {
    case SctpTail::kNone:
      return;
    case SctpTail::kBytes:
      return TailBytes();
    case SctpTail::kText: {
      const SctpValue* const text = Value("info");
      if (text != nullptr) put({text->text.begin(), text->text.end()});
      return;
    }
    case SctpTail::kParameters:
    case SctpTail::kCauses:
      for (const SctpItem& inner : item_.items) {
        if (error_ = Encode(InnerLevel(shape_->tail), inner, numbers_, out_); !error_.empty()) {
          return;
        }
      }
      return;
    case SctpTail::kSackLists: {
      const SctpValue *const gaps = Value("gaps"), *const duplicates = Value("dups");
      Put(out_, gaps == nullptr ? 0 : gaps->list.size(), 2);
      Put(out_, duplicates == nullptr ? 0 : duplicates->list.size(), 2);
      if (gaps != nullptr) {
        for (const SctpValue& gap : gaps->list) put(Packed(&gap, 2));
      }
      if (duplicates == nullptr) return;
      for (const SctpValue& one : duplicates->list) {
        Put(out_, numbers_(SctpFieldShape::Kind::kPeerTsn, static_cast<uint32_t>(one.number)), 4);
      }
      return;
    }
    case SctpTail::kStreamSsn:
      if (const SctpValue* const ids = Value("ids")) {
        for (const SctpValue& id : ids->list) put(Packed(&id, 2));
      }
      return;
    case SctpTail::kStreamMid:
      if (const SctpValue* const ids = Value("ids")) {
        for (const SctpValue& id : ids->list) {
          if (id.list.size() != 3) error_ = "ids: expected {stream, unordered, MID}";
          if (!error_.empty()) return;
          Put(out_, static_cast<uint64_t>(id.list[0].number), 2);
          Put(out_, static_cast<uint64_t>(id.list[1].number), 2);
          Put(out_, static_cast<uint64_t>(id.list[2].number), 4);
        }
      }
      return;
    case SctpTail::kTypes8:
      return put(Packed(Value("types"), 1));
    case SctpTail::kTypes16:
      return put(Packed(Value("types"), 2));
    case SctpTail::kStreams:
      return put(Packed(Value("sids"), 2));
    case SctpTail::kAddress: {
      const SctpValue* const text = Value("addr");
      const auto address = text == nullptr ? std::nullopt : IpAddress::Parse(text->text);
      if (!address) {
        error_ = "addr: no address";
        return;
      }
      return put({address->bytes().begin(), address->bytes().end()});
    }
    case SctpTail::kChunk:
      if (const SctpValue* const chunk = Value("chk"); chunk != nullptr && !chunk->item.empty()) {
        error_ = Encode(SctpLevel::kChunk, chunk->item[0], numbers_, out_);
      }
      return;
    case SctpTail::kNextTsns:
      if (Value("sender_next_tsn") == nullptr) return;
      Put(out_,
          numbers_(SctpFieldShape::Kind::kOwnTsn, static_cast<uint32_t>(Number("sender_next_tsn"))),
          4);
      Put(out_,
          numbers_(SctpFieldShape::Kind::kPeerTsn,
                   static_cast<uint32_t>(Number("receiver_next_tsn"))),
          4);
      return;
  }
}

std::string Encoder::Run() {
  if (std::string wrong = Header(); !wrong.empty()) return wrong;
  if (std::string wrong = Misspelt(); !wrong.empty()) return wrong;
  if (shape_ != nullptr) {
    for (const SctpFieldShape& field : shape_->fields) {
      uint32_t value = static_cast<uint32_t>(Number(field.name));
      if (absl::string_view(field.name) == "count") {  // of the missing parameters
        const SctpValue* const types = Value("types");
        value = types == nullptr ? 0 : static_cast<uint32_t>(types->list.size());
      }
      // Later fragments of I_DATA have a number where the first has the PPID (RFC 8260 2.1).
      if (absl::string_view(field.name) == "ppid" && item_.Number("fsn")) {
        value = static_cast<uint32_t>(*item_.Number("fsn"));
      }
      const bool is_written = item_.Number(field.name).has_value();
      Put(out_, is_written ? numbers_(field.kind, value) : value, field.size);
    }
  }
  Tail();
  if (!error_.empty()) return error_;
  // The length counts no padding (section 3.2).
  size_t length = out_.size() - begin_;
  if (const std::optional<int64_t> given = item_.Number("len")) {
    length = static_cast<size_t>(*given);
  }
  out_[begin_ + 2] = static_cast<uint8_t>(length >> 8);
  out_[begin_ + 3] = static_cast<uint8_t>(length);
  while ((out_.size() - begin_) % 4 != 0) out_.push_back(0);
  return "";
}

// --- Reading ---

class Decoder {
 public:
  Decoder(SctpLevel level, Bytes whole, const NumberMap& numbers)
      : level_(level), whole_(whole), numbers_(numbers) {}
  SctpItem Run();

 private:
  void Add(std::string name, SctpValue value) {
    item_.fields.push_back({std::move(name), std::move(value)});
  }
  void Tail(SctpTail tail, Bytes rest);
  void SackLists(Bytes rest);

  const SctpLevel level_;
  const Bytes whole_;
  const NumberMap& numbers_;
  SctpItem item_;
};

SctpItem Decoder::Run() {
  const uint32_t type = level_ == SctpLevel::kChunk ? whole_[0] : Take(whole_, 0, 2);
  const SctpShape* const shape = FindShape(level_, type);
  static const char* const kOthers[] = {"CHUNK", "PARAMETER", "CAUSE"};
  item_.name = shape == nullptr ? kOthers[static_cast<size_t>(level_)] : shape->name;
  if (shape == nullptr) Add(level_ == SctpLevel::kCause ? "code" : "type", NumberValue(type));
  bool is_first_fragment = true;
  if (level_ == SctpLevel::kChunk) {
    std::string letters;
    for (size_t bit = 0; shape != nullptr && shape->flags[bit] != '\0'; ++bit) {
      if ((whole_[1] & 0x80 >> bit) != 0) letters += shape->flags[bit];
    }
    SctpValue flags = NumberValue(whole_[1]);
    flags.text = letters;
    Add("flgs", flags);
    is_first_fragment = (whole_[1] & 2) != 0;
  }
  Add("len", NumberValue(static_cast<int64_t>(whole_.size())));
  size_t at = 4;
  if (shape != nullptr) {
    for (const SctpFieldShape& field : shape->fields) {
      if (at + field.size > whole_.size()) {
        item_.name = "MALFORMED";
        return item_;
      }
      const uint32_t value = numbers_(field.kind, Take(whole_, at, field.size));
      at += field.size;
      if (field.kind == SctpFieldShape::Kind::kHidden) continue;
      const bool is_fsn = item_.name == "I_DATA" && !is_first_fragment;
      Add(is_fsn && absl::string_view(field.name) == "ppid" ? "fsn" : field.name,
          NumberValue(value));
    }
  }
  Tail(shape == nullptr ? SctpTail::kBytes : shape->tail, whole_.subspan(at));
  return item_;
}

void Decoder::SackLists(Bytes rest) {
  if (rest.size() < 4) return;
  const size_t gaps = Take(rest, 0, 2), duplicates = Take(rest, 2, 2);
  std::vector<SctpValue> gap_list, duplicate_list;
  size_t at = 4;
  for (size_t i = 0; i < gaps && at + 4 <= rest.size(); ++i, at += 4) {
    gap_list.push_back(Unpacked(rest.subspan(at, 4), 2));
  }
  for (size_t i = 0; i < duplicates && at + 4 <= rest.size(); ++i, at += 4) {
    duplicate_list.push_back(
        NumberValue(numbers_(SctpFieldShape::Kind::kPeerTsn, Take(rest, at, 4))));
  }
  Add("gaps", ListValue(std::move(gap_list)));
  Add("dups", ListValue(std::move(duplicate_list)));
}

void Decoder::Tail(SctpTail tail, Bytes rest) {
  switch (tail) {
    case SctpTail::kNone:
      return;
    case SctpTail::kBytes:
      return Add("val", Unpacked(rest, 1));
    case SctpTail::kText:
      return Add("info", TextValue(std::string(rest.begin(), rest.end())));
    case SctpTail::kParameters:
    case SctpTail::kCauses:
      item_.items = Decode(InnerLevel(tail), rest, numbers_);
      return;
    case SctpTail::kSackLists:
      return SackLists(rest);
    case SctpTail::kStreamSsn:
    case SctpTail::kStreamMid: {
      const size_t size = tail == SctpTail::kStreamSsn ? 4 : 8;
      std::vector<SctpValue> ids;
      for (size_t at = 0; at + size <= rest.size(); at += size) {
        std::vector<SctpValue> id{NumberValue(Take(rest, at, 2)),
                                  NumberValue(Take(rest, at + 2, 2))};
        if (size == 8) id.push_back(NumberValue(Take(rest, at + 4, 4)));
        ids.push_back(ListValue(std::move(id)));
      }
      return Add("ids", ListValue(std::move(ids)));
    }
    case SctpTail::kTypes8:
      return Add("types", Unpacked(rest, 1));
    case SctpTail::kTypes16:
      return Add("types", Unpacked(rest, 2));
    case SctpTail::kStreams:
      return Add("sids", Unpacked(rest, 2));
    case SctpTail::kAddress: {
      const bool is_address = rest.size() == 4 || rest.size() == 16;
      std::string text = is_address ? IpAddress::FromBytes(rest).ToString() : "?";
      return Add("addr", TextValue(std::move(text)));
    }
    case SctpTail::kChunk: {
      SctpValue chunk;
      chunk.kind = Kind::kItem;
      chunk.item = Decode(SctpLevel::kChunk, rest, numbers_);
      return Add("chk", std::move(chunk));
    }
    case SctpTail::kNextTsns:
      if (rest.size() < 8) return;
      Add("sender_next_tsn",
          NumberValue(numbers_(SctpFieldShape::Kind::kOwnTsn, Take(rest, 0, 4))));
      Add("receiver_next_tsn",
          NumberValue(numbers_(SctpFieldShape::Kind::kPeerTsn, Take(rest, 4, 4))));
      return;
  }
}

}  // namespace

std::string Encode(SctpLevel level, const SctpItem& item, const NumberMap& numbers,
                   std::vector<uint8_t>& out) {
  return Encoder(level, item, numbers, out).Run();
}

std::vector<SctpItem> Decode(SctpLevel level, std::span<const uint8_t> bytes,
                             const NumberMap& numbers) {
  std::vector<SctpItem> items;
  while (!bytes.empty()) {
    const size_t length = bytes.size() < 4 ? 0 : Take(bytes, 2, 2);
    if (length < 4 || length > bytes.size()) {
      items.emplace_back().name = "MALFORMED";
      break;
    }
    items.push_back(Decoder(level, bytes.first(length), numbers).Run());
    bytes = bytes.subspan(std::min(bytes.size(), (length + 3) / 4 * 4));
  }
  return items;
}

}  // namespace tickwire::packet_script
