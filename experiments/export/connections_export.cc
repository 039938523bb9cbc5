#include "experiments/export/connections_export.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/export/complete_file.h"
#include "experiments/export/csv_export.h"
#include "experiments/view/sip_connections.h"

namespace tickwire {
namespace {

// What the messages of one end tell.
struct Use {
  uint64_t sent = 0, received = 0;
  std::vector<SimTime> times;
};

Duration LongestIdle(const Use& use, SimTime open, SimTime end) {
  Duration longest;
  SimTime last = open;
  for (const SimTime time : use.times) {
    if (time < open || time > end) continue;
    longest = std::max(longest, time - last);
    last = time;
  }
  return std::max(longest, end - last);
}

}  // namespace

absl::Status ExportConnectionsCsv(const RunModel& model, const std::string& path) {
  if (!SipConnections::HasAny(model)) return absl::OkStatus();
  const TraceReader& trace = model.trace();
  const SipConnections connections(model);
  std::map<std::pair<NodeId, uint32_t>, Use> uses;
  SimTime last;
  for (size_t row = 0; row < trace.size(); ++row) {
    const FileRecord& record = trace[row];
    last = record.time();
    if (record.kind != TraceKind::kMessage) continue;
    if (!connections.EndOf(NodeId{record.node}, record.entity)) continue;
    Use& use = uses[{NodeId{record.node}, record.entity}];
    ++(trace.label_name(record.label) == "sent" ? use.sent : use.received);
    use.times.push_back(record.time());
  }
  CompleteFile file(path);
  file.out() << "connection,node,transport,opened_by,local,remote,begins_ns,open_ns,ended_ns,state,"
                "why,sent,received,longest_idle_ns\r\n";
  for (const SipConnection& connection : connections.all()) {
    for (const SipConnectionEnd& end : connection.ends) {
      const Use& use = uses[{end.node, end.entity}];
      std::string state, why, ended;
      SimTime until = last;
      for (const size_t row : end.states) {
        state = std::string(trace.label_name(trace[row].label));
        // Why it ends is said where that begins.
        if (state != "closed" || why.empty() || ended.empty()) {
          why = std::string(trace.label_name(trace[row].reason));
        }
        if (ended.empty() && (state == "closing" || state == "closed")) {
          until = trace[row].time();
          ended = absl::StrCat(until.nanos());
        }
      }
      if (end.crash_row) {
        state = "closed";
        if (ended.empty()) {
          why = std::string(trace.label_name(trace[*end.crash_row].label));
          until = trace[*end.crash_row].time();
          ended = absl::StrCat(until.nanos());
        }
      }
      file.out() << connection.number << ',' << CsvField(model.NodeName(end.node)) << ','
                 << connection.transport << ',' << (end.is_opener ? "us" : "peer") << ','
                 << CsvField(ToString(end.local)) << ',' << CsvField(ToString(end.remote)) << ','
                 << end.begins.nanos() << ','
                 << (end.open ? absl::StrCat(end.open->nanos()) : std::string()) << ',' << ended
                 << ',' << state << ',' << CsvField(why) << ',' << use.sent << ',' << use.received
                 << ','
                 << (end.open ? absl::StrCat(LongestIdle(use, *end.open, until).nanos()) : "")
                 << "\r\n";
    }
  }
  return file.Commit();
}

}  // namespace tickwire
