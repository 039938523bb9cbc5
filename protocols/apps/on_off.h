// OnOff: sends at a rate for a while, pauses for a while, and so on.
#ifndef TICKWIRE_PROTOCOLS_APPS_ON_OFF_H_
#define TICKWIRE_PROTOCOLS_APPS_ON_OFF_H_

#include <cstdint>
#include <functional>

#include "protocols/apps/flow_client.h"
#include "sim_core/event/timer.h"
#include "sim_core/time/data_rate.h"

namespace tickwire {

class OnOff : public FlowClient {
 public:
  // Draws the next one.
  using NextDuration = std::function<Duration()>;
  struct Config {
    Target target;
    NextDuration on;
    NextDuration off;
    DataRate rate = DataRate::BitsPerSecond(1'000'000);  // REQUIRES: not infinite
    uint64_t message_bytes = 1000;
    SimTime start;
    SimTime until = SimTime::Infinite();  // closes then
  };
  OnOff(const AppHost& host, const Config& config);

  uint64_t periods() const { return periods_; }

 private:
  void OnDue();
  void OnPhase();
  void OnEstablished() override { OnPhase(); }
  void OnEnd(CloseReason) override;

  const Config config_;
  bool is_on_ = false;
  uint64_t periods_ = 0;
  Timer<OnOff, &OnOff::OnDue> due_;
  Timer<OnOff, &OnOff::OnPhase> phase_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_ON_OFF_H_
