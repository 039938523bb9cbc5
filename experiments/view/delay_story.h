// DelayStory: why a SIP message took as long as it did, told from the trace alone.
//
// The lines go from handing over to receipt, each with its time and record. The shares say what the
// time went on; they add up to the whole. For the story, that part of the message counts that
// arrived last.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_DELAY_STORY_H_
#define TICKWIRE_EXPERIMENTS_VIEW_DELAY_STORY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiments/view/message_flow.h"

namespace tickwire {

enum class DelayShare : uint8_t {
  kSetUp,       // the connection was not ready: TCP, SCTP, TLS, WebSocket
  kUnwritten,   // the connection took no more
  kUnsent,      // written, but not yet sent: congestion or peer's window, Nagle
  kRecovery,    // from the first transmission to the one that arrived
  kQueueing,    // behind other packets, at interfaces on its way
  kPath,        // transmission and propagation
  kHeadOfLine,  // arrived, but octets or chunks before it had not
  kUnread,      // arrived, but the receiver had not read it
  kOther,       // what the trace does not tell
};
inline constexpr int kDelayShares = 9;
// "set-up of the connection", "recovery from loss".
const char* NameOf(DelayShare share);

struct DelayLine {
  SimTime time;
  std::string event;  // "alice:19": the record that says so; may be empty
  std::string text;
};

struct DelayStory {
  std::vector<DelayLine> lines;
  std::array<Duration, kDelayShares> shares{};
  std::optional<Duration> total;  // none: it was never received

  Duration share(DelayShare which) const { return shares[static_cast<size_t>(which)]; }
  // More than the path alone takes.
  Duration late() const { return total ? *total - share(DelayShare::kPath) : Duration(); }
};

// REQUIRES: message < flow.messages().size().
DelayStory TellDelay(const MessageFlow& flow, size_t message);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_DELAY_STORY_H_
