#include "protocols/sip/ua/call_state.h"

namespace tickwire::sip {

absl::string_view CallStateName(CallState state) {
  switch (state) {
    case CallState::kInviting:
      return "inviting";
    case CallState::kRinging:
      return "ringing";
    case CallState::kCancelling:
      return "cancelling";
    case CallState::kIncoming:
      return "incoming";
    case CallState::kAnswered:
      return "answered";
    case CallState::kConfirmed:
      return "confirmed";
    case CallState::kEnding:
      return "ending";
    case CallState::kEnded:
      break;
  }
  return "ended";
}

absl::string_view CallEndName(CallEnd end) {
  switch (end) {
    case CallEnd::kNone:
      return "none";
    case CallEnd::kHungUp:
      return "hung_up";
    case CallEnd::kHungUpByPeer:
      return "hung_up_by_peer";
    case CallEnd::kCancelled:
      return "cancelled";
    case CallEnd::kRejected:
      return "rejected";
    case CallEnd::kNoResponse:
      return "no_response";
    case CallEnd::kNoAck:
      return "no_ack";
    case CallEnd::kNetworkError:
      return "network_error";
    case CallEnd::kExpired:
      return "expired";
    case CallEnd::kReplaced:
      return "replaced";
    case CallEnd::kProtocolError:
      break;
  }
  return "protocol_error";
}

}  // namespace tickwire::sip
