// MessageTotals: what became of an application's associations and messages.
#ifndef TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_TOTALS_H_
#define TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_TOTALS_H_

#include <cstdint>
#include <string>

#include "protocols/sctp/association/notification.h"

namespace tickwire::sctp {

struct MessageTotals {
  uint64_t opened = 0;  // begun here, or accepted
  uint64_t established = 0;
  uint64_t restarted = 0;
  uint64_t closed = 0;    // shut down in good order
  uint64_t aborted = 0;   // by the peer
  uint64_t lost = 0;      // aborted here, or given up
  uint64_t refused = 0;   // the peer answered with ABORT before it was there
  uint64_t no_start = 0;  // could not be set up for another reason
  uint64_t messages_sent = 0;
  uint64_t bytes_sent = 0;  // taken by SCTP
  uint64_t messages_received = 0;
  uint64_t bytes_received = 0;
  uint64_t messages_failed = 0;  // given back: abandoned, or the association ended

  void Add(const MessageTotals& other);
  // A notification that a socket gave.
  void Count(const Notification& notification);
};

// What a notification says, for the trace: "path 10.1.0.2 unreachable".
std::string ToString(const Notification& notification);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_TOTALS_H_
