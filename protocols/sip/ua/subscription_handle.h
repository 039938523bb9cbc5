// Names of the things that a user agent keeps beside calls.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_

#include <cstdint>

#include "sim_core/base/strong_alias.h"

namespace tickwire::sip {

// Names a subscription of one user agent, as subscriber, counted from 1.
using SubscriptionHandle = StrongAlias<struct SubscriptionHandleTag, uint64_t>;
// The same, as notifier.
using NotifierHandle = StrongAlias<struct NotifierHandleTag, uint64_t>;

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIPTION_HANDLE_H_
