#include "protocols/apps/keystrokes.h"

#include <algorithm>

namespace tickwire {
namespace {

constexpr TraceLabel kDue{"key"};
constexpr TraceLabel kEchoTime{"echo_time"};

}  // namespace

Keystrokes::Keystrokes(const AppHost& host, const Config& config)
    : FlowClient(host, config.target, "keystrokes"),
      config_(config),
      due_(host.clock, *this, kDue, entity()) {
  const SimTime now = host.clock.now();
  due_.Set(std::max(config_.start, now) - now);
}

void Keystrokes::OnDue() {
  if (!has_channel()) {
    Open();
    return;
  }
  typed_at_.push_back(clock().now());
  Send({}, config_.key_bytes);
  if (++typed_ == config_.keys) return;  // closes with the last echo
  due_.Set(std::max(config_.interval(), Duration::Nanos(1)));
}

void Keystrokes::OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) {
  echo_bytes_ += bytes.size() + zeros;
  while (echo_bytes_ >= config_.key_bytes && !typed_at_.empty()) {
    echo_bytes_ -= config_.key_bytes;
    const Duration took = clock().now() - typed_at_.front();
    typed_at_.pop_front();
    ++echoed_;
    longest_ = std::max(longest_, took);
    trace().Sample(entity(), kEchoTime, took.nanos());
  }
  if (config_.keys > 0 && echoed_ == config_.keys) Finish();
}

}  // namespace tickwire
