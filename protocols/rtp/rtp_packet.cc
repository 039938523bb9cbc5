#include "protocols/rtp/rtp_packet.h"

#include "sim_core/base/check.h"

namespace tickwire::rtp {
namespace {

uint32_t Read32(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

}  // namespace

std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> bytes, uint32_t zeros) {
  if (bytes.size() < RtpHeader::kBytes || bytes[0] >> 6 != 2) return std::nullopt;
  RtpPacket packet;
  RtpHeader& header = packet.header;
  header.has_padding = (bytes[0] & 0x20) != 0;
  header.has_extension = (bytes[0] & 0x10) != 0;
  header.csrc_count = bytes[0] & 0x0f;
  header.marker = (bytes[1] & 0x80) != 0;
  header.payload_type = bytes[1] & 0x7f;
  header.sequence = static_cast<uint16_t>(bytes[2] << 8 | bytes[3]);
  header.timestamp = Read32(bytes, 4);
  header.ssrc = Read32(bytes, 8);
  if (header.payload_type >= 72 && header.payload_type <= 76) return std::nullopt;
  size_t offset = RtpHeader::kBytes + size_t{4} * header.csrc_count;
  if (header.has_extension) {
    if (bytes.size() < offset + 4) return std::nullopt;
    offset += 4 + size_t{4} * static_cast<size_t>(bytes[offset + 2] << 8 | bytes[offset + 3]);
  }
  const size_t total = bytes.size() + zeros;
  if (offset > bytes.size()) return std::nullopt;
  packet.payload_offset = offset;
  packet.payload_bytes = total - offset;
  if (header.has_padding) {
    // §5.1: the last octet counts the padding, itself included.
    const size_t padding = zeros > 0 ? 0 : bytes.back();
    if (padding == 0 || padding > packet.payload_bytes) return std::nullopt;
    packet.payload_bytes -= padding;
  }
  return packet;
}

void AppendRtpHeader(const RtpHeader& header, std::vector<uint8_t>& out) {
  TW_CHECK(!header.has_padding && !header.has_extension && header.csrc_count == 0);
  out.push_back(2 << 6);
  out.push_back(static_cast<uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7f)));
  out.push_back(static_cast<uint8_t>(header.sequence >> 8));
  out.push_back(static_cast<uint8_t>(header.sequence));
  for (const uint32_t word : {header.timestamp, header.ssrc}) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(word >> shift));
  }
}

}  // namespace tickwire::rtp
