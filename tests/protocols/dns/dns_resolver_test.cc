#include "protocols/dns/dns_resolver.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protocols/dns/dns_server.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ZoneStore Zones() {
  ZoneStore zones;
  EXPECT_TRUE(zones.AddZone("example", {.primary = "ns.example", .minimum = 30}, 60).ok());
  EXPECT_TRUE(zones.Add(MakeAddress("a.example", 60, IpAddress::V4(1))).ok());
  EXPECT_TRUE(zones.Add(MakeCname("www.example", 60, "a.example")).ok());
  return zones;
}

// One way takes 10 ms. Two servers with the same zones.
class DnsResolverTest : public ::testing::Test, public DnsResolver::Client {
 protected:
  DnsResolverTest()
      : first_(first_node_.clock(), Zones()),
        second_(second_node_.clock(), Zones()),
        resolver_({user_.clock(), user_, RunSeed{}},
                  {.servers = {{first_node_.address(), kPort}, {second_node_.address(), kPort}}}) {
    EXPECT_TRUE(first_.Open(first_node_, {first_node_.address(), kPort}).ok());
    EXPECT_TRUE(second_.Open(second_node_, {second_node_.address(), kPort}).ok());
    EXPECT_TRUE(resolver_.Open().ok());
  }
  // True when answered at once.
  bool Ask(const std::string& name, uint64_t ticket, RecordType type = RecordType::kA) {
    DnsAnswer answer;
    const bool is_known = resolver_.Resolve(name, type, answer, *this, ticket);
    if (is_known) OnAnswer(ticket, answer);
    return is_known;
  }
  void OnAnswer(uint64_t ticket, const DnsAnswer& answer) override {
    std::string text = absl::StrCat(network_.loop().now().nanos() / 1'000'000, " ", ticket, ":");
    if (answer.kind == DnsAnswer::Kind::kFailed) text += " failed";
    if (answer.kind == DnsAnswer::Kind::kNoData) text += " no data";
    if (answer.kind == DnsAnswer::Kind::kNoName) text += " no name";
    for (const Record& record : answer.records) {
      absl::StrAppend(&text, " ", std::get<AddressData>(record.data).address.ToString());
    }
    answers_.push_back(text);
  }
  std::vector<std::string> Take() { return std::exchange(answers_, {}); }

  sip::MemoryNetwork network_{Duration::Millis(10)};
  sip::MemoryNetwork::Node& user_ = network_.AddNode("user", IpAddress::V4(0x0a000001));
  sip::MemoryNetwork::Node& first_node_ = network_.AddNode("ns1", IpAddress::V4(0x0a000002));
  sip::MemoryNetwork::Node& second_node_ = network_.AddNode("ns2", IpAddress::V4(0x0a000003));
  DnsServer first_, second_;
  DnsResolver resolver_;
  std::vector<std::string> answers_;
};

TEST_F(DnsResolverTest, AsksOnceAndKnowsUntilTheTtlIsOver) {
  EXPECT_FALSE(Ask("a.example", 1));
  network_.RunTo(1000);
  EXPECT_THAT(Take(), ElementsAre("20 1: 0.0.0.1"));
  EXPECT_TRUE(Ask("A.Example.", 2));  // any case, with or without the last dot
  EXPECT_THAT(Take(), ElementsAre("1000 2: 0.0.0.1"));
  network_.RunTo(60'020);
  EXPECT_FALSE(Ask("a.example", 3));
  EXPECT_EQ(resolver_.counters().queries_sent, 2u);
  network_.RunTo(61'000);
}

TEST_F(DnsResolverTest, EqualQuestionsShareOneQuery) {
  Ask("a.example", 1);
  Ask("a.example", 2);
  network_.RunTo(100);
  EXPECT_THAT(Take(), ElementsAre("20 1: 0.0.0.1", "20 2: 0.0.0.1"));
  EXPECT_EQ(resolver_.counters().queries_sent, 1u);
}

TEST_F(DnsResolverTest, AliasesAndNegativeAnswersAreUnderstood) {
  Ask("www.example", 1);
  Ask("nobody.example", 2);
  Ask("a.example", 3, RecordType::kSrv);
  network_.RunTo(100);
  EXPECT_THAT(Take(), ElementsAre("20 1: 0.0.0.1", "20 2: no name", "20 3: no data"));
  EXPECT_TRUE(Ask("nobody.example", 4));
}

// 2 s for the first server, then the second one answers.
TEST_F(DnsResolverTest, AfterATimeoutTheNextServerIsAsked) {
  network_.set_loss([&](const Endpoint& from, absl::string_view) {
    return from.address == first_node_.address();
  });
  Ask("a.example", 1);
  network_.RunTo(10'000);
  EXPECT_THAT(Take(), ElementsAre("2020 1: 0.0.0.1"));
}

// Three rounds over two servers: 2 * (2 + 4 + 8) s.
TEST_F(DnsResolverTest, GivesUpWhenNobodyAnswers) {
  network_.set_loss([](const Endpoint&, absl::string_view) { return true; });
  Ask("a.example", 1);
  network_.RunTo(100'000);
  EXPECT_THAT(Take(), ElementsAre("28000 1: failed"));
  EXPECT_EQ(resolver_.counters().queries_sent, 6u);
  EXPECT_EQ(resolver_.open_queries(), 0u);
}

TEST_F(DnsResolverTest, ABrokenServerIsNotAskedAgain) {
  first_.set_always(Rcode::kServerFailure);
  Ask("a.example", 1);
  network_.RunTo(100);
  EXPECT_THAT(Take(), ElementsAre("40 1: 0.0.0.1"));
  second_.set_always(Rcode::kRefused);
  Ask("b.example", 2);
  network_.RunTo(200);
  EXPECT_THAT(Take(), ElementsAre("140 2: failed"));
}

TEST_F(DnsResolverTest, AForgottenQuestionIsNotAnswered) {
  Ask("a.example", 1);
  Ask("a.example", 2);
  resolver_.Forget(*this, 1);
  network_.RunTo(100);
  EXPECT_THAT(Take(), ElementsAre("20 2: 0.0.0.1"));
}

TEST_F(DnsResolverTest, WhatNobodyAskedForIsDropped) {
  sip::MemoryNetwork::Node& stranger = network_.AddNode("stranger", IpAddress::V4(0x0a000009));
  class Quiet : public DatagramSocket::Listener {
    void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>,
                   uint32_t) override {}
    void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  } quiet;
  auto socket = stranger.Bind({stranger.address(), kPort}, quiet);
  ASSERT_TRUE(socket.ok());
  Message lie;
  lie.is_response = true;
  lie.questions = {{"a.example", RecordType::kA}};
  lie.answers = {MakeAddress("a.example", 60, IpAddress::V4(666))};
  Ask("a.example", 1);
  for (int id = 0; id < 0x10000; id += 1) {
    lie.id = static_cast<uint16_t>(id);
    (*socket)->SendTo({user_.address(), 0}, lie.Serialize());
  }
  network_.RunTo(100);
  EXPECT_THAT(Take(), ElementsAre("20 1: 0.0.0.1"));
  EXPECT_EQ(resolver_.counters().dropped, 0x10000u);
}

}  // namespace
}  // namespace tickwire::dns
