// SipConnections: the connections that carry SIP in a run (RFC 3261 section 18), each seen from
// both of its ends.
//
// Reads what the ends say of themselves: the entities "sip connection N TCP LOCAL REMOTE" and their
// states. An end belongs to the latest connection that was opened towards it before.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_SIP_CONNECTIONS_H_
#define TICKWIRE_EXPERIMENTS_VIEW_SIP_CONNECTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "experiments/view/run_model.h"
#include "protocols/transport/endpoint.h"

namespace tickwire {

struct SipConnectionEnd {
  NodeId node;
  uint32_t entity = 0;
  Endpoint local;  // of an association the address may be 0.0.0.0: it has several
  Endpoint remote;
  NodeId peer;  // whose address `remote` is; NodeId{0} if nobody's
  bool is_opener = false;
  SimTime begins;
  std::optional<SimTime> open;  // when messages could be written
  std::vector<size_t> states;   // rows of its kState records
  // The row that says that its node crashed while it lived: nothing is said of it from then on.
  std::optional<size_t> crash_row;
};

struct SipConnection {
  int number = 0;         // of the run, from 1, by beginning
  std::string transport;  // "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS"
  bool is_sctp = false;
  // One or two; the one that opened it first, if the run has it.
  std::vector<SipConnectionEnd> ends;

  // The row that says that it ends, and why: the first "closing" or "closed" of either end.
  std::optional<size_t> end_row;
  // The first end that a crash ended; null if none.
  const SipConnectionEnd* crashed() const;
};

class SipConnections {
 public:
  struct EndRef {
    size_t connection;
    size_t end;
  };

  // `model` must outlive this.
  explicit SipConnections(const RunModel& model);
  // Whether a run has any, for less than it costs to gather them.
  static bool HasAny(const RunModel& model);

  const std::vector<SipConnection>& all() const { return connections_; }
  std::optional<EndRef> EndOf(NodeId node, uint32_t entity) const;
  // The connection and the sending end of a segment or SCTP packet from a node's port to another's.
  // The end may be one that the run does not have.
  std::optional<EndRef> OfPacket(bool is_sctp, NodeId from, uint16_t source_port, NodeId to,
                                 uint16_t destination_port, SimTime sent) const;

 private:
  using Key = std::tuple<bool, NodeId, uint16_t, NodeId, uint16_t>;  // SCTP, own, peer's
  void OnState(const RunModel& model, size_t row);
  void OnCrash(const RunModel& model, size_t row);
  void AddEnd(const RunModel& model, size_t row, absl::string_view name);

  std::vector<SipConnection> connections_;
  std::map<std::pair<NodeId, uint32_t>, EndRef> ends_;
  std::map<Key, std::vector<size_t>> by_ports_;  // both ways round, in the order of beginning
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_SIP_CONNECTIONS_H_
