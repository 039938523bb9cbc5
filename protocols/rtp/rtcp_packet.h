// RTCP on the wire (RFC 3550 §6): sender and receiver reports, the canonical name, BYE, and the
// compound packets that hold them.
#ifndef TICKWIRE_PROTOCOLS_RTP_RTCP_PACKET_H_
#define TICKWIRE_PROTOCOLS_RTP_RTCP_PACKET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim_core/time/sim_time.h"

namespace tickwire::rtp {

// What a receiver says about one source (§6.4.1).
struct ReportBlock {
  uint32_t ssrc = 0;
  uint8_t fraction_lost = 0;         // since the last report, in 1/256
  int32_t cumulative_lost = 0;       // 24 bits with sign
  uint32_t highest_sequence = 0;     // extended by the count of wraps
  uint32_t jitter = 0;               // timestamp units
  uint32_t last_sr = 0;              // middle 32 bits of the NTP time of the last SR; 0: none
  uint32_t delay_since_last_sr = 0;  // in 1/65536 s
  bool operator==(const ReportBlock&) const = default;
};

// What a sender says about itself (§6.4.1).
struct SenderInfo {
  uint64_t ntp_time = 0;  // 32.32 seconds
  uint32_t rtp_time = 0;  // the same moment in timestamp units
  uint32_t packets = 0;
  uint32_t octets = 0;  // of payload
  bool operator==(const SenderInfo&) const = default;
};

// A compound packet: SR or RR first, then SDES with the CNAME, then BYE perhaps (§6.1).
struct RtcpCompound {
  uint32_t ssrc = 0;                 // of who reports
  std::optional<SenderInfo> sender;  // SR; nothing: RR
  std::vector<ReportBlock> reports;  // up to 31
  std::string cname;                 // empty: no SDES
  bool has_bye = false;
  bool operator==(const RtcpCompound&) const = default;
};

// The checks of RFC 3550 A.2: version 2 throughout, SR or RR first, no padding but in the last, and
// lengths that add up. Packets of other kinds are passed over.
std::optional<RtcpCompound> ParseRtcp(std::span<const uint8_t> bytes);
// REQUIRES: at most 31 reports, cname up to 255 octets.
std::vector<uint8_t> MakeRtcp(const RtcpCompound& compound);

// NTP time of a moment of virtual time: MODEL: counted from the start of the run (§4 allows it).
uint64_t NtpTimeOf(SimTime time);
// The middle 32 bits, as last_sr has them.
constexpr uint32_t MiddleOf(uint64_t ntp) { return static_cast<uint32_t>(ntp >> 16); }

}  // namespace tickwire::rtp

#endif  // TICKWIRE_PROTOCOLS_RTP_RTCP_PACKET_H_
