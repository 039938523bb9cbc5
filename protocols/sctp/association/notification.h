// Notification: what the user is told beside messages (RFC 6458 section 6.1; RFC 6525 section 6.1).
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_NOTIFICATION_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_NOTIFICATION_H_

#include <cstdint>
#include <variant>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sctp {

struct AssociationChange {  // SCTP_ASSOC_CHANGE, section 6.1.1
  enum class State : uint8_t { kUp, kLost, kRestart, kShutdownComplete, kCannotStart };
  State state{};
  uint16_t error = 0;  // cause code, if the peer aborted with one
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
  std::vector<uint8_t> info;  // the ABORT chunk's causes
  bool by_peer = false;       // an ABORT of the peer ended it
};
struct PeerAddressChange {  // SCTP_PEER_ADDR_CHANGE, section 6.1.2
  enum class State : uint8_t {
    kAvailable,
    kUnreachable,
    kPotentiallyFailed,
    kConfirmed,
    kAdded,
    kRemoved,
    kMadePrimary,
  };
  IpAddress address;
  State state{};
};
struct RemoteError {  // SCTP_REMOTE_ERROR, section 6.1.3
  uint16_t error = 0;
  std::vector<uint8_t> causes;
};
struct SendFailed {  // SCTP_SEND_FAILED_EVENT, section 6.1.11
  StreamId stream;
  Ppid ppid;
  bool unordered = false;
  bool was_sent = false;  // a part of it, at least
  uint32_t context = 0;
  std::vector<uint8_t> data;
};
struct ShutdownEvent {};       // SCTP_SHUTDOWN_EVENT, section 6.1.5: the peer is done sending
struct AdaptationIndication {  // section 6.1.6
  uint32_t indication = 0;
};
struct AuthenticationEvent {  // section 6.1.8
  uint16_t key_id = 0;
};
struct SenderDry {};  // section 6.1.9: nothing is queued or outstanding
struct StreamReset {  // RFC 6525 section 6.1.1
  bool incoming = false;
  bool denied = false;
  bool failed = false;
  std::vector<StreamId> streams;  // none: all
};
struct AssociationReset {  // RFC 6525 section 6.1.2
  bool denied = false;
  bool failed = false;
  Tsn local_tsn, remote_tsn;  // the next ones
};
struct StreamChange {  // RFC 6525 section 6.1.3
  bool denied = false;
  bool failed = false;
  uint16_t inbound_streams = 0;
  uint16_t outbound_streams = 0;
};

using Notification = std::variant<AssociationChange, PeerAddressChange, RemoteError, SendFailed,
                                  ShutdownEvent, AdaptationIndication, AuthenticationEvent,
                                  SenderDry, StreamReset, AssociationReset, StreamChange>;

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_NOTIFICATION_H_
