#include "experiments/studies/sip_transport/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "experiments/export/complete_file.h"
#include "experiments/studies/line_chart.h"
#include "sim_core/base/check.h"

namespace tickwire::study {
namespace {

constexpr Measure kAllMeasures[] = {Measure::kDelayMean,
                                    Measure::kDelayMedian,
                                    Measure::kDelayP99,
                                    Measure::kFailed,
                                    Measure::kRepeated2xx,
                                    Measure::kSipRepetitions,
                                    Measure::kTransportRepetitions,
                                    Measure::kTrunkBytes,
                                    Measure::kBlocked,
                                    Measure::kBlockedShare};

// Around which the figures are drawn.
constexpr Condition kMiddle{.loss_permille = 20};

std::string FactorsCsv(const Condition& condition, Carrier carrier) {
  return absl::StrCat(NameOf(carrier), ",", condition.loss_permille / 10, ".",
                      condition.loss_permille % 10, ",",
                      condition.is_bursty ? "bursts" : "bernoulli", ",", condition.round_trip_ms,
                      ",", condition.calls_per_second, ",", condition.is_cold ? "cold" : "warm");
}

constexpr char kFactorColumns[] =
    "carrier,loss_percent,loss_kind,round_trip_ms,calls_per_s,connections";

// One figure: a measure over the levels of one factor.
struct Figure {
  const char* file;
  const char* title;
  const char* x_label;
  Measure measure;
  std::vector<std::pair<std::string, Condition>> levels;
};

std::vector<Figure> Figures() {
  const auto with = [](auto change) {
    Condition condition = kMiddle;
    change(condition);
    return condition;
  };
  std::vector<std::pair<std::string, Condition>> losses, loads, round_trips;
  for (const int loss : {0, 10, 20, 50, 100}) {
    losses.emplace_back(absl::StrCat(loss / 10),
                        with([&](Condition& c) { c.loss_permille = loss; }));
  }
  for (const int load : {1, 20, 100, 500}) {
    loads.emplace_back(absl::StrCat(load), with([&](Condition& c) { c.calls_per_second = load; }));
  }
  for (const int round_trip : {20, 100, 400}) {
    round_trips.emplace_back(absl::StrCat(round_trip),
                             with([&](Condition& c) { c.round_trip_ms = round_trip; }));
  }
  return {
      {"delay_by_loss", "Post-dial delay and loss (100 ms, 20 calls/s)", "loss on the trunk, %",
       Measure::kDelayMean, losses},
      {"delay_p99_by_loss", "The slowest hundredth of the calls (100 ms, 20 calls/s)",
       "loss on the trunk, %", Measure::kDelayP99, losses},
      {"delay_by_load", "Post-dial delay and load (2 % loss, 100 ms)", "calls per second",
       Measure::kDelayMean, loads},
      {"delay_by_round_trip", "Post-dial delay and round trip (2 % loss, 20 calls/s)",
       "round trip of the trunk, ms", Measure::kDelayMean, round_trips},
      {"blocked_by_load", "Head-of-line blocking and load (2 % loss, 100 ms)", "calls per second",
       Measure::kBlocked, loads},
      {"bytes_by_loss", "What a call costs (100 ms, 20 calls/s)", "loss on the trunk, %",
       Measure::kTrunkBytes, losses},
  };
}

}  // namespace

std::vector<double> Report::Values(const Condition& condition, Carrier carrier,
                                   Measure measure) const {
  std::vector<double> values;
  for (size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].condition == condition && cells_[i].carrier == carrier) {
      values.push_back(results_[i][measure]);
    }
  }
  return values;
}

bool Report::Has(const Condition& condition) const {
  return std::find(design_.conditions.begin(), design_.conditions.end(), condition) !=
         design_.conditions.end();
}

Interval Report::Of(const Condition& condition, Carrier carrier, Measure measure) const {
  return IntervalOf(Values(condition, carrier, measure));
}

Interval Report::AgainstUdp(const Condition& condition, Carrier carrier, Measure measure) const {
  return PairedDifference(Values(condition, carrier, measure),
                          Values(condition, Carrier::kUdp, measure));
}

std::string Report::RunsCsv() const {
  std::string csv = absl::StrCat(kFactorColumns, ",replication");
  for (const Measure measure : kAllMeasures) absl::StrAppend(&csv, ",", InfoOf(measure).name);
  absl::StrAppend(&csv, "\n");
  for (size_t i = 0; i < cells_.size(); ++i) {
    absl::StrAppend(&csv, FactorsCsv(cells_[i].condition, cells_[i].carrier), ",",
                    cells_[i].replication);
    for (const Measure measure : kAllMeasures) {
      absl::StrAppendFormat(&csv, ",%.9g", results_[i][measure]);
    }
    absl::StrAppend(&csv, "\n");
  }
  return csv;
}

std::string Report::SummaryCsv() const {
  std::string csv = absl::StrCat(
      kFactorColumns, ",measure,unit,mean,half_width_95,n,minus_udp,minus_udp_half_width_95\n");
  for (const Condition& condition : design_.conditions) {
    for (int c = 0; c < kCarriers; ++c) {
      const auto carrier = static_cast<Carrier>(c);
      for (const Measure measure : kAllMeasures) {
        const Interval interval = Of(condition, carrier, measure);
        const Interval difference = AgainstUdp(condition, carrier, measure);
        absl::StrAppendFormat(&csv, "%s,%s,%s,%.6g,%.3g,%d,%.6g,%.3g\n",
                              FactorsCsv(condition, carrier), InfoOf(measure).name,
                              InfoOf(measure).unit, interval.mean, interval.half_width, interval.n,
                              difference.mean, difference.half_width);
      }
    }
  }
  return csv;
}

std::string Report::Table(const Condition& condition) const {
  std::string table = absl::StrFormat(
      "%s (n = %d, 95 %% intervals; * differs from UDP)\n  %-18s %18s %8s %8s %8s %9s %12s\n",
      Describe(condition), design_.replications, "", "post-dial delay", "99th", "failed",
      "2xx rep.", "bytes", "blocked");
  for (int c = 0; c < kCarriers; ++c) {
    const auto carrier = static_cast<Carrier>(c);
    const Interval delay = Of(condition, carrier, Measure::kDelayMean);
    const bool differs = AgainstUdp(condition, carrier, Measure::kDelayMean).excludes_zero();
    absl::StrAppendFormat(&table,
                          "  %-18s %7.3f +- %.3f s%s %6.2f s %6.2f %% %8.3f %9.0f %9.2f ms\n",
                          NameOf(carrier), delay.mean, delay.half_width, differs ? "*" : " ",
                          Of(condition, carrier, Measure::kDelayP99).mean,
                          100 * Of(condition, carrier, Measure::kFailed).mean,
                          Of(condition, carrier, Measure::kRepeated2xx).mean,
                          Of(condition, carrier, Measure::kTrunkBytes).mean,
                          Of(condition, carrier, Measure::kBlocked).mean);
  }
  return table;
}

absl::Status Report::WriteTo(const std::string& directory) const {
  const auto write = [&](const std::string& name, const std::string& text) {
    CompleteFile file(absl::StrCat(directory, "/", name));
    file.out() << text;
    return file.Commit();
  };
  if (absl::Status s = write("runs.csv", RunsCsv()); !s.ok()) return s;
  if (absl::Status s = write("summary.csv", SummaryCsv()); !s.ok()) return s;
  for (const Figure& figure : Figures()) {
    LineChart chart;
    chart.title = figure.title;
    chart.x_label = figure.x_label;
    chart.y_label = absl::StrCat(InfoOf(figure.measure).text, ", ", InfoOf(figure.measure).unit);
    chart.is_logarithmic =
        figure.measure == Measure::kDelayMean || figure.measure == Measure::kDelayP99;
    chart.caption = absl::StrCat("Means and 95 % intervals (Student's t) of ", design_.replications,
                                 " replications with common random numbers; Bernoulli loss, warm "
                                 "connections.");
    for (int c = 0; c < kCarriers; ++c)
      chart.lines.push_back({NameOf(static_cast<Carrier>(c)), {}});
    for (const auto& [level, condition] : figure.levels) {
      if (!Has(condition)) continue;
      chart.levels.push_back(level);
      for (int c = 0; c < kCarriers; ++c) {
        chart.lines[static_cast<size_t>(c)].points.push_back(
            Of(condition, static_cast<Carrier>(c), figure.measure));
      }
    }
    if (chart.levels.size() < 2) continue;
    if (absl::Status s = write(absl::StrCat(figure.file, ".svg"), chart.ToSvg()); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace tickwire::study
