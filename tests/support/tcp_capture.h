// TcpCapture: the TCP frames of one interface of a run, each with what our trace says of it, what
// tshark says, and what could be known from this interface alone.
#ifndef TICKWIRE_TESTS_SUPPORT_TCP_CAPTURE_H_
#define TICKWIRE_TESTS_SUPPORT_TCP_CAPTURE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "experiments/view/run_model.h"
#include "protocols/tcp/tcp_header.h"

namespace tickwire {

struct TcpFrame {
  SimTime time;
  std::string summary;
  bool is_tcp = false;

  // --- Our trace ---
  bool is_retransmission = false;
  bool is_duplicate_ack = false;
  bool is_zero_window = false;
  bool is_dsack = false;

  // --- This interface alone ---
  bool is_spoiled = false;      // its bits were flipped on the way
  bool is_behind = false;       // begins before what has passed here
  bool was_seen = false;        // its first byte has passed here before
  bool has_gap_before = false;  // what it should follow has not passed here
  bool repeats_ack = false;     // no data, the number and window of the flow's last ACK
  bool changes_window_only = false;
  bool is_pure_ack = false;
  bool fills_window = false;  // reaches the edge that the other side has shown here
  bool is_probe_of_zero_window = false;
  bool answers_probe = false;  // of a zero window, or a keep-alive
  bool is_keep_alive = false;
  bool was_only_probed = false;  // its first byte has passed here in window probes alone

  // --- tshark: names after "tcp.analysis.", and "dsack" ---
  std::set<std::string> flags;
};

// The frames of an interface, in the order of its capture; without tshark's part.
std::vector<TcpFrame> TcpFramesOf(const RunModel& model, NodeId node, uint32_t entity);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_TCP_CAPTURE_H_
