// Names of the user agent's timers, states and reasons in the trace. Texts are part of the golden
// digests: change them only on purpose.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_UA_LABELS_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_UA_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::sip::labels {

// Timers.
inline constexpr TraceLabel kTimer2xx{
    "2xx", "RFC 3261 13.3.1.4: repeat 2xx, from T1, doubling up to T2, until ACK"};
inline constexpr TraceLabel kTimerAckWait{
    "64*T1", "RFC 3261 13.3.1.4: without ACK for 64*T1 the session ends with BYE"};
inline constexpr TraceLabel kTimerCancelled{
    "cancelled", "RFC 3261 9.1: a cancelled INVITE without final response ends after 64*T1"};
inline constexpr TraceLabel kTimerRing{"ring", "behaviour: send 180"};
inline constexpr TraceLabel kTimerAnswer{"answer", "behaviour: send the final response"};
inline constexpr TraceLabel kTimerHangUp{"hang up", "behaviour: end the call"};
inline constexpr TraceLabel kTimerGiveUp{"give up", "behaviour: end a call that nobody answers"};

inline constexpr TraceLabel kTimerReliable{
    "1xx", "RFC 3262 3: repeat reliable 1xx, from T1, doubling, until PRACK"};
inline constexpr TraceLabel kTimerPrackWait{
    "no PRACK", "RFC 3262 3: without PRACK for 64*T1 the INVITE gets 5xx"};
inline constexpr TraceLabel kTimerGlare{
    "glare", "RFC 3261 14.1: after 491, 2.1 to 4 s for the owner of the Call-ID, else 0 to 2 s"};
inline constexpr TraceLabel kTimerLinger{
    "linger", "RFC 5407 3.2.3: after BYE, wait 64*T1 for the answer to a re-INVITE"};
inline constexpr TraceLabel kTimerRefresh{"refresh",
                                          "RFC 4028 7.2: refresh at half the session interval"};
inline constexpr TraceLabel kTimerSessionExpiry{
    "session", "RFC 4028 10: BYE when the session was not refreshed"};
inline constexpr TraceLabel kTimerNowhere{"nowhere", "RFC 3263 4: no address was found"};

inline constexpr TraceLabel kTimerN{"N", "RFC 6665 4.1.2.4: wait 64*T1 for a NOTIFY"};
inline constexpr TraceLabel kTimerSubscribe{"subscribe", "RFC 6665 4.1.2.2: refresh in time"};
inline constexpr TraceLabel kTimerSubscribeAgain{"subscribe again", "RFC 6665 4.1.3"};
inline constexpr TraceLabel kTimerSubscriptionExpiry{
    "expiry", "RFC 6665 4.2.1.4: the subscription ends unless it is refreshed"};
inline constexpr TraceLabel kTimerRegister{"register", "RFC 3261 10.2.4: refresh in time"};
inline constexpr TraceLabel kTimerPublish{"publish", "RFC 3903 4.3: refresh in time"};
inline constexpr TraceLabel kTimerPublicationExpiry{
    "publication", "RFC 3903 6: the publication ends unless it is refreshed"};

// States of subscriptions (RFC 6665 4.1.2, 4.2.2) and registrations.
inline constexpr TraceLabel kSubscriptionInit{"init"};
inline constexpr TraceLabel kNotifyWait{"notify_wait"};
inline constexpr TraceLabel kRespWait{"resp_wait"};
inline constexpr TraceLabel kPending{"pending"};
inline constexpr TraceLabel kActive{"active"};
inline constexpr TraceLabel kSubscriptionTerminated{"terminated"};
inline constexpr TraceLabel kUnregistered{"Unregistered"};
inline constexpr TraceLabel kRegistering{"Registering"};
inline constexpr TraceLabel kRegistered{"Registered"};
inline constexpr TraceLabel kUnregistering{"Unregistering"};
inline constexpr TraceLabel kRegistrationFailed{"Failed"};

// States of a dialog's session (RFC 5407 2).
inline constexpr TraceLabel kPreparative{"Preparative"};
inline constexpr TraceLabel kEarly{"Early"};
inline constexpr TraceLabel kMoratorium{"Moratorium"};
inline constexpr TraceLabel kEstablished{"Established"};
inline constexpr TraceLabel kMortal{"Mortal"};
inline constexpr TraceLabel kMorgue{"Morgue"};

// States of a call.
inline constexpr TraceLabel kCallInviting{"Inviting"};
inline constexpr TraceLabel kCallRinging{"Ringing"};
inline constexpr TraceLabel kCallCancelling{"Cancelling"};
inline constexpr TraceLabel kCallIncoming{"Incoming"};
inline constexpr TraceLabel kCallAnswered{"Answered"};
inline constexpr TraceLabel kCallConfirmed{"Confirmed"};
inline constexpr TraceLabel kCallEnding{"Ending"};
inline constexpr TraceLabel kCallEnded{"Ended"};

// Reasons.
inline constexpr TraceLabel kPlaced{"call placed"};
inline constexpr TraceLabel kInviteReceived{"INVITE received"};
inline constexpr TraceLabel kRingingReceived{"180 received"};
inline constexpr TraceLabel kRingingSent{"180 sent"};
inline constexpr TraceLabel kAnswerReceived{"200 received"};
inline constexpr TraceLabel kAnswerSent{"200 sent"};
inline constexpr TraceLabel kCancelSent{"CANCEL sent"};
inline constexpr TraceLabel kCancelReceived{"CANCEL received"};
inline constexpr TraceLabel kHungUp{"BYE sent"};
inline constexpr TraceLabel kHungUpByPeer{"BYE received"};
inline constexpr TraceLabel kRejectionReceived{"rejected"};
inline constexpr TraceLabel kRejectionSent{"rejection sent"};
inline constexpr TraceLabel kNoAnswer{"timer B"};
inline constexpr TraceLabel kNoAck{"no ACK"};
inline constexpr TraceLabel kByeAnswered{"BYE answered"};
inline constexpr TraceLabel kByeUnanswered{"timer F"};
inline constexpr TraceLabel kNetworkError{"network error"};
inline constexpr TraceLabel kNoFinalResponse{"no final response after CANCEL"};
inline constexpr TraceLabel kBadAnswer{"2xx without a usable Contact"};
inline constexpr TraceLabel kAckSent{"ACK sent"};
inline constexpr TraceLabel kSurplus{"surplus 2xx", "RFC 3261 13.2.2.4: not wanted, ended by BYE"};
inline constexpr TraceLabel kInviteOver{"INVITE over", "RFC 3261 13.2.2.4"};
inline constexpr TraceLabel kRequestTimeout{"no answer within the dialog", "RFC 3261 12.2.1.2"};
inline constexpr TraceLabel kDialogGone{"481 or 408 within the dialog", "RFC 3261 12.2.1.2"};
inline constexpr TraceLabel kBadSession{"session description not acceptable", "RFC 3261 13.2.2.4"};
inline constexpr TraceLabel kNoPrack{"no PRACK"};
inline constexpr TraceLabel kTooManyDialogs{"too many dialogs"};
inline constexpr TraceLabel kSessionExpired{"session expired"};
inline constexpr TraceLabel kReplaced{"replaced by another call"};
inline constexpr TraceLabel kNowhere{"no address for the destination"};
inline constexpr TraceLabel kSubscribeSent{"SUBSCRIBE sent"};
inline constexpr TraceLabel kSubscribeReceived{"SUBSCRIBE received"};
inline constexpr TraceLabel kReferSent{"REFER sent"};
inline constexpr TraceLabel kReferReceived{"REFER received"};
inline constexpr TraceLabel kNotifyReceived{"NOTIFY received"};
inline constexpr TraceLabel kNotifyRefused{"NOTIFY refused", "RFC 6665 4.2.2"};
inline constexpr TraceLabel kNotifyFailed{"NOTIFY unanswered", "RFC 6665 4.2.2"};
inline constexpr TraceLabel kPolicy{"policy", "RFC 6665 4.2.2"};
inline constexpr TraceLabel kSubscriptionEnded{"subscription ended"};
inline constexpr TraceLabel kSubscriptionRefused{"refused", "RFC 6665 4.1.2.2"};
inline constexpr TraceLabel kRegisterSent{"REGISTER sent"};
inline constexpr TraceLabel kRegisterAnswered{"200 received"};
inline constexpr TraceLabel kRegistrationRefused{"refused"};
inline constexpr TraceLabel kNoBinding{"own binding missing in the answer", "RFC 3261 10.2.4"};

// Notes.
inline constexpr TraceLabel kPublishAnswered{"publication answered", "RFC 3903 4"};
inline constexpr TraceLabel kOriginalTransport{"back to the first transport", "RFC 3261 18.1.1"};
inline constexpr TraceLabel kNextHop{"next server tried", "RFC 3263 4.3"};
inline constexpr TraceLabel kRedirected{"redirection followed", "RFC 3261 8.1.3.4"};
inline constexpr TraceLabel kReplaces{"takes the place of a call", "RFC 3891 3"};
inline constexpr TraceLabel kRefreshing{"session refresh", "RFC 4028 10"};
inline constexpr TraceLabel kStrayAck{"ACK for no dialog dropped", "RFC 3261 17.2.3"};
inline constexpr TraceLabel kIgnoredByBehaviour{"request ignored", "behaviour"};
inline constexpr TraceLabel kAckRepeated{"ACK sent again", "RFC 3261 13.2.2.4"};
inline constexpr TraceLabel kSurplusDialog{"surplus dialog ended", "RFC 3261 13.2.2.4"};

}  // namespace tickwire::sip::labels

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_UA_LABELS_H_
