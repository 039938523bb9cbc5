// Subscriptions: how they are named, and a rule that both of their sides obey.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_

#include <cstdint>

#include "sim_core/base/strong_alias.h"

namespace tickwire::sip {

// Names a subscription of one user agent, as subscriber, counted from 1.
using SubscriptionHandle = StrongAlias<struct SubscriptionHandleTag, uint64_t>;
// The same, as notifier.
using NotifierHandle = StrongAlias<struct NotifierHandleTag, uint64_t>;

// Final responses to SUBSCRIBE or NOTIFY that end the subscription (RFC 6665 §4.1.2.2, §4.2.2);
// others leave it as it was.
constexpr bool EndsSubscription(int status) {
  return status == 404 || status == 405 || status == 410 || status == 416 ||
         (status >= 480 && status <= 485) || status == 489 || status == 501 || status == 604;
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_
