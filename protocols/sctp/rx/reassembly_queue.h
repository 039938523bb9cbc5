// ReassemblyQueue: makes messages of fragments and hands them over in the order that their streams
// ask for (RFC 9260 sections 6.5, 6.6, 6.9; RFC 8260 section 2.2; RFC 3758 section 3.6).
//
// Every chunk given here is new (DataTracker has seen to that) and within the window: the caller
// bounds held_bytes() by the receive buffer. TSNs, SSNs and MIDs are unwrapped.
#ifndef TICKWIRE_PROTOCOLS_SCTP_RX_REASSEMBLY_QUEUE_H_
#define TICKWIRE_PROTOCOLS_SCTP_RX_REASSEMBLY_QUEUE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/btree_map.h"
#include "protocols/sctp/common/ids.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire::sctp {

// A whole message, as the user gets it.
struct ReceivedMessage {
  StreamId stream;
  Ppid ppid;
  bool unordered = false;
  uint32_t number = 0;  // SSN or MID
  Tsn first_tsn;
  std::vector<uint8_t> data;
};

// What a DATA or I-DATA chunk says, in the same words.
struct Fragment {
  int64_t tsn = 0;
  StreamId stream;
  uint32_t number = 0;  // SSN, or MID
  uint32_t fsn = 0;     // I-DATA only
  Ppid ppid;            // of I-DATA: with `begin` only
  bool unordered = false;
  bool begin = false;
  bool end = false;
  std::span<const uint8_t> data;
};

class ReassemblyQueue {
 public:
  // `interleaved`: I-DATA is used (RFC 8260). `streams`: how many inbound ones there are.
  ReassemblyQueue(bool interleaved, uint16_t streams);

  void Add(const Fragment& fragment);
  bool has_ready() const { return !ready_.empty(); }
  ReceivedMessage TakeReady();
  // Whether this one could be handed over as it is, without being held: a whole message whose turn
  // it is. Then the caller hands it over and calls Skip().
  bool IsNext(const Fragment& fragment);
  void Skip(const Fragment& fragment);

  // FORWARD-TSN: gives up ordered messages of `stream` up to `number`, and every fragment up to the
  // TSN. What waited for them is ready then.
  void ForwardTo(int64_t tsn);
  void ForwardStream(StreamId stream, bool unordered, uint32_t number);
  // RFC 6525: the stream's numbers begin anew. No streams: all of them.
  void ResetStreams(std::span<const StreamId> streams);
  void AddStreams(uint16_t count);

  // Takes over the messages that `former` held for the user, who has not taken them yet.
  void TakeOver(ReassemblyQueue& former);
  // Gives back what it holds for messages to come; keeps messages.
  void ReleaseMemory();

  // Bytes of user data that are held: fragments, messages out of turn, messages not taken.
  int64_t held_bytes() const { return held_bytes_; }
  uint16_t stream_count() const { return stream_count_; }
  // Nothing incomplete and nothing out of turn is held.
  bool is_idle() const { return partial_.empty() && waiting_.empty() && fragments_.empty(); }

 private:
  struct Held {
    uint32_t number = 0;
    StreamId stream;
    Ppid ppid;
    bool unordered = false;
    bool begin = false;
    bool end = false;
    std::vector<uint8_t> data;
  };
  // I-DATA: the fragments of one message by FSN.
  struct MessageKey {
    uint16_t stream = 0;
    bool unordered = false;
    int64_t number = 0;
    auto operator<=>(const MessageKey&) const = default;
  };
  struct Partial {
    absl::btree_map<uint32_t, Held> by_fsn;
    bool has_end = false;
    uint32_t last_fsn = 0;
    int64_t first_tsn = 0;
    int64_t last_tsn = 0;
  };
  struct Stream {
    int64_t next = 0;  // SSN or MID, unwrapped
  };

  void AddByTsn(const Fragment& fragment);
  void AddInterleaved(const Fragment& fragment);
  void Complete(ReceivedMessage message, int64_t number);
  void ReleaseWaiting(uint16_t stream);

  Stream& At(StreamId stream);
  int64_t Unwrap(StreamId stream, uint32_t number);

  const bool interleaved_;
  uint16_t stream_count_;
  std::vector<Stream> next_;                      // all of them, from the first use on
  absl::btree_map<int64_t, Held> fragments_;      // DATA: by TSN
  absl::btree_map<MessageKey, Partial> partial_;  // I-DATA
  absl::btree_map<std::pair<uint16_t, int64_t>, ReceivedMessage> waiting_;  // ordered, out of turn
  RingBuffer<ReceivedMessage> ready_;
  int64_t held_bytes_ = 0;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_RX_REASSEMBLY_QUEUE_H_
