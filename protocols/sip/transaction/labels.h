// Names of timers, states and reasons in the trace, each with the rule behind it. Texts are part of
// the golden digests: change them only on purpose.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_LABELS_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::sip::labels {

// Timers.
inline constexpr TraceLabel kTimerA{"A", "RFC 3261 17.1.1.2: repeat INVITE, from T1, doubling"};
inline constexpr TraceLabel kTimerB{"B", "RFC 3261 17.1.1.2: give up INVITE after 64*T1"};
inline constexpr TraceLabel kTimerD{"D",
                                    "RFC 6026 8.4: acknowledge repeated final responses for 32 s"};
inline constexpr TraceLabel kTimerE{
    "E", "RFC 3261 17.1.2.2: repeat request, from T1, doubling up to T2"};
inline constexpr TraceLabel kTimerF{"F", "RFC 3261 17.1.2.2: give up request after 64*T1"};
inline constexpr TraceLabel kTimerG{
    "G", "RFC 3261 17.2.1: repeat final response, from T1, doubling up to T2"};
inline constexpr TraceLabel kTimerH{"H", "RFC 3261 17.2.1: wait for ACK, 64*T1"};
inline constexpr TraceLabel kTimerI{"I", "RFC 3261 17.2.1: absorb repeated ACKs for T4"};
inline constexpr TraceLabel kTimerJ{"J", "RFC 3261 17.2.2: answer repeated requests for 64*T1"};
inline constexpr TraceLabel kTimerK{"K", "RFC 3261 17.1.2.2: absorb repeated responses for T4"};
inline constexpr TraceLabel kTimerL{"L", "RFC 6026 8.7: absorb repeated INVITEs for 64*T1"};
inline constexpr TraceLabel kTimerM{"M", "RFC 6026 8.4: pass on further 2xx for 64*T1"};
inline constexpr TraceLabel kTimerTrying{
    "100", "RFC 3261 17.2.1: send 100 unless the user answers within 200 ms"};
inline constexpr TraceLabel kTimerTrying4320{
    "100", "RFC 4320 4.1: send 100 once the client repeats every T2"};
inline constexpr TraceLabel kTimerExpiry{"expiry",
                                         "RFC 4320 4.2: no response after the client's 64*T1"};

// States.
inline constexpr TraceLabel kCalling{"Calling"};
inline constexpr TraceLabel kTrying{"Trying"};
inline constexpr TraceLabel kProceeding{"Proceeding"};
inline constexpr TraceLabel kCompleted{"Completed"};
inline constexpr TraceLabel kAccepted{"Accepted"};
inline constexpr TraceLabel kConfirmed{"Confirmed"};
inline constexpr TraceLabel kTerminated{"Terminated"};

// Reasons.
inline constexpr TraceLabel kRequestSent{"request sent"};
inline constexpr TraceLabel kRequestReceived{"request received"};
inline constexpr TraceLabel kProvisionalReceived{"1xx received"};
inline constexpr TraceLabel kSuccessReceived{"2xx received"};
inline constexpr TraceLabel kFailureReceived{"300-699 received"};
inline constexpr TraceLabel kFinalReceived{"final response received"};
inline constexpr TraceLabel kProvisionalSent{"1xx sent"};
inline constexpr TraceLabel kSuccessSent{"2xx sent"};
inline constexpr TraceLabel kFailureSent{"300-699 sent"};
inline constexpr TraceLabel kFinalSent{"final response sent"};
inline constexpr TraceLabel kAckReceived{"ACK received"};
inline constexpr TraceLabel kTransportError{"transport error"};
inline constexpr TraceLabel kAbandoned{"abandoned by its user"};

// Notes.
inline constexpr TraceLabel kRetransmissionAbsorbed{
    "retransmission absorbed", "RFC 3261 17.2: the user never sees a repeated request"};
inline constexpr TraceLabel kStrayResponse{"no transaction for this response",
                                           "RFC 6026 8.9: it is dropped"};
inline constexpr TraceLabel kIgnored{"message ignored in this state"};
inline constexpr TraceLabel kTableFull{"too many transactions: answered 503",
                                       "limit of transaction_table.h"};
inline constexpr TraceLabel kProvisionalNotSent{
    "provisional response not sent", "RFC 4320 4.1: only 100, and not before Timer E is T2"};
inline constexpr TraceLabel kTimeoutNotSent{"408 not sent",
                                            "RFC 4320 4.2: no 408 to a request other than INVITE"};
inline constexpr TraceLabel kNotSent{"response of the user not sent in this state"};

}  // namespace tickwire::sip::labels

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_LABELS_H_
