#include "protocols/sip/overload/work_queue.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kService{"service time", "the server has done one message"};

}  // namespace

WorkQueue::WorkQueue(NodeClock& clock, Worker& worker, const TraceEntity& entity,
                     const Config& config)
    : worker_(worker), config_(config), done_(clock, *this, kService, entity) {}

bool WorkQueue::Push(Item item) {
  if (!is_in_use()) {
    worker_.OnWork(std::move(item));
    return true;
  }
  if (waiting_.size() >= config_.capacity) return false;
  waiting_.push_back(std::move(item));
  if (waiting_.size() == 1) StartNext();
  return true;
}

void WorkQueue::StartNext() {
  done_.Set(waiting_.front().is_cheap ? config_.cheap_time : config_.service_time);
}

void WorkQueue::OnDone() {
  Item item = std::move(waiting_.front());
  waiting_.pop_front();
  if (!waiting_.empty()) StartNext();
  worker_.OnWork(std::move(item));
}

}  // namespace tickwire::sip
