// How many octets of a stream a SIP message covers, with what TLS and WebSocket put around it.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_STREAM_FRAMES_H_
#define TICKWIRE_EXPERIMENTS_VIEW_STREAM_FRAMES_H_

#include <cstdint>
#include <optional>
#include <span>

#include "absl/strings/string_view.h"

namespace tickwire {

// `transport` as in a Via: "TCP", "TLS", "WS", "WSS", "SCTP", "TLS-SCTP"; `size` of the message.

// What it may cover at most if its head cannot be read.
int64_t MostFramedSize(absl::string_view transport, int64_t size);
// As the head of its record (RFC 8446 section 5.1) or frame (RFC 6455 section 5.2), with which
// `head` begins, says; nothing if that is not there whole, or the message needs several records.
std::optional<int64_t> FramedSize(absl::string_view transport, std::span<const uint8_t> head,
                                  int64_t size);
// Over an association: into how many user messages it goes.
int64_t RecordsOf(absl::string_view transport, int64_t size);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_STREAM_FRAMES_H_
