// Names of what the sender side does, with the rule behind each.
#ifndef TICKWIRE_PROTOCOLS_TCP_SENDER_LABELS_H_
#define TICKWIRE_PROTOCOLS_TCP_SENDER_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::tcp {

// --- Timers ---
inline constexpr TraceLabel kRtoTimer{
    "retransmission", "RFC 6298 5: resend the first unacknowledged segment, double the RTO"};
inline constexpr TraceLabel kProbeTimer{"PTO",
                                        "RFC 8985 7.2: no ACK for so long, send a loss probe"};
inline constexpr TraceLabel kReorderingTimer{
    "RACK reordering", "RFC 8985 6.2 step 5: what may only be reordered is lost by then"};
inline constexpr TraceLabel kPacingTimer{"pacing", "the next segment may go at the pacing rate"};

// --- Why a segment is resent ---
inline constexpr TraceLabel kResendAfterTimeout{
    "time-out", "RFC 6298 5.4: the retransmission timer expired, the first segment goes"};
inline constexpr TraceLabel kResendInSlowStart{
    "slow start after time-out", "RFC 5681 3.1: slow start through what was lost at the time-out"};
inline constexpr TraceLabel kResendFast{
    "fast retransmit", "RFC 5681 3.2: the third duplicate ACK shows that it is lost"};
inline constexpr TraceLabel kResendPartialAck{
    "partial ACK",
    "RFC 6582 3.2 step 3: the ACK ends before the recovery point, so the "
    "next segment is lost too"};
inline constexpr TraceLabel kResendEarly{
    "early retransmit", "RFC 5827 3.2: too few are outstanding for three duplicate ACKs"};
inline constexpr TraceLabel kResendSackLost{
    "SACK", "RFC 6675 4 NextSeg (1): enough above it was sacked, it is lost"};
inline constexpr TraceLabel kResendSackFirst{
    "SACK recovery begins", "RFC 6675 5 (4.3): entering recovery, the segment after the ACK goes"};
inline constexpr TraceLabel kResendSackUnsure{
    "SACK, not surely lost",
    "RFC 6675 4 NextSeg (3): a hole not yet surely lost, nothing new to "
    "send"};
inline constexpr TraceLabel kResendRescue{
    "SACK rescue", "RFC 6675 4 NextSeg (4): once in a recovery, the highest that is not sacked"};
inline constexpr TraceLabel kResendRack{
    "RACK",
    "RFC 8985 6.2 step 5: what was sent later has arrived, and the reordering "
    "window has passed"};
inline constexpr TraceLabel kResendProbe{"loss probe",
                                         "RFC 8985 7.3: the highest segment, to draw an ACK"};
inline constexpr TraceLabel kResendMtu{"smaller path MTU",
                                       "RFC 1191 6.4, RFC 8201 5.4: the segment was too large"};

// --- Why the congestion state changes ---
inline constexpr TraceLabel kWhyDuplicateAcks{"duplicate ACKs", "RFC 5681 3.2"};
inline constexpr TraceLabel kWhySackLoss{"SACK shows a loss", "RFC 6675 5 steps (1), (2)"};
inline constexpr TraceLabel kWhyRackLoss{"RACK shows a loss", "RFC 8985 6.2 step 5"};
inline constexpr TraceLabel kWhyEarlyRetransmit{"early retransmit", "RFC 5827 3.2"};
inline constexpr TraceLabel kWhyProbeRepair{"the loss probe repaired a loss", "RFC 8985 7.4.2"};
inline constexpr TraceLabel kWhyResentLost{"a retransmission was lost", "RFC 5681 4.3"};
inline constexpr TraceLabel kWhyTimeout{"time-out", "RFC 5681 3.1, RFC 6298 5"};
inline constexpr TraceLabel kWhyRecovered{"all up to the recovery point is acknowledged",
                                          "RFC 6582 3.2, RFC 6675 5 (A)"};
inline constexpr TraceLabel kWhyNewAck{"new data is acknowledged", "RFC 5681 3.2 step 6"};
inline constexpr TraceLabel kWhyFirstSigns{"first signs of loss or reordering", "RFC 5681 3.2"};
inline constexpr TraceLabel kWhyHolesClosed{"nothing is missing any more", "RFC 5681 3.2"};
inline constexpr TraceLabel kWhyEcnEcho{"ECN-Echo", "RFC 3168 6.1.2"};
inline constexpr TraceLabel kWhyEcnWindowOver{"a window has passed since the ECN-Echo",
                                              "RFC 3168 6.1.2"};
inline constexpr TraceLabel kWhySpuriousTimestamp{"spurious, shown by a timestamp", "RFC 3522 3.2"};
inline constexpr TraceLabel kWhySpuriousDsack{"spurious, shown by D-SACK", "RFC 2883 5, RFC 3708"};
inline constexpr TraceLabel kWhySpuriousFrto{"time-out spurious, shown by F-RTO", "RFC 5682 2.1"};

// --- Samples: bytes, or ns ---
inline constexpr TraceLabel kSampleCwnd{"cwnd", "RFC 5681 2: congestion window, bytes"};
inline constexpr TraceLabel kSampleSsthresh{"ssthresh", "RFC 5681 3.1: bytes"};
inline constexpr TraceLabel kSampleFlight{"bytes in flight", "RFC 5681 2: FlightSize"};
inline constexpr TraceLabel kSamplePipe{"pipe", "RFC 6675 4: bytes thought to be in the network"};
inline constexpr TraceLabel kSampleRtt{"RTT", "RFC 6298 2: one round-trip sample, ns"};
inline constexpr TraceLabel kSampleSrtt{"SRTT", "RFC 6298 2: ns"};
inline constexpr TraceLabel kSampleRttvar{"RTTVAR", "RFC 6298 2: ns"};
inline constexpr TraceLabel kSampleRto{"RTO", "RFC 6298 2: ns"};
inline constexpr TraceLabel kSampleDelivered{"delivered bytes",
                                             "acknowledged cumulatively or selectively"};

// --- Notes ---
inline constexpr TraceLabel kNoteScoreboard{
    "scoreboard", "a range of positions: sent, sacked, lost, retransmitted, delivered"};
inline constexpr TraceLabel kNoteState{"congestion state", "open, disorder, CWR, recovery, loss"};
inline constexpr TraceLabel kNoteDsack{"D-SACK", "RFC 2883 4: the peer had this already"};
inline constexpr TraceLabel kNoteUndo{"undo", "RFC 4015 3.1: the reduction is taken back"};
inline constexpr TraceLabel kNoteSackCleared{"SACK marks cleared",
                                             "RFC 2018 8: the receiver may have reneged"};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SENDER_LABELS_H_
