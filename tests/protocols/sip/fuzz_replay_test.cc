// Replays the SIP corpus and mutations of it: through the fuzz entry of the message layer, and as
// datagrams to a user agent with a call going on.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_core/random/rng.h"
#include "tests/fuzz/mutate.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire::sip {
namespace {

std::vector<std::string> Corpus() { return ReadCorpus("sip"); }

// The characters that mean something in SIP.
const std::string& TellingText() {
  static constexpr char kText[] = "\r\n \t,;:<>\"\\=@%/[]()?&*\0SIP/2.0";
  static const std::string& text = *new std::string(kText, sizeof(kText) - 1);
  return text;
}

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(SipFuzz, CorpusPasses) {
  const std::vector<std::string> corpus = Corpus();
  EXPECT_GE(corpus.size(), 50u);
  for (const std::string& text : corpus) Feed(text);
}

TEST(SipFuzz, EveryPrefixPasses) {
  for (const std::string& text : Corpus()) {
    if (text.size() > 2000) continue;
    for (size_t length = 0; length < text.size(); ++length) Feed(text.substr(0, length));
  }
}

TEST(SipFuzz, MutationsPass) {
  const std::vector<std::string> corpus = Corpus();
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "mutations");
  for (int i = 0; i < 20'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng,
                TellingText()));
  }
}

// Linear time: twice the hostile text takes about twice as long; here, that it ends at all soon.
TEST(SipFuzz, HostileRepetitionsEndSoon) {
  const std::string start = "INVITE sip:a SIP/2.0\r\n";
  for (const char* piece : {"Via: ", ",", ";", "\"", "<", "\\", "(", "a:", "\r\n ", "\r", "\n",
                            "Via: x\r\n", "m: <", ";a=b", "%", "@", "sip:"}) {
    std::string text = start + "m: ";
    while (text.size() < 200'000) text += piece;
    Feed(text);
    Feed(text + "\r\n\r\n");
  }
}

class AgentFuzz : public UserAgentFixture, public DatagramSocket::Listener {
 protected:
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
};

// Whole calls with holds and refreshes, in the wrong order, twice, and changed: a soup of real
// messages to both sides while calls go on.
class AgentSoup : public AgentFuzz, public ::testing::WithParamInterface<bool> {};

TEST_P(AgentSoup, ReorderedAndMutatedMessagesLeaveNothingBehind) {
  alice_config_.has_transaction_layer = GetParam();
  bob_config_.has_transaction_layer = GetParam();
  alice_config_.behaviour.hang_up_after = Duration::Seconds(2);
  bob_config_.behaviour.early_media = true;
  StartAgents();
  for (int i = 0; i < 5; ++i) Call();
  network_.RunTo(60'000);
  const std::vector<std::string> seeds = network_.texts;
  ASSERT_GE(seeds.size(), 25u);
  network_.set_logging(false);
  auto& stranger = network_.AddNode("stranger", IpAddress::V4(0x0a000003));
  const auto socket = *stranger.Bind({stranger.address(), 5060}, *this);
  Rng rng = Rng::ForStream({.seed = 3}, "fuzz", "soup");
  int64_t now = 60'000;
  for (int i = 0; i < 5'000; ++i) {
    if (i % 20 == 0) alice_->PlaceCall("sip:bob@b", kBob);
    std::string text = seeds[rng.Below(seeds.size())];
    if (rng.Below(3) == 0) text = Mutate(text, seeds[rng.Below(seeds.size())], rng, TellingText());
    socket->SendTo(rng.Below(2) == 0 ? kAlice : kBob,
                   {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    network_.RunTo(now += static_cast<int64_t>(rng.Below(60)));
  }
  network_.RunTo(now + 1'000'000);
  EXPECT_EQ(alice_->transaction_count() + bob_->transaction_count(), 0u);
  EXPECT_EQ(alice_->live_calls() + bob_->live_calls(), 0u);
  EXPECT_EQ(alice_->record_count() + bob_->record_count(), 0u);
  EXPECT_EQ(alice_->dialog_count() + bob_->dialog_count(), 0u);
  EXPECT_TRUE(network_.IsQuiet());
}
INSTANTIATE_TEST_SUITE_P(WithAndWithoutTransactions, AgentSoup, ::testing::Bool());

TEST_F(AgentFuzz, MutatedMessagesOfACallLeaveNothingBehind) {
  alice_config_.behaviour.hang_up_after = Duration::Seconds(2);
  StartAgents();
  Call();
  network_.RunTo(60'000);
  std::vector<std::string> seeds = network_.texts;  // a whole call
  for (const std::string& text : Corpus()) seeds.push_back(text);
  network_.set_logging(false);
  auto& stranger = network_.AddNode("stranger", IpAddress::V4(0x0a000003));
  const auto socket = *stranger.Bind({stranger.address(), 5060}, *this);
  Rng rng = Rng::ForStream({.seed = 2}, "fuzz", "agent");
  int64_t now = 60'000;
  for (int i = 0; i < 5'000; ++i) {
    if (i % 50 == 0) alice_->PlaceCall("sip:bob@b", kBob);
    const std::string text =
        Mutate(seeds[rng.Below(seeds.size())], seeds[rng.Below(seeds.size())], rng, TellingText());
    socket->SendTo(rng.Below(2) == 0 ? kAlice : kBob,
                   {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    network_.RunTo(now += static_cast<int64_t>(rng.Below(100)));
  }
  network_.RunTo(now + 1'000'000);
  EXPECT_EQ(alice_->transaction_count() + bob_->transaction_count(), 0u);
  // A stranger's INVITE that is never acknowledged ends by itself; all calls are over.
  EXPECT_EQ(alice_->live_calls() + bob_->live_calls(), 0u);
  EXPECT_EQ(alice_->record_count() + bob_->record_count(), 0u);
  EXPECT_TRUE(network_.IsQuiet());
}

}  // namespace
}  // namespace tickwire::sip
