// The values of the transaction timers (RFC 3261 §17, table 4; RFC 6026 §8).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TIMERS_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TIMERS_H_

#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

struct TransactionTimers {
  Duration t1 = Duration::Millis(500);  // estimate of the round trip
  Duration t2 = Duration::Seconds(4);   // longest interval of repetition, INVITE excepted
  Duration t4 = Duration::Seconds(5);   // longest time that a message stays in the network
  // Timer D: at least 32 s, whatever T1 is here (RFC 6026 §8.4: the other side's T1 is unknown).
  Duration d = Duration::Seconds(32);
  // How long a server waits for its user before it sends 100 itself (§17.2.1).
  Duration trying = Duration::Millis(200);

  // What products do differently (protocols/sip/profile). The RFC has no cap for timer A
  // (§17.1.1.2), 64*T1 for B and F, no limit to repetitions but those, and no tick.
  Duration longest_invite_interval = Duration::Infinite();
  Duration final_response;       // B and F; zero: 64*T1
  int most_invite_repeats = 0;   // then it fails when the next one is due; 0: no limit
  int most_request_repeats = 0;  // the same for other requests
  Duration tick;                 // A, B, E and F are rounded up to multiples; zero: exact

  constexpr Duration SixtyFourT1() const { return 64 * t1; }
  constexpr Duration UntilFinalResponse() const {
    return Ticked(final_response > Duration() ? final_response : SixtyFourT1());
  }
  constexpr Duration Ticked(Duration exact) const {
    if (tick == Duration()) return exact;
    return Duration::Nanos((exact.nanos() + tick.nanos() - 1) / tick.nanos() * tick.nanos());
  }
  // After how long Timer E of a client is set to T2 for the first time: 3.5 s by default (RFC 4320
  // §4.1).
  constexpr Duration UntilTimerEIsT2() const {
    Duration until, interval = t1;
    while (interval < t2) {
      until = until + interval;
      interval = interval + interval;
    }
    return until;
  }
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TIMERS_H_
