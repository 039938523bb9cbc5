// OverloadThrottle: how many requests a client may send to each of its servers (RFC 7339 §5.4 to
// §5.10, §7; rate: RFC 7415 §3.5; Retry-After: RFC 3261 §21.5.4).
//
// Requests within dialogs go before others (§5.10.1). Draws come from the stream "OWNER",
// "sip.overload". Remembers at most kMaxServers; the one heard of least recently is forgotten.
#ifndef TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_THROTTLE_H_
#define TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_THROTTLE_H_

#include <cstdint>
#include <map>

#include "protocols/sip/overload/overload_params.h"
#include "protocols/transport/endpoint.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class OverloadThrottle {
 public:
  static constexpr size_t kMaxServers = 10'000;
  // Timeouts in a row after which a server is only probed (§5.9).
  static constexpr int kTimeoutsUntilProbing = 3;

  OverloadThrottle(const RunSeed& seed, absl::string_view owner);

  // Whether one more request may go to that server now; counts it if so. `is_within_dialog` has
  // priority.
  bool Admits(const Endpoint& server, bool is_within_dialog, SimTime now);
  // One request goes there that nobody could refuse: an ACK.
  void Count(const Endpoint& server, SimTime now);
  // Feedback in the Via of a response.
  void OnFeedback(const Endpoint& server, const OverloadFeedback& feedback, SimTime now);
  // A 503 with Retry-After: nothing new goes there until then. Requests within dialogs have nowhere
  // else to go, and pass.
  void OnRetryAfter(const Endpoint& server, Duration pause, SimTime now);
  void OnResponse(const Endpoint& server);              // it lives
  void OnTimeout(const Endpoint& server, SimTime now);  // §5.9

  uint64_t rejected() const { return rejected_; }

 private:
  struct State {
    OverloadFeedback feedback;
    SimTime valid_until;
    SimTime retry_after;
    SimTime next_probe;
    int timeouts = 0;
    Duration pause;  // between probes
    // Rate: the leaky bucket of RFC 7415 §3.5.1; content and time in ns.
    int64_t bucket = 0;
    SimTime last_sent;
    // Loss: requests since the feedback, for the share of those that may be left out (§7.2).
    uint64_t within_dialog = 0, others = 0;
    uint64_t heard = 0;
  };

  State& StateOf(const Endpoint& server);
  bool AdmitsByLoss(State& state, bool is_within_dialog);
  bool AdmitsByRate(State& state, bool is_within_dialog, SimTime now);

  Rng draws_;
  std::map<Endpoint, State> servers_;
  uint64_t clock_ = 0;
  uint64_t rejected_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_THROTTLE_H_
