#include "sim_core/event/timer.h"

namespace tickwire {

TimerBase::TimerBase(NodeClock& clock, Expiry expiry, const TraceLabel& label,
                     const TraceEntity& owner)
    : Event(&TimerBase::OnEvent), clock_(clock), expiry_(expiry), label_(&label), owner_(owner) {}

void TimerBase::Set(Duration delay) {
  TW_DCHECK(delay >= Duration());
  set_time_ = clock_.now();
  deadline_ = SaturatingAdd(set_time_, delay);
  sequence_ = clock_.NextKey(clock_.node(), deadline_).sequence;
  set_record_ = clock_.trace().TimerSet(owner_, *label_, delay).index;
  if (Event::is_queued()) {
    if (queued_time_ < deadline_) return;  // OnEvent will look again
    clock_.Cancel(*this);
  }
  queued_time_ = deadline_;
  clock_.ScheduleWithKey(*this, key());
}

void TimerBase::Cancel() {
  if (!is_set()) return;
  clock_.trace().TimerCancelled(owner_, *label_, {clock_.node(), set_record_},
                                deadline_ - clock_.now());
  set_record_ = 0;
  clock_.Cancel(*this);
}

void TimerBase::OnEvent(Event& event) {
  TimerBase& timer = static_cast<TimerBase&>(event);
  if (timer.queued_time_ < timer.deadline_) {  // moved since
    timer.queued_time_ = timer.deadline_;
    timer.clock_.ScheduleWithKey(timer, timer.key());
    return;
  }
  const RecordRef set{timer.clock_.node(), timer.set_record_};
  timer.set_record_ = 0;
  timer.clock_.trace().TimerFired(timer.owner_, *timer.label_, set,
                                  timer.clock_.now() - timer.set_time_);
  timer.expiry_(timer);
}

}  // namespace tickwire
