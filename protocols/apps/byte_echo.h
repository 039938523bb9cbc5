// ByteEcho: sends back all that comes (RFC 862, over a channel).
//
// Reads no more while much of what came has not been sent back.
#ifndef TICKWIRE_PROTOCOLS_APPS_BYTE_ECHO_H_
#define TICKWIRE_PROTOCOLS_APPS_BYTE_ECHO_H_

#include "protocols/apps/flow_server.h"

namespace tickwire {

class ByteEcho {
 public:
  explicit ByteEcho(const AppHost& host);

  absl::Status Listen(const FlowServer::Config& config) { return server_.Listen(config); }
  const FlowTotals& totals() const { return server_.totals(); }
  size_t session_count() const { return server_.session_count(); }

 private:
  class Session;
  FlowServer server_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_BYTE_ECHO_H_
