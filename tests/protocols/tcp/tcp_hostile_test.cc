// What users, peers and scenarios do that nobody planned for: calls from within callbacks, closed
// windows that stay closed, timers that meet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "protocols/tcp/tcp_connection.h"
#include "tests/support/tcp_peer.h"

namespace tickwire::tcp {
namespace {

using W = TcpWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using State = TcpConnection::State;

Seg Make(uint8_t flags, int64_t seq, int64_t ack, const std::string& text = "",
         uint16_t window = 65535) {
  Seg seg;
  seg.flags = flags;
  seg.seq = seq;
  seg.ack = ack;
  seg.text = text;
  seg.size = static_cast<int64_t>(text.size());
  seg.window = window;
  return seg;
}

// Does something within the call that brings data.
struct Doer : User {
  void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) override {
    User::OnReceive(channel, bytes, zeros);
    ++calls;
    if (on_receive) on_receive(channel);
  }
  std::function<void(Channel&)> on_receive;
  int calls = 0;
};

// The stack listens for `doer`; the peer opens.
class TcpUser : public testing::Test {
 protected:
  void Open() {
    w.world.Do("stack", [&] {
      w.listener = *w.tcp->ListenTcp(
          {IpAddress(), W::kPort}, 5,
          [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
            w.channels.push_back(std::move(channel));
            if (on_accept) on_accept();
            return doer;
          },
          w.config);
    });
    if (is_accept_paused) w.Do([&] { w.listener->PauseAccepting(); });
    w.OpenFromPeer();
  }
  W w;
  Doer doer;
  std::function<void()> on_accept;
  bool is_accept_paused = false;
};

// --- Calls from within callbacks: "all members may be called within them" (channel.h) ---

TEST_F(TcpUser, WhoClosesOnReadingTheLastByteClosesInGoodOrder) {
  doer.on_receive = [](Channel& channel) { channel.Close(); };
  Open();
  w.Send(Make(W::kAck, 1, 1, "bye"));
  ASSERT_THAT(w.sent, SizeIs(1)) << ToText(w.sent);
  // All was read: RFC 2525 section 2.17 has nothing to reset for.
  EXPECT_TRUE(w.sent[0].is(W::kFin | W::kAck)) << ToText(w.sent);
  EXPECT_EQ(w.sent[0].ack, 4);
}

TEST_F(TcpUser, WhoThrowsTheHandleAwayOnReadingTheLastByteClosesInGoodOrder) {
  doer.on_receive = [this](Channel&) { w.channels.clear(); };
  Open();
  w.Send(Make(W::kAck, 1, 1, "bye"));
  ASSERT_THAT(w.sent, SizeIs(1)) << ToText(w.sent);
  EXPECT_TRUE(w.sent[0].is(W::kFin | W::kAck)) << ToText(w.sent);
}

TEST_F(TcpUser, AfterAnAbortNothingMoreIsDelivered) {
  doer.on_receive = [](Channel& channel) { channel.Abort(); };
  Open();
  w.Do([&] { w.channel().PauseReceiving(); });
  w.Send(Make(W::kAck, 1, 1, "first"));
  Seg zeros = Make(W::kAck, 6, 1);
  zeros.size = 100;
  w.Send(zeros);
  w.Send(Make(W::kAck, 106, 1, "second"));
  w.Do([&] { w.channel().ResumeReceiving(); });
  EXPECT_EQ(doer.calls, 1);
  EXPECT_THAT(doer.told, ElementsAre("closed local"));
}

TEST_F(TcpUser, AnAbortWithinAReadDoesNotHang) {
  Open();
  w.Do([&] { w.channel().PauseReceiving(); });
  w.Send(Make(W::kAck, 1, 1, "first"));
  doer.on_receive = [](Channel& channel) {
    channel.ResumeReceiving();
    channel.Abort();
  };
  w.Do([&] { w.channel().Receive(2); });
  EXPECT_THAT(doer.told, ElementsAre("closed local"));
}

TEST_F(TcpUser, ResumingWithinAReadDeliversTheRestAfterIt) {
  Open();
  w.Do([&] { w.channel().PauseReceiving(); });
  w.Send(Make(W::kAck, 1, 1, "first"));
  doer.on_receive = [](Channel& channel) { channel.ResumeReceiving(); };
  w.Do([&] { EXPECT_EQ(w.channel().Receive(2), 2u); });
  EXPECT_EQ(doer.text, "first");
}

TEST_F(TcpUser, MayAbortAsItAccepts) {
  on_accept = [this] { w.channel().Abort(); };
  is_accept_paused = true;
  Open();
  w.Send(Make(W::kAck, 1, 1, "early"));
  w.Do([&] { w.listener->AcceptOne(); });
  EXPECT_THAT(doer.told, ElementsAre("closed local"));
}

TEST_F(TcpUser, MayResumeAsItAccepts) {
  on_accept = [this] { w.channel().ResumeReceiving(); };
  is_accept_paused = true;
  Open();
  w.Send(Make(W::kAck, 1, 1, "early"));
  w.Do([&] { w.listener->AcceptOne(); });
  EXPECT_EQ(doer.text, "early");
}

TEST_F(TcpUser, MayThrowTheListenerAwayAsItAccepts) {
  on_accept = [this] { w.listener.reset(); };
  is_accept_paused = true;
  Open();
  w.Send(Make(W::kAck, 1, 1, "early"));
  w.Do([&] { w.listener->ResumeAccepting(); });
  EXPECT_EQ(doer.text, "early");
}

TEST_F(TcpUser, MayThrowTheListenerAwayAsItReadsFromWhatItAccepted) {
  doer.on_receive = [this](Channel&) { w.listener.reset(); };
  is_accept_paused = true;
  Open();
  w.Send(Make(W::kAck, 1, 1, "early"));
  w.Do([&] { w.listener->ResumeAccepting(); });
  EXPECT_EQ(doer.text, "early");
}

TEST_F(TcpUser, ClosingWithinAReadAfterAHalfCloseStillResetsForWhatIsLeft) {
  Open();
  w.Do([&] {
    w.channel().PauseReceiving();
    w.channel().ShutdownSend();
  });
  w.Send(Make(W::kAck, 1, 2, "bytes"));
  doer.on_receive = [](Channel& channel) { channel.Close(); };
  w.Take();
  w.Do([&] { w.channel().Receive(2); });
  ASSERT_THAT(w.sent, SizeIs(1)) << ToText(w.sent);
  EXPECT_TRUE(w.sent[0].has(W::kRst)) << ToText(w.sent);  // RFC 2525 section 2.17
}

// A whole life of an active connection in which the n-th call does something final.
class Bomb : public User {
 public:
  enum class Kind { kDestroy, kAbort, kClose, kHalfCloseAndResume };
  void OnConnected(Channel& channel) override {
    channel.Send({}, 3000);  // more than the send buffer takes: OnWritable will come
    Tick(channel);
  }
  void OnReceive(Channel& channel, std::span<const uint8_t>, uint64_t) override { Tick(channel); }
  void OnWritable(Channel& channel) override { Tick(channel); }
  void OnPeerFinished(Channel& channel) override { Tick(channel); }
  void OnError(Channel& channel, ChannelError) override { Tick(channel); }
  void OnClosed(Channel& channel, CloseReason) override {
    is_closed = true;
    Tick(channel);
  }
  Kind kind = Kind::kDestroy;
  int fuse = 0;
  int calls = 0;
  int calls_after = 0;
  bool is_closed = false;
  std::vector<std::unique_ptr<Channel>>* channels = nullptr;

 private:
  void Tick(Channel& channel) {
    if (calls > fuse) ++calls_after;
    if (calls++ != fuse) return;
    switch (kind) {
      case Kind::kDestroy:
        return channels->clear();
      case Kind::kAbort:
        channel.Abort();
        channel.Receive(10);
        return channel.ResumeReceiving();
      case Kind::kClose:
        channel.Close();
        EXPECT_EQ(channel.Send({}, 1), 0u);
        return channel.Close();
      case Kind::kHalfCloseAndResume:
        channel.PauseReceiving();
        channel.ShutdownSend();
        channel.Receive(1);
        return channel.ResumeReceiving();
    }
  }
};

TEST(TcpCallbacks, AnyCallMayBeTheLastForTheUser) {
  for (const Bomb::Kind kind : {Bomb::Kind::kDestroy, Bomb::Kind::kAbort, Bomb::Kind::kClose,
                                Bomb::Kind::kHalfCloseAndResume}) {
    for (int fuse = 0; fuse < 8; ++fuse) {
      SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(kind) << " fuse " << fuse);
      W w;
      w.config.send_buffer = 2000;
      w.config.time_wait = Duration::Seconds(1);
      Bomb bomb;
      bomb.kind = kind;
      bomb.fuse = fuse;
      bomb.channels = &w.channels;
      w.world.Do("stack", [&] {
        w.channels.push_back(*w.tcp->ConnectTcp({Ip("10.0.0.2"), W::kPeerPort}, bomb,
                                                {IpAddress(), W::kPort}, w.config));
      });
      w.Run();
      w.Send(W::kSyn | W::kAck, 0, 1);
      w.Send(W::kAck, 1, 537);
      w.Send(Make(W::kAck, 1, 2001, "hello"));
      w.Send(Make(W::kAck, 9, 2001, "later"));
      w.Send(Make(W::kAck, 6, 2001, "gap"));
      w.Send(W::kFin | W::kAck, 14, 2001);
      w.Run(Duration::Seconds(1));
      if (w.connection() != nullptr) {
        const int64_t all = w.connection()->sender().snd_nxt();
        w.Send(W::kAck, 15, all);
        if (!w.channels.empty() && !bomb.is_closed) {
          w.Do([&] { w.channel().Close(); });
        }
        if (w.connection() != nullptr) {
          w.Send(W::kAck, 15, w.connection()->sender().snd_nxt());
        }
      }
      w.Run(Duration::Seconds(300));
      EXPECT_EQ(w.connection(), nullptr);
      EXPECT_TRUE(kind != Bomb::Kind::kDestroy || bomb.calls_after == 0);
      EXPECT_TRUE(kind != Bomb::Kind::kAbort || fuse >= bomb.calls || bomb.is_closed);
    }
  }
}

// A connection to itself (RFC 9293 section 3.5: the crossing SYNs of one end).
TEST(TcpCallbacks, AConnectionToItselfOpensCarriesDataAndCloses) {
  W w;
  w.config.time_wait = Duration::Seconds(1);
  User user;
  std::unique_ptr<TcpSocket> self;
  const Endpoint own{Ip("10.0.0.1"), 99};
  w.Do([&] { self = *w.tcp->ConnectTcp(own, user, own, w.config); });
  w.Do([&] { self->Send(AsBytes("echo")); });
  EXPECT_EQ(user.text, "echo");
  w.Do([&] { self->Close(); });
  w.Run(Duration::Seconds(2));
  EXPECT_EQ(w.tcp->connections().size(), 0u);
  EXPECT_EQ(user.told.back(), "closed local");
}

// --- Timers ---

TEST_F(TcpUser, AnsweredKeepAlivesNeverEndAConnectionWhateverTheInterval) {
  w.config.keep_alive = true;
  w.config.keep_alive_idle = Duration::Seconds(10);
  w.config.keep_alive_interval = Duration::Seconds(75);
  w.config.keep_alive_probes = 3;
  Open();
  for (int i = 0; i < 20; ++i) {
    w.Run(Duration::Seconds(40));
    if (!w.Take().empty()) w.Send(W::kAck, 1, 1);  // RFC 9293 section 3.8.4: alive
  }
  EXPECT_THAT(doer.told, IsEmpty());
}

TEST_F(TcpUser, KeepAliveRestsWhileDataWaitsForItsAck) {
  w.config.keep_alive = true;
  w.config.keep_alive_idle = Duration::Seconds(5);
  Open();
  w.Do([&] { w.channel().Send({}, 100); });
  const uint64_t before = w.world.simulator.events();
  w.Run(Duration::Seconds(100));
  // RTO at 1, 3, 7, 15, 31, 63 s, each with its transmission and arrival, and the keep-alive timer.
  EXPECT_LT(w.world.simulator.events() - before, 100u);
}

// RFC 9293 section 3.8.6, SHLD-17 and MUST-35: data beyond an edge that moved back is probed for,
// and does not end the connection while the peer answers.
TEST_F(TcpUser, AWindowThatShrinksToNothingOverDataOnItsWayNeverEndsTheConnection) {
  w.config.data_retries = 3;
  Open();
  w.Do([&] { w.channel().Send({}, 100); });
  w.Take();
  for (int i = 0; i < 400; ++i) {
    w.Run(Duration::Seconds(1));
    if (!w.Take().empty()) w.Send(Make(W::kAck, 1, 1, "", 0));
  }
  EXPECT_THAT(doer.told, IsEmpty());
}

// RFC 7323 section 5.5: after 24 days TS.Recent is void, and what comes replaces it.
TEST_F(TcpUser, AnOutdatedTimestampIsReplaced) {
  w.config.timestamps = true;
  w.world.Do("stack", [&] {
    w.listener = *w.tcp->ListenTcp(
        {IpAddress(), W::kPort}, 5,
        [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          w.channels.push_back(std::move(channel));
          return doer;
        },
        w.config);
  });
  TcpOptions options;
  options.timestamps = {{1000u, 0}};
  w.OpenFromPeer(options);
  w.Run(Duration::Seconds(25 * 86400));
  Seg seg = Make(W::kAck, 1, 1, "old");
  seg.options.timestamps = {{100u, 0}};  // looks older
  w.Take();
  w.Send(seg);
  ASSERT_THAT(w.sent, SizeIs(1));
  ASSERT_TRUE(w.sent[0].options.timestamps.has_value());
  EXPECT_EQ(w.sent[0].options.timestamps->echo_reply, 100u);
}

// RFC 9293 section 3.6.1, MAY-2 (1): the number of the new incarnation lies above all of the old.
TEST_F(TcpUser, AReusedTimeWaitBeginsAboveTheOldSequenceNumbers) {
  w.config.send_buffer = 50'000'000;
  Open();
  const uint32_t old_isn = w.stack_isn;
  int64_t acked = 1;
  w.Do([&] {
    w.channel().Send({}, 20'000'000);  // far faster than 4 us a byte
    w.channel().Close();
  });
  while (acked <= 20'000'000) {
    const auto sent = w.Take();
    ASSERT_FALSE(sent.empty());
    acked = sent.back().seq + sent.back().size + (sent.back().has(W::kFin) ? 1 : 0);
    w.Send(Make(W::kAck, 1, acked));
  }
  w.Send(W::kFin | W::kAck, 1, acked);
  ASSERT_EQ(w.connection()->state(), State::kTimeWait);
  Seg syn = Make(W::kSyn, 100'000, 0);
  w.Take();
  w.Send(syn);
  ASSERT_THAT(w.sent, SizeIs(1));
  ASSERT_TRUE(w.sent[0].is(W::kSyn | W::kAck));
  EXPECT_GE(static_cast<int32_t>(w.stack_isn - (old_isn + static_cast<uint32_t>(acked))), 0);
}

// A shift greater than the buffer would offer nothing for ever (RFC 7323 section 2.3).
TEST_F(TcpUser, AShiftBeyondTheBufferLeavesAWindow) {
  w.config.window_scaling = true;
  w.config.window_scale = 14;
  w.config.receive_buffer = 10000;
  w.Listen();
  TcpOptions options;
  options.window_scale = 7;
  Seg syn = Make(W::kSyn, 0, 0);
  syn.options = options;
  w.Send(syn);
  w.Send(W::kAck, 1, 1);
  w.Take();
  for (int64_t at = 1; at < 60'000; at += 1000) {
    Seg data = Make(W::kAck, at, 1);
    data.size = 1000;
    w.Send(data);
  }
  ASSERT_FALSE(w.sent.empty());
  EXPECT_GT(w.sent.back().window, 0);
  EXPECT_EQ(w.user.received, 60'000u);
}

}  // namespace
}  // namespace tickwire::tcp
