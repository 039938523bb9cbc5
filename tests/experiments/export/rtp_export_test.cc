// The table of media streams against tshark's own.
#include "experiments/export/rtp_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"

namespace tickwire {
namespace {

class RtpExport : public RunFixture {
 protected:
  // Rows of streams.csv by SSRC, each by the names of its first row.
  std::map<std::string, std::map<std::string, std::string>> Table() {
    std::map<std::string, std::map<std::string, std::string>> rows;
    std::istringstream lines(Shell("tr -d '\\r' < " + out() + "/rtp/streams.csv"));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream cells(line);
      std::vector<std::string> values;
      for (std::string cell; std::getline(cells, cell, ',');) values.push_back(cell);
      if (names.empty()) {
        names = values;
        continue;
      }
      auto& row = rows[values.at(0)];
      for (size_t i = 0; i < values.size(); ++i) row[names.at(i)] = values[i];
    }
    return rows;
  }
  struct Seen {
    std::string ssrc;
    int packets = 0, lost = 0;
    double mean_jitter_ms = 0, worst_jitter_ms = 0;
  };
  // What tshark says of one capture with one stream.
  Seen AskTshark(const std::string& capture, const std::string& port) {
    std::istringstream lines(Shell("tshark -q -r " + out() + "/rtp/" + capture +
                                   " -d udp.port==" + port + ",rtp -z rtp,streams 2>/dev/null"));
    Seen seen;
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find(" 0x");
      if (at == std::string::npos) continue;
      // SSRC Payload Pkts Lost (n%) MinDelta MeanDelta MaxDelta MinJitter MeanJitter MaxJitter
      std::istringstream words(line.substr(at));
      std::string ssrc, payload, percent;
      double skipped = 0;
      words >> ssrc >> payload >> seen.packets >> seen.lost >> percent >> skipped >> skipped >>
          skipped >> skipped >> seen.mean_jitter_ms >> seen.worst_jitter_ms;
      for (char& c : ssrc) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      seen.ssrc = ssrc.substr(2);
    }
    return seen;
  }
};

// Loss of one packet in twenty and 0 to 30 ms of extra delay, both ways.
constexpr char kLossy[] = R"(
title: "lossy media"
stop_at: "60s"
node { name: "alice" role { sip_ua { media {} } } }
node { name: "bob" role { sip_ua { answer { answer_after: "0s" } media {} } } }
link {
  a: "alice" b: "bob" delay: "20ms"
  both { drop { match: "rtp.seq" nth: [7, 8, 9, 40, 41, 123, 300, 301, 302, 303] } }
  both { jitter { delay { uniform { min: "0ms" max: "15ms" } } } }
}
at { time: "0s" node: "alice" action { sip_call { to: "bob" hang_up_after: "10s" } } }
)";

TEST_F(RtpExport, LossAndJitterAreThoseOfTshark) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(kLossy);
  ASSERT_TRUE(ExportRtp(*model, "test", out() + "/rtp").ok());
  const auto table = Table();
  ASSERT_EQ(table.size(), 2u);
  for (const auto& [ssrc, row] : table) {
    const Seen seen = AskTshark(row.at("capture"), row.at("port"));
    EXPECT_EQ(seen.ssrc, ssrc);
    EXPECT_EQ(std::to_string(seen.packets), row.at("received"));
    EXPECT_EQ(std::to_string(seen.lost), row.at("lost"));
    EXPECT_EQ(seen.lost, 10);
    // tshark keeps fractions; ours counts units of 1/8 ms, after rounding in each step (A.8).
    EXPECT_NEAR(std::stod(row.at("mean_jitter_ns")) / 1e6, seen.mean_jitter_ms, 0.25);
    EXPECT_NEAR(std::stod(row.at("worst_jitter_ns")) / 1e6, seen.worst_jitter_ms, 0.25);
    EXPECT_GT(seen.worst_jitter_ms, 2);
  }
}

TEST_F(RtpExport, AStreamThatNeverArrivesIsInTheTableWithoutACapture) {
  Run(LoadShippedScenario("sip/one_way_audio"));
  ASSERT_TRUE(ExportRtp(*model, "test", out() + "/rtp").ok());
  size_t unheard = 0;
  for (const auto& [ssrc, row] : Table()) {
    if (row.at("received") != "0") continue;
    ++unheard;
    EXPECT_EQ(row.at("from"), "alice");
    EXPECT_EQ(row.at("sent"), "500");
    EXPECT_EQ(row.at("lost"), "500");
    EXPECT_FALSE(row.contains("capture"));
  }
  EXPECT_EQ(unheard, 1u);
}

}  // namespace
}  // namespace tickwire
