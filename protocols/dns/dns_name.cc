#include "protocols/dns/dns_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "sim_core/base/check.h"

namespace tickwire::dns {
namespace {

constexpr uint8_t kPointer = 0xc0;      // §4.1.4: two high bits
constexpr size_t kMaxPointer = 0x3fff;  // the 14 bits of an offset
constexpr size_t kMaxLabels = 127;      // of a name of 255 octets

void AppendOctet(uint8_t octet, std::string& out) {
  const char c = absl::ascii_tolower(octet);
  if (octet > 0x20 && octet < 0x7f && c != '.' && c != '\\') {
    out += c;
    return;
  }
  out += '\\';
  out += static_cast<char>('0' + octet / 100);
  out += static_cast<char>('0' + octet / 10 % 10);
  out += static_cast<char>('0' + octet % 10);
}

// The octets of the first label of a canonical name.
std::string LabelOctets(absl::string_view label) {
  std::string octets;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label[i] != '\\') {
      octets += label[i];
      continue;
    }
    TW_CHECK(i + 3 < label.size());
    octets += static_cast<char>((label[i + 1] - '0') * 100 + (label[i + 2] - '0') * 10 +
                                (label[i + 3] - '0'));
    i += 3;
  }
  return octets;
}

absl::string_view FirstLabel(absl::string_view name) { return name.substr(0, name.find('.')); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::string> NormalizeName(absl::string_view text) {
  if (text == ".") return std::string();
  if (absl::EndsWith(text, ".") && !absl::EndsWith(text, "\\.")) text.remove_suffix(1);
  std::string name;
  size_t wire_bytes = 1;  // the root
  size_t label_bytes = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (label_bytes == 0) return std::nullopt;
      wire_bytes += label_bytes + 1;
      label_bytes = 0;
      name += '.';
      continue;
    }
    uint8_t octet = static_cast<uint8_t>(text[i]);
    if (text[i] == '\\') {
      if (i + 3 < text.size() && IsDigit(text[i + 1]) && IsDigit(text[i + 2]) &&
          IsDigit(text[i + 3])) {
        const int value = (text[i + 1] - '0') * 100 + (text[i + 2] - '0') * 10 + text[i + 3] - '0';
        if (value > 255) return std::nullopt;
        octet = static_cast<uint8_t>(value);
        i += 3;
      } else {
        if (i + 1 >= text.size()) return std::nullopt;
        octet = static_cast<uint8_t>(text[++i]);
      }
    }
    AppendOctet(octet, name);
    if (++label_bytes > kMaxLabelBytes) return std::nullopt;
  }
  if (text.empty()) return name;
  if (label_bytes == 0) return std::nullopt;
  wire_bytes += label_bytes + 1;
  if (wire_bytes > kMaxNameBytes) return std::nullopt;
  return name;
}

bool IsWithin(absl::string_view name, absl::string_view ancestor) {
  if (ancestor.empty()) return true;
  if (!absl::EndsWith(name, ancestor)) return false;
  return name.size() == ancestor.size() || name[name.size() - ancestor.size() - 1] == '.';
}

absl::string_view ParentOf(absl::string_view name) {
  const size_t dot = name.find('.');
  return dot == absl::string_view::npos ? absl::string_view() : name.substr(dot + 1);
}

std::optional<std::string> ReadName(std::span<const uint8_t> message, size_t& offset) {
  std::string name;
  size_t at = offset;
  size_t limit = message.size();  // a pointer must lead before the place where it stands
  size_t wire_bytes = 1;
  bool has_jumped = false;
  for (size_t labels = 0; labels <= kMaxLabels; ++labels) {
    if (at >= limit) return std::nullopt;
    const uint8_t length = message[at];
    if ((length & kPointer) == kPointer) {
      if (at + 1 >= limit) return std::nullopt;
      const size_t target = static_cast<size_t>(length & ~kPointer) << 8 | message[at + 1];
      if (!has_jumped) offset = at + 2;
      has_jumped = true;
      if (target >= at) return std::nullopt;
      limit = at;
      at = target;
      --labels;  // each jump shortens `limit`, so this ends
      continue;
    }
    if ((length & kPointer) != 0) return std::nullopt;  // reserved
    if (length == 0) {
      if (!has_jumped) offset = at + 1;
      return name;
    }
    if (at + 1 + length > limit) return std::nullopt;
    wire_bytes += length + 1u;
    if (wire_bytes > kMaxNameBytes) return std::nullopt;
    if (!name.empty()) name += '.';
    for (size_t i = 0; i < length; ++i) AppendOctet(message[at + 1 + i], name);
    at += 1u + length;
  }
  return std::nullopt;
}

void NameWriter::Write(absl::string_view name) {
  while (!name.empty()) {
    const auto known = offsets_.find(std::string_view(name.data(), name.size()));
    if (known != offsets_.end()) {
      out_.push_back(static_cast<uint8_t>(kPointer | known->second >> 8));
      out_.push_back(static_cast<uint8_t>(known->second & 0xff));
      return;
    }
    if (out_.size() <= kMaxPointer) {
      offsets_.emplace(std::string(name), static_cast<uint16_t>(out_.size()));
    }
    const std::string label = LabelOctets(FirstLabel(name));
    TW_CHECK(!label.empty() && label.size() <= kMaxLabelBytes);
    out_.push_back(static_cast<uint8_t>(label.size()));
    out_.insert(out_.end(), label.begin(), label.end());
    name = ParentOf(name);
  }
  out_.push_back(0);
}

void NameWriter::WriteUncompressed(absl::string_view name) {
  while (!name.empty()) {
    const std::string label = LabelOctets(FirstLabel(name));
    TW_CHECK(!label.empty() && label.size() <= kMaxLabelBytes);
    out_.push_back(static_cast<uint8_t>(label.size()));
    out_.insert(out_.end(), label.begin(), label.end());
    name = ParentOf(name);
  }
  out_.push_back(0);
}

void NameWriter::Truncate(size_t size) {
  for (auto it = offsets_.begin(); it != offsets_.end();) {
    it = it->second >= size ? offsets_.erase(it) : std::next(it);
  }
}

}  // namespace tickwire::dns
