// OverloadMonitor: when a server is overloaded, and what it tells its clients then (RFC 7339 §5.2,
// §5.3; RFC 7415 §3.4).
//
// Looks at the queue at a fixed interval and steers the rate of requests that it wants: down while
// the backlog is above the target, up while it is below. The rate starts at what the service time
// allows, by the messages that each request has cost so far. From it follow the percentage that is
// to be left out (loss), or each client's share (rate). Control ends when much less comes than
// would be welcome. All in integers.
#ifndef TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_MONITOR_H_
#define TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_MONITOR_H_

#include <cstdint>
#include <map>

#include "protocols/sip/overload/overload_params.h"
#include "protocols/sip/overload/work_queue.h"
#include "protocols/transport/endpoint.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class OverloadMonitor {
 public:
  struct Config {
    OverloadAlgorithm algorithm = OverloadAlgorithm::kLoss;
    Duration interval = Duration::Millis(250);
    Duration validity = Duration::Millis(500);        // longer than the interval
    Duration target_backlog = Duration::Millis(100);  // well below T1
  };
  // Clients that are told apart; further ones share the last one's place.
  static constexpr size_t kMaxClients = 10'000;

  // All must outlive this.
  OverloadMonitor(NodeClock& clock, const WorkQueue& queue, const TraceEntity& entity,
                  const Config& config);

  // Each message that arrives, from whom.
  void OnRequest(const Endpoint& client);
  void OnResponse() { ++messages_; }
  // What responses to a client say now.
  OverloadFeedback FeedbackNow() const;
  bool is_active() const { return is_active_; }

 private:
  void OnInterval();

  NodeClock& clock_;
  const WorkQueue& queue_;
  const TraceEntity entity_;
  const Config config_;
  std::map<Endpoint, uint64_t> clients_;  // requests in this interval
  uint64_t requests_ = 0, messages_ = 0;  // in this interval
  uint64_t sequence_ = 0;
  int64_t rate_ = 0;         // wanted, in thousandths of a request a second
  int64_t loss_ = 0;         // percent
  size_t client_count_ = 1;  // in the last interval
  bool is_active_ = false;
  Timer<OverloadMonitor, &OverloadMonitor::OnInterval> timer_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_OVERLOAD_OVERLOAD_MONITOR_H_
