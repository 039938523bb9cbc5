// What a proxy is told to do where the RFCs leave a choice.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CONFIG_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

// In which order the targets of a request are tried (RFC 3261 §16.6).
enum class ForkMode : uint8_t {
  kByQ,       // groups of equal q in parallel, one group after the other
  kParallel,  // all at once
  kSerial,    // one after the other, greatest q first
};

// What happens to 2xx responses of further branches, after one has been forwarded.
enum class SurplusPolicy : uint8_t {
  kForwardAll,      // RFC 3261 §16.7 item 5: the caller gets them all
  kDropAfterFirst,  // they are swallowed; their senders repeat them for 64*T1 and give up
  kAckAndBye,       // the proxy ends these dialogs itself
};

struct ProxyConfig {
  ForkMode fork_mode = ForkMode::kByQ;
  SurplusPolicy surplus = SurplusPolicy::kForwardAll;
  bool records_route = true;
  std::string record_route_host;      // of our Record-Route URI; empty: our address
  bool adds_path = false;             // to REGISTER requests (RFC 3327)
  bool detects_loops = true;          // RFC 5393 §4.1 asks for it wherever requests are forked
  bool recurses_on_redirect = false;  // 3xx: try the contacts (§16.7 item 4)
  bool forwards_503 = false;          // otherwise it becomes a 500 (§16.7 item 6)
  bool sends_trying_at_once = true;   // else 200 ms later (§17.2.1)
  // §16.6 item 11: more than three minutes.
  Duration timer_c = Duration::Seconds(181);
  // How long a branch may ring before it is cancelled and the next target tried; absent: until
  // timer C.
  std::optional<Duration> no_answer_after;
  uint32_t max_breadth = 60;            // RFC 5393 §5.3.3
  bool rejects_beyond_breadth = false;  // 440; else the rest is tried as branches end
  uint32_t max_branches = 256;          // of one request, retries included: then no more
  bool obeys_overload_control = false;  // RFC 7339: offers it in its Via
  std::string product;                  // of Server in our own responses; empty: none
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CONFIG_H_
