// What one agent is able and willing to do with media, and what two agents have agreed upon.
#ifndef TICKWIRE_PROTOCOLS_SDP_MEDIA_PLAN_H_
#define TICKWIRE_PROTOCOLS_SDP_MEDIA_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sdp/attributes.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sdp {

// One stream that this agent would like to have.
struct StreamPlan {
  std::string media = "audio";
  std::string protocol = "RTP/AVP";
  uint16_t port = 0;          // of RTP; RTCP uses the next one
  std::vector<Codec> codecs;  // in order of preference
  uint32_t ptime_ms = 20;     // that it would like to receive
  Direction direction = Direction::kSendRecv;
  bool operator==(const StreamPlan&) const = default;
};

struct MediaPlan {
  IpAddress address;
  std::vector<StreamPlan> streams;
  bool operator==(const MediaPlan&) const = default;
};

// An audio stream of G.711 (both laws) and tones.
MediaPlan AudioPlan(const IpAddress& address, uint16_t port);

// One agreed stream, seen from this agent. Streams that were rejected or removed are there too, in
// their place, with is_active false.
struct MediaDescription {
  bool is_active = false;
  std::string media;
  Endpoint local;  // where it receives RTP, and RTCP
  Endpoint local_rtcp;
  std::optional<Endpoint> remote;  // where it sends to; nothing while that is not known
  std::optional<Endpoint> remote_rtcp;
  bool sends = false;  // RTP; RTCP flows in any case (RFC 3264 §5.1)
  bool receives = false;
  Codec codec;                        // to send with, and its number as the peer wants it
  uint32_t ptime_ms = 20;             // milliseconds of sound in a packet that is sent
  std::vector<Codec> receive_codecs;  // with the numbers that the peer may send
  bool operator==(const MediaDescription&) const = default;
};

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_MEDIA_PLAN_H_
