// Meter: watches one run of the study and takes its measures from the trace as it is written.
//
// Post-dial delay: from the first INVITE of a call that the caller's phone sends to the first 18x
// that it receives, or the 200 where no 18x arrives. Head-of-line blocking: for each message on the
// trunk, the time from when the last of its octets had arrived to when SIP got it; zero unless
// something before it was missing.
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_METER_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_METER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "protocols/tcp/tcp_header.h"
#include "sim_core/base/record_ref.h"
#include "sim_core/trace/trace_sink.h"

namespace tickwire::study {

class Meter final : public TraceSink {
 public:
  // The nodes' ids, by place in the network.
  struct Nodes {
    uint32_t phones, west, east;
  };
  explicit Meter(const Nodes& nodes, int record_overhead)
      : nodes_(nodes), record_overhead_(record_overhead) {}

  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override;
  void OnEntity(NodeId node, uint32_t id, absl::string_view name) override;

  // Seconds, in order of the calls; only of those that rang.
  std::vector<double> PostDialDelays() const;
  uint64_t trunk_bytes() const { return trunk_bytes_; }  // IP headers included
  uint64_t trunk_packets() const { return trunk_packets_; }
  uint64_t sip_repetitions() const { return sip_repetitions_; }  // timers A, E and G of the proxies
  uint64_t transport_repetitions() const { return transport_repetitions_; }
  double blocked_seconds() const { return blocked_seconds_; }
  uint64_t trunk_messages() const { return trunk_messages_; }
  uint64_t blocked_messages() const { return blocked_messages_; }

 private:
  // One direction of a TCP connection, by the ports of sender and receiver.
  using Ports = std::pair<uint16_t, uint16_t>;
  struct Stream {
    uint32_t first_seq = 0;  // of the SYN
    uint64_t highest = 0;    // sent, as a position in the stream
    // What has arrived, by position: begin to (end, when the last of it came). Merged where known.
    std::map<uint64_t, std::pair<uint64_t, SimTime>> arrived;
    std::deque<std::pair<uint64_t, uint64_t>> messages;  // begin and end, not received yet
  };
  struct Segment {
    Ports ports;
    uint64_t begin = 0, end = 0;
  };
  struct Entity {
    bool is_connection = false, is_tcp = false, is_sctp = false, is_trunk = false;
    Ports ports;  // ours, theirs
  };

  void OnTrunkPacket(const TraceEvent& event, std::span<const uint8_t> ip);
  void OnArrival(const TraceEvent& event);
  void OnMessage(const TraceEvent& event, const Entity& entity, std::span<const uint8_t> bytes);
  void OnDialled(const TraceEvent& event, absl::string_view text);
  void Blocked(Duration time);

  const Nodes nodes_;
  const int record_overhead_;  // of TLS, for each message
  std::map<std::pair<uint32_t, uint32_t>, Entity> entities_;
  // Calls by Call-ID, and in the order of their first INVITE.
  absl::flat_hash_map<std::string, size_t> calls_;
  std::vector<std::pair<SimTime, SimTime>> delays_;       // dialled, rang (Infinite: never)
  std::map<std::pair<uint32_t, Ports>, Stream> streams_;  // by sending node
  absl::flat_hash_map<uint64_t, Segment> segments_;       // under way, by their record
  struct Chunk {
    uint64_t name;  // sender, port and TSN
    uint64_t hash;  // of its data
  };
  absl::flat_hash_map<uint64_t, std::vector<Chunk>> chunks_under_way_;  // by record
  absl::flat_hash_map<uint64_t, SimTime> chunk_arrivals_;               // by hash and receiver
  absl::flat_hash_map<uint64_t, bool> tsns_;  // sent, by name; whether they have arrived
  // Sizes of the messages that are not written yet, by node and entity.
  std::map<std::pair<uint32_t, uint32_t>, std::deque<uint64_t>> unwritten_;
  uint64_t trunk_bytes_ = 0, trunk_packets_ = 0, sip_repetitions_ = 0, transport_repetitions_ = 0;
  uint64_t trunk_messages_ = 0, blocked_messages_ = 0;
  double blocked_seconds_ = 0;
};

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_METER_H_
