// Calls through a proxy over every pair of transports, with lost datagrams, resets of all
// connections and short calls: each call ends, and nothing is left behind.
#include "sim_core/random/rng.h"
#include "tests/protocols/sip/support/transports_fixture.h"

namespace tickwire::sip {
namespace {

struct Pair {
  TransportKind alice, bob;
  bool is_secure;
};

class TransportsSoak : public TransportsFixture, public ::testing::WithParamInterface<Pair> {
 protected:
  static Transports Speaks(TransportKind preferred) {
    Transports transports = kAll;
    transports.set_preferred(preferred);
    return transports;
  }
  void Prepare(const Pair& pair) {
    alice_config_.transport.transports = Speaks(pair.alice);
    bob_config_.transport.transports = Speaks(pair.bob);
    config_.transport.transports = kAll;
    config_.transport.websocket_port = 8080;
    config_.transport.secure_websocket_port = 8443;
    for (const char* name : {"example.com", "proxy.example.com"}) {
      names_.Add(name, {proxy_node_.address(), 8080}, TransportKind::kWs);
      names_.Add(name, {proxy_node_.address(), 8443}, TransportKind::kWss);
    }
  }
};

// All as it should be: each call is answered, by the transports of its two sides and no other.
TEST_P(TransportsSoak, WithoutTroubleEachSideKeepsItsTransport) {
  const Pair& pair = GetParam();
  Prepare(pair);
  bob_at_.clear();
  Start();
  RegistrationOptions options;
  options.registrar = pair.is_secure ? "sips:example.com" : "sip:example.com";
  options.address_of_record = pair.is_secure ? "sips:bob@example.com" : "sip:bob@example.com";
  options.user = "bob";
  options.refreshes = false;
  bob_->AddRegistration(options).Register();
  Run(1000);
  network_.texts.clear(), streams_.texts.clear();
  const CallHandle call = Call(options.address_of_record);
  Run(3000);
  ASSERT_TRUE(IsAnswered(call));
  EXPECT_EQ(Find("INVITE", "10.0.0.1").Get<Via>()->transport, ViaName(pair.alice));
  EXPECT_EQ(Find("INVITE", "10.0.0.100").Get<Via>()->transport, ViaName(pair.bob));
  EXPECT_EQ(Find("ACK", "10.0.0.1").Get<Via>()->transport, ViaName(pair.alice));
  EXPECT_EQ(Find("ACK", "10.0.0.100").Get<Via>()->transport, ViaName(pair.bob));
  bob_->HangUp(CallHandle{1});
  Run(1000);
  EXPECT_EQ(Find("BYE", "10.0.0.2").Get<Via>()->transport, ViaName(pair.bob));
  EXPECT_EQ(Find("BYE", "10.0.0.100").Get<Via>()->transport, ViaName(pair.alice));
  EXPECT_EQ(CountUdp("INVITE") + CountStreams("INVITE"), 2);
  EXPECT_EQ(CountUdp("BYE") + CountStreams("BYE"), 2);
  ExpectNothingLeft();
}

TEST_P(TransportsSoak, WhateverHappensBelowEachCallEnds) {
  const Pair& pair = GetParam();
  Prepare(pair);
  bob_at_ = absl::StrCat(pair.is_secure ? "sips" : "sip",
                         ":bob@10.0.0.2:", pair.is_secure || IsSecure(pair.bob) ? 5061 : 5060,
                         TransportParam(pair.bob, pair.is_secure));
  Start();
  network_.set_logging(false);
  Rng rng = Rng::ForStream(RunSeed{}, "soak", ViaName(pair.alice));
  network_.set_loss([&](const Endpoint&, absl::string_view) { return rng.Next64() % 10 == 0; });
  for (int i = 0; i < 100; ++i) {
    const CallHandle call = Call(pair.is_secure ? "sips:bob@example.com" : "sip:bob@example.com");
    Run(static_cast<int64_t>(rng.Next64() % 3000));
    if (rng.Next64() % 4 == 0) streams_.ResetAll();
    Run(static_cast<int64_t>(rng.Next64() % 1000));
    alice_->Cancel(call);
    alice_->HangUp(call);
  }
  ExpectNothingLeft();
  // RFC 7118 §5: a WebSocket client that has not come itself cannot be reached.
  const bool is_reachable = !IsWebSocket(pair.bob);
  EXPECT_EQ(alice_->counters().answered > 30, is_reachable);
}

// §16.11: without state, responses find the connection of their request by the Via alone.
TEST_P(TransportsSoak, AStatelessProxyServesTheSamePairs) {
  const Pair& pair = GetParam();
  if (IsWebSocket(pair.bob)) GTEST_SKIP() << "nobody can come to a WebSocket client";
  Prepare(pair);
  config_.mode = ServerMode::kStateless;
  bob_at_ = absl::StrCat(pair.is_secure ? "sips" : "sip",
                         ":bob@10.0.0.2:", pair.is_secure || IsSecure(pair.bob) ? 5061 : 5060,
                         TransportParam(pair.bob, pair.is_secure));
  Start();
  const CallHandle call = Call(pair.is_secure ? "sips:bob@example.com" : "sip:bob@example.com");
  Run(3000);
  ASSERT_TRUE(IsAnswered(call));
  const bool is_bob_on_streams = pair.bob != TransportKind::kUdp;
  const bool is_alice_on_streams = pair.alice != TransportKind::kUdp;
  EXPECT_EQ(streams_.opened.size(),
            (is_alice_on_streams ? 1u : 0u) + (is_bob_on_streams ? 1u : 0u));
  alice_->HangUp(call);
  Run(1000);
  EXPECT_EQ(CountUdp("BYE") + CountStreams("BYE"), 2);
  ExpectNothingLeft();
}

constexpr TransportKind kPlain[] = {TransportKind::kUdp, TransportKind::kTcp, TransportKind::kTls,
                                    TransportKind::kSctp};
constexpr TransportKind kSecure[] = {TransportKind::kTls, TransportKind::kTlsSctp};

std::vector<Pair> AllPairs() {
  std::vector<Pair> pairs;
  for (const TransportKind alice : kPlain) {
    for (const TransportKind bob : kPlain) pairs.push_back({alice, bob, false});
  }
  for (const TransportKind alice : kSecure) {
    for (const TransportKind bob : kSecure) pairs.push_back({alice, bob, true});
  }
  pairs.push_back({TransportKind::kTcp, TransportKind::kWs, false});
  pairs.push_back({TransportKind::kWs, TransportKind::kUdp, false});
  pairs.push_back({TransportKind::kWss, TransportKind::kTls, true});
  return pairs;
}

INSTANTIATE_TEST_SUITE_P(Pairs, TransportsSoak, ::testing::ValuesIn(AllPairs()),
                         [](const ::testing::TestParamInfo<Pair>& pair) {
                           std::string name = absl::StrCat(pair.param.is_secure ? "Sips" : "Sip",
                                                           ViaName(pair.param.alice), "To",
                                                           ViaName(pair.param.bob));
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace tickwire::sip
