#include "protocols/tls/der.h"

#include <array>

namespace tickwire::tls::der {

Bytes Tlv(uint8_t tag, std::span<const uint8_t> content) {
  Bytes out = {tag};
  const size_t size = content.size();
  if (size < 0x80) {
    out.push_back(static_cast<uint8_t>(size));
  } else {
    int octets = 1;
    while (octets < 4 && size >> (8 * octets) != 0) ++octets;
    out.push_back(static_cast<uint8_t>(0x80 | octets));
    for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(size >> (8 * i)));
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes Tlv(uint8_t tag, absl::string_view content) {
  return Tlv(tag, std::span(reinterpret_cast<const uint8_t*>(content.data()), content.size()));
}

Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes Sequence(std::initializer_list<Bytes> parts) { return Tlv(kSequence, Join(parts)); }

Bytes Integer(uint64_t value) {
  std::array<uint8_t, 8> magnitude{};
  for (int i = 0; i < 8; ++i) magnitude[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  return Integer(magnitude);
}

Bytes Integer(std::span<const uint8_t> magnitude) {
  while (magnitude.size() > 1 && magnitude[0] == 0) magnitude = magnitude.subspan(1);
  Bytes content(magnitude.begin(), magnitude.end());
  // X.690 §8.3.2: a first bit of one would be a minus sign.
  if (content.empty() || (content[0] & 0x80) != 0) content.insert(content.begin(), 0);
  return Tlv(kInteger, content);
}

Bytes BitString(std::span<const uint8_t> whole_octets) {
  Bytes content = {0};  // no unused bits
  content.insert(content.end(), whole_octets.begin(), whole_octets.end());
  return Tlv(kBitString, content);
}

Bytes Oid(std::initializer_list<uint8_t> arcs) {
  return Tlv(kObjectIdentifier, std::span(arcs.begin(), arcs.size()));
}

std::optional<Element> Reader::Next() {
  if (rest_.size() < 2 || (rest_[0] & 0x1f) == 0x1f) return std::nullopt;
  size_t size = rest_[1];
  size_t head = 2;
  if (size >= 0x80) {
    const size_t octets = size & 0x7f;
    if (octets == 0 || octets > 4 || rest_.size() < 2 + octets) return std::nullopt;
    size = 0;
    for (size_t i = 0; i < octets; ++i) size = size << 8 | rest_[2 + i];
    const bool is_shortest = octets == 1 ? size >= 0x80 : size >> (8 * (octets - 1)) != 0;
    if (!is_shortest) return std::nullopt;
    head += octets;
  }
  if (rest_.size() - head < size) return std::nullopt;
  const Element element{rest_[0], rest_.subspan(head, size)};
  rest_ = rest_.subspan(head + size);
  return element;
}

std::optional<Element> Reader::Next(uint8_t tag) {
  if (PeekTag() != tag) return std::nullopt;
  return Next();
}

}  // namespace tickwire::tls::der
