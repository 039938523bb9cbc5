#include "protocols/apps/bulk_sender.h"

#include <algorithm>

namespace tickwire {
namespace {

constexpr TraceLabel kStart{"start"};
constexpr TraceLabel kUntil{"until"};

// Given to the transport at a time: what it does not take must be forgotten when time is up.
constexpr uint64_t kAtATime = 1 << 20;

}  // namespace

BulkSender::BulkSender(const AppHost& host, const Config& config)
    : FlowClient(host, config.target, "bulk sender"),
      config_(config),
      left_(config.bytes.value_or(UINT64_MAX)),
      start_(host.clock, *this, kStart, entity()),
      until_(host.clock, *this, kUntil, entity()) {
  const SimTime now = host.clock.now();
  if (config_.until <= config_.start || config_.until <= now) return;
  start_.Set(std::max(config_.start, now) - now);
  if (config_.until < SimTime::Infinite()) until_.Set(config_.until - now);
}

void BulkSender::OnStart() { Open(); }

void BulkSender::OnUntil() {
  is_over_ = true;
  if (!has_channel()) return;
  if (!config_.stays_open) Finish();
}

void BulkSender::Fill() {
  while (left_ > 0 && !is_over_ && !has_unsent() && has_channel()) {
    const uint64_t now = std::min(left_, kAtATime);
    left_ -= now;
    Send({}, now);
  }
  if (left_ == 0 && !is_over_) {
    is_over_ = true;
    if (!config_.stays_open) Finish();
  }
}

}  // namespace tickwire
