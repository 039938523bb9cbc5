// Properties that hold for every SIP network, whatever goes wrong in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/validate.h"
#include "tests/conformance/random_sip_network.h"
#include "topologies/build/network.h"
#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

// Reads every SIP message that a node hands to its network with our own strict reader.
class StrictReader final : public TraceSink {
 public:
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    if (event.kind != TraceKind::kMessage || event.label == nullptr ||
        event.label->name != absl::string_view("sent")) {
      return;
    }
    ++messages_;
    const sip::ParseResult parsed = sip::SipMessage::Parse(std::string(bytes.begin(), bytes.end()));
    for (const sip::Violation& violation : sip::AllViolations(parsed)) {
      if (violations_.size() > 5) return;
      violations_.push_back(
          absl::StrCat(violation.rule->id, " in\n", std::string(bytes.begin(), bytes.end())));
    }
  }
  void OnEntity(NodeId, uint32_t, absl::string_view) override {}

  uint64_t messages() const { return messages_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  uint64_t messages_ = 0;
  std::vector<std::string> violations_;
};

uint64_t Seeds() {
  const char* const seeds = std::getenv("TICKWIRE_PROPERTY_SEEDS");
  return seeds != nullptr ? std::strtoull(seeds, nullptr, 10) : 300;
}

// Every call ends in a state that the RFCs allow; no transaction, dialog, timer or subscription is
// left after the longest timer; no message is built that a strict reader refuses.
TEST(RandomSipNetworks, EndCleanlyAndSpeakStrictly) {
  uint64_t messages = 0, answered = 0, calls = 0;
  for (uint64_t seed = 1; seed <= Seeds(); ++seed) {
    const std::string text = RandomSipNetwork(seed);
    SCOPED_TRACE(absl::StrCat("seed ", seed, "\n", text));
    LoadResult loaded = LoadScenarioText("random.textproto", text, "", {});
    ASSERT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, false);
    loaded.effective.set_seed(seed);
    StrictReader reader;
    auto network = Network::Build(loaded.effective, {.sink = &reader});
    ASSERT_TRUE(network.ok()) << network.status();
    // All timers are far shorter than the hour of the scenario: what still has events hangs.
    ASSERT_EQ((*network)->Run(), StopReason::kNoMoreEvents);
    EXPECT_THAT((*network)->Leftovers(), ::testing::IsEmpty());
    EXPECT_THAT(reader.violations(), ::testing::IsEmpty());
    auto counters = (*network)->Counters();
    calls += static_cast<uint64_t>(counters["sip calls placed"]);
    answered += static_cast<uint64_t>(counters["sip calls answered"]);
    messages += reader.messages();
    if (HasFailure()) break;  // one is enough to look at
  }
  // The networks are not so bad that nothing happens in them.
  EXPECT_GT(answered * 5, calls);
  EXPECT_GT(messages, 10 * Seeds());
  std::printf("%llu calls, %llu answered, %llu messages\n", static_cast<unsigned long long>(calls),
              static_cast<unsigned long long>(answered), static_cast<unsigned long long>(messages));
}

}  // namespace
}  // namespace tickwire
