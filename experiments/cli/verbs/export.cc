#include <ostream>

#include "absl/strings/str_cat.h"
#include "experiments/cli/run_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/export/connections_export.h"
#include "experiments/export/csv_export.h"
#include "experiments/export/pcapng_export.h"
#include "experiments/export/rtp_export.h"
#include "experiments/export/run_export.h"
#include "experiments/view/sip_connections.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments& arguments, Console& console) {
  const std::string kind = arguments.word(0);
  const std::string directory = arguments.word(1);
  absl::StatusOr<RunDirectory> run = RunDirectory::Open(directory);
  if (!run.ok()) {
    console.err << "tickwire export: " << run.status().message() << "\n";
    return kFailed;
  }
  for (const std::string& warning : run->warnings()) {
    console.err << "tickwire export: " << warning << "\n";
  }
  const std::string out = arguments.Value("--out", directory);
  const RunModel model(run->trace(), run->scenario());
  absl::Status status;
  std::string what;
  if (kind == "pcapng") {
    status = ExportCapture(model, run->digest(), out + "/capture.pcapng");
    if (status.ok()) status = ExportInterfaceCaptures(model, run->digest(), out + "/captures");
    what = "capture.pcapng and captures/";
  } else if (kind == "messages") {
    status = ExportMessagesCsv(model, out + "/messages.csv");
    what = "messages.csv";
  } else if (kind == "timers") {
    status = ExportTimersCsv(model, out + "/timers.csv");
    what = "timers.csv";
  } else if (kind == "samples") {
    status = ExportSamplesCsv(run->trace(), out + "/samples.csv");
    what = "samples.csv";
  } else if (kind == "connections") {
    status = ExportConnectionsCsv(model, out + "/connections.csv");
    what = SipConnections::HasAny(model) ? "connections.csv"
                                         : "nothing (no SIP over connections in this run)";
  } else if (kind == "rtp") {
    status = ExportRtp(model, run->digest(), out + "/rtp");
    what = "rtp/streams.csv and a capture for each stream beside it";
  } else if (kind == "all") {
    status = ExportAll(run->trace(), run->scenario(), run->digest(), out);
    what = "capture.pcapng, captures/, messages.csv, timers.csv, samples.csv (and connections.csv)";
  } else {
    console.err << "tickwire export: unknown kind \"" << kind
                << "\"; there are pcapng, messages, timers, samples, connections, rtp and all\n";
    return kUsage;
  }
  if (!status.ok()) {
    console.err << "tickwire export: " << status.message() << "\n";
    return kFailed;
  }
  console.err << "wrote " << what << " in " << out << "\n";
  return kGood;
}

}  // namespace

Command ExportCommand() {
  return {
      "export",
      "make captures and tables from a run's trace",
      "Makes from the trace in a run directory what `tickwire run --out` writes beside it: after "
      "an interrupted or killed run, or where the files were deleted. The same trace gives the "
      "same bytes. With rtp: a capture of each media stream as it arrived, and a table of loss and "
      "jitter. A stream alone has no SIP that names its port, so say it to tshark: "
      "`tshark -r STREAM -d udp.port==16384,rtp -q -z rtp,streams` finds the same loss.",
      {{"KIND",
        "pcapng, messages, timers, samples, connections, rtp or all",
        WordKind::kChoice,
        false,
        false,
        {"pcapng", "messages", "timers", "samples", "connections", "rtp", "all"}},
       {"RUNDIR", "a run directory", WordKind::kDirectory}},
      {{"--out", "-o", "DIR", "write there instead of into the run directory",
        WordKind::kDirectory}},
      {{"tickwire export pcapng run1", "Captures for Wireshark."},
       {"tickwire export messages run1 -o /tmp", "messages.csv elsewhere."},
       {"grep ,cwnd, run1/samples.csv",
        "samples.csv: cwnd, RTO, scoreboard, states as they changed."},
       {"tickwire export connections run1",
        "connections.csv: who opened each, its states, idle time, why it was closed."},
       {"tickwire export rtp run1", "rtp/streams.csv: loss and jitter of each media stream."}},
      {{kFailed, "the run cannot be read or the files cannot be written"}},
      Run};
}

}  // namespace tickwire::cli
