// WireWriter and WireReader: the presentation language of TLS (RFC 8446 §3): numbers in network
// order, vectors behind their length.
#ifndef TICKWIRE_PROTOCOLS_TLS_WIRE_H_
#define TICKWIRE_PROTOCOLS_TLS_WIRE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "sim_core/base/check.h"

namespace tickwire::tls {

class WireWriter {
 public:
  // `octets` of `value`, at most 4.
  void Number(uint32_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i) bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  void U8(uint32_t value) { Number(value, 1); }
  void U16(uint32_t value) { Number(value, 2); }
  void U32(uint32_t value) { Number(value, 4); }
  void Raw(std::span<const uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void Raw(absl::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  // What `fill` writes, behind its length in `octets`.
  template <class F>
  void Vector(int octets, F fill) {
    const size_t begin = bytes_.size();
    Number(0, octets);
    fill();
    const size_t size = bytes_.size() - begin - static_cast<size_t>(octets);
    TW_CHECK(octets == 4 || size >> (8 * octets) == 0);
    for (int i = 0; i < octets; ++i) {
      bytes_[begin + static_cast<size_t>(i)] = static_cast<uint8_t>(size >> (8 * (octets - 1 - i)));
    }
  }
  size_t size() const { return bytes_.size(); }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

// Reads on until something is missing; from then on gives zeros and is not ok.
class WireReader {
 public:
  explicit WireReader(std::span<const uint8_t> bytes) : rest_(bytes) {}
  uint32_t Number(int octets) {
    const std::span<const uint8_t> bytes = Raw(static_cast<size_t>(octets));
    uint32_t value = 0;
    for (const uint8_t octet : bytes) value = value << 8 | octet;
    return value;
  }
  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U32() { return Number(4); }
  // Empty if there is less.
  std::span<const uint8_t> Raw(size_t size) {
    if (size > rest_.size()) {
      is_ok_ = false;
      rest_ = {};
      return {};
    }
    const std::span<const uint8_t> bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }
  // A vector behind its length in `octets`.
  std::span<const uint8_t> Vector(int octets) { return Raw(Number(octets)); }
  std::string Text(int octets) {
    const std::span<const uint8_t> bytes = Vector(octets);
    return {bytes.begin(), bytes.end()};
  }
  bool at_end() const { return rest_.empty(); }
  bool ok() const { return is_ok_; }
  // Nothing is missing and nothing is left.
  bool is_done() const { return is_ok_ && rest_.empty(); }

 private:
  std::span<const uint8_t> rest_;
  bool is_ok_ = true;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_WIRE_H_
