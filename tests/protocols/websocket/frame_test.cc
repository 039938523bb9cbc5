#include "protocols/websocket/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim_core/random/rng.h"

namespace tickwire::websocket {
namespace {

using Result = FrameReader::Result;

std::vector<uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

// RFC 6455 §5.7, the examples.
TEST(WebSocketFrame, TheExamplesOfTheRfc) {
  std::vector<uint8_t> out;
  AppendFrame(Opcode::kText, true, Bytes("Hello"), std::nullopt, out);
  EXPECT_EQ(out, (std::vector<uint8_t>{0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));
  out.clear();
  AppendFrame(Opcode::kText, true, Bytes("Hello"), 0x37fa213d, out);
  EXPECT_EQ(out, (std::vector<uint8_t>{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51,
                                       0x58}));
  out.clear();
  AppendFrame(Opcode::kText, false, Bytes("Hel"), std::nullopt, out);
  AppendFrame(Opcode::kContinuation, true, Bytes("lo"), std::nullopt, out);
  EXPECT_EQ(out, (std::vector<uint8_t>{0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f}));
  out.clear();
  AppendFrame(Opcode::kBinary, true, std::vector<uint8_t>(256), std::nullopt, out);
  out.resize(4);
  EXPECT_EQ(out, (std::vector<uint8_t>{0x82, 0x7e, 0x01, 0x00}));
  out.clear();
  AppendFrame(Opcode::kBinary, true, std::vector<uint8_t>(65536), std::nullopt, out);
  out.resize(10);
  EXPECT_EQ(out, (std::vector<uint8_t>{0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}));
}

TEST(WebSocketFrame, EveryBoundaryOfLengthsReadsBackHoweverItIsCut) {
  Rng rng = Rng::ForStream({.seed = 1}, "test", "frames");
  for (const size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 70000u}) {
    for (const bool is_masked : {false, true}) {
      Frame written;
      written.opcode = Opcode::kBinary;
      for (size_t i = 0; i < size; ++i) written.payload.push_back(static_cast<uint8_t>(i * 7));
      std::vector<uint8_t> out;
      const auto mask = is_masked ? std::optional<uint32_t>(0xdeadbeef) : std::nullopt;
      AppendFrame(written.opcode, true, written.payload, mask, out);
      AppendFrame(Opcode::kPing, true, Bytes("p"), mask, out);
      FrameReader reader(is_masked);
      std::vector<Frame> frames;
      Frame frame;
      FrameError error{};
      for (size_t at = 0; at < out.size();) {
        const size_t piece = std::min<size_t>(1 + rng.Below(3000), out.size() - at);
        reader.Append(std::span(out).subspan(at, piece));
        at += piece;
        while (reader.Next(1 << 20, frame, error) == Result::kFrame) frames.push_back(frame);
      }
      ASSERT_EQ(frames.size(), 2u);
      EXPECT_EQ(frames[0], written);
      EXPECT_EQ(frames[1].opcode, Opcode::kPing);
      EXPECT_EQ(reader.held(), 0u);
    }
  }
}

TEST(WebSocketFrame, EveryPrefixWaitsForTheRest) {
  std::vector<uint8_t> out;
  AppendFrame(Opcode::kText, true, std::vector<uint8_t>(300, 'x'), 0x01020304, out);
  for (size_t size = 0; size < out.size(); ++size) {
    FrameReader reader(true);
    reader.Append(std::span(out).first(size));
    Frame frame;
    FrameError error{};
    EXPECT_EQ(reader.Next(1000, frame, error), Result::kNone) << size;
  }
}

// What a reader says to these octets: its close code, or 0.
int CodeFor(std::vector<uint8_t> bytes, bool expects_mask = false, uint64_t limit = 1000) {
  FrameReader reader(expects_mask);
  reader.Append(bytes);
  Frame frame;
  FrameError error{};
  if (reader.Next(limit, frame, error) != Result::kError) return 0;
  return static_cast<int>(error.code);
}

TEST(WebSocketFrame, WhatBreaksTheRulesIsRefused) {
  EXPECT_EQ(CodeFor({0xc1, 0x00}), 1002) << "§5.2: RSV1 without an extension";
  EXPECT_EQ(CodeFor({0x91, 0x00}), 1002) << "§5.2: RSV3";
  EXPECT_EQ(CodeFor({0x83, 0x00}), 1002) << "§5.2: opcode 3 is reserved";
  EXPECT_EQ(CodeFor({0x8b, 0x00}), 1002) << "§5.2: opcode 11 is reserved";
  EXPECT_EQ(CodeFor({0x81, 0x80}), 1002) << "§5.1: a client must not see masks";
  EXPECT_EQ(CodeFor({0x81, 0x00}, /*expects_mask=*/true), 1002) << "§5.1: a server must see them";
  EXPECT_EQ(CodeFor({0x89, 126}), 1002) << "§5.5: control frames have at most 125 octets";
  EXPECT_EQ(CodeFor({0x09, 0}), 1002) << "§5.5: and are not fragmented";
  EXPECT_EQ(CodeFor({0x81, 126, 0, 125}), 1002) << "§5.2: 125 fits into seven bits";
  EXPECT_EQ(CodeFor({0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), 1002) << "§5.2: fits into 16";
  EXPECT_EQ(CodeFor({0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}), 1002) << "§5.2: the first bit is 0";
  EXPECT_EQ(CodeFor({0x81, 126, 0x03, 0xe9}), 1009) << "§7.4.1: 1001 octets of 1000";
  EXPECT_EQ(CodeFor({0x81, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0}), 1009) << "§7.4.1";
  EXPECT_EQ(CodeFor({0x81, 126, 0x03, 0xe8}), 0) << "the longest that is taken";
}

// §5.5.1, §7.4.
TEST(WebSocketFrame, CloseBodies) {
  EXPECT_EQ(ParseCloseBody({})->code, std::nullopt);
  EXPECT_EQ(ParseCloseBody(MakeCloseBody(CloseCode::kGoingAway))->code, 1001);
  const std::vector<uint8_t> with_reason = {0x03, 0xe8, 'b', 'y', 'e'};
  EXPECT_EQ(ParseCloseBody(with_reason)->reason, "bye");
  EXPECT_FALSE(ParseCloseBody(std::vector<uint8_t>{0x03}));
  const auto number = [](int code) {
    return std::vector<uint8_t>{static_cast<uint8_t>(code >> 8), static_cast<uint8_t>(code)};
  };
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) {
    EXPECT_FALSE(ParseCloseBody(number(code))) << code;
  }
  for (const int code : {1000, 1003, 1007, 1011, 3000, 4999}) {
    EXPECT_TRUE(ParseCloseBody(number(code))) << code;
  }
  EXPECT_FALSE(ParseCloseBody(std::vector<uint8_t>{0x03, 0xe8, 0xff}));
}

// RFC 3629 §4, and what it excludes.
TEST(WebSocketFrame, Utf8) {
  for (const char* good : {"", "plain", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(Bytes(good))) << good;
  }
  for (const char* bad :
       {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x28\xa1", "\xf0\x90\x28\x80"}) {
    EXPECT_FALSE(IsUtf8(Bytes(bad))) << bad;
  }
}

}  // namespace
}  // namespace tickwire::websocket
