// The study sip_transport: its statistics, its measures, and that processes do not matter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "experiments/studies/interval.h"
#include "experiments/studies/line_chart.h"
#include "experiments/studies/sip_transport/report.h"

namespace tickwire::study {
namespace {

using testing::HasSubstr;

const char kScenario[] = TICKWIRE_SOURCE_DIR "/experiments/studies/sip_transport/trunk.textproto";

TEST(Interval, IsThatOfStudent) {
  // t(0.975) with 2 degrees of freedom is 4.303; the standard error of 1, 2, 3 is 1 / sqrt(3).
  const Interval interval = IntervalOf(std::vector<double>{1, 2, 3});
  EXPECT_DOUBLE_EQ(interval.mean, 2);
  EXPECT_NEAR(interval.half_width, 4.303 / 1.7320508, 1e-6);
  EXPECT_EQ(interval.n, 3u);
  EXPECT_TRUE(IntervalOf(std::vector<double>{5, 5, 5}).excludes_zero());
  EXPECT_FALSE(interval.excludes_zero());
  EXPECT_EQ(IntervalOf(std::vector<double>{7}).half_width, 0) << "one value says nothing of spread";
  EXPECT_NEAR(StudentT975(60), 2.000, 0.001);
  EXPECT_NEAR(StudentT975(1'000'000), 1.960, 0.001);
}

TEST(Interval, OfPairsIsThatOfTheirDifferences) {
  // The pairs differ by 1 each, whatever they have in common.
  const Interval interval =
      PairedDifference(std::vector<double>{11, 101, 7}, std::vector<double>{10, 100, 6});
  EXPECT_DOUBLE_EQ(interval.mean, 1);
  EXPECT_NEAR(interval.half_width, 0, 1e-12);
}

TEST(Quantile, InterpolatesBetweenValues) {
  const std::vector<double> values = {1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(Quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(Quantile(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(Quantile(values, 1), 4);
  EXPECT_EQ(Quantile({}, 0.5), 0);
}

Design Small(std::vector<Condition> conditions) {
  Design design;
  design.conditions = std::move(conditions);
  design.calls = 20;
  return design;
}

std::vector<Result> Results(const Design& design, int jobs) {
  auto results = RunAll(kScenario, design, CellsOf(design), jobs, [](size_t) {});
  EXPECT_TRUE(results.ok()) << results.status();
  return results.ok() ? *results : std::vector<Result>{};
}

TEST(SipTransportStudy, HasTheSameResultsOnAnyNumberOfProcesses) {
  const Design design = Small({{.loss_permille = 50}});
  const std::vector<Result> one = Results(design, 1), three = Results(design, 3);
  ASSERT_EQ(one.size(), three.size());
  for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].values, three[i].values);
}

// 5 ms to the proxy, half a round trip of the trunk, 5 ms to the phone, and back.
TEST(SipTransportStudy, MeasuresThePathWhereNothingIsLost) {
  const Design design = Small({{}});
  for (const Result& result : Results(design, 2)) {
    EXPECT_NEAR(result[Measure::kDelayMean], 0.120, 0.002);
    EXPECT_EQ(result[Measure::kFailed], 0);
    EXPECT_EQ(result[Measure::kBlocked], 0);
    EXPECT_EQ(result[Measure::kTransportRepetitions], 0);
  }
}

// A connection that is opened for a call costs it a round trip with TCP (RFC 9293 §3.5), two with
// TLS 1.3 (RFC 8446 §2) and with SCTP (RFC 9260 §5.1). Once it is open, calls soon after find it.
TEST(SipTransportStudy, ColdConnectionsCostTheirSetUp) {
  const Design design = Small({{.calls_per_second = 1, .is_cold = true}});
  const std::vector<Cell> cells = CellsOf(design);
  const std::vector<Result> results = Results(design, 2);
  ASSERT_EQ(results.size(), cells.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    const double slowest = results[i][Measure::kDelayP99];
    switch (cells[i].carrier) {
      case Carrier::kUdp:
        EXPECT_NEAR(slowest, 0.120, 0.001);
        break;
      case Carrier::kTcpPlain:
      case Carrier::kTcpSack:
      case Carrier::kTcpRack:
        EXPECT_NEAR(slowest, 0.220, 0.001);
        break;
      default:
        EXPECT_NEAR(slowest, 0.320, 0.001);
    }
  }
}

// Without order nothing waits for anything (RFC 4168 §5.1), unless there is too much to send.
TEST(SipTransportStudy, OnlyOrderedCarriersBlock) {
  const Design design = Small({{.loss_permille = 50}});
  const std::vector<Cell> cells = CellsOf(design);
  const std::vector<Result> results = Results(design, 2);
  ASSERT_EQ(results.size(), cells.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool is_ordered =
        cells[i].carrier != Carrier::kUdp && cells[i].carrier != Carrier::kSctpUnordered;
    if (!is_ordered) {
      EXPECT_EQ(results[i][Measure::kBlocked], 0) << NameOf(cells[i].carrier);
    }
    if (cells[i].carrier == Carrier::kTcpSack) {
      EXPECT_GT(results[i][Measure::kBlocked], 0);
    }
  }
}

TEST(SipTransportStudy, ReportsEveryRunAndEveryMeasure) {
  const Design design = Small({{}});
  const std::vector<Cell> cells = CellsOf(design);
  const std::vector<Result> results(cells.size());
  const Report report(design, cells, results);
  const std::string runs = report.RunsCsv();
  EXPECT_EQ(std::count(runs.begin(), runs.end(), '\n'), 1 + kCarriers);
  const std::string summary = report.SummaryCsv();
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 1 + kCarriers * kMeasures);
  EXPECT_THAT(report.Table(design.conditions[0]), HasSubstr("SCTP unordered"));
}

TEST(LineChart, NamesItsLinesAndLeavesOutWhatWasNotMeasured) {
  LineChart chart;
  chart.title = "a < b";
  chart.levels = {"0", "1"};
  chart.lines = {{"UDP", {Interval{1, 0.5, 3}, std::nullopt}}};
  const std::string svg = chart.ToSvg();
  EXPECT_THAT(svg, HasSubstr(">UDP<"));
  EXPECT_THAT(svg, HasSubstr("a &lt; b"));
}

}  // namespace
}  // namespace tickwire::study
