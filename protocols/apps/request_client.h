// RequestClient: sends a request, waits for the whole response, thinks, and sends the next.
//
// A request says how long it is and how long the response shall be: two 32-bit numbers in network
// order, then zeros. The response is zeros. Samples "response_time" in ns.
#ifndef TICKWIRE_PROTOCOLS_APPS_REQUEST_CLIENT_H_
#define TICKWIRE_PROTOCOLS_APPS_REQUEST_CLIENT_H_

#include <cstdint>
#include <functional>

#include "protocols/apps/flow_client.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class RequestClient : public FlowClient {
 public:
  static constexpr uint32_t kRequestHeader = 8;
  struct Config {
    Target target;
    uint32_t request_bytes = 100;  // at least kRequestHeader
    uint32_t response_bytes = 10'000;
    uint32_t requests = 0;                 // then it closes; 0: no end
    std::function<Duration()> think_time;  // null: none
    bool new_connection_each = false;
    SimTime start;
  };
  RequestClient(const AppHost& host, const Config& config);

  uint64_t requests() const { return asked_; }
  uint64_t responses() const { return answered_; }
  Duration longest_response_time() const { return longest_; }
  Duration total_response_time() const { return total_; }

 private:
  void OnDue();
  void Ask();
  void OnEstablished() override;
  void OnBytes(std::span<const uint8_t> bytes, uint64_t zeros) override;
  void OnPeerDone() override;
  void OnEnd(CloseReason reason) override;
  void OnAnswered();

  const Config config_;
  uint32_t asked_ = 0;
  uint64_t answered_ = 0;
  uint64_t response_left_ = 0;
  bool is_waiting_ = false;    // for a response
  bool peer_is_done_ = false;  // of this connection: nothing more can be asked over it
  SimTime begun_;              // of the request, with its connection if it has one of its own
  Duration longest_, total_;
  Timer<RequestClient, &RequestClient::OnDue> due_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_REQUEST_CLIENT_H_
