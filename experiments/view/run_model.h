// RunModel: what people look at, gathered from a trace: journeys of packets, lives of timers,
// changes of state. Ladders, tables and captures are all made from it.
//
// Borrows the trace and the scenario. Memory: some 600 bytes a packet and 80 a timer;
// RunModelLimits keeps it in bounds where only a part is looked at.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_RUN_MODEL_H_
#define TICKWIRE_EXPERIMENTS_VIEW_RUN_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "experiments/view/sctp_flow_view.h"
#include "experiments/view/tcp_flow_view.h"
#include "sim_core/trace/trace_reader.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// One end of one packet on its way from the node that made it: delivered there, or lost. A packet
// that the network duplicated or fragmented has several.
struct JourneyEnd {
  enum class Kind { kDelivered, kLost, kUnderWay };  // the last: the trace ends before it does
  Kind kind = Kind::kUnderWay;
  NodeId node;                   // where it arrived, or the node that lost it
  SimTime time;                  // of arrival or loss
  std::optional<size_t> record;  // the kPacketDelivered or kPacketDropped record
  bool left = true;              // false: dropped before it got onto the first link
  int hops = 0;                  // links that it had crossed whole
  std::optional<size_t> sent;    // the kPacketSent record of its last link; two ends with the same
                               // one are copies that the link made, others are pieces of one packet
  // What the node did with what it delivered: set if it dropped it after all (bad checksum, nobody
  // listens, ...).
  std::optional<size_t> refused;
};

// One packet of a media stream. A run of them with no longer pause than kMediaPause is one talk
// spurt, of which pictures show the two ends.
struct MediaPacket {
  enum class Place : uint8_t { kFirst, kInner, kLast, kOnly };
  uint32_t ssrc = 0;
  uint16_t sequence = 0;  // RTP
  bool is_rtcp = false;
  Place place = Place::kOnly;
};
inline constexpr Duration kMediaPause = Duration::Seconds(1);

// A packet as the node that made it sent it; forwarding by routers is part of its journey.
struct Journey {
  size_t record;  // kPacketSent, or kPacketDropped if it never left
  NodeId from;
  std::optional<NodeId> towards;  // whose address it bears as destination, if any node's
  SimTime sent;
  std::vector<JourneyEnd> ends;      // at least one; the first is that of the original
  std::vector<size_t> sent_records;  // all kPacketSent records, hop by hop; the first is `record`
  // 0: the first of its kind. n: the n-th repetition of the same payload between the same
  // endpoints.
  int repetition = 0;
  std::optional<size_t> original;  // index of the journey that it repeats
  bool is_sip = false;
  bool is_of_connection = false;  // TCP or SCTP: its summary speaks of segments and chunks
  std::optional<MediaPacket> media;
  bool is_duplicate_ack = false;  // TCP; as TcpFlowView says
  bool has_dsack = false;         // likewise
  std::string why;                // of a retransmission by TCP or SCTP, as noted there
  std::string summary;  // "INVITE sip:bob@10.0.1.2", "200 OK (INVITE)", "UDP 40000>9, 1000 bytes"
};

struct TimerLife {
  enum class End { kFired, kCancelled, kRestarted, kPending };  // the last: when the trace ends
  NodeId node;
  uint32_t entity;
  uint16_t label;
  SimTime set;
  Duration delay;  // as it was set
  End end = End::kPending;
  SimTime ended;
  size_t set_record;
  std::optional<size_t> end_record;
};

// What of a run is gathered. The rest is counted, not kept.
struct RunModelLimits {
  SimTime from;  // packets sent and timers set before are left out
  SimTime until = SimTime::Infinite();
  size_t most_journeys = ~size_t{0};  // of these, the first so many, and the timers set meanwhile
};

class RunModel {
 public:
  RunModel(const TraceReader& trace, const scenario::Scenario& effective,
           const RunModelLimits& limits = {});

  const TraceReader& trace() const { return trace_; }
  const scenario::Scenario& scenario() const { return scenario_; }
  const std::vector<Journey>& journeys() const { return journeys_; }  // by record
  const std::vector<TimerLife>& timers() const { return timers_; }    // by set_record
  // Rows of kState records.
  const std::vector<size_t>& states() const { return states_; }
  // Rows that say that a node crashes.
  const std::vector<size_t>& crashes() const { return crashes_; }
  SimTime end() const { return end_; }
  // Packets within [from, until] beyond most_journeys.
  size_t left_out() const { return left_out_; }

  // Wire bytes of a packet record, wherever the trace holds them, and the zeros that follow.
  struct Bytes {
    std::span<const uint8_t> stored;
    uint32_t zeros = 0;
  };
  Bytes PacketBytes(const FileRecord& record) const;
  // The journey that a packet record belongs to.
  std::optional<size_t> JourneyOf(size_t record) const;
  // Why this packet was sent, for people: "timer A of client INVITE z9hG4bK.. (RFC 3261 ...)",
  // "received 200 OK (INVITE)", "action of the scenario". Empty if the trace does not tell.
  std::string CauseOf(const Journey& journey) const;
  // The nearest cause of a record that is not a queue's; follows kPacketQueued.
  std::optional<size_t> CauseRecord(size_t record) const;
  // The name of the link whose end the record's place is; empty if it is none.
  std::string LinkOf(const FileRecord& record) const;
  std::string NodeName(NodeId node) const { return std::string(trace_.node_name(node)); }
  // Whose address it is. `address` without prefix length.
  std::optional<NodeId> NodeOf(const std::string& address) const;
  // An address of a node that has others before it: pictures, which head a column with the first
  // one, have to name it. `address` without prefix length.
  bool IsFurtherAddress(const std::string& address) const;

 private:
  bool MayBegin(const FileRecord& record);  // a journey with this record
  void IndexAddresses();
  void OnSent(size_t row);
  void OnArrival(size_t row);  // delivered or dropped
  bool IsForwarding(size_t row, size_t* previous_sent) const;
  void Describe(Journey& journey);
  void DescribeTcp(Journey& journey, const match::PacketSource& packet);
  // True: it has data, and is repeated or not by its TSNs.
  bool DescribeSctp(Journey& journey, const match::PacketSource& packet);
  std::string PathInWords(const Journey& journey, const match::PacketSource& packet) const;
  void TakeWhy(Journey& journey) const;
  void OnNote(size_t row);
  void TakeNote(size_t row);  // the last note is about this packet
  void OnTimer(size_t row);
  void OnCrash(size_t row);
  void PlaceMedia();

  const TraceReader& trace_;
  const scenario::Scenario& scenario_;
  std::vector<Journey> journeys_;
  std::vector<TimerLife> timers_;
  std::vector<size_t> states_;
  std::vector<size_t> crashes_;
  const RunModelLimits limits_;
  size_t left_out_ = 0;
  SimTime end_;
  struct Owner {
    NodeId node;
    bool is_first = false;  // of the node's addresses
  };
  absl::flat_hash_map<std::string, Owner> owner_of_address_;  // looked up, never iterated
  absl::flat_hash_map<size_t, size_t> journey_of_;            // by packet record
  absl::flat_hash_map<uint64_t, size_t> first_of_payload_;    // journey by hash
  absl::flat_hash_map<uint64_t, int> repetitions_;
  absl::flat_hash_map<uint64_t, size_t> timer_of_set_;      // by (node, index of kTimerSet)
  absl::flat_hash_map<std::string, size_t> running_timer_;  // by node, owner and name
  TcpFlowView tcp_flows_;
  SctpFlowView sctp_flows_;
  std::map<uint32_t, size_t> retransmit_note_;                  // latest row, by node
  absl::flat_hash_map<size_t, std::string> why_retransmitted_;  // by packet record
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_RUN_MODEL_H_
