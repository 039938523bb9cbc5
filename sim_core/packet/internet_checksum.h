// InternetChecksum: the ones' complement sum of RFC 1071, as IP, UDP and TCP use it.
//
// Add() pieces in order; only the last may have an odd length. Zero bytes may be left out at the
// end: they add nothing.
#ifndef TICKWIRE_SIM_CORE_PACKET_INTERNET_CHECKSUM_H_
#define TICKWIRE_SIM_CORE_PACKET_INTERNET_CHECKSUM_H_

#include <cstdint>
#include <span>

namespace tickwire {

class InternetChecksum {
 public:
  InternetChecksum& Add(std::span<const uint8_t> bytes);
  InternetChecksum& Add16(uint16_t word) {
    sum_ += word;
    return *this;
  }
  InternetChecksum& Add32(uint32_t words) {
    return Add16(static_cast<uint16_t>(words >> 16)).Add16(static_cast<uint16_t>(words));
  }
  // The complement of the sum, in host order. 0 over bytes that include a right checksum.
  uint16_t Finish() const;

 private:
  uint64_t sum_ = 0;
};

// The checksum after one 16-bit word of what it covers changed (RFC 1624, equation 3).
uint16_t UpdatedChecksum(uint16_t checksum, uint16_t old_word, uint16_t new_word);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_PACKET_INTERNET_CHECKSUM_H_
