// The RTP header on the wire (RFC 3550 §5.1).
#ifndef TICKWIRE_PROTOCOLS_RTP_RTP_PACKET_H_
#define TICKWIRE_PROTOCOLS_RTP_RTP_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tickwire::rtp {

struct RtpHeader {
  static constexpr size_t kBytes = 12;  // without CSRC list and extension

  bool has_padding = false;
  bool has_extension = false;
  bool marker = false;
  uint8_t payload_type = 0;  // 7 bits
  uint16_t sequence = 0;
  uint32_t timestamp = 0;  // in units of the codec's clock
  uint32_t ssrc = 0;
  uint8_t csrc_count = 0;  // of the packet that was read; 0 in those that are written
  bool operator==(const RtpHeader&) const = default;
};

// A packet that was read: its header, and where its payload lies.
struct RtpPacket {
  RtpHeader header;
  size_t payload_offset = 0;  // behind CSRC list and extension
  size_t payload_bytes = 0;   // without padding
};

// The checks of RFC 3550 A.1: version 2, lengths that fit, padding not larger than the payload, and
// no payload type of RTCP (72 to 76, RFC 5761 §4). `zeros` more zero octets follow `bytes` and
// count as part of the packet.
std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> bytes, uint32_t zeros = 0);

// Appends the 12 octets. REQUIRES: no padding, extension or CSRC.
void AppendRtpHeader(const RtpHeader& header, std::vector<uint8_t>& out);

}  // namespace tickwire::rtp

#endif  // TICKWIRE_PROTOCOLS_RTP_RTP_PACKET_H_
