// When to refresh what expires: a registration, a subscription, a publication. The RFCs leave the
// moment to the client (RFC 3261 §10.2.4, RFC 6665 §4.1.2.2, RFC 3903 §4.3).
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_REFRESH_DELAY_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_REFRESH_DELAY_H_

#include <algorithm>

#include "protocols/sip/transaction/timers.h"

namespace tickwire::sip {

// From now on, for something that was granted for `whole`: early enough for a whole transaction, or
// at half the time of what is short.
constexpr Duration RefreshDelay(Duration whole, const TransactionTimers& timers) {
  return whole - std::min(timers.SixtyFourT1(), Duration::Nanos(whole.nanos() / 2));
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_REFRESH_DELAY_H_
