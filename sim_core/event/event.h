// Event: something that an EventQueue runs at its key. Intrusive: a member of whoever reacts, never
// owned by the queue, never copied or moved.
//
//   class Link {
//     static void OnReady(Event& event);   // recovers the Link from the event
//     Event ready_{&Link::OnReady};
//
// A destroyed event has left its queue. A handler may destroy its own event.
#ifndef TICKWIRE_SIM_CORE_EVENT_EVENT_H_
#define TICKWIRE_SIM_CORE_EVENT_EVENT_H_

#include <cstdint>

namespace tickwire {

class Event {
 public:
  using Handler = void (*)(Event&);
  explicit Event(Handler handler) : handler_(handler) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (is_queued()) LeaveQueue();
  }

  bool is_queued() const { return location_ != kNowhere; }

 private:
  friend class EventQueue;
  static constexpr uint32_t kNowhere = ~0u;
  void LeaveQueue();  // in event_queue.cc

  Handler handler_;
  class EventQueue* queue_ = nullptr;  // valid while queued
  uint32_t location_ = kNowhere;       // where in the queue; see EventQueue
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_EVENT_H_
