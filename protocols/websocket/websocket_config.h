// WebSocketConfig: what a node asks for and allows in WebSocket (RFC 6455). One for both roles.
#ifndef TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONFIG_H_
#define TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONFIG_H_

#include <cstddef>
#include <string>

#include "sim_core/time/sim_time.h"

namespace tickwire::websocket {

struct WebSocketConfig {
  std::string resource = "/";       // of the request (§4.1)
  std::string origin;               // empty: no Origin, as of a client that is no browser
  std::string subprotocol = "sip";  // asked for and required (RFC 7118 §4.1); empty: none
  bool sends_binary = false;        // else text where the message is UTF-8 (RFC 7118 §4.2)
  size_t max_message = 1 << 20;     // received; longer ones close with 1009 (§7.4.1)
  size_t max_head = 8 << 10;        // of the opening handshake
  // A message longer than this is sent in several frames (§5.4); 0: never.
  size_t fragment = 0;
  // A ping after so long without anything received (§5.5.2); 0: never. Without an answer for the
  // same time the connection is lost.
  Duration ping_interval;
  Duration handshake_timeout = Duration::Seconds(10);
  Duration linger = Duration::Seconds(10);  // for the peer's Close frame, after ours
  int max_handshakes = 1000;                // under way at once, for one listening port
  std::string name = "WebSocket";           // in the trace and of the random stream
};

}  // namespace tickwire::websocket

#endif  // TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_CONFIG_H_
