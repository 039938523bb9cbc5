// Keystrokes: somebody who types, and watches the echo of each key.
//
// Samples "echo_time" in ns for each key whose echo is complete.
#ifndef TICKWIRE_PROTOCOLS_APPS_KEYSTROKES_H_
#define TICKWIRE_PROTOCOLS_APPS_KEYSTROKES_H_

#include <cstdint>
#include <deque>
#include <functional>

#include "protocols/apps/flow_client.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class Keystrokes : public FlowClient {
 public:
  struct Config {
    Target target;
    std::function<Duration()> interval;  // draws the time to the next key
    uint32_t keys = 0;                   // then it closes; 0: no end
    uint32_t key_bytes = 1;
    SimTime start;
  };
  Keystrokes(const AppHost& host, const Config& config);

  uint64_t keys() const { return typed_; }
  uint64_t echoes() const { return echoed_; }
  Duration longest_echo_time() const { return longest_; }

 private:
  void OnDue();
  void OnEstablished() override { OnDue(); }
  void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) override;
  void OnEnd(CloseReason) override { due_.Cancel(); }

  const Config config_;
  uint32_t typed_ = 0;
  uint64_t echoed_ = 0;
  uint64_t echo_bytes_ = 0;       // of the key that waits longest
  std::deque<SimTime> typed_at_;  // keys that wait for their echo
  Duration longest_;
  Timer<Keystrokes, &Keystrokes::OnDue> due_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_KEYSTROKES_H_
