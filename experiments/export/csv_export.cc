#include "experiments/export/csv_export.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/export/complete_file.h"

namespace tickwire {
namespace {

const char* ToText(TimerLife::End end) {
  switch (end) {
    case TimerLife::End::kFired:
      return "fired";
    case TimerLife::End::kCancelled:
      return "cancelled";
    case TimerLife::End::kRestarted:
      return "restarted";
    case TimerLife::End::kPending:
      return "pending";
  }
  return "?";
}

}  // namespace

std::string EventName(const TraceReader& trace, const FileRecord& record) {
  return absl::StrCat(trace.node_name(NodeId{record.node}), ":", record.index);
}

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

absl::Status ExportMessagesCsv(const RunModel& model, const std::string& path) {
  const TraceReader& trace = model.trace();
  CompleteFile file(path);
  file.out() << "event,sent_ns,from,towards,summary,bytes,outcome,at,ended_ns,delay_ns,drop_cause,"
                "repetition,repeats_event,reason\r\n";
  for (const Journey& journey : model.journeys()) {
    const FileRecord& record = trace[journey.record];
    const std::string head =
        absl::StrCat(CsvField(EventName(trace, record)), ",", journey.sent.nanos(), ",",
                     CsvField(model.NodeName(journey.from)), ",",
                     CsvField(journey.towards ? model.NodeName(*journey.towards) : ""), ",",
                     CsvField(journey.summary), ",", record.value);
    std::string repeats;
    if (journey.original) {
      repeats = EventName(trace, trace[model.journeys()[*journey.original].record]);
    }
    const std::string tail = absl::StrCat(journey.repetition, ",", CsvField(repeats), ",",
                                          CsvField(model.CauseOf(journey)));
    for (const JourneyEnd& end : journey.ends) {
      std::string outcome = "under way", at, ended, delay, cause;
      if (end.kind != JourneyEnd::Kind::kUnderWay) {
        outcome = end.kind == JourneyEnd::Kind::kLost ? "lost" : "delivered";
        at = model.NodeName(end.node);
        ended = absl::StrCat(end.time.nanos());
      }
      if (end.kind == JourneyEnd::Kind::kDelivered) {
        delay = absl::StrCat((end.time - journey.sent).nanos());
        if (end.refused) {
          outcome = "refused";
          cause = std::string(trace.label_name(trace[*end.refused].label));
        }
      } else if (end.record) {
        cause = std::string(trace.label_name(trace[*end.record].label));
      }
      file.out() << head << ',' << outcome << ',' << CsvField(at) << ',' << ended << ',' << delay
                 << ',' << CsvField(cause) << ',' << tail << "\r\n";
    }
  }
  return file.Commit();
}

absl::Status ExportTimersCsv(const RunModel& model, const std::string& path) {
  const TraceReader& trace = model.trace();
  CompleteFile file(path);
  file.out() << "event,node,owner,timer,rule,set_ns,delay_ns,end,ended_ns\r\n";
  for (const TimerLife& timer : model.timers()) {
    file.out() << CsvField(EventName(trace, trace[timer.set_record])) << ','
               << CsvField(model.NodeName(timer.node)) << ','
               << CsvField(std::string(trace.entity_name(timer.node, timer.entity))) << ','
               << CsvField(std::string(trace.label_name(timer.label))) << ','
               << CsvField(std::string(trace.label_rule(timer.label))) << ',' << timer.set.nanos()
               << ',' << timer.delay.nanos() << ',' << ToText(timer.end) << ','
               << timer.ended.nanos() << "\r\n";
  }
  return file.Commit();
}

absl::Status ExportSamplesCsv(const TraceReader& trace, const std::string& path) {
  CompleteFile file(path);
  file.out() << "event,time_ns,node,owner,quantity,value,text\r\n";
  for (size_t row = 0; row < trace.size(); ++row) {
    const FileRecord& record = trace[row];
    const std::string label(trace.label_name(record.label));
    std::string quantity = label, value, text;
    if (record.kind == TraceKind::kSample) {
      value = absl::StrCat(record.value);
    } else if (record.kind == TraceKind::kNote) {
      const std::span<const uint8_t> bytes = trace.bytes(record);
      text.assign(bytes.begin(), bytes.end());
    } else if (record.kind == TraceKind::kState) {
      quantity = "state";
      text = label;
      if (record.reason != 0) absl::StrAppend(&text, ": ", trace.label_name(record.reason));
    } else {
      continue;
    }
    const NodeId node{record.node};
    file.out() << CsvField(EventName(trace, record)) << ',' << record.time().nanos() << ','
               << CsvField(trace.node_name(node)) << ','
               << CsvField(trace.entity_name(node, record.entity)) << ',' << CsvField(quantity)
               << ',' << value << ',' << CsvField(text) << "\r\n";
  }
  return file.Commit();
}

}  // namespace tickwire
