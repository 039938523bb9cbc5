// Target: one place to which a proxy may forward a request (RFC 3261 §16.5).
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_TARGET_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_TARGET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sip/transport/message_transport.h"

namespace tickwire::sip {

struct Target {
  std::string uri;                 // becomes the Request-URI
  uint16_t q = 1000;               // thousandths; greatest first
  std::vector<std::string> route;  // URIs to be pushed as Route, first one on top (RFC 3327 §5.4)
  // Where to send it whatever the URIs say (§16.6 item 7): a URI to be located, or a hop.
  std::string next_hop;
  std::optional<Hop> flow;
  // RFC 5627 §6.1: another contact of the same instance, for when the one before is gone (408,
  // 430).
  bool is_only_for_gone = false;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_TARGET_H_
