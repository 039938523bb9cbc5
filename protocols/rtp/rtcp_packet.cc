#include "protocols/rtp/rtcp_packet.h"

#include <cstddef>

#include "sim_core/base/check.h"

namespace tickwire::rtp {
namespace {

enum Type : uint8_t { kSr = 200, kRr = 201, kSdes = 202, kBye = 203 };
constexpr uint8_t kCnameItem = 1;
constexpr size_t kBlockBytes = 24;
constexpr size_t kSenderBytes = 20;

uint32_t Read32(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

void Append32(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

ReportBlock ReadBlock(std::span<const uint8_t> bytes) {
  ReportBlock block;
  block.ssrc = Read32(bytes, 0);
  block.fraction_lost = bytes[4];
  const uint32_t lost = Read32(bytes, 4) & 0xffffff;
  block.cumulative_lost = static_cast<int32_t>(lost) - ((lost & 0x800000) != 0 ? 0x1000000 : 0);
  block.highest_sequence = Read32(bytes, 8);
  block.jitter = Read32(bytes, 12);
  block.last_sr = Read32(bytes, 16);
  block.delay_since_last_sr = Read32(bytes, 20);
  return block;
}

void AppendBlock(std::vector<uint8_t>& out, const ReportBlock& block) {
  Append32(out, block.ssrc);
  Append32(out, static_cast<uint32_t>(block.fraction_lost) << 24 |
                    (static_cast<uint32_t>(block.cumulative_lost) & 0xffffff));
  Append32(out, block.highest_sequence);
  Append32(out, block.jitter);
  Append32(out, block.last_sr);
  Append32(out, block.delay_since_last_sr);
}

// The header with its length in words minus one (§6.4.1); the body follows.
void AppendHeader(std::vector<uint8_t>& out, size_t count, Type type, size_t body_bytes) {
  out.push_back(static_cast<uint8_t>(2 << 6 | count));
  out.push_back(type);
  const size_t words = body_bytes / 4;
  out.push_back(static_cast<uint8_t>(words >> 8));
  out.push_back(static_cast<uint8_t>(words));
}

bool ReadReport(std::span<const uint8_t> body, size_t count, bool is_sr, RtcpCompound& compound) {
  const size_t fixed = 4 + (is_sr ? kSenderBytes : 0);
  if (body.size() < fixed + count * kBlockBytes) return false;
  compound.ssrc = Read32(body, 0);
  if (is_sr) {
    compound.sender = SenderInfo{static_cast<uint64_t>(Read32(body, 4)) << 32 | Read32(body, 8),
                                 Read32(body, 12), Read32(body, 16), Read32(body, 20)};
  }
  for (size_t i = 0; i < count; ++i) {
    compound.reports.push_back(ReadBlock(body.subspan(fixed + i * kBlockBytes, kBlockBytes)));
  }
  return true;
}

// The first CNAME of the first chunk (§6.5).
bool ReadSdes(std::span<const uint8_t> body, size_t count, RtcpCompound& compound) {
  if (count == 0) return true;
  if (body.size() < 4) return false;
  for (size_t at = 4; at < body.size() && body[at] != 0;) {
    if (body.size() - at < 2 || body.size() - at - 2 < body[at + 1]) return false;
    if (body[at] == kCnameItem && compound.cname.empty()) {
      compound.cname.assign(reinterpret_cast<const char*>(body.data()) + at + 2, body[at + 1]);
    }
    at += size_t{2} + body[at + 1];
  }
  return true;
}

}  // namespace

std::optional<RtcpCompound> ParseRtcp(std::span<const uint8_t> bytes) {
  RtcpCompound compound;
  bool is_first = true;
  while (!bytes.empty()) {
    if (bytes.size() < 4 || bytes[0] >> 6 != 2) return std::nullopt;
    const size_t count = bytes[0] & 0x1f;
    const size_t total = 4 * (size_t{1} + static_cast<size_t>(bytes[2] << 8 | bytes[3]));
    const bool has_padding = (bytes[0] & 0x20) != 0;
    if (total > bytes.size() || (has_padding && total != bytes.size())) return std::nullopt;
    const std::span<const uint8_t> body = bytes.subspan(4, total - 4);
    const uint8_t type = bytes[1];
    if (is_first && ((type != kSr && type != kRr) || has_padding)) return std::nullopt;
    bool is_valid = true;
    if (type == kSr || type == kRr) {
      if (is_first) is_valid = ReadReport(body, count, type == kSr, compound);
    } else if (type == kSdes) {
      is_valid = ReadSdes(body, count, compound);
    } else if (type == kBye) {
      compound.has_bye = true;
    }
    if (!is_valid) return std::nullopt;
    is_first = false;
    bytes = bytes.subspan(total);
  }
  if (is_first) return std::nullopt;
  return compound;
}

std::vector<uint8_t> MakeRtcp(const RtcpCompound& compound) {
  TW_CHECK(compound.reports.size() <= 31);
  TW_CHECK(compound.cname.size() <= 255);
  std::vector<uint8_t> out;
  const size_t blocks = compound.reports.size() * kBlockBytes;
  if (compound.sender.has_value()) {
    AppendHeader(out, compound.reports.size(), kSr, 4 + kSenderBytes + blocks);
    Append32(out, compound.ssrc);
    Append32(out, static_cast<uint32_t>(compound.sender->ntp_time >> 32));
    Append32(out, static_cast<uint32_t>(compound.sender->ntp_time));
    Append32(out, compound.sender->rtp_time);
    Append32(out, compound.sender->packets);
    Append32(out, compound.sender->octets);
  } else {
    AppendHeader(out, compound.reports.size(), kRr, 4 + blocks);
    Append32(out, compound.ssrc);
  }
  for (const ReportBlock& block : compound.reports) AppendBlock(out, block);
  if (!compound.cname.empty()) {
    // The item list ends with at least one zero and fills a word (§6.5).
    const size_t padded = (4 + 2 + compound.cname.size() + 4) / 4 * 4;
    AppendHeader(out, 1, kSdes, padded);
    const size_t begin = out.size();
    Append32(out, compound.ssrc);
    out.push_back(kCnameItem);
    out.push_back(static_cast<uint8_t>(compound.cname.size()));
    out.insert(out.end(), compound.cname.begin(), compound.cname.end());
    out.resize(begin + padded, 0);
  }
  if (compound.has_bye) {
    AppendHeader(out, 1, kBye, 4);
    Append32(out, compound.ssrc);
  }
  return out;
}

uint64_t NtpTimeOf(SimTime time) {
  const auto ns = static_cast<uint64_t>(time.nanos());
  const uint64_t seconds = ns / 1'000'000'000;
  const uint64_t rest = ns % 1'000'000'000;
  return seconds << 32 | (rest << 32) / 1'000'000'000;
}

}  // namespace tickwire::rtp
