// MessageFlow: which packets carried which SIP message of a run, and the reverse.
//
// Over TCP a message covers octets of the stream, over SCTP chunks, over UDP a datagram or its
// fragments. Where TLS or WebSocket lie between, the message covers their records or frames, which
// begin where the connection says that the message was written. Reads the run's journeys: packets
// that those leave out carry nothing here. A stream whose SYN is not among them is not followed.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_MESSAGE_FLOW_H_
#define TICKWIRE_EXPERIMENTS_VIEW_MESSAGE_FLOW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "experiments/view/run_model.h"
#include "experiments/view/sip_connections.h"
#include "experiments/view/sip_messages.h"
#include "topologies/match/packet_source.h"

namespace tickwire {

enum class CarriageKind : uint8_t {
  kFirst,        // carries octets of the message, for the first time
  kAgain,        // carries them again
  kAcknowledges  // ACK or SACK alone: of the message's last octets, or asking for missing ones
};

// What one packet has to do with one message.
struct Carriage {
  size_t journey;
  CarriageKind kind;
  // Which part: octets of the stream, or TSNs, counted from the connection's first; not of
  // acknowledgments and datagrams.
  int64_t begin = 0, end = 0;
};

class MessageFlow {
 public:
  // `model` must outlive this.
  explicit MessageFlow(const RunModel& model);

  const RunModel& model() const { return model_; }
  const SipConnections& connections() const { return connections_; }
  const SipMessages& sip() const { return messages_; }
  const std::vector<SipMessage>& messages() const { return messages_.all(); }
  // Of a message, by its index; in the order of sending.
  const std::vector<Carriage>& carriages(size_t message) const { return carriages_[message]; }
  // What a packet carries: indices of messages.
  const std::vector<size_t>& carried_by(size_t journey) const { return carried_[journey]; }
  // The connection that a packet belongs to; an index.
  std::optional<size_t> connection_of(size_t journey) const;
  // Packets of a connection that have to do with no message: set-up, handshakes, closing, probes.
  const std::vector<size_t>& other_packets(size_t connection) const {
    return other_packets_[connection];
  }
  // "TCP 1, 3 segments, 1 lost"; "UDP, 2 datagrams, 1 lost"; "TCP 1" if one segment was enough.
  std::string InShort(size_t message) const;
  // Whether a packet that carried it was lost, refused or sent again.
  bool HadTrouble(size_t message) const;
  bool IsLost(size_t journey) const;

 private:
  struct Range {
    int64_t begin, end;
    size_t message;
    bool is_exact = false;
  };
  struct Direction {
    std::optional<uint32_t> base;  // TCP: of the SYN; SCTP: the first TSN
    int64_t highest = 0;
    std::vector<Range> ranges;  // by begin
  };
  struct Chunk {
    int64_t tsn;
    bool begins, ends;
    size_t journey;
    std::optional<std::tuple<uint16_t, bool, uint32_t>> mid;  // I-DATA: stream, U, MID
  };
  struct Sack {
    int64_t cumulative;
    bool has_gaps;
    size_t journey;
  };
  using DirectionIndex = size_t;  // connection and sending end

  void PlaceMessages();
  void AddJourney(size_t journey);
  void AddSegment(size_t journey, DirectionIndex direction, const match::PacketSource& packet);
  void AddAcknowledgment(size_t journey, DirectionIndex direction,
                         const match::PacketSource& packet);
  void MeasureRanges(Direction& direction, int64_t begin, const match::PacketSource& packet);
  void CollectChunks(size_t journey, DirectionIndex direction, const match::PacketSource& packet);
  void PlaceChunks(DirectionIndex direction);
  void PlaceSacks(DirectionIndex direction);
  void Carry(size_t message, const Carriage& carriage);
  bool IsAgain(size_t journey) const;

  const RunModel& model_;
  const SipConnections connections_;
  const SipMessages messages_;
  std::vector<std::vector<Carriage>> carriages_;
  std::vector<std::vector<size_t>> carried_;
  std::vector<std::optional<size_t>> connection_of_;
  std::vector<std::vector<size_t>> other_packets_;
  std::vector<Direction> directions_;
  std::vector<std::vector<Chunk>> chunks_;                 // by direction
  std::vector<std::vector<Sack>> sacks_;                   // by the direction that they acknowledge
  std::vector<std::map<int64_t, size_t>> message_of_tsn_;  // by direction
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_MESSAGE_FLOW_H_
