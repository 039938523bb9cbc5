// Report of the study sip_transport: tables and figures from its results.
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_REPORT_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "experiments/studies/interval.h"
#include "experiments/studies/sip_transport/design.h"
#include "experiments/studies/sip_transport/runs.h"

namespace tickwire::study {

class Report {
 public:
  // `cells` and `results` belong together, in the order of CellsOf(design).
  Report(const Design& design, const std::vector<Cell>& cells, const std::vector<Result>& results)
      : design_(design), cells_(cells), results_(results) {}

  // Over the replications. REQUIRES: the condition is one of the design.
  Interval Of(const Condition& condition, Carrier carrier, Measure measure) const;
  // Carrier minus UDP, replication by replication.
  Interval AgainstUdp(const Condition& condition, Carrier carrier, Measure measure) const;

  std::string RunsCsv() const;     // a row for each run
  std::string SummaryCsv() const;  // a row for each condition, carrier and measure
  std::string Table(const Condition& condition) const;  // for a terminal
  // Writes runs.csv, summary.csv and the figures that the design allows into `directory`.
  absl::Status WriteTo(const std::string& directory) const;

 private:
  std::vector<double> Values(const Condition& condition, Carrier carrier, Measure measure) const;
  bool Has(const Condition& condition) const;

  const Design& design_;
  const std::vector<Cell>& cells_;
  const std::vector<Result>& results_;
};

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_REPORT_H_
