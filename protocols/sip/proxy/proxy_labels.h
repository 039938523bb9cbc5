// What a proxy writes into the trace, with the rule behind it.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_LABELS_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::sip::proxy_labels {

inline constexpr TraceLabel kTimerC{"C",
                                    "RFC 3261 16.6: an INVITE branch without a final response"};
inline constexpr TraceLabel kNoAnswerTimer{"no answer", "the proxy tries the next target then"};
inline constexpr TraceLabel kCancelledTimer{"cancelled branch",
                                            "RFC 3261 9.1: no final response within 64*T1"};
inline constexpr TraceLabel kTarget{"target", "RFC 3261 16.6"};
inline constexpr TraceLabel kNextServer{"next server", "RFC 3263 4.3"};
inline constexpr TraceLabel kOriginalTransport{"back to the first transport", "RFC 3261 18.1.1"};
inline constexpr TraceLabel kBest{"best response", "RFC 3261 16.7 item 6"};
inline constexpr TraceLabel kRecursion{"recursion on a redirection", "RFC 3261 16.7 item 4"};
inline constexpr TraceLabel kNoAnswer{"no answer", "the next target is tried"};
inline constexpr TraceLabel kCancelWaits{"CANCEL waits for a provisional", "RFC 3261 9.1"};
inline constexpr TraceLabel kSurplusForwarded{"further 2xx forwarded", "RFC 3261 16.7 item 5"};
inline constexpr TraceLabel kSurplusDropped{"further 2xx dropped", "policy DROP_AFTER_FIRST"};
inline constexpr TraceLabel kSurplusEnded{"further 2xx: ACK and BYE", "policy ACK_AND_BYE"};
inline constexpr TraceLabel kNoLate408{"no 408 to a non-INVITE", "RFC 4320 4.2"};
inline constexpr TraceLabel kAckForwarded{"ACK forwarded", "RFC 3261 16.11"};
inline constexpr TraceLabel kAckDropped{"ACK dropped", "RFC 3261 16.3: nobody answers an ACK"};
inline constexpr TraceLabel kForwardedStatelessly{"forwarded statelessly", "RFC 3261 16.11"};
inline constexpr TraceLabel kThrottled{"not sent: the server is overloaded", "RFC 7339 5.5"};
inline constexpr TraceLabel kNowhere{"no server found", "RFC 3263 4.3"};
inline constexpr TraceLabel kResponseDropped{"response without a way back dropped",
                                             "RFC 3261 16.11"};

}  // namespace tickwire::sip::proxy_labels

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_LABELS_H_
