// RequestServer: answers RequestClient.
//
// One request of a connection at a time; nothing is read meanwhile. What is no request (shorter
// than its header says it must be) ends the connection with a reset.
#ifndef TICKWIRE_PROTOCOLS_APPS_REQUEST_SERVER_H_
#define TICKWIRE_PROTOCOLS_APPS_REQUEST_SERVER_H_

#include <cstdint>
#include <functional>

#include "protocols/apps/flow_server.h"

namespace tickwire {

class RequestServer {
 public:
  struct Config {
    FlowServer::Config listen{.port = 80};
    std::function<Duration()> service_time;  // null: none
    bool closes_after_response = false;
  };
  RequestServer(const AppHost& host, const Config& config);

  absl::Status Listen() { return server_.Listen(config_.listen); }
  const FlowTotals& totals() const { return server_.totals(); }
  size_t session_count() const { return server_.session_count(); }
  uint64_t answered() const { return answered_; }

 private:
  class Session;

  const Config config_;
  const TraceEntity entity_;
  uint64_t answered_ = 0;
  FlowServer server_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_REQUEST_SERVER_H_
