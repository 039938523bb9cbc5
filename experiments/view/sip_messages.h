// SipMessages: the SIP messages of a run, from handing over to receipt, over any transport.
//
// A message is what one node hands to its transport for another. A datagram that SIP repeats
// (timers A, E, G of RFC 3261 section 17) is one message with copies; over a connection each one
// handed over is a message of its own. What was received is the earliest one sent with the same
// bytes that has not been received: this holds for ordered and unordered transports. Where the
// run's model leaves packets out, the messages after the last packet kept are left out too.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_SIP_MESSAGES_H_
#define TICKWIRE_EXPERIMENTS_VIEW_SIP_MESSAGES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiments/view/run_model.h"
#include "experiments/view/sip_connections.h"

namespace tickwire {

struct SipMessage {
  int number = 0;  // from 1, by handing over
  NodeId from;
  std::optional<NodeId> to;
  std::optional<size_t> connection;  // index in SipConnections::all(); none: datagrams
  size_t from_end = 0;               // of the connection
  SimTime handed_over;
  size_t sent_row = 0;
  // When its first octet went into the connection, and where there (Channel::send_position);
  // neither for datagrams.
  std::optional<SimTime> written;
  int64_t position = 0;
  std::optional<SimTime> received;
  std::optional<size_t> received_row;
  std::string summary;  // "INVITE sip:bob@10.0.1.2", "200 OK (INVITE)"
  bool is_request = false;
  int status = 0;                     // of a response
  std::string call_id;                // empty if it has none
  std::string cseq;                   // "1 INVITE"
  absl::string_view text;             // lives as long as the trace
  std::vector<size_t> repeated_rows;  // datagrams: the kMessage records of the copies

  // As people see it; nothing while it has not been received.
  std::optional<Duration> delay() const {
    if (!received) return std::nullopt;
    return *received - handed_over;
  }
};

class SipMessages {
 public:
  // Both must outlive this.
  SipMessages(const RunModel& model, const SipConnections& connections);

  const std::vector<SipMessage>& all() const { return messages_; }
  std::vector<SipMessage>& all() { return messages_; }
  // The message that a kMessage record hands over or receives; an index.
  std::optional<size_t> OfRow(size_t row) const;
  // Journeys of the datagrams of a message, in order. Fragments too.
  const std::map<size_t, size_t>& of_journey() const { return of_journey_; }  // journey → message

 private:
  struct Underway {  // messages with the same bytes to the same place, in the order of sending
    std::vector<size_t> messages;
    size_t next = 0;
  };

  void OnMessage(size_t row);
  void OnWritten(size_t row);
  void OnSent(size_t row, std::optional<SipConnections::EndRef> end);
  void OnReceived(size_t row, SipConnections::EndRef end);
  void FindDatagrams();
  void MatchDatagram(size_t journey);
  void JoinCopies();
  void ReceiveDatagrams();
  void Receive(Underway& underway, size_t row);
  absl::string_view TextOf(size_t row) const;

  const RunModel& model_;
  const SipConnections& connections_;
  std::vector<SipMessage> messages_;
  std::map<size_t, size_t> of_row_;
  std::map<size_t, size_t> of_journey_;
  // Of a connection and its end: sent and not yet written.
  std::map<std::pair<size_t, size_t>, Underway> unwritten_;
  // Of the sending connection, its end, and bytes.
  std::map<std::tuple<size_t, size_t, uint64_t>, Underway> underway_;
  std::map<NodeId, std::vector<size_t>> datagrams_;  // handed over, no packet found yet
  std::map<size_t, size_t> copy_of_;                 // message → the one that it repeats
  std::vector<size_t> datagrams_received_;           // rows
  // Who sent it, addresses and identification of the first fragment → message.
  std::map<std::tuple<NodeId, std::string, uint32_t>, size_t> fragmented_;
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_SIP_MESSAGES_H_
