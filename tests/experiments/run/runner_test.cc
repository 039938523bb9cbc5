#include "experiments/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/run_fixture.h"

namespace tickwire {
namespace {

using testing::HasSubstr;

class Runner : public RunFixture {};

const std::string kBusy = R"(
  stop_at: "2s"
  node { name: "alice" role { udp_source { to: "bob" interval: "50us" size: "1000B" } } }
  node { name: "bob" role { udp_sink {} } }
  link { a: "alice" b: "bob" delay: "5ms" }
  expect { node: "bob" receives: "udp" at_least: 1 }
)";

TEST_F(Runner, WritesItsWholeDirectory) {
  Run(R"(node { name: "alice" role { udp_source { to: "bob" packets: 1 } } }
         node { name: "bob" role { udp_sink {} } } link { a: "alice" b: "bob" })");
  for (const char* file : {"scenario.textproto", "manifest.json", "trace", "capture.pcapng",
                           "captures", "messages.csv", "timers.csv", "samples.csv"}) {
    EXPECT_TRUE(std::filesystem::exists(out() + "/" + file)) << file;
  }
  EXPECT_TRUE(result.manifest.complete);
  EXPECT_EQ(result.stopped, StopReason::kNoMoreEvents);
  // What was written runs again and does the same.
  const std::string digest = result.manifest.digest;
  const LoadResult again = LoadScenarioFile(out() + "/scenario.textproto", {});
  ASSERT_TRUE(again.ok());
  const auto ran = RunScenario(again, {});
  ASSERT_TRUE(ran.ok());
  EXPECT_EQ(ran->manifest.digest, digest);
}

TEST_F(Runner, TheTraceDoesNotChangeTheDigestNorTheEvents) {
  const LoadResult scenario = Load(kBusy);
  const auto with = RunScenario(scenario, {.out = out()});
  const auto without = RunScenario(scenario, {.out = directory + "/untraced", .with_trace = false});
  ASSERT_TRUE(with.ok());
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(with->manifest.digest, without->manifest.digest);
  EXPECT_EQ(with->manifest.events, without->manifest.events);
  EXPECT_TRUE(with->expectations_judged);
  EXPECT_FALSE(without->expectations_judged);
  EXPECT_FALSE(std::filesystem::exists(directory + "/untraced/trace"));
}

TEST_F(Runner, AnInterruptedRunLeavesValidFiles) {
  int calls = 0;
  const auto ran = RunScenario(
      Load(kBusy), {.out = out(), .on_progress = [&](const RunProgress&) { return ++calls < 3; }});
  ASSERT_TRUE(ran.ok()) << ran.status();
  EXPECT_EQ(ran->stopped, StopReason::kInterrupted);
  EXPECT_FALSE(ran->manifest.complete);
  const auto opened = TraceReader::Open(out() + "/trace");
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->is_complete());
  EXPECT_GT((*opened)->size(), 1000u);
  const auto manifest = ReadManifest(out());
  ASSERT_TRUE(manifest.ok());
  EXPECT_FALSE(manifest->complete);
  EXPECT_EQ(manifest->stopped, "interrupted");
  if (Has("capinfos")) {
    EXPECT_THAT(Shell("capinfos " + out() + "/capture.pcapng 2>&1"),
                HasSubstr("Number of packets"));
  }
}

TEST_F(Runner, ADirectoryThatCannotBeMadeIsAnError) {
  const auto ran = RunScenario(Load(kBusy), {.out = "/dev/null/run"});
  ASSERT_FALSE(ran.ok());
  EXPECT_THAT(std::string(ran.status().message()), HasSubstr("/dev/null/run"));
}

// Files of at most `bytes`, as if the disk were full behind them.
absl::Status RunWithFileLimit(const LoadResult& scenario, const std::string& out, rlim_t bytes) {
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {bytes, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto ran = RunScenario(scenario, {.out = out});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  return ran.status();
}

TEST_F(Runner, AFullDiskIsToldAndWhatWasWrittenIsReadable) {
  const LoadResult scenario = Load(kBusy);
  const absl::Status status = RunWithFileLimit(scenario, out(), 4'000'000);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("trace"));
  const auto opened = TraceReader::Open(out() + "/trace");
  ASSERT_TRUE(opened.ok());
  EXPECT_FALSE((*opened)->is_complete());
  EXPECT_GT((*opened)->size(), 8000u);
  const auto manifest = ReadManifest(out());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_FALSE(manifest->complete);
}

TEST_F(Runner, ADiskThatIsFullFromTheStartIsNotCalledADamagedTrace) {
  const LoadResult scenario = Load(kBusy);
  const absl::Status status = RunWithFileLimit(scenario, out(), 0);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot write"));
}

TEST(Manifest, RoundTrip) {
  Manifest manifest;
  manifest.tool = "tickwire 0.1.0";
  manifest.scenario = "sip/\"quoted\" \xC3\xBC \x01";
  manifest.scenario_digest = "abc";
  manifest.seed = ~uint64_t{0};
  manifest.assignments = {"seed=1"};
  manifest.trace_version = 1;
  manifest.digest = "0123";
  manifest.nodes = {{"alice", 4'000'000'000u, "d"}};
  manifest.events = uint64_t{1} << 62;
  manifest.virtual_time_ns = 123;
  manifest.stopped = "end time";
  manifest.complete = true;
  manifest.expectations = {{true, "s", "r", "f"}, {false, "s2", "", "none"}};
  const auto read = ManifestFromJson(ManifestToJson(manifest));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->scenario, manifest.scenario);
  EXPECT_EQ(read->seed, manifest.seed);
  EXPECT_EQ(read->digest, manifest.digest);
  EXPECT_EQ(read->events, manifest.events);
  EXPECT_EQ(read->virtual_time_ns, 123);
  EXPECT_TRUE(read->complete);
  ASSERT_EQ(read->nodes.size(), 1u);
  EXPECT_EQ(read->nodes[0].records, 4'000'000'000u);
  EXPECT_EQ(read->held(), 1);
  EXPECT_EQ(read->failed(), 1);
  EXPECT_EQ(read->expectations[1].statement, "s2");
}

TEST(Manifest, WhatIsNoManifestIsAnErrorNeverACrash) {
  for (const char* text : {"", "{", "[]", "null", "7", "{}", "{\"digest\": 7}",
                           "{\"digest\": \"x\", \"nodes\": 7, \"expectations\": []}",
                           "{\"digest\": \"x\", \"expectations\": {\"outcomes\": 5}}",
                           "{\"digest\": \"x\", \"expectations\": {\"outcomes\": [1, {}]}}",
                           "{\"digest\": \"x\", \"seed\": 1e400, \"events\": \"many\"}"}) {
    (void)ManifestFromJson(text);
  }
  EXPECT_FALSE(ManifestFromJson("{}").ok());
  EXPECT_FALSE(ManifestFromJson("[[[[[").ok());
  EXPECT_FALSE(ReadManifest("/nowhere").ok());
}

}  // namespace
}  // namespace tickwire
