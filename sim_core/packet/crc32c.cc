#include "sim_core/packet/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace tickwire {
namespace {

constexpr uint32_t kReflected = 0x82f63b78u;

// kTables[k][b]: the effect of byte b followed by k zero bytes.
using Tables = std::array<std::array<uint32_t, 256>, 8>;
constexpr Tables MakeTables() {
  Tables tables{};
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReflected : 0);
    tables[0][b] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t b = 0; b < 256; ++b) {
      const uint32_t before = tables[k - 1][b];
      tables[k][b] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
constexpr Tables kTables = MakeTables();

uint32_t LoadLittle32(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

uint32_t ExtendByTable(uint32_t crc, const uint8_t* p, size_t n) {
  for (; n >= 8; p += 8, n -= 8) {
    const uint32_t low = crc ^ LoadLittle32(p);
    const uint32_t high = LoadLittle32(p + 4);
    crc = kTables[7][low & 0xff] ^ kTables[6][(low >> 8) & 0xff] ^ kTables[5][(low >> 16) & 0xff] ^
          kTables[4][low >> 24] ^ kTables[3][high & 0xff] ^ kTables[2][(high >> 8) & 0xff] ^
          kTables[1][(high >> 16) & 0xff] ^ kTables[0][high >> 24];
  }
  for (; n > 0; ++p, --n) crc = (crc >> 8) ^ kTables[0][(crc ^ *p) & 0xff];
  return crc;
}

#if defined(__x86_64__)
// The instruction has a latency of three cycles and a throughput of one: three runs side by side.
// kShift[i]: how the state changes over kLane zero bytes, for each of its bytes.
constexpr size_t kLane = 256;
constexpr std::array<std::array<uint32_t, 256>, 4> MakeShift() {
  // One zero byte at a time is linear over GF(2): the image of each bit, then of each byte.
  std::array<uint32_t, 32> images{};
  for (size_t bit = 0; bit < 32; ++bit) {
    uint32_t crc = uint32_t{1} << bit;
    for (size_t i = 0; i < kLane; ++i) crc = (crc >> 8) ^ kTables[0][crc & 0xff];
    images[bit] = crc;
  }
  std::array<std::array<uint32_t, 256>, 4> shift{};
  for (size_t byte = 0; byte < 4; ++byte) {
    for (size_t value = 0; value < 256; ++value) {
      for (size_t bit = 0; bit < 8; ++bit) {
        if ((value >> bit & 1) != 0) shift[byte][value] ^= images[byte * 8 + bit];
      }
    }
  }
  return shift;
}
constexpr std::array<std::array<uint32_t, 256>, 4> kShift = MakeShift();

uint32_t Shift(uint32_t crc) {
  return kShift[0][crc & 0xff] ^ kShift[1][(crc >> 8) & 0xff] ^ kShift[2][(crc >> 16) & 0xff] ^
         kShift[3][crc >> 24];
}

__attribute__((target("sse4.2"))) uint32_t ExtendBySse(uint32_t crc, const uint8_t* p, size_t n) {
  const auto load = [](const uint8_t* at) {
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  for (; n >= 3 * kLane; p += 3 * kLane, n -= 3 * kLane) {
    uint64_t a = crc;
    uint64_t b = 0;
    uint64_t c = 0;
    for (size_t i = 0; i < kLane; i += 8) {
      a = __builtin_ia32_crc32di(a, load(p + i));
      b = __builtin_ia32_crc32di(b, load(p + kLane + i));
      c = __builtin_ia32_crc32di(c, load(p + 2 * kLane + i));
    }
    crc = Shift(Shift(static_cast<uint32_t>(a)) ^ static_cast<uint32_t>(b)) ^
          static_cast<uint32_t>(c);
  }
  uint64_t wide = crc;
  for (; n >= 8; p += 8, n -= 8) wide = __builtin_ia32_crc32di(wide, load(p));
  crc = static_cast<uint32_t>(wide);
  for (; n > 0; ++p, --n) crc = __builtin_ia32_crc32qi(crc, *p);
  return crc;
}

const bool kHasSse = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

Crc32c& Crc32c::Add(std::span<const uint8_t> bytes) {
#if defined(__x86_64__)
  if (kHasSse) {
    state_ = ExtendBySse(state_, bytes.data(), bytes.size());
    return *this;
  }
#endif
  return AddByTable(bytes);
}

Crc32c& Crc32c::AddByTable(std::span<const uint8_t> bytes) {
  state_ = ExtendByTable(state_, bytes.data(), bytes.size());
  return *this;
}

}  // namespace tickwire
