// WorkQueue: a server that needs time for each message, and can keep only so many waiting.
//
// First come, first served, one at a time. Without a service time everything is done at once and
// nothing waits. What does not fit is the caller's to deal with.
#ifndef TICKWIRE_PROTOCOLS_SIP_OVERLOAD_WORK_QUEUE_H_
#define TICKWIRE_PROTOCOLS_SIP_OVERLOAD_WORK_QUEUE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transport/message_transport.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class WorkQueue {
 public:
  struct Item {
    SipMessage message;
    Hop reply_to;           // of a request
    bool is_cheap = false;  // takes the short time: a request that is only to be refused
  };
  class Worker {
   public:
    virtual ~Worker() = default;
    virtual void OnWork(Item&& item) = 0;
  };
  struct Config {
    Duration service_time;  // zero: no queue
    Duration cheap_time;    // of a refusal
    size_t capacity = 1'000;
  };

  // All must outlive this.
  WorkQueue(NodeClock& clock, Worker& worker, const TraceEntity& entity, const Config& config);

  bool is_in_use() const { return config_.service_time > Duration(); }
  // False when it is full; the item is lost then. Calls the worker at once when there is no service
  // time.
  bool Push(Item item);
  size_t size() const { return waiting_.size(); }
  const Config& config() const { return config_; }
  // Time until what waits now would be done.
  Duration Backlog() const { return static_cast<int64_t>(waiting_.size()) * config_.service_time; }

 private:
  void OnDone();
  void StartNext();

  Worker& worker_;
  const Config config_;
  std::deque<Item> waiting_;  // the first one is being worked on
  Timer<WorkQueue, &WorkQueue::OnDone> done_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_OVERLOAD_WORK_QUEUE_H_
