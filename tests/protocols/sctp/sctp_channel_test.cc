// SCTP as a Channel: what SIP and the applications see of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/sctp/socket/sctp_transport.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Remembers : Channel::Listener {
  void OnConnected(Channel&) override { told.emplace_back("connected"); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t) override {
    messages.emplace_back(bytes.begin(), bytes.end());
  }
  void OnWritable(Channel&) override { told.emplace_back("writable"); }
  void OnPeerFinished(Channel&) override { told.emplace_back("finished"); }
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason reason) override {
    static const char* const kNames[] = {"local",   "peer",    "reset",
                                         "refused", "timeout", "unreachable"};
    told.push_back(std::string("closed ") + kNames[static_cast<size_t>(reason)]);
  }
  std::vector<std::string> told, messages;
};

std::span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class SctpChannels : public testing::Test {
 protected:
  void Listen() {
    w.Do("z", [&] {
      listening = *at_z.Listen(TransportKind::kSctp, {IpAddress(), 80}, 2,
                               [&](std::unique_ptr<Channel> made) -> Channel::Listener& {
                                 accepted.push_back(std::move(made));
                                 return server;
                               });
    });
  }
  void Connect() {
    w.Do("a", [&] {
      channel = *at_a.Connect(TransportKind::kSctp, {SctpWorld::Z(0), 80}, client, {});
    });
    w.Run(Duration::Seconds(1));
  }
  SctpWorld w;
  SctpTransport at_a{*w.sctp_a}, at_z{*w.sctp_z};
  Remembers client, server;
  std::unique_ptr<TransportStack::Listening> listening;
  std::vector<std::unique_ptr<Channel>> accepted;
  std::unique_ptr<Channel> channel;
};

TEST_F(SctpChannels, PreserveMessages) {
  Listen();
  Connect();
  EXPECT_THAT(client.told, ElementsAre("connected"));
  EXPECT_TRUE(channel->preserves_messages());
  w.Do("a", [&] {
    EXPECT_EQ(channel->Send(AsBytes("one")), 3u);
    EXPECT_EQ(channel->Send(AsBytes("two"), 2, {.stream = 4, .unordered = true}), 5u);
  });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(server.messages, ElementsAre("one", std::string("two\0\0", 5)));
  w.Do("z", [&] { accepted[0]->Send(AsBytes("back")); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(client.messages, ElementsAre("back"));
}

// RFC 9260 §5.1.1: the peer's limit counts. Nothing is refused for it.
TEST_F(SctpChannels, CountStreamsRoundWhereThePeerAllowsFewer) {
  SctpConfig few;
  few.max_inbound_streams = 2;
  at_z.set_config(few);
  Listen();
  Connect();
  w.Do("a", [&] {
    for (uint16_t stream = 0; stream < 5; ++stream) {
      EXPECT_EQ(channel->Send(AsBytes("x"), 0, {.stream = stream}), 1u) << stream;
    }
  });
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(server.messages.size(), 5u);
}

TEST_F(SctpChannels, SayWhatTheLongestMessageIs) {
  SctpConfig few;
  few.max_message = 100;
  at_a.set_config(few);
  Listen();
  Connect();
  EXPECT_EQ(channel->max_message(), 100u);
  w.Do("a", [&] {
    EXPECT_EQ(channel->Send(AsBytes(std::string(101, 'x'))), 0u);
    EXPECT_EQ(channel->Send(AsBytes(std::string(100, 'x'))), 100u);
  });
}

TEST_F(SctpChannels, CloseInGoodOrderOnEitherSide) {
  Listen();
  Connect();
  w.Do("a", [&] {
    channel->Send(AsBytes("last words"));
    channel->Close();
  });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(server.messages, ElementsAre("last words"));
  EXPECT_THAT(client.told, ElementsAre("connected", "closed local"));
  EXPECT_THAT(server.told, ElementsAre("finished", "closed peer"));
}

// Each message that was not acknowledged is reported before the end (RFC 6458 section 6.1.11);
// there may be more of them than an event usually tells.
TEST_F(SctpChannels, TellTheEndHoweverManyMessagesAreLostWithIt) {
  Listen();
  Connect();
  w.Do("a", [&] {
    size_t taken = 0;
    for (int i = 0; i < 20000; ++i) taken += channel->Send(AsBytes("x"));
    EXPECT_GT(taken, 2000u);
    channel->Abort();
  });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(client.told, testing::Contains("closed local"));
}

TEST_F(SctpChannels, AHandleThatIsThrownAwayStillDeliversWhatItTook) {
  Listen();
  Connect();
  w.Do("a", [&] {
    channel->Send(AsBytes("posthumous"));
    channel.reset();
  });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(server.messages, ElementsAre("posthumous"));
  EXPECT_THAT(server.told, ElementsAre("finished", "closed peer"));
  EXPECT_THAT(w.sctp_a->endpoints(), IsEmpty());
}

TEST_F(SctpChannels, WhatWasAcceptedOutlivesItsListener) {
  Listen();
  Connect();
  w.Do("z", [&] { listening.reset(); });
  w.Do("a", [&] { channel->Send(AsBytes("still")); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(server.messages, ElementsAre("still"));
  w.Do("a", [&] { channel->Close(); });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(w.sctp_z->endpoints(), IsEmpty());
}

TEST_F(SctpChannels, MayBeThrownAwayInAnyCallback) {
  Listen();
  Connect();
  struct Throws : Remembers {
    void OnReceive(Channel&, std::span<const uint8_t>, uint64_t) override { mine->reset(); }
    std::unique_ptr<Channel>* mine = nullptr;
  } throws;
  w.Do("z", [&] {
    listening->PauseAccepting();
    listening.reset();
    listening = *at_z.Listen(TransportKind::kSctp, {IpAddress(), 81}, 2,
                             [&](std::unique_ptr<Channel> made) -> Channel::Listener& {
                               accepted.push_back(std::move(made));
                               throws.mine = &accepted.back();
                               return throws;
                             });
  });
  std::unique_ptr<Channel> other;
  Remembers at_other;
  w.Do("a", [&] {
    other = *at_a.Connect(TransportKind::kSctp, {SctpWorld::Z(0), 81}, at_other, {});
    other->Send(AsBytes("goodbye"));
  });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(at_other.told, ElementsAre("connected", "finished", "closed peer"));
}

TEST_F(SctpChannels, AnAbortIsAReset) {
  Listen();
  Connect();
  w.Do("z", [&] { accepted[0]->Abort(); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(client.told, ElementsAre("connected", "closed reset"));
}

TEST_F(SctpChannels, NobodyThereIsARefusal) {
  Connect();
  EXPECT_THAT(client.told, ElementsAre("closed refused"));
}

TEST_F(SctpChannels, TheBacklogKeepsWhatIsNotAcceptedYet) {
  Listen();
  w.Do("z", [&] { listening->PauseAccepting(); });
  Connect();
  w.Do("a", [&] { channel->Send(AsBytes("patient")); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(server.messages, IsEmpty());
  w.Do("z", [&] { EXPECT_TRUE(listening->AcceptOne()); });
  EXPECT_THAT(server.messages, ElementsAre("patient"));
}

TEST_F(SctpChannels, MayBeDroppedWhenTheyAreAccepted) {
  for (const bool is_paused : {false, true}) {
    const uint16_t port = is_paused ? 81 : 80;
    w.Do("z", [&] {
      listening = *at_z.Listen(TransportKind::kSctp, {IpAddress(), port}, 2,
                               [&](std::unique_ptr<Channel>) -> Channel::Listener& {
                                 return server;  // and the channel is gone
                               });
      if (is_paused) listening->PauseAccepting();
    });
    w.Do("a", [&] {
      channel = *at_a.Connect(TransportKind::kSctp, {SctpWorld::Z(0), port}, client, {});
    });
    w.Run(Duration::Seconds(1));
    w.Do("z", [&] { listening->ResumeAccepting(); });
    w.Run(Duration::Seconds(1));
    EXPECT_THAT(server.told, IsEmpty());
    // It ends in good order without its handle.
    EXPECT_EQ(client.told.back(), "closed peer");
    listening.reset();
  }
}

}  // namespace
}  // namespace tickwire::sctp
