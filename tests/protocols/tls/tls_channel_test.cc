// A TLS connection as a channel: closing, pausing, flow control, handles that go away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tls/tls_types.h"
#include "tests/protocols/tls/tls_world.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TlsChannel : public testing::TestWithParam<std::pair<TlsVersion, TransportKind>> {
 protected:
  TlsChannel() {
    world.client_config.max_version = GetParam().first;
    world.kind = GetParam().second;
  }
  bool Is13() const { return GetParam().first == TlsVersion::k13; }
  bool IsSctp() const { return world.kind == TransportKind::kTlsSctp; }
  void Open() {
    near = &world.Connect();
    world.RunFor(200);
    ASSERT_EQ(world.accepted.size(), 1u);
    far = world.accepted[0].get();
  }
  TlsWorld world;
  ChannelDiary* near = nullptr;
  ChannelDiary* far = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Kinds, TlsChannel,
                         testing::Values(std::pair(TlsVersion::k12, TransportKind::kTls),
                                         std::pair(TlsVersion::k13, TransportKind::kTls),
                                         std::pair(TlsVersion::k12, TransportKind::kTlsSctp),
                                         std::pair(TlsVersion::k13, TransportKind::kTlsSctp)),
                         [](const auto& of) {
                           return std::string(of.param.second == TransportKind::kTls ? "Tcp"
                                                                                     : "Sctp") +
                                  (of.param.first == TlsVersion::k12 ? "12" : "13");
                         });

// RFC 8446 §6.1: close_notify, then the end below; nothing is truncated and nothing is left.
TEST_P(TlsChannel, ClosingIsSaidOnBothSidesAndLeavesNothing) {
  Open();
  world.Send(*near, "BYE");
  world.Do(*near, [&] { near->channel->Close(); });
  EXPECT_EQ(near->channel->Send(Bytes("x")), 0u);
  world.RunFor(100);
  EXPECT_EQ(far->text, "BYE");
  EXPECT_THAT(far->events, testing::Contains("finished"));
  world.Do(*far, [&] { far->channel->Close(); });
  world.RunFor(100);
  EXPECT_THAT(near->closed, ElementsAre(CloseReason::kLocal));
  EXPECT_EQ(far->closed.size(), 1u);
  EXPECT_TRUE(world.IsAllGone());
  EXPECT_EQ(world.client->counters().truncated + world.server->counters().truncated, 0u);
  EXPECT_THAT(world.Notes("alert sent"), testing::Contains("close_notify (0)"));
  EXPECT_FALSE(near->channel->remote().address.is_unspecified());
}

// §6.1: in 1.3 each direction ends by itself; in 1.2 the other one ends at once (RFC 5246 §7.2.1),
// as over SCTP, which knows no half-closed state.
TEST_P(TlsChannel, AfterOneSideHasFinishedTheOtherMaySendIn13OverTcp) {
  Open();
  world.Do(*near, [&] { near->channel->ShutdownSend(); });
  world.RunFor(15);
  ASSERT_FALSE(far->events.empty());
  EXPECT_EQ(far->events[0], "finished");
  uint64_t taken = 0;
  world.Do(*far, [&] { taken = far->channel->Send(Bytes("late")); });
  world.RunFor(100);
  if (Is13() && !IsSctp()) {
    EXPECT_EQ(taken, 4u);
    EXPECT_EQ(near->text, "late");
    EXPECT_THAT(near->closed, IsEmpty());
    world.Do(*far, [&] { far->channel->ShutdownSend(); });
    world.RunFor(100);
  } else if (!Is13()) {
    EXPECT_EQ(taken, 0u);
  }
  EXPECT_EQ(near->closed.size(), 1u);
  EXPECT_EQ(far->closed.size(), 1u);
  EXPECT_TRUE(world.IsAllGone());
}

TEST_P(TlsChannel, AbortIsAReset) {
  Open();
  world.Do(*near, [&] { near->channel->Abort(); });
  EXPECT_THAT(near->closed, ElementsAre(CloseReason::kLocal));
  world.RunFor(100);
  EXPECT_THAT(far->closed, ElementsAre(CloseReason::kReset));
  EXPECT_TRUE(world.IsAllGone());
}

TEST_P(TlsChannel, WhileItIsPausedTheSenderStopsAndNothingIsLost) {
  world.network.set_room(40'000);
  Open();
  world.Do(*far, [&] { far->channel->PauseReceiving(); });
  uint64_t sent = 0;
  const std::string block(1000, 'b');
  const auto fill = [&] {
    while (sent < 200'000) {
      const uint64_t taken = near->channel->Send(Bytes(block));
      sent += taken;
      if (taken < block.size()) return;
    }
  };
  near->on_writable = fill;
  world.Do(*near, fill);
  world.RunFor(1000);
  EXPECT_THAT(far->text, IsEmpty());
  EXPECT_LT(sent, 42'000u);
  uint64_t received = 0;
  world.Do(*far, [&] { received = far->channel->Receive(1500); });
  EXPECT_EQ(received, 1500u);
  EXPECT_EQ(far->text.size(), 1500u);
  world.RunFor(1000);
  EXPECT_EQ(far->text.size(), 1500u);
  world.Do(*far, [&] { far->channel->ResumeReceiving(); });
  world.RunFor(5000);
  EXPECT_EQ(sent, 200'000u);
  EXPECT_EQ(far->text, std::string(200'000, 'b'));
}

// The octets below do not fit at once: all arrives, in order, with one record at most held back.
TEST_P(TlsChannel, ALargeSendGoesInPieces) {
  world.network.set_room(20'000);
  Open();
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += static_cast<char>('a' + i % 23);
  uint64_t sent = 0;
  const auto fill = [&] {
    while (sent < text.size()) {
      const uint64_t taken = near->channel->Send(Bytes(text.substr(sent)));
      sent += taken;
      if (taken == 0 || sent < text.size()) return;
    }
  };
  near->on_writable = fill;
  world.Do(*near, fill);
  EXPECT_LE(sent, 2u * kMaxPlaintext);
  world.RunFor(5000);
  EXPECT_EQ(far->text, text);
}

TEST_P(TlsChannel, ZerosAreSentAsOctets) {
  Open();
  uint64_t taken = 0;
  world.Do(*near, [&] { taken = near->channel->Send(Bytes("head"), 40'000); });
  EXPECT_EQ(taken, 40'004u);
  world.RunFor(500);
  EXPECT_EQ(far->text, "head" + std::string(40'000, '\0'));
}

// channel.h: what a layer in between holds back counts as sent.
TEST_P(TlsChannel, TheSendPositionIsThatOfTheChannelBelow) {
  Open();
  const uint64_t begin = near->channel->send_position();
  world.Send(*near, "INVITE");
  const uint64_t expansion = Is13() ? 5 + 1 + 16 : 5 + 8 + 16;
  EXPECT_EQ(near->channel->send_position() - begin, IsSctp() ? 1 : 6 + expansion);
}

TEST_P(TlsChannel, WhatIsSentBeforeTheHandshakeIsCompleteIsNotTakenButTold) {
  ChannelDiary& diary = world.Connect();
  world.Do(diary, [&] { EXPECT_EQ(diary.channel->Send(Bytes("early")), 0u); });
  world.RunFor(200);
  EXPECT_EQ(diary.writable, 1);
}

TEST_P(TlsChannel, AHandleThatIsDroppedAtAnyTimeLeavesNothing) {
  for (int64_t ms = 0; ms < 120; ms += 5) {
    TlsWorld fresh;
    fresh.client_config.max_version = GetParam().first;
    fresh.kind = GetParam().second;
    ChannelDiary& diary = fresh.Connect();
    fresh.RunFor(ms);
    fresh.Do(diary, [&] { diary.channel.reset(); });
    fresh.RunFor(200);
    for (const auto& accepted : fresh.accepted) {
      EXPECT_THAT(accepted->events, testing::Contains("finished"));
      fresh.Do(*accepted, [&] { accepted->channel.reset(); });
    }
    fresh.RunFor(30'000);
    EXPECT_TRUE(fresh.IsAllGone()) << ms;
    EXPECT_THAT(diary.closed, IsEmpty());
  }
}

TEST_P(TlsChannel, AHandleThatIsDroppedInACallbackLeavesNothing) {
  Open();
  far->on_receive = [&] { far->channel.reset(); };
  world.Send(*near, "one");
  world.RunFor(200);
  world.Do(*near, [&] { near->channel.reset(); });
  world.RunFor(30'000);
  EXPECT_TRUE(world.IsAllGone());
}

// Who never says goodbye in return is waited for only so long.
TEST_P(TlsChannel, AfterCloseThePeerHasTheLingerTime) {
  world.client_config.linger = Duration::Seconds(3);
  Open();
  world.Do(*near, [&] { near->channel->Close(); });
  world.RunFor(5000);
  EXPECT_EQ(near->closed.size(), 1u);
  EXPECT_EQ(world.client->flow_count(), 0u);
}

TEST(TlsTruncation, AnEndWithoutCloseNotifyIsTold) {
  TlsWorld world;
  ChannelDiary& near = world.Connect();
  world.RunFor(200);
  // The last record of the client, its close_notify, never comes.
  world.network.set_tamper([](NodeId, std::vector<uint8_t>& bytes) { bytes.clear(); });
  world.Do(near, [&] { near.channel->Close(); });
  world.network.set_tamper({});
  world.RunFor(200);
  EXPECT_THAT(world.accepted[0]->events, ElementsAre("finished"));
  EXPECT_EQ(world.server->counters().truncated, 1u);
  EXPECT_THAT(world.Notes("truncated"), testing::SizeIs(1));
}

TEST(TlsListening, TheBacklogWaitsAndIsBounded) {
  TlsWorld world;
  world.Start();
  world.server_node.Do([&] { world.listening->PauseAccepting(); });
  std::vector<ChannelDiary*> diaries;
  for (int i = 0; i < 12; ++i) diaries.push_back(&world.Connect());
  world.RunFor(500);
  EXPECT_THAT(world.accepted, IsEmpty());
  int refused = 0;
  for (const ChannelDiary* diary : diaries) refused += diary->closed.empty() ? 0 : 1;
  EXPECT_EQ(refused, 2);  // of a backlog of 10
  world.Do(*diaries[0], [&] { diaries[0]->channel->Send(Bytes("waiting")); });
  world.RunFor(100);
  world.server_node.Do([&] { EXPECT_TRUE(world.listening->AcceptOne()); });
  EXPECT_EQ(world.accepted.size(), 1u);
  world.RunFor(100);
  EXPECT_EQ(world.accepted[0]->text, "waiting");
  world.server_node.Do([&] { world.listening->ResumeAccepting(); });
  EXPECT_EQ(world.accepted.size(), 10u);
  world.server_node.Do([&] { world.listening->PauseAccepting(); });
  ChannelDiary& late = world.Connect();
  ChannelDiary& handshaking = world.Connect();
  world.RunFor(25);
  world.server_node.Do([&] { world.listening.reset(); });
  world.RunFor(500);
  EXPECT_THAT(late.closed, ElementsAre(CloseReason::kReset));
  EXPECT_THAT(handshaking.closed, ElementsAre(CloseReason::kReset));
}

TEST(TlsListening, OtherKindsAreInvalid) {
  TlsWorld world;
  world.Start();
  ChannelDiary diary;
  for (const TransportKind kind : {TransportKind::kUdp, TransportKind::kTcp, TransportKind::kSctp,
                                   TransportKind::kWs, TransportKind::kWss}) {
    EXPECT_EQ(world.client->Connect(kind, {}, diary, {}).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(world.client->Listen(kind, {}, 1, {}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace tickwire::tls
