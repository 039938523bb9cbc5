#include "protocols/sip/overload/overload_monitor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kInterval{"overload interval", "RFC 7339 5.2"};
constexpr TraceLabel kBegins{"overload control begins", "RFC 7339 5.2"};
constexpr TraceLabel kUpdated{"overload control", "RFC 7339 5.3"};
constexpr TraceLabel kEnds{"overload control ends", "RFC 7339 5.7"};
constexpr int64_t kNanosPerSecond = 1'000'000'000;

}  // namespace

OverloadMonitor::OverloadMonitor(NodeClock& clock, const WorkQueue& queue,
                                 const TraceEntity& entity, const Config& config)
    : clock_(clock),
      queue_(queue),
      entity_(entity),
      config_(config),
      timer_(clock, *this, kInterval, entity_) {}

// The timer runs only while something comes, so that an idle server has nothing to do.
void OverloadMonitor::OnRequest(const Endpoint& client) {
  ++requests_;
  ++messages_;
  if (clients_.size() < kMaxClients || clients_.contains(client)) ++clients_[client];
  if (!timer_.is_set()) timer_.Set(config_.interval);
}

void OverloadMonitor::OnInterval() {
  const int64_t interval = config_.interval.nanos();
  const auto offered =
      static_cast<int64_t>(requests_) * 1000 * kNanosPerSecond / interval;  // thousandths a second
  client_count_ = std::max<size_t>(1, clients_.size());
  const Duration backlog = queue_.Backlog();
  if (!is_active_ && backlog > config_.target_backlog) {
    is_active_ = true;
    // Nine tenths of what can be done, by what each request costs.
    const int64_t capacity =
        900 * kNanosPerSecond / std::max<int64_t>(1, queue_.config().service_time.nanos());
    const auto requests = static_cast<int64_t>(std::max<uint64_t>(1, requests_));
    const auto messages = static_cast<int64_t>(std::max<uint64_t>(1, messages_));
    rate_ = std::max<int64_t>(1000, capacity * requests / messages);
    clock_.trace().Note(entity_, kBegins, absl::StrCat(rate_ / 1000, " requests/s"));
  } else if (is_active_) {
    rate_ = backlog > config_.target_backlog ? rate_ * 9 / 10 : rate_ * 21 / 20;
    rate_ = std::max<int64_t>(rate_, 1000);
    // What was left out has to be added to what came.
    const int64_t demand = loss_ < 100 ? offered * 100 / (100 - loss_) : offered * 100;
    if (2 * demand < rate_ && backlog == Duration()) {
      is_active_ = false;
      loss_ = 0;
      clock_.trace().Note(entity_, kEnds);
    }
  }
  if (is_active_) {
    const int64_t demand =
        std::max<int64_t>(1, offered * 100 / (100 - std::min<int64_t>(loss_, 99)));
    loss_ = demand <= rate_ ? 0 : 100 - rate_ * 100 / demand;
    if (clock_.trace().is_watched()) {
      clock_.trace().Note(entity_, kUpdated,
                          absl::StrCat(rate_ / 1000, " requests/s, loss ", loss_, " %"));
    }
  }
  sequence_ = static_cast<uint64_t>(clock_.now().nanos() / 1'000'000);
  const bool goes_on = requests_ > 0 || is_active_ || queue_.size() > 0;
  requests_ = messages_ = 0;
  clients_.clear();
  if (goes_on) timer_.Set(config_.interval);
}

OverloadFeedback OverloadMonitor::FeedbackNow() const {
  OverloadFeedback feedback;
  feedback.algorithm = config_.algorithm;
  feedback.sequence = sequence_;
  if (!is_active_) {  // §5.1: taking part, but nothing is to be left out
    feedback.validity = Duration();
    return feedback;
  }
  feedback.validity = config_.validity;
  feedback.value = config_.algorithm == OverloadAlgorithm::kLoss
                       ? static_cast<uint32_t>(loss_)
                       : static_cast<uint32_t>(std::max<int64_t>(
                             1, rate_ / 1000 / static_cast<int64_t>(client_count_)));
  return feedback;
}

}  // namespace tickwire::sip
