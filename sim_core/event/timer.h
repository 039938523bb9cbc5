// Timer: a named, one-shot, re-settable timer that is a member of the object that reacts to it.
//
//   inline constexpr TraceLabel kTimerA{"A", "RFC 3261 17.1.1.2"};
//   class ClientInviteTransaction {
//     void OnTimerA();
//     TraceEntity entity_ = clock_.trace().NewEntity("client INVITE z9hG4bK7");
//     Timer<ClientInviteTransaction, &ClientInviteTransaction::OnTimerA> timer_a_{
//         clock_, *this, kTimerA, entity_};
//   };
//
// Set, cancelled and fired are records in the trace under the owner's entity. After Cancel() or
// destruction the handler is never called; the handler may destroy the timer and its owner. A timer
// that is moved to a later deadline only notes it and goes back into the queue when the old one
// comes up; its key is fixed by Set(), so this never changes the order of events.
#ifndef TICKWIRE_SIM_CORE_EVENT_TIMER_H_
#define TICKWIRE_SIM_CORE_EVENT_TIMER_H_

#include "sim_core/event/event.h"
#include "sim_core/event/event_key.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/trace/trace_event.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

class TimerBase : private Event {
 public:
  // Moves the deadline if already set (traced as one more "set"). REQUIRES: delay >= 0.
  void Set(Duration delay);
  // No effect if not set.
  void Cancel();
  bool is_set() const { return set_record_ != 0; }
  // REQUIRES: is_set().
  SimTime deadline() const { return deadline_; }
  const TraceLabel& label() const { return *label_; }
  // For one timer that serves several purposes, one at a time. REQUIRES: !is_set().
  void set_label(const TraceLabel& label) {
    TW_DCHECK(!is_set());
    label_ = &label;
  }

 protected:
  using Expiry = void (*)(TimerBase&);
  // All must outlive this.
  TimerBase(NodeClock& clock, Expiry expiry, const TraceLabel& label, const TraceEntity& owner);
  ~TimerBase() = default;

 private:
  static void OnEvent(Event& event);
  EventKey key() const { return {deadline_, clock_.node(), clock_.node(), sequence_}; }

  NodeClock& clock_;
  Expiry expiry_;
  const TraceLabel* label_;
  const TraceEntity& owner_;
  SimTime deadline_;
  uint64_t sequence_ = 0;  // of its key, whose nodes are the clock's
  SimTime queued_time_;    // <= deadline_: when the queue will look at us
  SimTime set_time_;
  uint32_t set_record_ = 0;  // 0: not set
};

template <class Owner, void (Owner::*OnExpiry)()>
class Timer : public TimerBase {
 public:
  // All must outlive this; `label` is a static constant, `entity` usually a member of `owner`.
  Timer(NodeClock& clock, Owner& owner, const TraceLabel& label, const TraceEntity& entity)
      : TimerBase(clock, &Timer::Expire, label, entity), owner_(owner) {}

 private:
  static void Expire(TimerBase& base) { (static_cast<Timer&>(base).owner_.*OnExpiry)(); }
  Owner& owner_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_TIMER_H_
