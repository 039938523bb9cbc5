// HyStart: leaves slow start before the queue overflows (Ha and Rhee, "Taming the elephants: new
// TCP slow start", 2011; named by RFC 8312 section 4.8).
//
// Two signs, looked for in each round trip once the window has 16 segments: ACKs in one unbroken
// train for half the least RTT (the pipe is full), or the least of the round's first eight RTTs
// above the least ever by an eighth, at least 4 and at most 16 ms (a queue builds up).
#ifndef TICKWIRE_PROTOCOLS_TCP_HYSTART_H_
#define TICKWIRE_PROTOCOLS_TCP_HYSTART_H_

#include <cstdint>

#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class HyStart {
 public:
  // In slow start. True if slow start is to end.
  bool OnAck(const AckSummary& ack, const SenderCore& core);

 private:
  void BeginRound(const AckSummary& ack, const SenderCore& core);

  int64_t round_end_ = -1;  // -1: not begun
  SimTime round_start_;
  SimTime last_ack_;  // of the train
  Duration least_ = Duration::Infinite();
  Duration least_of_round_ = Duration::Infinite();
  int samples_ = 0;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_HYSTART_H_
