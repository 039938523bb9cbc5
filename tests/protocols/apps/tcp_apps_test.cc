// The applications on a TransportStack, over TCP between two nodes: 10 ms each way, no limit of
// rate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "protocols/apps/bulk_sender.h"
#include "protocols/apps/byte_echo.h"
#include "protocols/apps/byte_sink.h"
#include "protocols/apps/constant_rate.h"
#include "protocols/apps/keystrokes.h"
#include "protocols/apps/on_off.h"
#include "protocols/apps/request_client.h"
#include "protocols/apps/request_server.h"
#include "protocols/tcp/tcp_layer.h"
#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

constexpr Duration kOneWay = Duration::Millis(10);
constexpr Duration kRoundTrip = Duration::Millis(20);

SimTime At(int64_t millis) { return SimTime() + Duration::Millis(millis); }

class TcpApps : public testing::Test {
 protected:
  TcpApps() : world_({"client", "server"}) {
    world_.Connect("client", "server", 1500, kOneWay);
    for (const char* node : {"client", "server"}) {
      const std::string other = node == std::string("client") ? "server" : "client";
      world_.AddIp(node);
      world_.Address(node, other, node == std::string("client") ? "10.0.0.1" : "10.0.0.2");
      world_.Route(node, "10.0.0.0/24", other);
    }
    client_ = std::make_unique<tcp::TcpLayer>(*world_.ips["client"], RunSeed{});
    server_ = std::make_unique<tcp::TcpLayer>(*world_.ips["server"], RunSeed{});
  }
  AppHost Client() { return {world_.simulator.node("client").clock(), *client_}; }
  AppHost Server() { return {world_.simulator.node("server").clock(), *server_}; }
  static FlowClient::Target To(uint16_t port) { return {.remote = {Ip("10.0.0.2"), port}}; }
  void RunTo(int64_t millis) { world_.simulator.RunUntil(At(millis)); }
  int Samples(const std::string& name) { return world_.recorder.Count(TraceKind::kSample, name); }

  IpWorld world_;
  std::unique_ptr<tcp::TcpLayer> client_, server_;
};

TEST_F(TcpApps, BulkSenderSendsItsBytesAndCloses) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 3'000'000, .start = At(5)});
  RunTo(4);
  EXPECT_EQ(sender.totals().opened, 0u);
  RunTo(60'000);
  EXPECT_EQ(sender.totals().bytes_sent, 3'000'000u);
  EXPECT_EQ(sink.totals().bytes_received, 3'000'000u);
  EXPECT_EQ(sink.totals().closed, 1u);
  EXPECT_EQ(sender.totals().closed, 1u);
  EXPECT_EQ(sink.session_count(), 0u);
}

TEST_F(TcpApps, BulkSenderWithoutAnEndStopsWhenItsTimeIsUp) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .until = At(300)});
  RunTo(300);
  const uint64_t given = sender.totals().bytes_sent;
  EXPECT_GT(given, 1'000'000u);
  RunTo(60'000);
  // What had been given to TCP and to the queue before it still goes: at most one piece of 1 MiB.
  EXPECT_LE(sink.totals().bytes_received, given + (1 << 20));
  EXPECT_EQ(sink.totals().bytes_received, sender.totals().bytes_sent);
  EXPECT_EQ(sink.totals().closed, 1u);
}

TEST_F(TcpApps, BulkSenderThatStaysOpenDoesNotClose) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 1000, .stays_open = true});
  RunTo(60'000);
  EXPECT_EQ(sink.totals().bytes_received, 1000u);
  EXPECT_EQ(sink.session_count(), 1u);
  EXPECT_EQ(client_->live_connection_count(), 1u);
}

TEST_F(TcpApps, NobodyListensIsARefusal) {
  BulkSender sender(Client(), {.target = To(9), .bytes = 1000});
  RunTo(1000);
  EXPECT_EQ(sender.totals().refused, 1u);
  EXPECT_EQ(sender.totals().established, 0u);
}

TEST_F(TcpApps, NoRouteIsUnreachable) {
  BulkSender sender(Client(), {.target = {.remote = {Ip("192.168.1.1"), 9}}, .bytes = 1000});
  RunTo(1000);
  EXPECT_EQ(sender.totals().unreachable, 1u);
}

TEST_F(TcpApps, ASecondListenerOnAPortFails) {
  ByteSink first(Server(), {}), second(Server(), {});
  EXPECT_TRUE(first.Listen().ok());
  EXPECT_FALSE(second.Listen().ok());
}

// 80 kbit/s are 10 bytes a millisecond.
TEST_F(TcpApps, ASlowReaderReadsAtItsRate) {
  server_->set_config([] {
    tcp::TcpConfig config;
    config.receive_buffer = 8000;
    return config;
  }());
  ByteSink sink(Server(), {.reader = {.rate = DataRate::BitsPerSecond(80'000)}});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 1'000'000});
  RunTo(5000);
  const uint64_t at_5_s = sink.totals().bytes_received;
  RunTo(15'000);
  // 100,000 bytes in these ten seconds, but for one chunk.
  EXPECT_THAT(sink.totals().bytes_received - at_5_s, AllOf(Ge(98'000u), Le(102'000u)));
}

TEST_F(TcpApps, AReaderStopsAfterSoMuchAndGoesOn) {
  server_->set_config([] {
    tcp::TcpConfig config;
    config.receive_buffer = 20'000;
    return config;
  }());
  ByteSink sink(Server(),
                {.reader = {.stop_after = 50'000, .resume_after = Duration::Seconds(10)}});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 200'000});
  RunTo(9'000);
  // The segment that reaches it is the last, but for what one event delivers.
  EXPECT_THAT(sink.totals().bytes_received, AllOf(Ge(50'000u), Le(50'000u + 20'000u)));
  RunTo(60'000);
  EXPECT_EQ(sink.totals().bytes_received, 200'000u);
}

TEST_F(TcpApps, AReaderThatNeverReadsTakesNothing) {
  ByteSink sink(Server(), {.reader = {.stop_after = 0}});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 5'000'000});
  RunTo(60'000);
  EXPECT_EQ(sink.totals().bytes_received, 0u);
}

TEST_F(TcpApps, ASinkAcceptsNobodyBeforeItsTime) {
  ByteSink sink(Server(), {.accept_from = Duration::Seconds(1)});
  ASSERT_TRUE(sink.Listen().ok());
  BulkSender sender(Client(), {.target = To(9), .bytes = 1000});
  RunTo(999);
  EXPECT_EQ(sink.totals().opened, 0u);
  EXPECT_EQ(sender.totals().established, 1u);
  RunTo(1000);
  EXPECT_EQ(sink.totals().opened, 1u);
  RunTo(2000);
  EXPECT_EQ(sink.totals().bytes_received, 1000u);
}

TEST_F(TcpApps, AnEchoSendsAllBackHoweverMuch) {
  ByteEcho echo(Server());
  ASSERT_TRUE(echo.Listen({.port = 7}).ok());
  BulkSender sender(Client(), {.target = To(7), .bytes = 2'000'000});
  RunTo(120'000);
  EXPECT_EQ(echo.totals().bytes_received, 2'000'000u);
  EXPECT_EQ(sender.totals().bytes_received, 2'000'000u);
  EXPECT_EQ(sender.totals().closed, 1u);
}

TEST_F(TcpApps, EachKeystrokeComesBackAfterARoundTrip) {
  ByteEcho echo(Server());
  ASSERT_TRUE(echo.Listen({.port = 7}).ok());
  Keystrokes typist(
      Client(), {.target = To(7), .interval = [] { return Duration::Millis(100); }, .keys = 10});
  RunTo(10'000);
  EXPECT_EQ(typist.keys(), 10u);
  EXPECT_EQ(typist.echoes(), 10u);
  EXPECT_EQ(typist.longest_echo_time(), kRoundTrip);
  EXPECT_EQ(Samples("echo_time"), 10);
  EXPECT_EQ(typist.totals().closed, 1u);
}

TEST_F(TcpApps, ConstantRateHandsOutItsMessagesAtItsPace) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  ConstantRate source(
      Client(),
      {.target = To(9), .message_bytes = 500, .interval = Duration::Millis(10), .messages = 100});
  // Connected at 20 ms; the first message then, the fiftieth 490 ms later.
  RunTo(20 + 490);
  EXPECT_EQ(source.messages(), 50u);
  RunTo(10'000);
  EXPECT_EQ(source.messages(), 100u);
  EXPECT_EQ(sink.totals().bytes_received, 50'000u);
  EXPECT_EQ(sink.totals().closed, 1u);
}

TEST_F(TcpApps, ConstantRateClosesWhenItsTimeIsUp) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  ConstantRate source(Client(), {.target = To(9), .until = At(1005)});
  RunTo(10'000);
  // From 20 ms on one each 20 ms, none at or after 1005 ms.
  EXPECT_EQ(source.messages(), 50u);
  EXPECT_EQ(sink.totals().closed, 1u);
}

// 100 ms on and 300 ms off; 8 Mbit/s in messages of 1000 bytes: one a millisecond.
TEST_F(TcpApps, OnOffSendsAndPauses) {
  ByteSink sink(Server(), {});
  ASSERT_TRUE(sink.Listen().ok());
  OnOff source(Client(), {.target = To(9),
                          .on = [] { return Duration::Millis(100); },
                          .off = [] { return Duration::Millis(300); },
                          .rate = DataRate::BitsPerSecond(8'000'000),
                          .until = At(4020)});
  RunTo(20 + 250);
  // 0 to 99 ms after it connected; at 100 ms it is off.
  EXPECT_EQ(sink.totals().bytes_received, 100'000u);
  RunTo(20'000);
  EXPECT_EQ(source.periods(), 10u);
  EXPECT_EQ(sink.totals().bytes_received, 1'000'000u);
  EXPECT_EQ(sink.totals().closed, 1u);
}

TEST_F(TcpApps, RequestsAreAnsweredOneByOne) {
  RequestServer server(Server(), {});
  ASSERT_TRUE(server.Listen().ok());
  RequestClient client(Client(), {.target = To(80), .response_bytes = 3 * 1448, .requests = 3});
  RunTo(10'000);
  EXPECT_EQ(client.requests(), 3u);
  EXPECT_EQ(client.responses(), 3u);
  EXPECT_EQ(server.answered(), 3u);
  EXPECT_EQ(client.totals().opened, 1u);
  EXPECT_EQ(client.totals().bytes_received, 9u * 1448u);
  // The first has the handshake before it.
  EXPECT_EQ(client.longest_response_time(), kRoundTrip * 2);
  EXPECT_EQ(server.totals().closed, 1u);
}

TEST_F(TcpApps, AConnectionForEachRequest) {
  RequestServer server(Server(), {});
  ASSERT_TRUE(server.Listen().ok());
  RequestClient client(Client(), {.target = To(80),
                                  .response_bytes = 1000,
                                  .requests = 4,
                                  .think_time = [] { return Duration::Millis(50); },
                                  .new_connection_each = true});
  RunTo(10'000);
  EXPECT_EQ(client.totals().opened, 4u);
  EXPECT_EQ(client.responses(), 4u);
  EXPECT_EQ(client.total_response_time(), kRoundTrip * 2 * 4);
}

TEST_F(TcpApps, AServerTakesItsTime) {
  RequestServer server(Server(), {.service_time = [] { return Duration::Millis(70); }});
  ASSERT_TRUE(server.Listen().ok());
  RequestClient client(Client(), {.target = To(80), .response_bytes = 1000, .requests = 1});
  RunTo(10'000);
  EXPECT_EQ(client.longest_response_time(), kRoundTrip * 2 + Duration::Millis(70));
}

TEST_F(TcpApps, AServerMayCloseAfterEachResponse) {
  RequestServer server(Server(), {.closes_after_response = true});
  ASSERT_TRUE(server.Listen().ok());
  RequestClient client(Client(), {.target = To(80), .response_bytes = 1000, .requests = 3});
  RunTo(30'000);
  EXPECT_EQ(client.responses(), 3u);
  EXPECT_EQ(client.totals().opened, 3u);
}

// A request whose length is less than its header's: zeros.
TEST_F(TcpApps, WhatIsNoRequestIsReset) {
  RequestServer server(Server(), {});
  ASSERT_TRUE(server.Listen().ok());
  BulkSender nonsense(Client(), {.target = To(80), .bytes = 5000});
  RunTo(10'000);
  EXPECT_EQ(nonsense.totals().reset, 1u);
  EXPECT_EQ(server.answered(), 0u);
  EXPECT_EQ(server.session_count(), 0u);
}

// Byte by byte, and several in one piece: requests are found wherever segments end.
TEST_F(TcpApps, RequestsMayComeInAnyPieces) {
  struct Peer : Channel::Listener {
    void OnConnected(Channel&) override {}
    void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
      received += bytes.size() + zeros;
    }
    void OnWritable(Channel&) override {}
    void OnPeerFinished(Channel&) override {}
    void OnError(Channel&, ChannelError) override {}
    void OnClosed(Channel&, CloseReason) override {}
    uint64_t received = 0;
  };
  RequestServer server(Server(), {});
  ASSERT_TRUE(server.Listen().ok());
  Peer peer;
  std::unique_ptr<tcp::TcpSocket> socket;
  world_.Do("client", [&] {
    tcp::TcpConfig config;
    config.nagle = false;
    socket = std::move(*client_->ConnectTcp({Ip("10.0.0.2"), 80}, peer, {}, config));
  });
  RunTo(100);
  const std::vector<uint8_t> request = {0, 0, 0, 10, 0, 0, 0, 7, 1, 2};
  for (const uint8_t byte : request) {
    world_.Do("client", [&] { socket->Send(std::span(&byte, 1)); });
    world_.RunFor(Duration::Millis(1));
  }
  RunTo(200);
  EXPECT_EQ(peer.received, 7u);
  std::vector<uint8_t> three;
  for (int i = 0; i < 3; ++i) three.insert(three.end(), request.begin(), request.end());
  world_.Do("client", [&] { socket->Send(three); });
  // Nagle's rule holds the second and third response until the first is acknowledged.
  RunTo(2000);
  EXPECT_EQ(peer.received, 28u);
  EXPECT_EQ(server.answered(), 4u);
}

}  // namespace
}  // namespace tickwire
