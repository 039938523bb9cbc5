// ByteSink: takes all that comes over channels and counts it; can be a slow or a stubborn reader.
#ifndef TICKWIRE_PROTOCOLS_APPS_BYTE_SINK_H_
#define TICKWIRE_PROTOCOLS_APPS_BYTE_SINK_H_

#include <memory>

#include "protocols/apps/flow_server.h"
#include "protocols/apps/paced_reader.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class ByteSink {
 public:
  struct Config {
    FlowServer::Config listen{.port = 9};
    PacedReader::Config reader;
    Duration accept_from;     // nobody is accepted before
    bool stays_open = false;  // does not close when the peer has
  };
  ByteSink(const AppHost& host, const Config& config);

  absl::Status Listen();
  const FlowTotals& totals() const { return server_.totals(); }
  size_t session_count() const { return server_.session_count(); }

 private:
  class Session;
  void OnAcceptTime() { server_.listening().ResumeAccepting(); }

  const Config config_;
  NodeClock& clock_;
  const TraceEntity entity_;
  FlowServer server_;
  Timer<ByteSink, &ByteSink::OnAcceptTime> accept_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_BYTE_SINK_H_
