#include "protocols/tcp/tcp_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tickwire::tcp {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Written(const TcpOptions& options, Profile profile) {
  uint8_t out[TcpOptions::kMaxSize];
  const size_t size = options.Write(out, profile);
  EXPECT_EQ(size % 4, 0u);
  EXPECT_LE(size, TcpOptions::kMaxSize);
  return {out, out + size};
}
std::string Malformed(const Bytes& bytes) {
  const TcpOptions options = TcpOptions::Parse(bytes);
  return options.malformed == nullptr ? "" : options.malformed->name;
}

TcpOptions OfSyn() {
  TcpOptions options;
  options.mss = 1460;
  options.window_scale = 7;
  options.sack_permitted = true;
  options.timestamps = {{0x01020304, 0}};
  return options;
}

TEST(TcpOptions, SynFromACaptureOfLinux) {
  const Bytes bytes = {2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};
  EXPECT_EQ(Written(OfSyn(), Profile::kLinux), bytes);
  const TcpOptions read = TcpOptions::Parse(bytes);
  EXPECT_EQ(read.mss, 1460);
  EXPECT_EQ(read.window_scale, 7);
  EXPECT_TRUE(read.sack_permitted);
  EXPECT_EQ(read.timestamps, (TcpOptions::Timestamps{0x01020304, 0}));
  EXPECT_EQ(read.sack_count, 0);
  EXPECT_EQ(read.unknown_count, 0);
  EXPECT_EQ(read.malformed, nullptr);
}

TEST(TcpOptions, SynFromACaptureOfFreeBsd) {
  EXPECT_EQ(Written(OfSyn(), Profile::kFreeBsd),
            (Bytes{2, 4, 0x05, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0}));
}

// RFC 7323 appendix A: two NOPs before the timestamps, so that the numbers are aligned.
TEST(TcpOptions, TheRfcProfileAlignsEachOption) {
  EXPECT_EQ(Written(OfSyn(), Profile::kRfc),
            (Bytes{2, 4, 0x05, 0xb4, 1, 3, 3, 7, 1, 1, 4, 2, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0}));
}

TEST(TcpOptions, EachProfilePadsWhatIsLeftOut) {
  TcpOptions options = OfSyn();
  options.timestamps.reset();
  EXPECT_EQ(Written(options, Profile::kLinux), (Bytes{2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7}));
  EXPECT_EQ(Written(options, Profile::kFreeBsd), (Bytes{2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 0, 0}));
  options.sack_permitted = false;
  for (const Profile profile : {Profile::kRfc, Profile::kLinux, Profile::kFreeBsd}) {
    EXPECT_EQ(Written(options, profile), (Bytes{2, 4, 5, 0xb4, 1, 3, 3, 7}));
    EXPECT_EQ(Written({}, profile), Bytes{});
  }
}

TEST(TcpOptions, DataCarriesTimestampsBehindTwoNops) {
  TcpOptions options;
  options.timestamps = {{0xffffffff, 1}};
  for (const Profile profile : {Profile::kRfc, Profile::kLinux, Profile::kFreeBsd}) {
    EXPECT_EQ(Written(options, profile), (Bytes{1, 1, 8, 10, 255, 255, 255, 255, 0, 0, 0, 1}));
  }
}

// RFC 2018 section 3: 8n + 2 bytes; four blocks fill 34 of the 40 bytes, three fit beside
// timestamps.
TEST(TcpOptions, SackBlocksBeyondWhatFitsAreLeftOut) {
  TcpOptions options;
  options.sack = {{{1, 2}, {3, 4}, {5, 6}, {0xfffffffe, 0}}};
  options.sack_count = 4;
  for (const Profile profile : {Profile::kRfc, Profile::kLinux, Profile::kFreeBsd}) {
    options.timestamps.reset();
    Bytes bytes = Written(options, profile);
    ASSERT_EQ(bytes.size(), 2u + 2 + 4 * 8);
    EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 4), (Bytes{1, 1, 5, 34}));
    EXPECT_EQ(TcpOptions::Parse(bytes).sack_count, 4);
    EXPECT_EQ(TcpOptions::Parse(bytes).sack, options.sack);

    options.timestamps = {{9, 8}};
    bytes = Written(options, profile);
    ASSERT_EQ(bytes.size(), 40u);
    const TcpOptions read = TcpOptions::Parse(bytes);
    EXPECT_EQ(read.sack_count, 3);
    EXPECT_EQ(read.sack[2], (TcpOptions::SackBlock{5, 6}));
    EXPECT_EQ(read.timestamps, options.timestamps);
  }
}

TEST(TcpOptions, RoundTripOfEveryCombination) {
  for (int bits = 0; bits < 32; ++bits) {
    for (const uint32_t value : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
      TcpOptions options;
      if (bits & 1) options.mss = static_cast<uint16_t>(value);
      if (bits & 2) options.window_scale = static_cast<uint8_t>(value);
      options.sack_permitted = (bits & 4) != 0;
      if (bits & 8) options.timestamps = {{value, ~value}};
      if (bits & 16) {
        options.sack[0] = {value, value + 1};
        options.sack_count = 1;
      }
      for (const Profile profile : {Profile::kRfc, Profile::kLinux, Profile::kFreeBsd}) {
        const TcpOptions read = TcpOptions::Parse(Written(options, profile));
        EXPECT_EQ(read.mss, options.mss);
        EXPECT_EQ(read.window_scale, options.window_scale);
        EXPECT_EQ(read.sack_permitted, options.sack_permitted);
        EXPECT_EQ(read.timestamps, options.timestamps);
        EXPECT_EQ(read.sack_count, options.sack_count);
        EXPECT_EQ(read.sack[0], options.sack[0]);
        EXPECT_EQ(read.malformed, nullptr);
        EXPECT_EQ(read.unknown_count, 0);
      }
    }
  }
}

// RFC 9293 section 3.2: what is not known is skipped by its length; the list's end ends it.
TEST(TcpOptions, UnknownKindsAreSkippedAndCounted) {
  const TcpOptions read =
      TcpOptions::Parse(Bytes{254, 5, 2, 4, 0, 30, 2, 2, 4, 1, 0, 0, 2, 4, 9, 9});
  EXPECT_EQ(read.unknown_count, 2);
  EXPECT_EQ(read.mss, 256);
  EXPECT_EQ(read.malformed, nullptr);
}

TEST(TcpOptions, AMalformedOptionEndsTheReadingAndWhatStoodBeforeCounts) {
  const TcpOptions read = TcpOptions::Parse(Bytes{2, 4, 5, 0xb4, 3, 0, 4, 2});
  ASSERT_NE(read.malformed, nullptr);
  EXPECT_STREQ(read.malformed->name, "tcp_option_length_below_2");
  EXPECT_EQ(read.mss, 1460);
  EXPECT_FALSE(read.sack_permitted);
}

TEST(TcpOptions, EveryWrongLengthOfEveryKindIsNamed) {
  const struct {
    uint8_t kind;
    const char* name;
    std::vector<size_t> right;
  } kinds[] = {{2, "bad_mss_option", {4}},
               {3, "bad_window_scale_option", {3}},
               {4, "bad_sack_permitted_option", {2}},
               {5, "bad_sack_option", {10, 18, 26, 34}},
               {8, "bad_timestamps_option", {10}}};
  for (const auto& kind : kinds) {
    for (size_t length = 2; length <= 40; ++length) {
      Bytes bytes(40, 1);
      bytes[0] = kind.kind;
      bytes[1] = static_cast<uint8_t>(length);
      const bool right =
          std::find(kind.right.begin(), kind.right.end(), length) != kind.right.end();
      EXPECT_EQ(Malformed(bytes), right ? "" : kind.name) << int{kind.kind} << " " << length;
    }
    for (const uint8_t length : {0, 1}) {
      EXPECT_EQ(Malformed({kind.kind, length, 0, 0}), "tcp_option_length_below_2");
    }
    EXPECT_EQ(Malformed({kind.kind, 41, 0, 0}), "tcp_option_beyond_header");
    EXPECT_EQ(Malformed({1, 1, 1, kind.kind}), "tcp_option_truncated");
  }
}

TEST(TcpOptions, RejectsTruncatedAtEveryLength) {
  TcpOptions options;
  options.sack_count = 4;
  const Bytes whole = Written(options, Profile::kRfc);
  for (size_t size = 3; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(Malformed(cut), size == 3 ? "tcp_option_truncated" : "tcp_option_beyond_header");
    EXPECT_EQ(TcpOptions::Parse(cut).sack_count, 0);
  }
}

}  // namespace
}  // namespace tickwire::tcp
