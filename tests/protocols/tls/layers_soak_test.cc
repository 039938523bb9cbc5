// Random users of TLS and WebSocket on channels in memory: they send, pause, take by hand, finish,
// close, abort and drop their handles at random. Whatever they do, what arrives is a beginning of
// what was sent, all of it where nobody gave up, and at the end nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "protocols/tls/tls_stack.h"
#include "protocols/websocket/websocket_stack.h"
#include "sim_core/random/rng.h"
#include "tests/support/memory_channels.h"

namespace tickwire {
namespace {

tls::TlsConfig RandomTls(Rng& rng) {
  tls::TlsConfig config;
  config.identities.resize(1);
  config.identities[0].certificate.subject_alternative_names = {"sip:example.com"};
  config.identities[0].certificate.issuer = "Root";
  config.trusted_issuers = {"Root"};
  if (rng.Chance({1, 2})) config.max_version = tls::TlsVersion::k12;
  config.max_fragment = 100 + rng.Below(1 << 14);
  config.max_fragment = std::min<size_t>(config.max_fragment, 1 << 14);
  return config;
}

websocket::WebSocketConfig RandomWebSocket(Rng& rng) {
  websocket::WebSocketConfig config;
  config.fragment = rng.Below(2) * 100;
  return config;
}

class User {
 public:
  User(MemoryChannels& network, const char* name, Rng& rng)
      : node_(network.AddNode(name)),
        rng_(rng),
        tls_(node_.clock(), node_, RunSeed{}, RandomTls(rng)),
        ws_(node_.clock(), node_, RunSeed{}, RandomWebSocket(rng)),
        wss_(node_.clock(), tls_, RunSeed{}, RandomWebSocket(rng)) {}

  TransportStack& StackFor(TransportKind kind) {
    if (kind == TransportKind::kWs) return ws_;
    if (kind == TransportKind::kWss) return wss_;
    return tls_;
  }
  MemoryChannels::Node& node() { return node_; }
  size_t flow_count() const { return tls_.flow_count() + ws_.flow_count() + wss_.flow_count(); }
  // True: does not want to know any more.
  bool gave_up() const { return gave_up_; }

  void Act() {
    if (diary.channel == nullptr) return;
    switch (rng_.Below(24)) {
      case 0:
        gave_up_ = true;
        return diary.channel->ShutdownSend();
      case 1:
        gave_up_ = true;
        return diary.channel->Close();
      case 2:
        if (rng_.Chance({2, 3})) return;
        gave_up_ = true;
        return diary.channel->Abort();
      case 3:
        gave_up_ = true;
        return diary.channel.reset();
      case 4:
      case 5:
        return diary.channel->PauseReceiving();
      case 6:
      case 7:
        return diary.channel->ResumeReceiving();
      case 8:
        diary.channel->PauseReceiving();
        diary.channel->Receive(1 + rng_.Below(2000));
        return;
      default:
        return SendSome();
    }
  }

  ChannelDiary diary;
  std::string sent;

 private:
  void SendSome() {
    std::string text;
    for (uint64_t size = 1 + rng_.Below(rng_.Chance({1, 10}) ? 40'000 : 900); size > 0; --size) {
      text += static_cast<char>('a' + (sent.size() + text.size()) % 23);
    }
    const uint64_t zeros = rng_.Chance({1, 10}) ? rng_.Below(3000) : 0;
    const uint64_t taken =
        diary.channel->Send({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, zeros);
    text.resize(text.size() + zeros);
    sent += text.substr(0, taken);
  }

  MemoryChannels::Node& node_;
  Rng& rng_;
  tls::TlsStack tls_;
  websocket::WebSocketStack ws_;
  websocket::WebSocketStack wss_;
  bool gave_up_ = false;
};

void Live(TransportKind kind, uint64_t seed, int& calm) {
  Rng rng = Rng::ForStream({.seed = seed}, "soak", "users");
  MemoryChannels network;
  // Over SCTP a record goes whole or not at all.
  const uint64_t least = kind == TransportKind::kTlsSctp ? 17'000 : 500;
  network.set_room(least + rng.Below(40'000));
  const size_t cut = 1 + rng.Below(3000);
  network.set_cut([cut](size_t) { return cut; });
  User client(network, "client", rng);
  User server(network, "server", rng);
  std::unique_ptr<TransportStack::Listening> listening;
  server.node().Do([&] {
    listening = *server.StackFor(kind).Listen(
        kind, {IpAddress(), 5061}, 4, [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          server.diary.channel = std::move(channel);
          return server.diary;
        });
  });
  client.node().Do([&] {
    client.diary.channel =
        *client.StackFor(kind).Connect(kind, {server.node().address(), 5061}, client.diary,
                                       {.local = {}, .peer_name = "example.com"});
  });
  const auto is_beginning = [](const std::string& part, const std::string& whole) {
    return part.size() <= whole.size() && whole.compare(0, part.size(), part) == 0;
  };
  for (uint64_t steps = rng.Below(60); steps > 0; --steps) {
    network.RunTo(network.now_ms() + static_cast<int64_t>(rng.Below(40)));
    User& who = rng.Chance({1, 2}) ? client : server;
    who.node().Do([&] { who.Act(); });
    ASSERT_TRUE(is_beginning(server.diary.text, client.sent));
    ASSERT_TRUE(is_beginning(client.diary.text, server.sent));
  }
  for (User* const user : {&client, &server}) {
    user->node().Do([&] {
      if (user->diary.channel != nullptr) user->diary.channel->ResumeReceiving();
    });
  }
  network.RunTo(network.now_ms() + 20'000);
  if (!client.gave_up() && !server.gave_up()) {
    ++calm;
    EXPECT_EQ(server.diary.text, client.sent);
    EXPECT_EQ(client.diary.text, server.sent);
    EXPECT_TRUE(client.diary.closed.empty() && server.diary.closed.empty());
  }
  ASSERT_TRUE(is_beginning(server.diary.text, client.sent));
  ASSERT_TRUE(is_beginning(client.diary.text, server.sent));
  for (User* const user : {&client, &server}) {
    user->node().Do([&] { user->diary.channel.reset(); });
  }
  network.RunTo(network.now_ms() + 60'000);
  EXPECT_EQ(client.flow_count() + server.flow_count(), 0u);
  EXPECT_EQ(network.live_pairs(), 0u);
  EXPECT_TRUE(network.IsQuiet());
}

std::string NameOf(const testing::TestParamInfo<TransportKind>& of) {
  switch (of.param) {
    case TransportKind::kTls:
      return "Tls";
    case TransportKind::kTlsSctp:
      return "TlsSctp";
    case TransportKind::kWs:
      return "Ws";
    default:
      return "Wss";
  }
}
class LayersSoak : public testing::TestWithParam<TransportKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, LayersSoak,
                         testing::Values(TransportKind::kTls, TransportKind::kTlsSctp,
                                         TransportKind::kWs, TransportKind::kWss),
                         NameOf);

TEST_P(LayersSoak, WhatArrivesIsABeginningOfWhatWasSentAndNothingIsLeft) {
  int calm = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Live(GetParam(), seed, calm);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(calm, 20);
}

}  // namespace
}  // namespace tickwire
