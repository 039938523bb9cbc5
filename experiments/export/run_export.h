// Everything that a run directory holds beside its trace, made from the trace.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_RUN_EXPORT_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_RUN_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "sim_core/trace/trace_reader.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// capture.pcapng, captures/NODE-INTERFACE.pcapng, messages.csv, timers.csv, samples.csv, and
// connections.csv where SIP has connections, in `directory`. The digest goes into the captures'
// comments. Files appear under their names when they are complete.
absl::Status ExportAll(const TraceReader& trace, const scenario::Scenario& effective,
                       const std::string& digest, const std::string& directory);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_RUN_EXPORT_H_
