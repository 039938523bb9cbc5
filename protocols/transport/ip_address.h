// IpAddress and IpPrefix: IPv4 and IPv6 addresses as values.
//
// Text form: dotted decimal for IPv4; for IPv6 RFC 4291 section 2.2 is read and the canonical form
// of RFC 5952 is written.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_IP_ADDRESS_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_IP_ADDRESS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire {

class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0
  static constexpr IpAddress V4(uint32_t host_order) {
    IpAddress address;
    for (int i = 0; i < 4; ++i)
      address.bytes_[i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
    return address;
  }
  // REQUIRES: bytes.size() is 4 or 16.
  static IpAddress FromBytes(std::span<const uint8_t> bytes);
  // No brackets, zone or port.
  static std::optional<IpAddress> Parse(absl::string_view text);

  constexpr bool is_v4() const { return size_ == 4; }
  constexpr bool is_v6() const { return size_ == 16; }
  bool is_multicast() const;
  bool is_unspecified() const;
  bool is_broadcast() const;  // 255.255.255.255
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
  // REQUIRES: is_v4().
  uint32_t v4() const;
  int bits() const { return size_ * 8; }
  std::string ToString() const;

  // IPv4 before IPv6, then by bytes.
  auto operator<=>(const IpAddress&) const = default;

 private:
  uint8_t size_ = 4;
  std::array<uint8_t, 16> bytes_{};  // unused ones are zero
};

// An address with a prefix length: "10.0.0.0/24".
struct IpPrefix {
  IpAddress address;
  int length = 0;

  // A missing length means a host. Bits after the prefix are kept as written.
  static std::optional<IpPrefix> Parse(absl::string_view text);
  bool Contains(const IpAddress& other) const;
  // With all bits after the prefix zero.
  IpPrefix Network() const;
  std::string ToString() const;
  auto operator<=>(const IpPrefix&) const = default;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_IP_ADDRESS_H_
