#include "sim_core/packet/internet_checksum.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim_core/packet/byte_reader.h"
#include "sim_core/random/rng.h"

namespace tickwire {
namespace {

// The definition, word by word (RFC 1071 section 1).
uint16_t Slow(const std::vector<uint8_t>& bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<uint32_t>(bytes[i]) << 8;
    if (i + 1 < bytes.size()) sum += bytes[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

// RFC 1071 section 3: 00 01 f2 03 f4 f5 f6 f7 sum to 2ddf0, folded ddf2.
TEST(InternetChecksum, ExampleOfTheRfc) {
  const std::vector<uint8_t> bytes = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(InternetChecksum().Add(bytes).Finish(), static_cast<uint16_t>(~0xddf2));
}

TEST(InternetChecksum, EveryLengthAgreesWithTheDefinition) {
  Rng rng = Rng::ForStream({.seed = 2}, "check", "sum");
  for (size_t size = 0; size < 200; ++size) {
    std::vector<uint8_t> bytes(size);
    for (uint8_t& byte : bytes)
      byte = static_cast<uint8_t>(rng.Below(8) == 0 ? 255 : rng.Below(256));
    EXPECT_EQ(InternetChecksum().Add(bytes).Finish(), Slow(bytes)) << size;
    // In pieces: only the last may be odd.
    for (size_t cut = 0; cut <= size; cut += 2) {
      EXPECT_EQ(InternetChecksum()
                    .Add(std::span(bytes).first(cut))
                    .Add(std::span(bytes).subspan(cut))
                    .Finish(),
                Slow(bytes));
    }
  }
}

TEST(InternetChecksum, ManyOnesDoNotOverflow) {
  const std::vector<uint8_t> bytes(131'072, 0xff);
  EXPECT_EQ(InternetChecksum().Add(bytes).Finish(), 0);
}

TEST(InternetChecksum, IsZeroOverDataThatHoldsIt) {
  std::vector<uint8_t> bytes = {1, 2, 3, 4, 0, 0, 7, 8, 9};
  const uint16_t sum = InternetChecksum().Add(bytes).Finish();
  bytes[4] = static_cast<uint8_t>(sum >> 8);
  bytes[5] = static_cast<uint8_t>(sum);
  EXPECT_EQ(InternetChecksum().Add(bytes).Finish(), 0);
}

// RFC 1624 equation 3, for many words: the update equals
// the sum taken anew.
TEST(InternetChecksum, AnUpdateEqualsTheSumTakenAnew) {
  for (uint32_t before : {0x0000, 0x0001, 0x5555, 0x7fff, 0xfffe, 0xffff}) {
    for (uint32_t after : {0x0000, 0x0001, 0x3285, 0x8000, 0xfffe, 0xffff}) {
      std::vector<uint8_t> bytes = {0x45, 0x00, static_cast<uint8_t>(before >> 8),
                                    static_cast<uint8_t>(before)};
      const uint16_t old_sum = InternetChecksum().Add(bytes).Finish();
      bytes[2] = static_cast<uint8_t>(after >> 8);
      bytes[3] = static_cast<uint8_t>(after);
      EXPECT_EQ(
          UpdatedChecksum(old_sum, static_cast<uint16_t>(before), static_cast<uint16_t>(after)),
          InternetChecksum().Add(bytes).Finish())
          << before << " " << after;
    }
  }
}

// The worked case of RFC 1624 section 4: checksum dd2f, a word 5555 becomes 3285: 0000.
TEST(InternetChecksum, TheCaseThatRfc1624IsAbout) {
  EXPECT_EQ(UpdatedChecksum(0xdd2f, 0x5555, 0x3285), 0x0000);
}

TEST(ByteReader, ReadsNetworkOrderAndTheRest) {
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto reader = ByteReader<8>::From(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ((reader->Load<uint8_t, 7>()), 8);
  EXPECT_EQ((reader->Load<uint16_t, 0>()), 0x0102);
  EXPECT_EQ((reader->Load<uint32_t, 3>()), 0x04050607u);
  EXPECT_EQ((reader->Load<uint64_t, 0>()), 0x0102030405060708u);
  ASSERT_EQ(reader->rest().size(), 1u);
  EXPECT_EQ(reader->rest()[0], 9);
  for (size_t size = 0; size < 8; ++size) {
    EXPECT_FALSE(ByteReader<8>::From(std::span(bytes).first(size)));
  }
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::vector<uint8_t> bytes(8);
  ByteWriter<8> writer(bytes);
  writer.Store<uint64_t, 0>(0xf1e2d3c4b5a69788u);
  EXPECT_EQ((ByteReader<8>::From(bytes)->Load<uint64_t, 0>()), 0xf1e2d3c4b5a69788u);
  writer.Store<uint16_t, 3>(0xabcd);
  EXPECT_EQ(bytes[3], 0xab);
  EXPECT_EQ(bytes[4], 0xcd);
}

}  // namespace
}  // namespace tickwire
