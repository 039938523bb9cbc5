// ByteReader<N> and ByteWriter<N>: network-order access to a header's fixed part of N bytes.
//
// Offsets are template arguments, checked against N when compiled; the length of the data is
// checked once, in From().
//
//   auto reader = ByteReader<8>::From(bytes);       // nullopt if shorter
//   uint16_t port = reader->Load<uint16_t, 2>();
#ifndef TICKWIRE_SIM_CORE_PACKET_BYTE_READER_H_
#define TICKWIRE_SIM_CORE_PACKET_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sim_core/base/check.h"

namespace tickwire {

template <size_t kFixed>
class ByteReader {
 public:
  static std::optional<ByteReader> From(std::span<const uint8_t> data) {
    if (data.size() < kFixed) return std::nullopt;
    return ByteReader(data);
  }
  template <class UInt, size_t kOffset>
  UInt Load() const {
    static_assert(kOffset + sizeof(UInt) <= kFixed);
    UInt value = 0;
    for (size_t i = 0; i < sizeof(UInt); ++i) {
      value = static_cast<UInt>(static_cast<UInt>(value << 7 << 1) | data_[kOffset + i]);
    }
    return value;
  }
  // After the fixed part.
  std::span<const uint8_t> rest() const { return data_.subspan(kFixed); }

 private:
  explicit ByteReader(std::span<const uint8_t> data) : data_(data) {}
  std::span<const uint8_t> data_;
};

template <size_t kFixed>
class ByteWriter {
 public:
  // REQUIRES: data.size() >= kFixed.
  explicit ByteWriter(std::span<uint8_t> data) : data_(data) { TW_CHECK(data.size() >= kFixed); }
  template <class UInt, size_t kOffset>
  void Store(UInt value) {
    static_assert(kOffset + sizeof(UInt) <= kFixed);
    for (size_t i = 0; i < sizeof(UInt); ++i) {
      data_[kOffset + i] = static_cast<uint8_t>(value >> (8 * (sizeof(UInt) - 1 - i)));
    }
  }

 private:
  std::span<uint8_t> data_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_PACKET_BYTE_READER_H_
