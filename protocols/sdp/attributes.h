// The attributes of RFC 8866 §6 that an RTP agent needs: direction, rtpmap, fmtp, ptime, maxptime,
// and rtcp (RFC 3605); and the static payload types of RFC 3551 §6.
#ifndef TICKWIRE_PROTOCOLS_SDP_ATTRIBUTES_H_
#define TICKWIRE_PROTOCOLS_SDP_ATTRIBUTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sdp/session_description.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sdp {

// Seen from the agent that wrote it (§6.7).
enum class Direction : uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };

constexpr bool CanSend(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kSendOnly;
}
constexpr bool CanReceive(Direction d) {
  return d == Direction::kSendRecv || d == Direction::kRecvOnly;
}
constexpr Direction MakeDirection(bool sends, bool receives) {
  if (sends) return receives ? Direction::kSendRecv : Direction::kSendOnly;
  return receives ? Direction::kRecvOnly : Direction::kInactive;
}
absl::string_view DirectionName(Direction direction);  // "sendrecv", ...
std::optional<Direction> DirectionOfName(absl::string_view name);

// A codec with its number within one stream: a=rtpmap, and a=fmtp if there is one (§6.6, §6.15).
struct Codec {
  uint8_t payload_type = 0;  // 0 to 127
  std::string name;          // "PCMU"; case does not count
  uint32_t clock_rate = 8000;
  uint32_t channels = 1;
  std::string parameters;  // value of fmtp behind the number, or empty

  // The same encoding, whatever the number (parameters do not count).
  bool IsSameEncoding(const Codec& other) const;
  // Tones and comfort noise cannot carry a conversation alone (RFC 4733, RFC 3389).
  bool is_auxiliary() const;
  bool operator==(const Codec&) const = default;
};

Codec Pcmu();            // payload type 0
Codec Pcma();            // payload type 8
Codec TelephoneEvent();  // payload type 101, RFC 4733

// By a=rtpmap, or the static assignment of RFC 3551; nothing for an unknown format.
std::optional<Codec> CodecOf(const MediaSection& section, absl::string_view format);
// All formats that name a codec, in order.
std::vector<Codec> CodecsOf(const MediaSection& section);
// Writes the formats, rtpmap and fmtp lines of these.
void AddCodecs(MediaSection& section, const std::vector<Codec>& codecs);

// Of the stream, else of the session, else sendrecv. An address of zeros does not count here, but
// IsUnspecified below (RFC 6337 §5.4).
Direction DirectionOf(const SessionDescription& session, const MediaSection& section);
// Whether the writer asks for no media at all by c=0.0.0.0, the hold of RFC 2543 (RFC 3264 §8.4).
bool IsUnspecified(const SessionDescription& session, const MediaSection& section);
// Milliseconds; nothing when absent or zero. MODEL: a fraction is read as absent.
std::optional<uint32_t> PtimeOf(const MediaSection& section);
// Where the writer wants to receive RTP; nothing without an address or port.
std::optional<Endpoint> RtpEndpointOf(const SessionDescription& session,
                                      const MediaSection& section);
// Where it wants RTCP: a=rtcp, or the next port (RFC 3264 §5.1, RFC 3605 §2.1).
std::optional<Endpoint> RtcpEndpointOf(const SessionDescription& session,
                                       const MediaSection& section);

// Whether the value fits when the attribute is one of these; true for all others.
bool IsKnownAttributeValid(const Attribute& attribute);

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_ATTRIBUTES_H_
