#include "protocols/apps/on_off.h"

#include <algorithm>

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"send"};
constexpr TraceLabel kPhase{"phase"};

}  // namespace

OnOff::OnOff(const AppHost& host, const Config& config)
    : FlowClient(host, config.target, "on/off"),
      config_(config),
      due_(host.clock, *this, kDue, entity()),
      phase_(host.clock, *this, kPhase, entity()) {
  const SimTime now = host.clock.now();
  if (config_.until <= config_.start || config_.until <= now) return;
  phase_.Set(std::max(config_.start, now) - now);
}

void OnOff::OnPhase() {
  if (!has_channel()) {
    Open();
    return;
  }
  due_.Cancel();
  if (clock().now() >= config_.until) return Finish();
  is_on_ = !is_on_;
  // At least a nanosecond, so that time goes on whatever is drawn.
  const Duration drawn = std::max(is_on_ ? config_.on() : config_.off(), Duration::Nanos(1));
  phase_.Set(std::min(drawn, config_.until - clock().now()));
  if (!is_on_) return;
  ++periods_;
  OnDue();
}

void OnOff::OnDue() {
  Send({}, config_.message_bytes);
  due_.Set(config_.rate.TransmissionTime(static_cast<int64_t>(config_.message_bytes)));
}

void OnOff::OnEnd(CloseReason) {
  due_.Cancel();
  phase_.Cancel();
}

}  // namespace tickwire
