// BulkSender: sends as much as the transport takes, all zeros, then closes.
#ifndef TICKWIRE_PROTOCOLS_APPS_BULK_SENDER_H_
#define TICKWIRE_PROTOCOLS_APPS_BULK_SENDER_H_

#include <cstdint>
#include <optional>

#include "protocols/apps/flow_client.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class BulkSender : public FlowClient {
 public:
  struct Config {
    Target target;
    std::optional<uint64_t> bytes;  // none: until `until`
    SimTime start;
    SimTime until = SimTime::Infinite();  // sends nothing new from then on
    bool stays_open = false;              // when all is sent
  };
  BulkSender(const AppHost& host, const Config& config);

 private:
  void OnStart();
  void OnUntil();
  void OnEstablished() override { Fill(); }
  void OnRoom() override { Fill(); }
  void Fill();

  const Config config_;
  uint64_t left_;
  bool is_over_ = false;
  Timer<BulkSender, &BulkSender::OnStart> start_;
  Timer<BulkSender, &BulkSender::OnUntil> until_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_BULK_SENDER_H_
