#include "experiments/view/record_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tickwire {

std::string EventOf(const RunModel& model, size_t row) {
  const FileRecord& record = model.trace()[row];
  return absl::StrCat(model.NodeName(NodeId{record.node}), ":", record.index);
}

std::string TimerInWords(const RunModel& model, size_t row) {
  const TraceReader& trace = model.trace();
  const FileRecord& record = trace[row];
  const auto set = trace.Find(record.packet());
  const absl::string_view rule = trace.label_rule(record.label);
  return absl::StrCat(
      "timer ", trace.label_name(record.label), " of ",
      trace.entity_name(NodeId{record.node}, record.entity),
      set ? absl::StrCat(", set to ", ToString(Duration::Nanos(trace[*set].value)), ",") : "",
      " fires", rule.empty() ? "" : absl::StrCat(" (", rule, ")"));
}

std::string CauseOfDrop(const RunModel& model, size_t row) {
  return absl::StrReplaceAll(model.trace().label_name(model.trace()[row].label), {{"_", " "}});
}

}  // namespace tickwire
