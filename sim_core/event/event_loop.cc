#include "sim_core/event/event_loop.h"

#include "sim_core/base/check.h"

namespace tickwire {

uint64_t EventLoop::RunBefore(SimTime end, uint64_t limit) {
  uint64_t ran = 0;
  for (; ran < limit; ++ran) {
    const EventKey* next = queue_.Next();
    if (next == nullptr || next->time >= end) break;
    TW_DCHECK(next->time >= now_);
    now_ = next->time;
    running_ = next->target;
    queue_.RunNext();
  }
  running_ = kScenarioNode;
  return ran;
}

void EventLoop::AdvanceTo(SimTime time) {
  TW_CHECK(time >= now_);
  const EventKey* next = queue_.Next();
  TW_CHECK(next == nullptr || next->time >= time);
  now_ = time;
}

}  // namespace tickwire
