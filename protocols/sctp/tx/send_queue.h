// SendQueue: user messages that wait to be sent, per stream, and which of them gives the next chunk
// (RFC 8260 section 3; RFC 9260 sections 6.5 and 6.9).
//
// Gives fragments; TSNs are given by who sends them. Without interleaving a message that has begun
// is finished before another one begins, whatever the scheduler would like. What a step costs does
// not grow with the streams nor with what waits, but for lifetimes and priorities (RFC 3758), which
// look at the streams in which something waits.
#ifndef TICKWIRE_PROTOCOLS_SCTP_TX_SEND_QUEUE_H_
#define TICKWIRE_PROTOCOLS_SCTP_TX_SEND_QUEUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/sctp_config.h"
#include "protocols/sctp/tx/stream_scheduler.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire::sctp {

// When a message may be given up (RFC 3758 section 4; RFC 6458 section 5.3.7).
struct Reliability {
  enum class Policy : uint8_t { kReliable, kTimed, kRetransmissions, kPriority };
  Policy policy = Policy::kReliable;
  Duration lifetime;             // kTimed
  uint32_t retransmissions = 0;  // kRetransmissions: how many at most
  uint32_t priority = 0;         // kPriority: higher numbers are given up first
};

struct OutgoingMessage {
  StreamId stream;
  Ppid ppid;
  bool unordered = false;
  bool immediate = false;  // SACK wanted at once (RFC 7053)
  Reliability reliability;
  std::optional<IpAddress> destination;  // instead of the primary path
  uint32_t context = 0;                  // the user's; comes back if sending fails
  std::vector<uint8_t> data;
};

// A piece of a message, as it goes into one chunk.
struct OutgoingFragment {
  StreamId stream;
  Ppid ppid;
  uint32_t number = 0;  // SSN or MID
  uint32_t fsn = 0;
  bool unordered = false;
  bool begin = false;
  bool end = false;
  bool immediate = false;
  Reliability reliability;
  SimTime expires = SimTime::Infinite();
  std::optional<IpAddress> destination;
  uint32_t context = 0;
  uint64_t message_id = 0;  // unique in the association
  std::vector<uint8_t> data;
};

class SendQueue {
 public:
  SendQueue(SchedulerKind kind, bool interleaved, uint16_t streams)
      : kind_(kind), interleaved_(interleaved), stream_count_(streams) {}

  // REQUIRES: message.stream is one; data is not empty.
  void Add(OutgoingMessage message, SimTime now);
  // The next fragment, with at most `max_data` bytes of user data. None if nothing waits (or its
  // stream is paused). `now`: messages whose lifetime is over are dropped into abandoned().
  std::optional<OutgoingFragment> Produce(size_t max_data, SimTime now);
  // How large the next fragment would be; 0: nothing waits.
  size_t NextSize(size_t max_data, SimTime now);
  // Whether the next fragment would be a whole message.
  bool NextIsWhole(size_t max_data) const;
  // Where the next fragment wants to go, if it says so.
  std::optional<IpAddress> NextDestination(SimTime now);
  // A whole message that was sent for nothing waits again, at the front of its stream.
  void PutBack(OutgoingFragment fragment);
  // What the peer agreed to. Numbers begin anew. Returns what has no stream any more.
  std::vector<OutgoingMessage> Renegotiate(bool interleaved, uint16_t streams);
  // Messages of the priority policy whose number is higher than `priority`, worst first, until
  // they hold `bytes`; none of them has begun.
  std::vector<OutgoingMessage> DropLessImportant(uint32_t priority, int64_t bytes);
  // RoundRobinPerPacket: a packet is full.
  void OnPacketEnd();
  // What is left of a message whose fragments are given up (RFC 3758 section 3.5). Returns the
  // bytes of user data dropped.
  int64_t Abandon(StreamId stream, uint64_t message_id);

  // Messages dropped before any part of them was sent, since the last call.
  std::vector<OutgoingMessage> TakeAbandoned();

  // RFC 6525: streams stop giving new messages until they are reset; a message that has begun is
  // finished.
  void PauseStreams(std::span<const StreamId> streams);
  void ResumeStreams(std::span<const StreamId> streams);
  // Whether none of them is within a message.
  bool AreBetweenMessages(std::span<const StreamId> streams) const;
  void ResetNumbers(std::span<const StreamId> streams);  // none: all
  void AddStreams(uint16_t count);
  // Starts all numbers anew, for an association that restarted; what waits is kept.
  void Restart();

  void set_scheduler(SchedulerKind kind);
  // kPriority: lower goes first. kWeightedFair: the weight, at least 1.
  void set_stream_value(StreamId stream, uint16_t value);

  // Gives back what it holds for messages to come. REQUIRES: empty().
  void ReleaseMemory();

  bool empty() const { return queued_messages_ == 0; }
  int64_t queued_bytes() const { return queued_bytes_; }
  size_t queued_messages() const { return queued_messages_; }
  uint16_t stream_count() const { return stream_count_; }
  // The streams on which messages wait, in their order, and how many.
  void ForEachQueued(absl::FunctionRef<void(StreamId stream, size_t messages)> visit) const;
  // Everything that waits, in the order of streams; the queue is empty then.
  std::vector<OutgoingMessage> Drain();

 private:
  struct Item {
    OutgoingMessage message;
    size_t sent = 0;  // bytes already given
    uint32_t fsn = 0;
    uint64_t id = 0;
    uint32_t number = 0;
    SimTime expires = SimTime::Infinite();
  };
  static constexpr uint32_t kNoSlot = ~0u;
  struct Stream {
    uint32_t next_ordered = 0;    // SSN or MID
    uint32_t next_unordered = 0;  // MID
    uint32_t slot = kNoSlot;      // where its messages wait
    uint16_t value = 1;
    bool is_paused = false;
  };
  // The messages of one stream. Slots that are free keep their memory for the next.
  struct Slot {
    RingBuffer<Item> items;
    uint16_t stream = 0;
    bool is_ready = false;  // the scheduler knows of it
    int64_t rank = 0;       // there
  };
  Stream& At(StreamId stream);
  // Null: nothing waits there.
  Slot* SlotOf(StreamId stream);
  const Slot* SlotOf(StreamId stream) const;
  Slot& MakeSlot(StreamId stream);
  // What the first item of a stream is, or whether there is one, has changed: frees the slot, or
  // tells the scheduler.
  void Refresh(StreamId stream);
  int64_t RankOf(const Stream& stream, const Slot& slot);
  bool is_fair() const {
    return kind_ == SchedulerKind::kFairBandwidth || kind_ == SchedulerKind::kWeightedFair;
  }
  Item TakeFront(Slot& slot);
  // The stream whose turn it is; -1: none.
  int Choose(SimTime now);
  bool takes_turns() const;
  void DropExpired(SimTime now);
  void RefreshAll();

  SchedulerKind kind_;
  bool interleaved_;
  uint16_t stream_count_;
  std::vector<Stream> streams_;  // all of them, from the first use on
  std::vector<Slot> slots_;
  size_t used_slots_ = 0;  // the first ones
  StreamScheduler scheduler_;
  size_t timed_messages_ = 0;  // that may expire before anything of them is sent
  int current_ = -1;           // the stream within a message, without interleaving
  int round_robin_ = -1;       // the last that had a turn
  bool packet_stays_ = false;
  int64_t virtual_time_ = 0;
  uint64_t next_id_ = 1;
  int64_t queued_bytes_ = 0;
  size_t queued_messages_ = 0;
  // What most queues never need.
  struct Rare {
    std::vector<int64_t> virtual_times;  // by stream, of fair queueing
    std::vector<OutgoingMessage> abandoned;
  };
  Rare& rare() {
    if (rare_ == nullptr) rare_ = std::make_unique<Rare>();
    return *rare_;
  }
  std::vector<int64_t>& virtual_times() { return rare().virtual_times; }
  std::unique_ptr<Rare> rare_;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_TX_SEND_QUEUE_H_
