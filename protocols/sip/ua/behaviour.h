// What a user agent does by itself when called, and after it has called.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_

#include <optional>
#include <string>
#include <vector>

#include "protocols/sip/digest/digest_client.h"
#include "protocols/sip/transaction/timers.h"
#include "protocols/sip/transport/sip_transport.h"
#include "protocols/sip/ua/session_timer.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

struct Behaviour {
  // 180 this long after the INVITE; nothing: no 180.
  std::optional<Duration> ring_after = Duration();
  int ring_status = 180;  // 101 to 199
  // The provisional response carries the answer (or, reliably, an offer): media may flow early.
  bool early_media = false;
  // The final response this long after the INVITE; nothing: never, the caller must give up.
  std::optional<Duration> answer_after = Duration::Seconds(2);
  int answer_status = 200;               // 200 to 699; 486 for a busy phone
  std::vector<std::string> redirect_to;  // Contact values of a 3xx
  // BYE this long after the call was confirmed (ACK sent or received); nothing: the peer hangs up.
  std::optional<Duration> hang_up_after;
  // Caller: CANCEL when there is no final response for so long. Called, if it never answers by
  // itself: 480 after so long.
  Duration give_up_after = Duration::Seconds(180);
  bool ignores_requests = false;  // deaf: not even 100 is sent
};

// RFC 3262: reliable provisional responses.
enum class Reliability : uint8_t {
  kNone,       // not known to this agent
  kSupported,  // offered as caller, used as called when the caller offers it
  kRequired,   // demanded: as caller by Require, as called by 421
};

struct UserAgentConfig {
  std::string name = "ua";       // of this user agent within its node
  std::string user;              // "alice"; empty: none in its URIs
  std::string domain;            // "example.com" for From; empty: the local address
  std::string display_name;      // "Alice"; empty: none
  std::string product;           // User-Agent and Server; empty: none
  SipTransportConfig transport;  // beside UDP only where the agent was given streams
  // What Contact and session description say while the way of a request is not known yet.
  IpAddress address;
  // Requests for other users than `user` and `identities` get 404 (RFC 3261 §8.2.2.1).
  bool refuses_other_users = false;
  std::vector<std::string> identities;  // more users of this agent
  std::vector<std::string> routes;  // URIs of preloaded Route rows: outbound proxies (§8.1.1.1)
  Reliability reliability = Reliability::kNone;
  SessionTimerConfig session_timer;
  std::vector<std::string> info_packages;  // Recv-Info (RFC 6086)
  DigestClientConfig digest;               // passwords for challenges (§22)
  bool accepts_refer = true;               // RFC 3515; false: 603
  size_t most_subscriptions = 100'000;     // as notifier; beyond that 503
  bool follows_redirections = false;       // §8.1.3.4
  bool ends_surplus_dialogs = true;        // §13.2.2.4; false: a naive caller only acknowledges
  bool sends_bye_without_ack = true;       // §13.3.1.4; false: some products forget the call
  bool waits_for_ack = true;               // §15: no BYE of the called side before the ACK
  int most_success_copies = 0;             // repetitions of a 2xx; 0: until 64*T1
  // What c= of our session descriptions says; absent: the address that the signalling leaves from.
  std::optional<IpAddress> media_address;
  bool has_transaction_layer = true;  // false: see bare_transaction_layer.h
  TransactionTimers timers;
  Behaviour behaviour;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_BEHAVIOUR_H_
