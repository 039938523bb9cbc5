// OutstandingData: chunks that were sent and are not yet acknowledged for good (RFC 9260 sections
// 6.2.1 and 7.2.4; RFC 3758 section 3.5).
//
// TSNs are unwrapped and consecutive. Counts misses, marks for retransmission, keeps the bytes in
// flight of each path. Knows neither timers nor packets. Work for a SACK is proportional to what
// it says that the one before did not, and to the holes it leaves.
#ifndef TICKWIRE_PROTOCOLS_SCTP_TX_OUTSTANDING_DATA_H_
#define TICKWIRE_PROTOCOLS_SCTP_TX_OUTSTANDING_DATA_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "protocols/sctp/packet/chunk/sack_chunk.h"
#include "protocols/sctp/tx/send_queue.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire::sctp {

struct OutstandingChunk {
  enum class State : uint8_t {
    kInFlight,
    kGapAcked,      // reported by a gap block; the peer may still drop it
    kToRetransmit,  // marked; not counted as in flight
    kAbandoned,     // given up: FORWARD-TSN will tell the peer
  };
  OutgoingFragment fragment;
  State state = State::kInFlight;
  uint8_t path = 0;    // where it was last sent
  uint8_t misses = 0;  // section 7.2.4
  bool was_fast_retransmitted = false;
  bool timed_out = false;  // marked by T3-rtx: the alternate path is preferred
  uint32_t transmissions = 1;
  SimTime sent;  // last
  SimTime first_sent;
};

class OutstandingData {
 public:
  // `next`: the first TSN to be sent. `chunk_header`: 16 for DATA, 20 for I-DATA.
  OutstandingData(int64_t next, size_t chunk_header)
      : cumulative_ack_(next - 1), chunk_header_(chunk_header) {}

  // Sends a fragment for the first time; returns its TSN.
  int64_t Add(OutgoingFragment fragment, uint8_t path, SimTime now);

  // A TSN that stands for the rest of a message that was given up before all of it was sent: the
  // peer, which may have its beginning, must hear of it by FORWARD-TSN.
  void AddAbandoned(const OutgoingFragment& like);

  // What a SACK (or the cumulative TSN ack of a SHUTDOWN) changed.
  struct PathAcked {
    int64_t bytes = 0;               // newly acknowledged, chunk sizes
    bool first_outstanding = false;  // its earliest outstanding TSN was acknowledged (rule R3)
    int64_t first = 0;               // what that was; 0: nothing was in flight
    std::optional<Duration> rtt;     // of a chunk sent once, if nothing before it was resent (C5)
  };
  struct Result {
    bool advances = false;                          // the cumulative TSN ack
    bool has_news = false;                          // anything newly acknowledged
    absl::InlinedVector<PathAcked, 4> paths;        // by path index
    absl::InlinedVector<uint8_t, 4> newly_missing;  // paths of chunks just marked: three misses
    absl::InlinedVector<uint8_t, 4> reneged;        // paths whose T3-rtx must run (rule R4)
  };
  // REQUIRES: cumulative_ack() <= cumulative <= highest_sent(); blocks lie beyond it, up to
  // highest_sent(): see IsValid(). `in_fast_recovery`: section 7.2.4, misses count for all.
  Result OnSack(int64_t cumulative, std::span<const SackChunk::GapAckBlock> blocks,
                bool in_fast_recovery, size_t paths, SimTime now);
  bool IsValid(int64_t cumulative, std::span<const SackChunk::GapAckBlock> blocks) const;

  // T3-rtx of `path`: everything in flight there is marked. Returns how many chunks.
  // Also when the path is gone, or what rode with a lost COOKIE ECHO: nobody is blamed here.
  size_t MarkTimedOut(uint8_t path);
  // The first chunk that is marked, from `from` on; none: nothing is.
  std::optional<int64_t> NextToRetransmit(int64_t from) const;
  // It was sent again on `path`.
  void OnRetransmitted(int64_t tsn, uint8_t path, SimTime now);

  // Gives up the message that `tsn` belongs to: all its chunks. Returns its id.
  uint64_t Abandon(int64_t tsn);
  // Chunks whose reliability says that their messages may be given up now: expired, or marked and
  // sent too often. The caller abandons them all. Looks at the chunks only when a lifetime has
  // ended or something is marked.
  std::vector<int64_t> TakeExpired(SimTime now);
  // Advanced.Peer.Ack.Point: RFC 3758 section 3.5, C1.
  int64_t AdvancedPeerAckPoint() const;
  // What FORWARD-TSN lists up to there: the largest number skipped per stream and order.
  struct SkippedStream {
    StreamId stream;
    bool unordered = false;
    uint32_t number = 0;
  };
  // At most `most` of them: lowers `up_to` to the last TSN for which that is enough.
  std::vector<SkippedStream> Skipped(int64_t& up_to, size_t most, bool with_unordered) const;

  void ForgetAll(int64_t next);

  // Gives back what it holds for chunks to come. REQUIRES: empty().
  void ReleaseMemory();

  int64_t cumulative_ack() const { return cumulative_ack_; }
  int64_t highest_sent() const { return cumulative_ack_ + static_cast<int64_t>(chunks_.size()); }
  bool empty() const { return chunks_.empty(); }
  size_t size() const { return chunks_.size(); }
  OutstandingChunk& at(int64_t tsn) {
    return chunks_[static_cast<size_t>(tsn - cumulative_ack_ - 1)];
  }
  const OutstandingChunk& at(int64_t tsn) const {
    return const_cast<OutstandingData*>(this)->at(tsn);
  }
  // With header and padding, as congestion control counts (section 7.2).
  int64_t ChunkSize(const OutstandingChunk& chunk) const;
  int64_t flight(uint8_t path) const { return path < flights_.size() ? flights_[path] : 0; }
  int64_t total_flight() const { return total_flight_; }        // chunk sizes
  int64_t outstanding_data() const { return data_in_flight_; }  // user data only, for rwnd
  int64_t unacked_bytes() const { return unacked_bytes_; }      // user data not cumulatively acked
  size_t marked() const { return marked_; }
  // The earliest chunk in flight on `path`; none if nothing is.
  std::optional<int64_t> FirstInFlight(uint8_t path) const;
  // Counts everything from scratch and compares.
  bool IsConsistent() const;

 private:
  struct Range {
    int64_t first = 0, last = 0;
  };
  void Take(OutstandingChunk& chunk, OutstandingChunk::State next);
  void Acknowledge(int64_t tsn, Result& result, SimTime now);
  // The one after `tsn`, but for those that the last SACK reported beyond it.
  int64_t NextUnreported(int64_t tsn) const;
  void FindFirsts(Result& result) const;

  int64_t cumulative_ack_;
  const size_t chunk_header_;
  RingBuffer<OutstandingChunk> chunks_;
  std::vector<Range> gap_acked_;             // as of the last SACK
  absl::InlinedVector<int64_t, 1> flights_;  // by path
  int64_t total_flight_ = 0;
  int64_t data_in_flight_ = 0;
  int64_t unacked_bytes_ = 0;
  size_t marked_ = 0;
  SimTime next_expiry_ = SimTime::Infinite();  // no lifetime ends before
  int64_t htna_ = 0;                 // highest TSN newly acknowledged, while a SACK is worked at
  int64_t last_retransmitted_ = -1;  // highest TSN that was resent: for rule C5
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_TX_OUTSTANDING_DATA_H_
