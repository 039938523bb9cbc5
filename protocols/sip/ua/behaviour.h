// What a user agent does by itself when called, and after it has called.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_

#include <optional>
#include <string>

#include "protocols/sip/transaction/timers.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

struct Behaviour {
  // 180 this long after the INVITE; nothing: no 180.
  std::optional<Duration> ring_after = Duration();
  // The final response this long after the INVITE; nothing: never, the caller must give up.
  std::optional<Duration> answer_after = Duration::Seconds(2);
  int answer_status = 200;  // 200 to 699; 486 for a busy phone
  // BYE this long after the call was confirmed (ACK sent or received); nothing: the peer hangs up.
  std::optional<Duration> hang_up_after;
  // Caller: CANCEL when there is no final response for so long. Called, if it never answers by
  // itself: 480 after so long.
  Duration give_up_after = Duration::Seconds(180);
  bool ignores_requests = false;  // deaf: not even 100 is sent
};

struct UserAgentConfig {
  std::string name = "ua";   // of this user agent within its node
  std::string user;          // "alice"; empty: none in its URIs
  std::string domain;        // "example.com" for From; empty: the local address
  std::string display_name;  // "Alice"; empty: none
  std::string product;       // User-Agent and Server; empty: none
  std::string body;          // session description; empty: one is made up
  std::string body_type = "application/sdp";
  TransactionTimers timers;
  Behaviour behaviour;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_
