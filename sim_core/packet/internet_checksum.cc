#include "sim_core/packet/internet_checksum.h"

#include <bit>
#include <cstring>

namespace tickwire {
namespace {

constexpr uint16_t Fold(uint64_t sum) {
  sum = (sum >> 32) + (sum & 0xffffffff);
  sum = (sum >> 16) + (sum & 0xffff);
  sum = (sum >> 16) + (sum & 0xffff);
  sum = (sum >> 16) + (sum & 0xffff);
  return static_cast<uint16_t>(sum);
}

}  // namespace

InternetChecksum& InternetChecksum::Add(std::span<const uint8_t> bytes) {
  // RFC 1071 section 2 (B): the sum may be taken in either byte order and swapped once; and (C):
  // wider words may be added and folded later.
  uint64_t sum = 0;
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    sum += word;
  }
  uint8_t rest[4] = {};
  if (i < bytes.size()) std::memcpy(rest, bytes.data() + i, bytes.size() - i);
  uint32_t word;
  std::memcpy(&word, rest, sizeof word);
  sum += word;
  const uint16_t folded = Fold(sum);
  sum_ += std::endian::native == std::endian::little ? __builtin_bswap16(folded) : folded;
  return *this;
}

uint16_t InternetChecksum::Finish() const { return static_cast<uint16_t>(~Fold(sum_)); }

uint16_t UpdatedChecksum(uint16_t checksum, uint16_t old_word, uint16_t new_word) {
  return static_cast<uint16_t>(~Fold(uint64_t{static_cast<uint16_t>(~checksum)} +
                                     static_cast<uint16_t>(~old_word) + new_word));
}

}  // namespace tickwire
