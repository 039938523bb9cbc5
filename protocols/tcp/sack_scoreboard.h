// SackScoreboard: what is outstanding of one connection's data, segment by segment (RFC 6675
// section 3), and what is known of each: sacked, lost, resent.
//
// Segments stand in a ring in order of position; everything else is kept up with each change, never
// recomputed: the counters of pipe, the merged ranges that were sacked, the frontier of RFC 6675's
// IsLost(), a cursor to the next lost segment, the order of sending for RACK. An ACK costs the
// segments that it newly covers and a search; blocks that are known already cost a comparison.
//
// Spread over two files: sack_scoreboard.cc takes in what was sent and acknowledged,
// sack_scoreboard_marks.cc says what is lost and what is to be resent.
//
// Knows no congestion control and no timers, and sends nothing. Bytes throughout; positions as in
// seq_range.h. Segments are numbered; a number is valid until the next call that adds, splits or
// removes segments.
#ifndef TICKWIRE_PROTOCOLS_TCP_SACK_SCOREBOARD_H_
#define TICKWIRE_PROTOCOLS_TCP_SACK_SCOREBOARD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "protocols/tcp/index_ring.h"
#include "protocols/tcp/seq_range.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::tcp {

class SackScoreboard {
 public:
  struct Segment {
    int64_t begin = 0;
    SimTime first_sent;
    SimTime last_sent;
    uint32_t size = 0;
    uint8_t transmissions = 1;  // stays at 255
    bool is_sacked : 1 = false;
    bool is_lost : 1 = false;      // its first transmission is thought lost; never with is_sacked
    bool is_resent : 1 = false;    // a later one is thought to be in the network; never with sacked
    bool is_timed : 1 = true;      // its times are known and it was sent once (Karn)
    bool is_whole : 1 = false;     // one position more than a full segment: holds a FIN
    bool is_oversize : 1 = false;  // sent before the path's MTU fell; until it is resent

    int64_t end() const { return begin + size; }
    SeqRange range() const { return {begin, end()}; }
    bool must_resend() const { return is_lost && !is_resent; }
  };
  // What rate estimation notes of a segment when it is sent; kept only if asked for.
  struct DeliveryState {
    int64_t delivered = 0;
    SimTime delivered_time;
    SimTime first_sent_time;
    bool is_app_limited = false;
  };
  using Index = IndexRing<Segment>::Index;
  // Told of each segment that an ACK newly delivers.
  using Delivered = absl::FunctionRef<void(Index, const Segment&)>;
  using Marked = absl::FunctionRef<void(const Segment&)>;

  // Before the first segment. `first` is the position that will be sent first.
  // `keeps_send_order`: MarkLostByTime() will be used.
  void Begin(int64_t first, bool keeps_delivery_state, bool keeps_send_order);

  // --- Sending ---
  // New data at snd_nxt(). `is_whole`: see Segment.
  void Append(SeqRange range, SimTime now, bool is_whole, bool is_timed = true);
  // `index` was sent again. Its lost mark stays; RFC 6675 counts both copies then.
  void Resent(Index index, SimTime now);
  // Cuts a segment in two; the first has `size` bytes. REQUIRES: it is not sacked; 0 < size < its.
  void Split(Index index, uint32_t size);

  // --- Acknowledgments ---
  // Everything before `ack` has arrived. REQUIRES: snd_una() <= ack <= snd_nxt().
  // Returns the bytes that were not known to have arrived.
  int64_t Acknowledge(int64_t ack, Delivered delivered);
  // Blocks beyond snd_una() as they came, D-SACKs taken out; those that lie outside what is
  // outstanding are ignored. Segments that are covered in part are split, to a limit, then ignored.
  // Returns the bytes newly sacked.
  int64_t Sack(std::span<const SeqRange> blocks, Delivered delivered);

  // --- Marks ---
  // RFC 6675 section 4, IsLost(), for all segments from the last frontier on.
  void MarkLostBySack(uint32_t dupthresh, uint32_t mss, Marked marked);
  // RFC 8985 section 6.2, step 5: all that were sent before the transmission (sent, end) and
  // longer than `wait` before now. Returns how long until the last of those sent before it falls
  // due; zero if none will.
  Duration MarkLostByTime(SimTime sent, int64_t end, Duration wait, SimTime now, Marked marked);
  void MarkLost(Index index);
  // The latest transmission of a segment that was resent is lost too.
  void MarkResentLost(Index index);
  // Forgets what was sacked (RFC 2018 section 8).
  void ClearSack();
  // Retransmission time-out: the first segment, and all others last sent at `sent_until` or before,
  // are lost, and of those nothing resent is in the network.
  void MarkLostByTimeout(SimTime sent_until);
  // All that is neither sacked nor resent is lost.
  void MarkRestLost();
  // All larger than `size` are lost (with a FIN one more is allowed): the path takes no such
  // segments. True if there are any.
  bool MarkOversizeLost(uint32_t size);
  // The losses were none: takes all marks of loss away.
  void UnmarkLost();

  // --- Choosing what to resend ---
  // The first that must be resent, in order of position.
  std::optional<Index> NextLost();
  // RFC 6675 NextSeg() rule (3): the first beyond all that was resent and below the highest sacked.
  std::optional<Index> NextBelowSacked();
  // Rule (4): the highest that is not sacked.
  std::optional<Index> HighestUnsacked() const;
  // RFC 6675 section 5 step (4.3): rule (3) begins again from snd_una().
  void ResetHighRxt() { detail().high_rxt = segments_.first(); }

  // --- Looking ---
  int64_t snd_una() const { return una_; }
  int64_t snd_nxt() const { return nxt_; }
  int64_t flight() const { return nxt_ - una_; }
  // RFC 6675 SetPipe(): neither sacked nor lost, and what was resent.
  int64_t pipe() const { return flight() - sacked_bytes_ - lost_bytes_ + resent_bytes_; }
  int64_t sacked_bytes() const { return sacked_bytes_; }
  int64_t lost_bytes() const { return lost_bytes_; }
  int64_t resent_bytes() const { return resent_bytes_; }
  uint64_t sacked_segments() const { return detail_ == nullptr ? 0 : detail_->sacked_segments; }
  uint64_t segment_count() const { return segments_.size(); }
  bool empty() const { return segments_.empty(); }
  // snd_una() if nothing is sacked.
  int64_t highest_delivered() const;
  Index first() const { return segments_.first(); }
  Index end() const { return segments_.end(); }
  const Segment& operator[](Index index) const { return segments_[index]; }
  // REQUIRES: Begin() with keeps_delivery_state.
  DeliveryState& delivery_state(Index index) { return (*delivery_)[index]; }
  // The segment that holds `position`; none if it is not outstanding.
  std::optional<Index> Find(int64_t position) const;
  // The first at or behind `position`.
  Index LowerBound(int64_t position) const;
  bool IsConsistent() const;

 private:
  // Made when the first segment is sacked, lost or resent: most connections never need it.
  struct Detail {
    absl::btree_map<int64_t, int64_t> sacked;  // begin to end; disjoint, not touching
    absl::btree_set<int64_t> lost_again;       // below next_lost but must be resent: their last
    struct Resending {                         // positions
      int64_t last = 0;                        // last position of the segment
      SimTime sent;
    };
    IndexRing<Resending> resendings;  // in order of time, of segments that may be outstanding
    std::array<SeqRange, 4> known_blocks{};
    Index originals = 0;  // all before were judged by MarkLostByTime(), sacked or resent
    Index frontier = 0;   // IsLost() is true for all before
    int64_t sacked_before_frontier = 0;
    Index next_lost = 0;  // none before must be resent, but those of lost_again
    Index lost_end = 0;   // none from here on is lost
    Index high_rxt = 0;   // all before were resent or sacked
    uint64_t sacked_segments = 0;
    uint32_t partial_splits = 0;
  };
  Detail& detail();
  int64_t SackBlock(SeqRange block, Delivered delivered);
  void MarkSacked(Index index, Delivered delivered);
  void Forget(const Segment& segment, Index index);  // takes it out of the counters
  bool MaySplit() const;
  void AddRange(SeqRange range);
  const Segment* Outstanding(const Detail::Resending& resending, Index& index) const;
  void TrimFirst(int64_t ack);
  void DropRangesBelow(int64_t position);
  void NoteMustResend(Index index);
  void ResetLossCursors();
  Duration MarkResendingsLost(SimTime sent, int64_t end, Duration wait, SimTime now, Marked marked);
  Duration MarkOriginalsLost(SimTime sent, int64_t end, Duration wait, SimTime now, Marked marked);

  IndexRing<Segment> segments_;
  std::unique_ptr<IndexRing<DeliveryState>> delivery_;  // numbered like segments_; may be null
  std::unique_ptr<Detail> detail_;
  int64_t una_ = 0;
  int64_t nxt_ = 0;
  int64_t sacked_bytes_ = 0;
  int64_t lost_bytes_ = 0;
  int64_t resent_bytes_ = 0;
  bool keeps_send_order_ = false;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SACK_SCOREBOARD_H_
