// The names of the connection's own timers and of what several of its files trace. The sender's
// are its own.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_LABELS_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_LABELS_H_

#include "sim_core/trace/trace_label.h"

namespace tickwire::tcp {

inline constexpr TraceLabel kRetransmissionTimer{"retransmission",
                                                 "RFC 6298: of the SYN, doubled each time"};
inline constexpr TraceLabel kDelayedAckTimer{"delayed ACK", "RFC 9293 3.8.6.3"};
inline constexpr TraceLabel kPersistTimer{"persist", "RFC 9293 3.8.6.1: probes a closed window"};
inline constexpr TraceLabel kFinWait2Timer{"FIN-WAIT-2", "an orphan waits only so long"};
inline constexpr TraceLabel kTimeWaitTimer{"TIME-WAIT", "RFC 9293 3.6.1: 2 MSL"};
inline constexpr TraceLabel kKeepAliveTimer{"keep-alive", "RFC 9293 3.8.4"};
inline constexpr TraceLabel kUserTimer{"user timeout", "RFC 9293 3.10.8"};

inline constexpr TraceLabel kRetransmitNote{"retransmit"};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_LABELS_H_
