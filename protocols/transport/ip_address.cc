#include "protocols/transport/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim_core/base/check.h"

namespace tickwire {

IpAddress IpAddress::FromBytes(std::span<const uint8_t> bytes) {
  TW_CHECK(bytes.size() == 4 || bytes.size() == 16);
  IpAddress address;
  address.size_ = static_cast<uint8_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::Parse(absl::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
  const std::string terminated(text);
  uint8_t bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return FromBytes({bytes, 4});
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return FromBytes({bytes, 16});
  return std::nullopt;
}

bool IpAddress::is_multicast() const {
  return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](uint8_t b) { return b == 0; });
}

bool IpAddress::is_broadcast() const { return is_v4() && v4() == 0xffffffff; }

uint32_t IpAddress::v4() const {
  TW_DCHECK(is_v4());
  return (uint32_t{bytes_[0]} << 24) | (uint32_t{bytes_[1]} << 16) | (uint32_t{bytes_[2]} << 8) |
         bytes_[3];
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN];
  // inet_ntop compresses a single zero group, which RFC 5952 section 4.2.2 forbids; glibc does not.
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

std::optional<IpPrefix> IpPrefix::Parse(absl::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpPrefix prefix{*address, address->bits()};
  if (slash == absl::string_view::npos) return prefix;
  const absl::string_view length = text.substr(slash + 1);
  if (length.empty() || length.size() > 3 ||
      length.find_first_not_of("0123456789") != length.npos ||
      !absl::SimpleAtoi(length, &prefix.length) || prefix.length > address->bits()) {
    return std::nullopt;
  }
  return prefix;
}

bool IpPrefix::Contains(const IpAddress& other) const {
  if (other.is_v4() != address.is_v4()) return false;
  return IpPrefix{other, length}.Network().address == Network().address;
}

IpPrefix IpPrefix::Network() const {
  std::array<uint8_t, 16> bytes{};
  const std::span<const uint8_t> from = address.bytes();
  for (int i = 0; i < static_cast<int>(from.size()); ++i) {
    const int kept = std::clamp(length - 8 * i, 0, 8);
    bytes[i] = from[i] & static_cast<uint8_t>(0xff00 >> kept);
  }
  return {IpAddress::FromBytes({bytes.data(), from.size()}), length};
}

std::string IpPrefix::ToString() const { return absl::StrCat(address.ToString(), "/", length); }

}  // namespace tickwire
