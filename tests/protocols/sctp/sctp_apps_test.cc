// The SCTP applications between two nodes: 10 ms each way, no limit of rate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "protocols/sctp/apps/message_sender.h"
#include "protocols/sctp/apps/message_server.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

SimTime At(int64_t millis) { return SimTime() + Duration::Millis(millis); }

class SctpApps : public testing::Test {
 protected:
  static constexpr uint16_t kPort = 9;

  // Sets the server up at z.
  MessageServer& Serve(MessageServer::Config config = {}) {
    config.port = kPort;
    server_ = std::make_unique<MessageServer>(*world_.sctp_z, config);
    EXPECT_TRUE(server_->Listen().ok());
    return *server_;
  }
  MessageSender& Send(MessageSender::Config config) {
    config.peer = {SctpWorld::Z(0)};
    config.port = kPort;
    sender_ = std::make_unique<MessageSender>(*world_.sctp_a, config,
                                              Rng::ForStream(RunSeed{}, "a", "messages"));
    return *sender_;
  }
  void RunTo(int64_t millis) { world_.Run(At(millis) - world_.simulator.now()); }
  // DATA chunks that a sent, in order.
  std::vector<std::pair<uint16_t, bool>> StreamsAndOrder() {
    std::vector<std::pair<uint16_t, bool>> sent;
    for (const Recorder::Entry& entry : world_.recorder.Of(TraceKind::kPacketSent)) {
      if (entry.bytes.size() < 32) continue;
      std::span<const uint8_t> rest = std::span<const uint8_t>(entry.bytes).subspan(32);
      while (const std::optional<ChunkView> view = TakeChunk(rest)) {
        if (view->type != DataChunk::kType) continue;
        const auto data = DataChunk::Parse(*view);
        if (data) sent.emplace_back(data->stream.value, data->unordered);
      }
    }
    return sent;
  }

  SctpWorld world_;
  std::unique_ptr<MessageServer> server_;
  std::unique_ptr<MessageSender> sender_;
};

TEST_F(SctpApps, ASenderSendsItsMessagesAndShutsDown) {
  MessageServer& sink = Serve();
  MessageSender& sender = Send({.start = At(5), .messages = 1000, .sizes = {1000}});
  RunTo(4);
  EXPECT_EQ(sender.totals().opened, 0u);
  RunTo(30'000);
  EXPECT_EQ(sender.totals().messages_sent, 1000u);
  EXPECT_EQ(sink.totals().messages_received, 1000u);
  EXPECT_EQ(sink.totals().bytes_received, 1'000'000u);
  EXPECT_EQ(sink.totals().closed, 1u);
  EXPECT_EQ(sender.totals().closed, 1u);
  EXPECT_EQ(sink.association_count(), 0u);
}

TEST_F(SctpApps, AnIntervalPacesTheMessages) {
  MessageServer& sink = Serve();
  Send({.messages = 0, .sizes = {100}, .interval = [] { return Duration::Millis(100); }});
  // Set up after 40 ms; then at 40, 140, ... 940 ms, each 10 ms on its way.
  RunTo(1000);
  EXPECT_EQ(sink.totals().messages_received, 10u);
}

TEST_F(SctpApps, ARateCountsUserData) {
  MessageServer& sink = Serve();
  // 80 kbit/s: a message of 1000 bytes in 100 ms.
  Send({.sizes = {1000}, .rate = DataRate::BitsPerSecond(80'000)});
  RunTo(1000);
  EXPECT_EQ(sink.totals().messages_received, 10u);
}

TEST_F(SctpApps, StreamsAndSizesTakeTurns) {
  MessageServer& sink = Serve();
  Send({.messages = 6, .sizes = {10, 20}, .streams = 3});
  RunTo(1000);
  EXPECT_EQ(sink.totals().bytes_received, 3u * (10 + 20));
  std::vector<uint16_t> streams;
  for (const auto& [stream, unordered] : StreamsAndOrder()) {
    streams.push_back(stream);
    EXPECT_FALSE(unordered);
  }
  EXPECT_EQ(streams, (std::vector<uint16_t>{0, 1, 2, 0, 1, 2}));
}

TEST_F(SctpApps, AShareOfTheMessagesIsUnordered) {
  Serve();
  Send({.messages = 1000, .sizes = {100}, .unordered = Ratio{1, 4}});
  RunTo(10'000);
  int unordered = 0;
  for (const auto& [stream, is] : StreamsAndOrder()) unordered += is ? 1 : 0;
  // 250 of 1000, five standard deviations of sqrt(1000 * 0.25 * 0.75) = 13.7 either way.
  EXPECT_THAT(unordered, AllOf(Ge(250 - 69), Le(250 + 69)));
}

TEST_F(SctpApps, SizesAreDrawnBetweenTwo) {
  MessageServer& sink = Serve();
  Send({.messages = 1000, .sizes = {100}, .size_max = 200});
  RunTo(10'000);
  EXPECT_EQ(sink.totals().messages_received, 1000u);
  // Mean 150, standard deviation of the sum sqrt(1000) * 100 / sqrt(12) = 913.
  EXPECT_THAT(sink.totals().bytes_received, AllOf(Ge(150'000u - 4565), Le(150'000u + 4565)));
}

TEST_F(SctpApps, ASenderStopsWhenItsTimeIsUp) {
  MessageServer& sink = Serve();
  MessageSender& sender = Send({.until = At(500)});
  RunTo(30'000);
  EXPECT_GT(sender.totals().messages_sent, 100u);
  EXPECT_EQ(sink.totals().messages_received, sender.totals().messages_sent);
  EXPECT_EQ(sender.totals().closed, 1u);
}

TEST_F(SctpApps, ASenderThatStaysOpenDoesNotShutDown) {
  MessageServer& sink = Serve();
  Send({.messages = 3, .stays_open = true});
  RunTo(30'000);
  EXPECT_EQ(sink.totals().messages_received, 3u);
  EXPECT_EQ(sink.association_count(), 1u);
}

TEST_F(SctpApps, AnEchoSendsEverythingBack) {
  MessageServer& echo = Serve({.echoes = true});
  MessageSender& sender = Send({.messages = 200, .sizes = {500}, .streams = 4, .stays_open = true});
  RunTo(30'000);
  EXPECT_EQ(echo.totals().messages_sent, 200u);
  EXPECT_EQ(sender.totals().messages_received, 200u);
  EXPECT_EQ(sender.totals().bytes_received, 100'000u);
}

TEST_F(SctpApps, AnAnswerThatFillsAPacketIsNotHeldUpByTheSackBeforeIt) {
  // The SACK leaves no room for a full chunk beside it: the chunk goes in the next packet, at once.
  Serve({.echoes = true});
  MessageSender& sender = Send({.messages = 1, .sizes = {3000}, .stays_open = true});
  RunTo(200);
  EXPECT_EQ(sender.totals().bytes_received, 3000u);
}

TEST_F(SctpApps, WhatWasNotReadWhenTheAssociationEndedIsNotLost) {
  MessageServer& sink = Serve({.reader = {.interval = Duration::Seconds(10)}});
  MessageSender& sender = Send({.messages = 5});
  RunTo(5000);
  EXPECT_EQ(sender.totals().closed, 1u);
  EXPECT_EQ(sink.totals().messages_received, 5u);
}

TEST_F(SctpApps, AnEchoNeedsNoMoreMemoryThanItsSendBuffer) {
  MessageServer::Config config{.echoes = true};
  config.sctp.send_buffer = 5000;
  MessageServer& echo = Serve(config);
  MessageSender& sender = Send({.messages = 300, .sizes = {1000}, .stays_open = true});
  RunTo(60'000);
  EXPECT_EQ(echo.totals().messages_sent, 300u);
  EXPECT_EQ(sender.totals().messages_received, 300u);
}

TEST_F(SctpApps, ASlowReaderClosesTheWindow) {
  MessageServer::Config config{.reader = {.interval = Duration::Millis(100)}};
  config.sctp.receive_buffer = 5000;
  MessageServer& sink = Serve(config);
  MessageSender& sender = Send({.messages = 50, .sizes = {1000}});
  RunTo(1000);
  // One in 100 ms, from 30 ms on, when the association is there.
  EXPECT_EQ(sink.totals().messages_received, 9u);
  RunTo(60'000);
  EXPECT_EQ(sink.totals().messages_received, 50u);
  EXPECT_EQ(sender.totals().closed, 1u);
}

TEST_F(SctpApps, APausedReaderGetsNothingThatCameWithTheCookie) {
  // RFC 6458 section 6.1.1: the association is up before anything of it is read.
  MessageServer& sink = Serve({.reader = {.is_paused = true}});
  SctpUser& user = world_.user_a;
  world_.Do("a", [&] {
    world_.at_a = *world_.sctp_a->Bind(0, {}, {}, user);
    const IpAddress peer[] = {SctpWorld::Z(0)};
    user.association = *world_.at_a->Connect(peer, kPort, user);
  });
  EXPECT_EQ(world_.Send(user, "rides along"), Association::SendResult::kAccepted);
  RunTo(1000);
  EXPECT_EQ(sink.totals().opened, 1u);
  EXPECT_EQ(sink.totals().messages_received, 0u);
}

TEST_F(SctpApps, NobodyListeningIsARefusal) {
  MessageSender& sender = Send({.messages = 1});
  RunTo(1000);
  EXPECT_EQ(sender.totals().refused, 1u);
  EXPECT_EQ(sender.totals().messages_sent, 0u);
}

TEST_F(SctpApps, AMachineThatLosesPowerTakesItsApplicationsWithIt) {
  MessageServer& sink = Serve();
  Send({.interval = [] { return Duration::Millis(10); }});
  RunTo(500);
  world_.Do("a", [&] {
    world_.sctp_a->PowerOff();
    sender_.reset();  // must not touch what is gone
  });
  const uint64_t received = sink.totals().messages_received;
  RunTo(2000);
  EXPECT_THAT(sink.totals().messages_received, AllOf(Ge(received), Le(received + 1)));
  // The port is free again.
  Send({.start = At(2100), .messages = 1});
  RunTo(3000);
  EXPECT_EQ(sink.totals().established, 2u);
}

}  // namespace
}  // namespace tickwire::sctp
