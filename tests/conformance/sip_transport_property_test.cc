// Properties that hold for every SIP network over whatever transports, whatever goes wrong in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/validate.h"
#include "sim_core/random/rng.h"
#include "tests/conformance/random_sip_network.h"
#include "topologies/build/network.h"
#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

// Reads every SIP message that a node sends with our own strict reader, and counts by transport.
class Reader final : public TraceSink {
 public:
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    if (event.kind != TraceKind::kMessage || event.label == nullptr ||
        event.label->name != absl::string_view("sent")) {
      return;
    }
    const std::string& by = by_[{event.ref.node.value, event.entity}];
    ++messages_[by.empty() ? "UDP" : by];
    const sip::ParseResult parsed = sip::SipMessage::Parse(std::string(bytes.begin(), bytes.end()));
    for (const sip::Violation& violation : sip::AllViolations(parsed)) {
      if (violations_.size() > 5) return;
      violations_.push_back(
          absl::StrCat(violation.rule->id, " in\n", std::string(bytes.begin(), bytes.end())));
    }
  }
  // "sip connection 7 TLS-SCTP 10.0.0.1:5060 10.0.0.2:5061".
  void OnEntity(NodeId node, uint32_t id, absl::string_view name) override {
    constexpr absl::string_view kConnection = "sip connection ";
    if (name.substr(0, kConnection.size()) != kConnection) return;
    name.remove_prefix(name.find(' ', kConnection.size()) + 1);
    by_[{node.value, id}] = std::string(name.substr(0, name.find(' ')));
  }

  const std::map<std::string, uint64_t>& messages() const { return messages_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  std::map<std::pair<uint32_t, uint32_t>, std::string> by_;  // entities of nodes
  std::map<std::string, uint64_t> messages_;
  std::vector<std::string> violations_;
};

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}

Network::Options RandomPartitions(const scenario::Scenario& effective, uint64_t seed) {
  Rng rng = Rng::ForStream({seed, 0, 0}, "test", "partitions");
  const std::vector<std::string> nodes = Network::NodeNames(effective);
  Network::Options options;
  options.window_order_seed = seed;
  options.partitions.resize(std::min<size_t>(nodes.size(), 2 + rng.Below(nodes.size())));
  for (const std::string& node : nodes) {
    options.partitions[rng.Below(options.partitions.size())].push_back(node);
  }
  return options;
}

// Every call ends in a state that the RFCs allow; no transaction, dialog, subscription, context or
// connection is left after the longest timer; no message is built that a strict reader refuses.
// Every eighth network is run again, twice, the second time in partitions: with the same records.
TEST(RandomTransportNetworks, EndCleanlyAndSpeakStrictly) {
  const uint64_t seeds = FromEnvironment("TICKWIRE_TRANSPORT_SEEDS", 150);
  const uint64_t first = FromEnvironment("TICKWIRE_TRANSPORT_FIRST", 1);
  std::map<std::string, uint64_t> messages;
  std::map<std::string, int64_t> sums;
  // 528: two calls of a phone that crashes. 7927: a request that is larger with its Via than
  // without.
  std::vector<uint64_t> all = {528, 7927};
  for (uint64_t seed = first; seed < first + seeds; ++seed) all.push_back(seed);
  for (const uint64_t seed : all) {
    const std::string text = RandomTransportNetwork(seed);
    SCOPED_TRACE(absl::StrCat("seed ", seed, "\n", text));
    LoadResult loaded = LoadScenarioText("random.textproto", text, "", {});
    ASSERT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, false);
    loaded.effective.set_seed(seed);
    Reader reader;
    auto network = Network::Build(loaded.effective, {.sink = &reader});
    ASSERT_TRUE(network.ok()) << network.status();
    // All timers are far shorter than the hour of the scenario: what still has events hangs.
    EXPECT_EQ((*network)->Run(), StopReason::kNoMoreEvents);
    EXPECT_THAT((*network)->Leftovers(), ::testing::IsEmpty());
    EXPECT_THAT(reader.violations(), ::testing::IsEmpty());
    for (const auto& [name, value] : (*network)->Counters()) sums[name] += value;
    for (const auto& [by, count] : reader.messages()) messages[by] += count;
    if (seed % 8 == 0) {
      for (const bool in_parts : {false, true}) {
        auto again =
            Network::Build(loaded.effective, in_parts ? RandomPartitions(loaded.effective, seed)
                                                      : Network::Options());
        ASSERT_TRUE(again.ok()) << again.status();
        (*again)->Run();
        EXPECT_EQ(ToString((*again)->simulator().digest()),
                  ToString((*network)->simulator().digest()))
            << (in_parts ? "in partitions" : "a second time");
      }
    }
    if (HasFailure()) break;  // one is enough to look at
  }
  const int64_t calls = sums["sip calls placed"], answered = sums["sip calls answered"];
  // The networks are not so bad that nothing happens in them, and each transport has its share.
  EXPECT_GT(answered * 5, calls);
  for (const char* by : {"UDP", "TCP", "TLS", "SCTP", "TLS-SCTP", "WS", "WSS"}) {
    EXPECT_GT(messages[by], seeds / 2) << by;
  }
  std::string counts;
  for (const auto& [by, count] : messages) absl::StrAppend(&counts, ", ", count, " by ", by);
  std::printf("%lld calls, %lld answered, connections: %lld opened, %lld failed, %lld refused%s\n",
              static_cast<long long>(calls), static_cast<long long>(answered),
              static_cast<long long>(sums["sip connections opened"]),
              static_cast<long long>(sums["sip connections failed"]),
              static_cast<long long>(sums["sip connections refused"]), counts.c_str());
}

}  // namespace
}  // namespace tickwire
