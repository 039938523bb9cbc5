// The connection table of every SIP element of a run, as CSV.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_CONNECTIONS_EXPORT_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_CONNECTIONS_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "experiments/view/run_model.h"

namespace tickwire {

// A row for each end of each connection under SIP, in the order of their beginnings:
// connection,node,transport,opened_by,local,remote,begins_ns,open_ns,ended_ns,state,why,sent,
// received,longest_idle_ns. `state` and `why` are the last ones; times that did not come are empty;
// sent and received count SIP messages; idle is the longest time without one while it was open.
// Without any connection there is no file, and an old one is left alone.
absl::Status ExportConnectionsCsv(const RunModel& model, const std::string& path);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_CONNECTIONS_EXPORT_H_
