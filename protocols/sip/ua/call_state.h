// States and ends of a call, as its user sees it.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_STATE_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_STATE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "sim_core/base/strong_alias.h"

namespace tickwire::sip {

// Names a call of one user agent, counted from 1.
using CallHandle = StrongAlias<struct CallHandleTag, uint64_t>;

enum class CallRole : uint8_t { kCaller, kCalled };

enum class CallState : uint8_t {
  kInviting,    // caller: INVITE sent
  kRinging,     // both: 101-199 received or sent
  kCancelling,  // caller: CANCEL sent or waiting for a provisional response
  kIncoming,    // called: INVITE received
  kAnswered,    // called: 2xx sent, no ACK yet
  kConfirmed,   // both: ACK sent or received
  kEnding,      // both: BYE sent
  kEnded,
};

enum class CallEnd : uint8_t {
  kNone,           // not ended
  kHungUp,         // this side sent BYE
  kHungUpByPeer,   // BYE received
  kCancelled,      // CANCEL, either way
  kRejected,       // a final response of 300-699, either way
  kNoResponse,     // timer B, or no final response after CANCEL
  kNoAck,          // 2xx never acknowledged: BYE after 64*T1
  kNetworkError,   // the network reported the peer unreachable, or it has no address
  kProtocolError,  // the peer's 2xx could not be used
  kExpired,        // the session timer ran out (RFC 4028 §10)
  kReplaced,       // another call took its place (RFC 3891)
};

// Stable names for files and people: "confirmed", "hung_up_by_peer".
absl::string_view CallStateName(CallState state);
absl::string_view CallEndName(CallEnd end);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_STATE_H_
