#include "experiments/export/run_export.h"

#include "experiments/export/connections_export.h"
#include "experiments/export/csv_export.h"
#include "experiments/export/pcapng_export.h"
#include "experiments/view/run_model.h"

namespace tickwire {

absl::Status ExportAll(const TraceReader& trace, const scenario::Scenario& effective,
                       const std::string& digest, const std::string& directory) {
  const RunModel model(trace, effective);
  for (const absl::Status& status :
       {ExportCapture(model, digest, directory + "/capture.pcapng"),
        ExportInterfaceCaptures(model, digest, directory + "/captures"),
        ExportMessagesCsv(model, directory + "/messages.csv"),
        ExportTimersCsv(model, directory + "/timers.csv"),
        ExportSamplesCsv(trace, directory + "/samples.csv"),
        ExportConnectionsCsv(model, directory + "/connections.csv")}) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tickwire
