// DuplicateAckWindow: what a sender without SACK knows from duplicate ACKs: how many came, and that
// each stands for a segment that left the network (RFC 5681 section 3.2).
//
// For Reno and NewReno: limited transmit (RFC 3042), the room to send, early retransmit (RFC 5827).
// Where the window is not inflated (proportional rate reduction, a congestion control that owns the
// window) the duplicates are taken off what is in the network instead (RFC 6937 section 2).
#ifndef TICKWIRE_PROTOCOLS_TCP_DUPLICATE_ACK_WINDOW_H_
#define TICKWIRE_PROTOCOLS_TCP_DUPLICATE_ACK_WINDOW_H_

#include <cstdint>

#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class DuplicateAckWindow {
 public:
  // `inflates`: the caller adds to the window what duplicates stand for. `core` outlives it.
  DuplicateAckWindow(SenderCore& core, bool inflates) : core_(core), inflates_(inflates) {}

  // Outside recovery; core.dupacks counts. Returns core.dupacks.
  uint32_t OnDuplicate();
  // In recovery. Returns DeliveredData.
  int64_t OnDuplicateInRecovery();
  // The cumulative ACK advanced by `acked` bytes. Returns DeliveredData.
  int64_t OnAdvance(int64_t acked);
  void Clear() { gone_bytes_ = 0; }

  int64_t Room() const;
  int64_t Pipe() const { return core_.board.pipe() - gone_bytes_; }
  // A new segment was sent; counts what limited transmit sent.
  void OnSentNew(uint32_t bytes);
  // RFC 5827 section 3.2: so few segments are outstanding that these duplicates suffice.
  bool MayRetransmitEarly() const;

 private:
  SenderCore& core_;
  int64_t gone_bytes_ = 0;  // beyond snd_una(), by the count of duplicates
  bool inflates_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_DUPLICATE_ACK_WINDOW_H_
