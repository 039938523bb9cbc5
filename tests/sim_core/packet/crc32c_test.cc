#include "sim_core/packet/crc32c.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickwire {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Bit by bit, as RFC 9260 appendix A defines it.
uint32_t BitByBit(std::span<const uint8_t> bytes) {
  uint32_t crc = ~0u;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}

TEST(Crc32c, GivesTheCheckValueOfItsDefinition) {
  EXPECT_EQ(Crc32c().Add(Bytes("123456789")).Finish(), 0xe3069283u);
  EXPECT_EQ(Crc32c().Finish(), 0u);
  // RFC 3720 appendix B.4: 32 bytes of zeros, of ones.
  EXPECT_EQ(Crc32c().Add(std::vector<uint8_t>(32, 0)).Finish(), 0x8a9136aau);
  EXPECT_EQ(Crc32c().Add(std::vector<uint8_t>(32, 0xff)).Finish(), 0x62a8ab43u);
}

TEST(Crc32c, InstructionTableAndDefinitionAgreeAtEveryLengthAndInPieces) {
  std::vector<uint8_t> bytes;
  for (uint32_t i = 0; i < 2000; ++i) bytes.push_back(static_cast<uint8_t>(i * 2654435761u >> 13));
  for (size_t n = 0; n <= bytes.size(); n += n < 40 ? 1 : 61) {
    const std::span<const uint8_t> part(bytes.data(), n);
    const uint32_t expected = BitByBit(part);
    EXPECT_EQ(Crc32c().Add(part).Finish(), expected) << n;
    EXPECT_EQ(Crc32c().AddByTable(part).Finish(), expected) << n;
    EXPECT_EQ(Crc32c().Add(part.first(n / 3)).Add(part.subspan(n / 3)).Finish(), expected) << n;
  }
}

}  // namespace
}  // namespace tickwire
