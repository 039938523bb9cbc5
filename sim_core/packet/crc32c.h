// Crc32c: the checksum of SCTP (RFC 9260 section 6.8 and appendix A; Castagnoli's polynomial
// 0x1EDC6F41, reflected).
//
// With SSE4.2 where the CPU has it, by tables elsewhere: the same bits.
#ifndef TICKWIRE_SIM_CORE_PACKET_CRC32C_H_
#define TICKWIRE_SIM_CORE_PACKET_CRC32C_H_

#include <cstdint>
#include <span>

namespace tickwire {

class Crc32c {
 public:
  Crc32c& Add(std::span<const uint8_t> bytes);
  // Of all that was added. "123456789" gives 0xe3069283.
  uint32_t Finish() const { return ~state_; }

  // By tables, whatever the CPU: for the test that both agree.
  Crc32c& AddByTable(std::span<const uint8_t> bytes);

 private:
  uint32_t state_ = 0xffffffffu;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_PACKET_CRC32C_H_
