// WebSocket over channels in memory, 10 ms apart, and over TLS on them.
#include "protocols/websocket/websocket_stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "protocols/tls/tls_stack.h"
#include "protocols/websocket/frame.h"
#include "protocols/websocket/opening_handshake.h"
#include "tests/support/memory_channels.h"
#include "tests/support/recorder.h"

namespace tickwire::websocket {
namespace {

using testing::ElementsAre;

constexpr int64_t kRoundTripMs = 20;
constexpr uint16_t kPort = 80;

std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class World {
 public:
  void Start(bool secure = false) {
    is_secure = secure;
    if (secure) {
      tls::TlsConfig tls_config;
      tls_config.trusted_issuers = {"Root"};
      tls_config.identities.resize(1);
      tls_config.identities[0].certificate.subject_alternative_names = {"sip:example.com"};
      tls_config.identities[0].certificate.issuer = "Root";
      client_tls =
          std::make_unique<tls::TlsStack>(client_node.clock(), client_node, RunSeed{}, tls_config);
      server_tls =
          std::make_unique<tls::TlsStack>(server_node.clock(), server_node, RunSeed{}, tls_config);
    }
    TransportStack& client_below = secure ? static_cast<TransportStack&>(*client_tls) : client_node;
    TransportStack& server_below = secure ? static_cast<TransportStack&>(*server_tls) : server_node;
    client = std::make_unique<WebSocketStack>(client_node.clock(), client_below, RunSeed{},
                                              client_config);
    server = std::make_unique<WebSocketStack>(server_node.clock(), server_below, RunSeed{},
                                              server_config);
    server_node.Do([&] {
      auto made = server->Listen(kind(), {IpAddress(), kPort}, 10,
                                 [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                   far.channel = std::move(channel);
                                   return far;
                                 });
      TW_CHECK(made.ok());
      listening = std::move(*made);
    });
  }
  void Connect() {
    near.now_ms = far.now_ms = [this] { return network.now_ms(); };
    client_node.Do([&] {
      auto made = client->Connect(kind(), {server_node.address(), kPort}, near,
                                  {.local = {}, .peer_name = "example.com"});
      TW_CHECK(made.ok());
      near.channel = std::move(*made);
    });
  }
  void Open(bool secure = false) {
    Start(secure);
    Connect();
    RunFor(200);
    ASSERT_THAT(near.events, ElementsAre("connected"));
    ASSERT_NE(far.channel, nullptr);
  }
  // A client that speaks for itself, on a plain channel.
  void OpenRaw() {
    Start();
    client_node.Do([&] {
      near.channel =
          *client_node.Connect(TransportKind::kTcp, {server_node.address(), kPort}, near, {});
    });
    RunFor(kRoundTripMs);
    SendRaw(MakeRequest({"/", "x", "dGhlIHNhbXBsZSBub25jZQ==", "", "sip"}));
    RunFor(kRoundTripMs);
    near.text.clear();
  }
  void SendRaw(const std::string& text) {
    client_node.Do([&] { TW_CHECK(near.channel->Send(Bytes(text)) == text.size()); });
    RunFor(kRoundTripMs);
  }
  void SendRaw(Opcode opcode, bool is_last, const std::string& payload) {
    std::vector<uint8_t> out;
    AppendFrame(opcode, is_last, Bytes(payload), 0x01020304, out);
    SendRaw(std::string(out.begin(), out.end()));
  }
  TransportKind kind() const { return is_secure ? TransportKind::kWss : TransportKind::kWs; }
  void RunFor(int64_t ms) { network.RunTo(network.now_ms() + ms); }

  bool is_secure = false;
  Recorder recorder;
  MemoryChannels network{Duration::Millis(10)};
  MemoryChannels::Node& client_node = network.AddNode("client", &recorder);
  MemoryChannels::Node& server_node = network.AddNode("server", &recorder);
  WebSocketConfig client_config, server_config;
  std::unique_ptr<tls::TlsStack> client_tls, server_tls;
  std::unique_ptr<WebSocketStack> client, server;
  ChannelDiary near, far;
  std::unique_ptr<TransportStack::Listening> listening;
};

// One round trip for the channel, one for the handshake; over TLS 1.3 one more.
TEST(WebSocketStack, OpeningTakesOneRoundTripAfterTheChannel) {
  World plain, secure;
  plain.Open();
  EXPECT_THAT(plain.near.times, ElementsAre(2 * kRoundTripMs));
  secure.Open(/*secure=*/true);
  EXPECT_THAT(secure.near.times, ElementsAre(3 * kRoundTripMs));
  EXPECT_THAT(secure.near.channel->peer_names(), ElementsAre("example.com"));
}

TEST(WebSocketStack, MessagesArriveWholeHoweverTheStreamIsCut) {
  for (const bool secure : {false, true}) {
    for (const size_t fragment : {0u, 100u}) {
      for (const size_t cut : {1u, 2u, 3u, 7u, 16u, 29u, 1000u}) {
        World world;
        world.client_config.fragment = fragment;
        world.network.set_cut([&](size_t) { return cut; });
        world.Open(secure);
        EXPECT_TRUE(world.near.channel->preserves_messages());
        std::vector<std::string> sent;
        for (const size_t size : {1u, 100u, 125u, 126u, 300u, 20'000u}) {
          sent.emplace_back(size, 'a');
          world.client_node.Do(
              [&] { EXPECT_EQ(world.near.channel->Send(Bytes(sent.back())), size); });
          world.RunFor(100);
        }
        world.server_node.Do([&] { world.far.channel->Send(Bytes("answer")); });
        world.RunFor(100);
        EXPECT_EQ(world.far.messages, sent);
        EXPECT_THAT(world.near.messages, ElementsAre("answer"));
      }
    }
  }
}

// RFC 6455 §5.3: what travels from a client is masked, what a server sends is not.
TEST(WebSocketStack, AClientMasksAndAServerDoesNot) {
  World world;
  world.Open();
  world.network.sent.clear();
  world.client_node.Do([&] { world.near.channel->Send(Bytes("INVITE sip:bob")); });
  world.server_node.Do([&] { world.far.channel->Send(Bytes("SIP/2.0 200 OK")); });
  ASSERT_EQ(world.network.sent.size(), 2u);
  const auto text = [&](int i) {
    return std::string(world.network.sent[i].bytes.begin(), world.network.sent[i].bytes.end());
  };
  EXPECT_THAT(text(0), testing::Not(testing::HasSubstr("INVITE")));
  EXPECT_THAT(text(1), testing::HasSubstr("SIP/2.0 200 OK"));
}

// RFC 7118 §4.2.
TEST(WebSocketStack, TextIsUtf8AndAllElseIsBinary) {
  World world;
  world.Open();
  world.network.sent.clear();
  world.client_node.Do([&] { world.near.channel->Send(Bytes("\xc3\xa4")); });
  world.RunFor(100);
  world.client_node.Do([&] { world.near.channel->Send(Bytes("\xe4")); });
  world.RunFor(100);
  EXPECT_EQ(world.network.sent[0].bytes[0], 0x81);
  EXPECT_EQ(world.network.sent[1].bytes[0], 0x82);
  EXPECT_THAT(world.far.messages, ElementsAre("\xc3\xa4", "\xe4"));
}

// RFC 6455 §7.1.1: Close, Close, then the server ends the channel first.
TEST(WebSocketStack, WhoeverClosesBothAreToldAndTheServerEndsTheChannel) {
  for (const bool secure : {false, true}) {
    for (const bool client_closes : {true, false}) {
      World world;
      world.Open(secure);
      ChannelDiary& closer = client_closes ? world.near : world.far;
      ChannelDiary& other = client_closes ? world.far : world.near;
      (client_closes ? world.client_node : world.server_node).Do([&] { closer.channel->Close(); });
      EXPECT_EQ(closer.channel->Send(Bytes("x")), 0u);
      world.RunFor(200);
      EXPECT_THAT(closer.closed, ElementsAre(CloseReason::kLocal));
      EXPECT_THAT(other.closed, ElementsAre(CloseReason::kPeer));
      EXPECT_THAT(other.events, testing::Contains("finished"));
      EXPECT_EQ(world.network.live_pairs(), 0u);
      EXPECT_EQ(world.client->flow_count() + world.server->flow_count(), 0u);
      EXPECT_TRUE(world.network.IsQuiet());
    }
  }
}

TEST(WebSocketStack, AServerRefusesWhoDoesNotSpeakSip) {
  World world;
  world.client_config.subprotocol = "chat";
  world.Start();
  world.Connect();
  world.RunFor(200);
  EXPECT_THAT(world.near.closed, ElementsAre(CloseReason::kProtocol));
  EXPECT_EQ(world.far.channel, nullptr);
  EXPECT_EQ(world.server->counters().refused, 1u);
  EXPECT_EQ(world.recorder.Count(TraceKind::kNote, "request refused"), 1);
  EXPECT_EQ(world.recorder.Count(TraceKind::kNote, "response not accepted"), 1);
  EXPECT_EQ(world.network.live_pairs(), 0u);
}

// What the server says after these frames: its close code.
int CloseCodeOf(const std::string& text) {
  FrameReader reader(/*expects_mask=*/false);
  reader.Append(Bytes(text));
  Frame frame;
  FrameError error{};
  while (reader.Next(1 << 20, frame, error) == FrameReader::Result::kFrame) {
    if (frame.opcode == Opcode::kClose) return ParseCloseBody(frame.payload)->code.value_or(0);
  }
  return 0;
}

TEST(WebSocketStack, PingsAreAnsweredWithTheirOwnPayloadEvenBetweenFragments) {
  World world;
  world.OpenRaw();
  world.SendRaw(Opcode::kText, /*is_last=*/false, "Hel");
  world.SendRaw(Opcode::kPing, /*is_last=*/true, "are you there");
  world.SendRaw(Opcode::kContinuation, /*is_last=*/true, "lo");
  EXPECT_THAT(world.far.messages, ElementsAre("Hello"));
  EXPECT_EQ(world.near.text, std::string("\x8a\x0d") + "are you there");  // §5.5.3
}

TEST(WebSocketStack, WhatBreaksTheRulesClosesWithItsCode) {
  struct Case {
    std::vector<std::tuple<Opcode, bool, std::string>> frames;
    int code;
    const char* why;
  };
  const std::vector<Case> cases = {
      {{{Opcode::kContinuation, true, "x"}}, 1002, "§5.4: nothing to continue"},
      {{{Opcode::kText, false, "x"}, {Opcode::kText, true, "y"}}, 1002, "§5.4: not continued"},
      {{{Opcode::kText, true, "\xff"}}, 1007, "§8.1: not UTF-8"},
      {{{Opcode::kText, true, std::string(2000, 'x')}}, 1009, "§7.4.1: too big"},
      {{{Opcode::kBinary, false, std::string(800, 'x')},
        {Opcode::kContinuation, true, std::string(800, 'x')}},
       1009,
       "§7.4.1: too big in sum"},
      {{{Opcode::kClose, true, "\x03"}}, 1002, "§5.5.1: half a code"},
      {{{Opcode::kClose, true, "\x03\xed"}}, 1002, "§7.4.1: 1005 never is sent"},
  };
  for (const Case& test : cases) {
    World world;
    world.server_config.max_message = 1000;
    world.OpenRaw();
    for (const auto& [opcode, is_last, payload] : test.frames) {
      world.SendRaw(opcode, is_last, payload);
    }
    EXPECT_EQ(CloseCodeOf(world.near.text), test.code) << test.why;
    EXPECT_THAT(world.far.closed, ElementsAre(CloseReason::kProtocol)) << test.why;
    EXPECT_THAT(world.near.events, testing::Contains("finished")) << test.why;
    world.client_node.Do([&] { world.near.channel->Close(); });
    world.RunFor(200);
    EXPECT_EQ(world.server->flow_count(), 0u);
  }
}

TEST(WebSocketStack, AnEndWithoutCloseIsNotedAsAbnormal) {
  World world;
  world.OpenRaw();
  world.client_node.Do([&] { world.near.channel->Close(); });
  world.RunFor(200);
  EXPECT_THAT(world.far.closed, ElementsAre(CloseReason::kPeer));
  EXPECT_EQ(world.recorder.Count(TraceKind::kNote, "ended without Close"), 1);
}

TEST(WebSocketStack, APeerThatSaysNothingWithinTheTimeIsGivenUp) {
  World world;
  world.server_config.handshake_timeout = Duration::Seconds(3);
  world.Start();
  world.client_node.Do([&] {
    world.near.channel = *world.client_node.Connect(
        TransportKind::kTcp, {world.server_node.address(), kPort}, world.near, {});
  });
  world.RunFor(2990);
  EXPECT_EQ(world.server->flow_count(), 1u);
  world.RunFor(100);
  EXPECT_EQ(world.server->flow_count(), 0u);
  EXPECT_THAT(world.near.closed, ElementsAre(CloseReason::kReset));
}

// §5.5.2: a peer that answers lives; one that does not is given up after two intervals.
TEST(WebSocketStack, PingsKeepAnIdleConnectionAndFindADeadOne) {
  World alive;
  alive.server_config.ping_interval = Duration::Seconds(5);
  alive.Open();
  alive.RunFor(60'000);
  EXPECT_THAT(alive.far.closed, testing::IsEmpty());
  World dead;
  dead.server_config.ping_interval = Duration::Seconds(5);
  dead.OpenRaw();
  dead.RunFor(11'000);
  EXPECT_THAT(dead.far.closed, ElementsAre(CloseReason::kTimeout));
}

// A slow reader: nothing grows, nothing is lost.
TEST(WebSocketStack, ASlowReaderStopsTheSender) {
  for (const bool secure : {false, true}) {
    World world;
    world.network.set_room(3000);
    world.Open(secure);
    world.server_node.Do([&] { world.far.channel->PauseReceiving(); });
    const std::string message(1000, 'm');
    int sent = 0;
    const auto fill = [&] {
      while (sent < 50 && world.near.channel->Send(Bytes(message)) > 0) ++sent;
    };
    world.near.on_writable = fill;
    world.client_node.Do(fill);
    world.RunFor(1000);
    EXPECT_LE(sent, 4);
    EXPECT_TRUE(world.far.messages.empty());
    world.server_node.Do([&] { EXPECT_GE(world.far.channel->Receive(1), 1000u); });
    EXPECT_EQ(world.far.messages.size(), 1u);
    world.server_node.Do([&] { world.far.channel->ResumeReceiving(); });
    world.RunFor(5000);
    EXPECT_EQ(sent, 50);
    EXPECT_EQ(world.far.messages, std::vector<std::string>(50, message));
  }
}

TEST(WebSocketStack, AHandleThatIsDroppedInAnyCallbackLeavesNothingBehind) {
  for (const bool secure : {false, true}) {
    World world;
    world.Open(secure);
    world.far.on_receive = [&] { world.far.channel.reset(); };
    world.client_node.Do([&] {
      world.near.channel->Send(Bytes("one"));
      world.near.channel->Send(Bytes("two"));
    });
    world.RunFor(500);
    EXPECT_THAT(world.far.messages, ElementsAre("one"));
    EXPECT_THAT(world.near.closed, ElementsAre(CloseReason::kPeer));
    EXPECT_EQ(world.network.live_pairs(), 0u);
    EXPECT_EQ(world.client->flow_count() + world.server->flow_count(), 0u);
  }
}

TEST(WebSocketStack, OtherKindsAreInvalid) {
  World world;
  world.Start();
  EXPECT_EQ(world.client->Connect(TransportKind::kTcp, {}, world.near, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tickwire::websocket
