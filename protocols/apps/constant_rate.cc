#include "protocols/apps/constant_rate.h"

#include <algorithm>

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"send"};

}  // namespace

ConstantRate::ConstantRate(const AppHost& host, const Config& config)
    : FlowClient(host, config.target, "constant rate"),
      config_(config),
      due_(host.clock, *this, kDue, entity()) {
  const SimTime now = host.clock.now();
  if (config_.until <= config_.start || config_.until <= now) return;
  due_.Set(std::max(config_.start, now) - now);
}

void ConstantRate::OnDue() {
  if (!has_channel()) {
    Open();
    return;
  }
  if (clock().now() >= config_.until) return Finish();
  Send({}, config_.message_bytes);
  if (++sent_ == config_.messages) return Finish();
  due_.Set(std::min(config_.interval, config_.until - clock().now()));
}

}  // namespace tickwire
