// Same scenario and seed, same bits: for every shipped scenario, whatever may change around it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "experiments/run/runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim_core/random/rng.h"
#include "tests/support/shipped_scenarios.h"
#include "topologies/build/network.h"
#include "topologies/scenario_printer.h"

namespace tickwire {
namespace {

// Gathers every record as text, so that a difference can be read.
class RecordingSink : public TraceSink {
 public:
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    lines.push_back(absl::StrCat(event.time.nanos(), " ", event.ref.node.value, ":",
                                 event.ref.index, " by ", event.cause.node.value, ":",
                                 event.cause.index, " kind ", static_cast<int>(event.kind), " ",
                                 event.label != nullptr ? event.label->name : "", " value ",
                                 event.value, " bytes ", StableHash64(bytes)));
  }
  void OnEntity(NodeId node, uint32_t id, absl::string_view name) override {
    lines.push_back(absl::StrCat("entity ", node.value, ":", id, " ", name));
  }
  std::vector<std::string> lines;
};

struct Outcome {
  std::string digest;
  std::map<std::string, std::string> node_digests;
  std::vector<std::string> records;
  uint64_t events = 0;
};

Outcome RunOnce(const scenario::Scenario& effective, const std::string& directory,
                Network::Options options = {}, bool recorded = true) {
  RecordingSink sink;
  options.directory = directory;
  if (recorded) options.sink = &sink;
  auto network = Network::Build(effective, options);
  EXPECT_TRUE(network.ok()) << network.status();
  (*network)->Run();
  Outcome outcome;
  outcome.digest = ToString((*network)->simulator().digest());
  for (Node& node : (*network)->simulator().nodes()) {
    outcome.node_digests[node.name()] = ToString(node.trace().digest());
  }
  outcome.records = std::move(sink.lines);
  outcome.events = (*network)->simulator().events();
  return outcome;
}

class EveryScenario : public ::testing::TestWithParam<std::string> {
 protected:
  LoadResult loaded_ = LoadShippedScenario(GetParam());
  std::string directory_ = DirectoryOfShippedScenario(GetParam());
};

TEST_P(EveryScenario, HoldsItsExpectations) {
  auto result = RunScenario(loaded_, {.scenario_name = GetParam(), .directory = directory_});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->manifest.expectations, ::testing::Not(::testing::IsEmpty()));
  for (const ExpectationOutcome& outcome : result->manifest.expectations) {
    EXPECT_TRUE(outcome.held) << outcome.statement << "\nfound: " << outcome.found;
  }
  EXPECT_THAT(result->manifest.action_errors, ::testing::IsEmpty());
  EXPECT_THAT(result->manifest.leftovers, ::testing::IsEmpty());
}

TEST_P(EveryScenario, HasItsGoldenDigest) {
  std::ifstream in(absl::StrCat(TICKWIRE_SOURCE_DIR, "/tests/determinism/golden_digests.txt"));
  std::string name, digest, golden;
  while (in >> name >> digest) {
    if (name == GetParam()) golden = digest;
  }
  EXPECT_EQ(RunOnce(loaded_.effective, directory_).digest, golden)
      << "If the change is meant, say why in the commit and run "
         "tests/determinism/update_golden.sh";
}

TEST_P(EveryScenario, RepeatsInOneProcess) {
  const Outcome first = RunOnce(loaded_.effective, directory_);
  std::vector<std::unique_ptr<char[]>> clutter;  // other heap addresses for the second run
  for (int i = 1; i < 200; ++i) clutter.push_back(std::make_unique<char[]>(i * 37));
  const Outcome second = RunOnce(loaded_.effective, directory_);
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.records, second.records);
}

TEST_P(EveryScenario, IsTheSameWhetherOrNotAnybodyWatches) {
  EXPECT_EQ(RunOnce(loaded_.effective, directory_).digest,
            RunOnce(loaded_.effective, directory_, {}, /*recorded=*/false).digest);
}

// architecture of the event order: any division of the nodes, in any order within a window, gives
// the very same records in the same order.
TEST_P(EveryScenario, IsTheSameInRandomPartitions) {
  const Outcome sequential = RunOnce(loaded_.effective, directory_);
  const std::vector<std::string> nodes = Network::NodeNames(loaded_.effective);
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    Rng rng = Rng::ForStream({seed, 0, 0}, "test", "partitions");
    const size_t parts =
        std::min<size_t>(nodes.size(), 2 + rng.Below(std::max<size_t>(1, nodes.size() - 1)));
    Network::Options options;
    options.window_order_seed = seed;
    options.partitions.resize(parts);
    for (const std::string& node : nodes) options.partitions[rng.Below(parts)].push_back(node);
    const Outcome parted = RunOnce(loaded_.effective, directory_, options);
    EXPECT_EQ(parted.digest, sequential.digest) << "partition seed " << seed;
    EXPECT_EQ(parted.events, sequential.events) << "partition seed " << seed;
    ASSERT_EQ(parted.records.size(), sequential.records.size());
    // Entities that are made before the first event come partition by partition.
    const auto records_only = [](std::vector<std::string> lines) {
      std::erase_if(lines, [](const std::string& line) { return line.starts_with("entity"); });
      return lines;
    };
    EXPECT_EQ(records_only(parted.records), records_only(sequential.records))
        << "partition seed " << seed;
  }
}

template <class Repeated>
void Shuffle(Repeated& field, Rng& rng) {
  for (int i = field.size(); i > 1; --i) {
    field.SwapElements(i - 1, static_cast<int>(rng.Below(static_cast<uint64_t>(i))));
  }
}

TEST_P(EveryScenario, IsTheSameInAnyOrderOfDeclaration) {
  const Outcome as_written = RunOnce(loaded_.effective, directory_);
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Rng rng = Rng::ForStream({seed, 0, 0}, "test", "declarations");
    scenario::Scenario shuffled = loaded_.written;
    Shuffle(*shuffled.mutable_node(), rng);
    Shuffle(*shuffled.mutable_link(), rng);
    Shuffle(*shuffled.mutable_at(), rng);
    Shuffle(*shuffled.mutable_expect(), rng);
    const LoadResult again = LoadScenarioText("shuffled", PrintScenario(shuffled), directory_, {});
    ASSERT_TRUE(again.ok()) << FormatDiagnostics(again.diagnostics, false);
    EXPECT_EQ(RunOnce(again.effective, directory_).digest, as_written.digest);
  }
}

// Random streams and digests hang on names, so whoever has nothing to do with the rest changes
// nothing of it.
TEST_P(EveryScenario, OthersDoNotNoticeAnUnrelatedPairOfNodes) {
  const Outcome alone = RunOnce(loaded_.effective, directory_);
  scenario::Scenario larger = loaded_.expanded;
  for (const char* name : {"aaa", "mmm"}) {
    scenario::Node& node = *larger.add_node();
    node.set_name(name);
    scenario::Interface& interface = *node.add_interface();
    interface.set_name("eth0");
    interface.add_address(std::string(name) == "aaa" ? "192.168.77.1/24" : "192.168.77.2/24");
  }
  scenario::Link& link = *larger.add_link();
  link.set_name("zz-unrelated");
  link.set_a("aaa/eth0");
  link.set_b("mmm/eth0");
  larger.mutable_node(larger.node_size() - 1)->add_role()->mutable_udp_sink();
  scenario::UdpSource& source =
      *larger.mutable_node(larger.node_size() - 2)->add_role()->mutable_udp_source();
  source.set_to("mmm");
  source.set_packets(20);
  const LoadResult again = LoadScenarioText("larger", PrintScenario(larger), directory_, {});
  ASSERT_TRUE(again.ok()) << FormatDiagnostics(again.diagnostics, false);
  const Outcome together = RunOnce(again.effective, directory_);
  for (const auto& [node, digest] : alone.node_digests) {
    EXPECT_EQ(together.node_digests.at(node), digest) << node;
  }
  EXPECT_NE(together.digest, alone.digest);
}

std::string DigestFromProcess(const std::string& environment, const std::string& scenario) {
  const std::string command =
      absl::StrCat("cd / && env ", environment, " ", TICKWIRE_BINARY, " run ",
                   PathOfShippedScenario(scenario), " --json 2>/dev/null");
  std::FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  const size_t at = text.find("\"digest\":\"");
  return at == std::string::npos ? text : text.substr(at + 10, 32);
}

TEST_P(EveryScenario, IsTheSameInOtherProcessesAndEnvironments) {
  const std::string here = RunOnce(loaded_.effective, directory_).digest;
  EXPECT_EQ(DigestFromProcess("-i", GetParam()), here);
  EXPECT_EQ(DigestFromProcess("LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu MALLOC_PERTURB_=165 "
                              "MALLOC_ARENA_MAX=1 MALLOC_TOP_PAD_=1234567 LANG=de_DE.UTF-8",
                              GetParam()),
            here);
}

INSTANTIATE_TEST_SUITE_P(Determinism, EveryScenario, ::testing::ValuesIn(ShippedScenarioNames()),
                         [](const auto& test) { return TestNameOf(test.param); });

TEST(Seeds, DifferentSeedsLoseDifferentPackets) {
  const std::string directory = DirectoryOfShippedScenario("sip/lossy_call");
  const Outcome one =
      RunOnce(LoadShippedScenario("sip/lossy_call", {"seed=1"}).effective, directory);
  const Outcome two =
      RunOnce(LoadShippedScenario("sip/lossy_call", {"seed=2"}).effective, directory);
  EXPECT_NE(one.digest, two.digest);
}

// 1,000 seeds of the lossy call (TICKWIRE_SOAK_SEEDS for more), at three rates of loss: each call
// comes to an end, and nothing is left of it unless no BYE arrived.
class Soak : public ::testing::TestWithParam<int> {
 protected:
  static uint64_t Seeds() {
    const char* seeds = std::getenv("TICKWIRE_SOAK_SEEDS");
    return seeds != nullptr ? std::strtoull(seeds, nullptr, 10) : 1000;
  }
  // Whoever hears none of the eleven BYEs keeps the call: RFC 3261 has no remedy for that (RFC 4028
  // has). At 40 % loss that is one call in 24,000.
  static bool NoByeArrives(const LoadResult& loaded) {
    const auto result = RunScenario(loaded, {.scenario_name = "sip/lossy_call"});
    EXPECT_TRUE(result.ok());
    for (const ExpectationOutcome& outcome : result->manifest.expectations) {
      if (absl::StrContains(outcome.statement, "receives sip.method==BYE")) return !outcome.held;
    }
    ADD_FAILURE() << "sip/lossy_call expects no BYE any more";
    return false;
  }
};

TEST_P(Soak, EveryLossyCallIsAnsweredOrFailedAndLeavesNothing) {
  // A caller who hears the 180 but never a 200 gives up after 3 minutes of ringing.
  LoadResult loaded = LoadShippedScenario(
      "sip/lossy_call", {absl::StrCat("link[0].both.loss=", GetParam(), "%"), "stop_at=10min"});
  ASSERT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, false);
  const uint64_t seeds = Seeds();
  uint64_t answered = 0, repeated = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    loaded.effective.set_seed(seed);
    auto network = Network::Build(loaded.effective, {});
    ASSERT_TRUE(network.ok());
    // RFC 3261: timer B or F, then J or L, and the 64*T1 of an unacknowledged 200 fit well before
    // stop_at, so the run has to end by itself.
    ASSERT_EQ((*network)->Run(), StopReason::kNoMoreEvents);
    const auto left = (*network)->Leftovers();
    ASSERT_FALSE(left.contains("sip transactions"));
    ASSERT_TRUE(left.empty() || NoByeArrives(loaded)) << ::testing::PrintToString(left);
    auto counters = (*network)->Counters();
    ASSERT_EQ(counters["sip calls placed"], 1);
    ASSERT_EQ(counters["sip calls answered"] + counters["sip calls not answered"], 1);
    answered += static_cast<uint64_t>(counters["sip calls answered"]);
    repeated += static_cast<uint64_t>(counters["sip 2xx repeated"]);
  }
  std::printf("%d %% loss, %llu calls: %llu answered, %llu times 200 repeated\n", GetParam(),
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(answered),
              static_cast<unsigned long long>(repeated));
  if (GetParam() > 20) return;
  // Nearly all get through, and at 10 % loss about a fifth need a second 200 (200 or ACK lost).
  EXPECT_GT(answered * 100, seeds * 95);
  EXPECT_GT(repeated * 10, seeds);
}

INSTANTIATE_TEST_SUITE_P(Loss, Soak, ::testing::Values(10, 20, 40),
                         [](const auto& test) { return absl::StrCat(test.param, "percent"); });

}  // namespace
}  // namespace tickwire
