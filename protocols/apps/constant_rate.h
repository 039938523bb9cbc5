// ConstantRate: hands the transport one message after the other at a constant pace.
#ifndef TICKWIRE_PROTOCOLS_APPS_CONSTANT_RATE_H_
#define TICKWIRE_PROTOCOLS_APPS_CONSTANT_RATE_H_

#include <cstdint>

#include "protocols/apps/flow_client.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class ConstantRate : public FlowClient {
 public:
  struct Config {
    Target target;
    uint64_t message_bytes = 1000;
    Duration interval = Duration::Millis(20);
    uint32_t messages = 0;  // then it closes; 0: no end
    SimTime start;
    SimTime until = SimTime::Infinite();  // closes then
  };
  ConstantRate(const AppHost& host, const Config& config);

  uint64_t messages() const { return sent_; }

 private:
  void OnDue();
  void OnEstablished() override { OnDue(); }
  void OnEnd(CloseReason) override { due_.Cancel(); }

  const Config config_;
  uint32_t sent_ = 0;
  Timer<ConstantRate, &ConstantRate::OnDue> due_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_CONSTANT_RATE_H_
