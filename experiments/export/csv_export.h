// Tables of a run as CSV (RFC 4180), one row a thing, times as integer nanoseconds.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_CSV_EXPORT_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_CSV_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "experiments/view/run_model.h"

namespace tickwire {

// A row for each end of each packet: event,sent_ns,from,towards,summary,bytes,outcome,at,ended_ns,
// delay_ns,drop_cause,repetition,repeats_event,reason
absl::Status ExportMessagesCsv(const RunModel& model, const std::string& path);
// A row for each time that a timer was set:
// event,node,owner,timer,rule,set_ns,delay_ns,end,ended_ns
absl::Status ExportTimersCsv(const RunModel& model, const std::string& path);
// A row for each sample (cwnd, RTO, ...; times in ns), note (why something is resent, the
// scoreboard) and change of state, as the owners told them:
// event,time_ns,node,owner,quantity,value,text
absl::Status ExportSamplesCsv(const TraceReader& trace, const std::string& path);

// "alice:12": how records are named in every export.
std::string EventName(const TraceReader& trace, const FileRecord& record);
// Quoted if need be.
std::string CsvField(absl::string_view text);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_CSV_EXPORT_H_
