// One connection against hands that play the peer: opening, closing, windows, and when it
// acknowledges. What it sends when is in the tests of TcpSender and in the packet scripts.
#include "protocols/tcp/tcp_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace tickwire::tcp {
namespace {

using W = TcpWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using State = TcpConnection::State;

Seg Make(uint8_t flags, int64_t seq, int64_t ack, const std::string& text = "") {
  Seg seg;
  seg.flags = flags;
  seg.seq = seq;
  seg.ack = ack;
  seg.text = text;
  seg.size = static_cast<int64_t>(text.size());
  seg.window = 65535;
  return seg;
}

// --- Opening ---

TEST(TcpOpen, AnActiveOpenOffersEveryOptionInItsSyn) {
  W w;
  w.config = TcpConfig();
  w.config.receive_buffer = 1 << 20;
  w.Connect();
  const auto sent = w.Take();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_TRUE(sent[0].is(W::kSyn));
  EXPECT_EQ(sent[0].options.mss, 1460);  // 1500 less 20 and 20 (RFC 6691)
  EXPECT_TRUE(sent[0].options.sack_permitted);
  EXPECT_TRUE(sent[0].options.timestamps.has_value());
  EXPECT_EQ(sent[0].options.window_scale, 5);  // 65535 * 2^5 is the first to cover 2^20
  EXPECT_EQ(sent[0].window, 65535);            // unscaled in a SYN
}

TEST(TcpOpen, AnAnswerOffersOnlyWhatTheSynOffered) {
  W w;
  w.config = TcpConfig();
  w.Listen();
  Seg syn = Make(W::kSyn, 0, 0);
  syn.options.mss = 1200;
  syn.options.sack_permitted = true;
  w.Send(syn);
  const auto sent = w.Take();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_TRUE(sent[0].is(W::kSyn | W::kAck));
  EXPECT_TRUE(sent[0].options.sack_permitted);
  EXPECT_FALSE(sent[0].options.timestamps.has_value());
  EXPECT_FALSE(sent[0].options.window_scale.has_value());
}

TEST(TcpOpen, ASynIsRepeatedAfterOneThenTwoThenFourSecondsAndGivenUp) {
  W w;
  w.config.syn_retries = 2;
  w.Connect();
  w.Run(Duration::Seconds(20));
  const auto sent = w.Take();
  ASSERT_THAT(sent, SizeIs(3));
  // RFC 6298 section 2.1: 1 s; section 5.5: doubled.
  EXPECT_EQ(sent[1].at - sent[0].at, Duration::Seconds(1));
  EXPECT_EQ(sent[2].at - sent[1].at, Duration::Seconds(2));
  EXPECT_THAT(w.user.told, ElementsAre("closed timeout"));
  EXPECT_EQ(w.connection(), nullptr);
}

TEST(TcpOpen, ARefusalIsToldAsSuch) {
  W w;
  w.Connect();
  w.Send(W::kRst | W::kAck, 0, 1);
  EXPECT_THAT(w.user.told, ElementsAre("closed refused"));
}

TEST(TcpOpen, SynsThatCrossOpenOneConnection) {  // RFC 9293 section 3.5, figure 7
  W w;
  w.Connect();
  w.Take();
  w.Send(W::kSyn, 0, 0);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.Take()[0].is(W::kSyn | W::kAck));
  w.Send(W::kSyn | W::kAck, 0, 1);
  EXPECT_EQ(w.connection()->state(), State::kEstablished);
  EXPECT_THAT(w.user.told, ElementsAre("connected"));
}

TEST(TcpOpen, WhatTheUserWroteBeforeGoesWhenItIsEstablished) {
  W w;
  w.Connect();
  w.Do([&] { w.channel().Send(AsBytes("hello")); });
  w.Take();
  w.Send(W::kSyn | W::kAck, 0, 1);
  const auto sent = w.Take();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_TRUE(sent[0].is(W::kAck));
  EXPECT_EQ(sent[1].text, "hello");
  EXPECT_EQ(sent[1].seq, 1);
}

TEST(TcpBacklog, AFullBacklogLeavesThePeerToTryAgain) {
  W w;
  w.Listen(/*backlog=*/1);
  w.Do([&] { w.listener->PauseAccepting(); });
  w.OpenFromPeer();
  EXPECT_EQ(w.listener->waiting(), 1u);
  // A second peer port: its SYN finds no room.
  Seg syn = Make(W::kSyn, 0, 0);
  const size_t before = w.tcp->connection_count();
  w.world.Do("peer", [&] {
    TcpHeader header{
        .source_port = 4001, .destination_port = W::kPort, .flags = W::kSyn, .window = 1000};
    Packet packet = w.world.simulator.node("peer").NewPacket(0);
    header.PrependTo(packet, {}, Ip("10.0.0.2"), Ip("10.0.0.1"));
    Ipv4Header ip{.total_length = 40,
                  .ttl = 64,
                  .protocol = IpProtocol::kTcp,
                  .source = Ip("10.0.0.2"),
                  .destination = Ip("10.0.0.1")};
    ip.SerializeTo(packet.Prepend(Ipv4Header::kSize));
    w.world.Plug("peer", "stack").Send(std::move(packet));
  });
  w.Run();
  EXPECT_THAT(w.Take(), IsEmpty());
  EXPECT_EQ(w.tcp->connection_count(), before);
  EXPECT_EQ(w.world.recorder.Drops("backlog full"), 1);
  // Room again.
  w.Do([&] { EXPECT_TRUE(w.listener->AcceptOne()); });
  EXPECT_EQ(w.listener->waiting(), 0u);
}

TEST(TcpBacklog, DataThatCameBeforeTheAcceptIsThereAfterIt) {
  W w;
  w.Listen();
  w.Do([&] { w.listener->PauseAccepting(); });
  w.OpenFromPeer();
  w.Send(Make(W::kAck, 1, 1, "early"));
  EXPECT_EQ(w.user.text, "");
  w.Do([&] { w.listener->AcceptOne(); });
  EXPECT_EQ(w.user.text, "early");
}

TEST(TcpBacklog, AClosedListenerResetsWhatWaits) {
  W w;
  w.Listen();
  w.Do([&] { w.listener->PauseAccepting(); });
  w.OpenFromPeer();
  w.Do([&] { w.listener.reset(); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].has(W::kRst));
  EXPECT_EQ(w.connection(), nullptr);
}

// --- SYN cookies ---

class TcpCookies : public testing::Test {
 protected:
  TcpCookies() {
    w.config = TcpConfig();
    w.config.syn_cookies = TcpConfig::SynCookies::kAlways;
    w.config.delayed_ack = Duration();
    w.Listen();
  }
  Seg Syn(bool timestamps) {
    Seg syn = Make(W::kSyn, 0, 0);
    syn.options.mss = 1400;
    syn.options.sack_permitted = true;
    syn.options.window_scale = 7;
    if (timestamps) syn.options.timestamps = {{1000, 0}};
    return syn;
  }
  W w;
};

TEST_F(TcpCookies, KeepNoStateUntilTheCookieComesBack) {
  w.Send(Syn(false));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kSyn | W::kAck));
  EXPECT_EQ(w.tcp->connection_count(), 0u);
  w.Send(Make(W::kAck, 1, 1, "request"));
  ASSERT_NE(w.connection(), nullptr);
  EXPECT_EQ(w.connection()->state(), State::kEstablished);
  EXPECT_EQ(w.user.text, "request");
  EXPECT_EQ(w.connection()->sender().mss(), 1400u);  // remembered exactly: it is in the table
}

TEST_F(TcpCookies, TimestampsCarryWindowScaleAndSack) {
  w.Send(Syn(true));
  ASSERT_THAT(w.sent, SizeIs(1));
  ASSERT_TRUE(w.sent[0].options.timestamps.has_value());
  EXPECT_TRUE(w.sent[0].options.sack_permitted);
  EXPECT_TRUE(w.sent[0].options.window_scale.has_value());
  Seg ack = Make(W::kAck, 1, 1);
  ack.options.timestamps = {{1001, w.sent[0].options.timestamps->value}};
  w.Take();
  w.Send(ack);
  ASSERT_NE(w.connection(), nullptr);
  // Data with a hole before it: the answer has a SACK block.
  Seg data = Make(W::kAck, 101, 1, "late");
  data.options.timestamps = {{1002, ack.options.timestamps->echo_reply}};
  w.Send(data);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].options.sack_count, 1);
}

TEST_F(TcpCookies, AForgedOrStaleCookieIsReset) {
  w.Send(Syn(false));
  w.Take();
  w.Send(Make(W::kAck, 1, 2));  // off by one
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kRst));
  EXPECT_EQ(w.tcp->connection_count(), 0u);
  w.Take();
  w.Run(Duration::Seconds(200));  // more than two steps of 64 s
  w.Send(Make(W::kAck, 1, 1));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kRst));
}

TEST(TcpSynFlood, AFloodMakesNoMoreThanTheSynBacklogOfConnections) {
  W w;
  w.config.syn_backlog = 64;
  w.Listen();
  for (int i = 0; i < 5000; ++i) {
    w.world.Do("peer", [&] {
      TcpHeader header{.source_port = static_cast<uint16_t>(1024 + i),
                       .destination_port = W::kPort,
                       .sequence = static_cast<uint32_t>(i),
                       .flags = W::kSyn,
                       .window = 1000};
      Packet packet = w.world.simulator.node("peer").NewPacket(0);
      header.PrependTo(packet, {}, Ip("10.0.0.2"), Ip("10.0.0.1"));
      Ipv4Header ip{.total_length = 40,
                    .ttl = 64,
                    .protocol = IpProtocol::kTcp,
                    .source = Ip("10.0.0.2"),
                    .destination = Ip("10.0.0.1")};
      ip.SerializeTo(packet.Prepend(Ipv4Header::kSize));
      w.world.Plug("peer", "stack").Send(std::move(packet));
    });
  }
  w.Run();
  EXPECT_EQ(w.tcp->connection_count(), 64u);
  EXPECT_EQ(w.listener->half_open(), 64u);
  EXPECT_EQ(w.listener->cookies_sent(), 5000u - 64u);
}

// --- Closing ---

class TcpClose : public testing::Test {
 protected:
  TcpClose() {
    w.Listen();
    w.OpenFromPeer();
  }
  W w;
};

TEST_F(TcpClose, HalfCloseLetsThePeerGoOnSending) {
  w.Do([&] { w.channel().ShutdownSend(); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.Take()[0].is(W::kFin | W::kAck));
  w.Send(Make(W::kAck, 1, 2, "still here"));
  EXPECT_EQ(w.user.text, "still here");
  EXPECT_EQ(w.connection()->state(), State::kFinWait2);
  w.Send(Make(W::kFin | W::kAck, 11, 2));
  EXPECT_EQ(w.connection()->state(), State::kTimeWait);
  EXPECT_THAT(w.user.told, ElementsAre("finished", "closed local"));
}

TEST_F(TcpClose, TimeWaitLastsTwiceTheMslAndAgainAfterAnotherFin) {
  w.Do([&] { w.channel().Close(); });
  w.Send(W::kFin | W::kAck, 1, 2);
  EXPECT_EQ(w.connection()->state(), State::kTimeWait);
  w.Run(Duration::Seconds(239));
  ASSERT_NE(w.connection(), nullptr);
  w.Take();
  w.Send(W::kFin | W::kAck, 1, 2);  // our ACK was lost
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kAck));
  w.Run(Duration::Seconds(239));
  ASSERT_NE(w.connection(), nullptr);
  w.Run(Duration::Seconds(2));
  EXPECT_EQ(w.connection(), nullptr);
}

TEST_F(TcpClose, ANewSynMayEndTimeWaitIfItsSequenceNumberIsHigher) {
  w.Do([&] { w.channel().Close(); });
  w.Send(W::kFin | W::kAck, 1, 2);
  ASSERT_EQ(w.connection()->state(), State::kTimeWait);
  w.Take();
  w.Send(W::kSyn, 0, 0);  // an old one
  EXPECT_EQ(w.connection()->state(), State::kTimeWait);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.Take()[0].is(W::kAck));
  w.Send(W::kSyn, 100000, 0);
  ASSERT_NE(w.connection(), nullptr);
  EXPECT_EQ(w.connection()->state(), State::kSynReceived);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kSyn | W::kAck));
}

TEST_F(TcpClose, PassiveCloseEndsWithTheAckOfOurFin) {
  w.Send(W::kFin | W::kAck, 1, 1);
  EXPECT_EQ(w.connection()->state(), State::kCloseWait);
  w.Do([&] { w.channel().Close(); });
  EXPECT_EQ(w.connection()->state(), State::kLastAck);
  w.Send(W::kAck, 2, 2);
  EXPECT_EQ(w.connection(), nullptr);
  EXPECT_THAT(w.user.told, ElementsAre("finished", "closed peer"));
}

TEST_F(TcpClose, ClosingWithUnreadDataResets) {  // RFC 2525 section 2.17
  w.Do([&] { w.channel().PauseReceiving(); });
  w.Send(Make(W::kAck, 1, 1, "unread"));
  w.Take();
  w.Do([&] { w.channel().Close(); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].has(W::kRst));
  EXPECT_EQ(w.connection(), nullptr);
}

TEST_F(TcpClose, DataThatComesAfterCloseIsRefused) {  // RFC 9293 section 3.6.1
  w.Do([&] { w.channel().Close(); });
  w.Take();
  w.Send(Make(W::kAck, 1, 2, "too late"));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kRst));
  EXPECT_EQ(w.connection(), nullptr);
}

TEST_F(TcpClose, AbortResetsAndForgets) {
  w.Do([&] { w.channel().Abort(); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kRst));  // RFC 9293 section 3.10.5: <SEQ=SND.NXT><CTL=RST>
  EXPECT_EQ(w.sent[0].seq, 1);
  EXPECT_EQ(w.connection(), nullptr);
  EXPECT_THAT(w.user.told, ElementsAre("closed local"));
}

TEST_F(TcpClose, ThrowingTheHandleAwayClosesInGoodOrder) {
  w.Do([&] { w.channels.clear(); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.sent[0].is(W::kFin | W::kAck));
  w.Send(W::kFin | W::kAck, 1, 2);
  EXPECT_EQ(w.connection()->state(), State::kTimeWait);
  EXPECT_THAT(w.user.told, IsEmpty());
}

TEST_F(TcpClose, AResetFlushesWhatWasNotRead) {
  w.Do([&] { w.channel().PauseReceiving(); });
  w.Send(Make(W::kAck, 1, 1, "lost"));
  w.Send(W::kRst, 5, 1);
  EXPECT_THAT(w.user.told, ElementsAre("closed reset"));
  w.Do([&] { w.channel().ResumeReceiving(); });
  EXPECT_EQ(w.user.text, "");
}

// --- Receiving ---

class TcpReceive : public testing::Test {
 protected:
  void Open(TcpOptions offered = {}) {
    w.Listen();
    w.OpenFromPeer(offered);
  }
  W w;
};

TEST_F(TcpReceive, EverySecondFullSegmentIsAcknowledgedAtOnceAndOneAloneAfterTheDelay) {
  w.config.delayed_ack = Duration::Millis(200);
  w.config.receive_buffer = 1 << 16;
  Open();
  w.Send(W::kAck, 1, 1, 1000);
  EXPECT_THAT(w.Take(), IsEmpty());
  w.Send(W::kAck, 1001, 1, 1000);
  ASSERT_THAT(w.sent, SizeIs(1));  // RFC 9293 section 3.8.6.3, SHLD-19
  EXPECT_EQ(w.Take()[0].ack, 2001);
  const SimTime sent = w.world.simulator.now();
  w.Send(W::kAck, 2001, 1, 1000);
  w.Run(Duration::Millis(300));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].ack, 3001);
  EXPECT_GE(w.sent[0].at - sent, Duration::Millis(200));
  EXPECT_LT(w.sent[0].at - sent, Duration::Millis(201));
}

TEST_F(TcpReceive, DataBeyondAGapIsAcknowledgedAtOnceAndSoIsTheOneThatFillsIt) {
  w.config.delayed_ack = Duration::Millis(200);
  w.config.sack = true;
  TcpOptions offered;
  offered.sack_permitted = true;
  Open(offered);
  w.Send(W::kAck, 1001, 1, 1000);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].ack, 1);
  ASSERT_EQ(w.sent[0].options.sack_count, 1);
  EXPECT_EQ(w.sent[0].options.sack[0].left, Wrap(1001, W::kPeerIsn));
  EXPECT_EQ(w.sent[0].options.sack[0].right, Wrap(2001, W::kPeerIsn));
  w.Take();
  w.Send(W::kAck, 1, 1, 1000);
  ASSERT_THAT(w.sent, SizeIs(1));  // RFC 5681 section 4.2
  EXPECT_EQ(w.sent[0].ack, 2001);
  EXPECT_EQ(w.sent[0].options.sack_count, 0);
  EXPECT_EQ(w.user.received, 2000u);
}

TEST_F(TcpReceive, ADuplicateIsReportedByDSack) {  // RFC 2883 section 4.1.1
  w.config.sack = true;
  TcpOptions offered;
  offered.sack_permitted = true;
  Open(offered);
  w.Send(W::kAck, 1, 1, 500);
  w.Take();
  w.Send(W::kAck, 1, 1, 500);
  ASSERT_THAT(w.sent, SizeIs(1));
  ASSERT_EQ(w.sent[0].options.sack_count, 1);
  EXPECT_EQ(w.sent[0].options.sack[0].left, Wrap(1, W::kPeerIsn));
  EXPECT_EQ(w.sent[0].options.sack[0].right, Wrap(501, W::kPeerIsn));
  EXPECT_EQ(w.sent[0].ack, 501);
  EXPECT_EQ(w.user.received, 500u);
}

TEST_F(TcpReceive, ASegmentThatStraddlesTheEdgeGivesItsNewPartOnly) {
  Open();
  w.Send(Make(W::kAck, 1, 1, "abcdef"));
  w.Send(Make(W::kAck, 4, 1, "defGHI"));
  EXPECT_EQ(w.user.text, "abcdefGHI");
}

TEST_F(TcpReceive, ASlowUserClosesTheWindowAndOpensItByNoSillyBit) {
  Open();  // a buffer of 10,000 bytes
  w.Do([&] { w.channel().PauseReceiving(); });
  int64_t seq = 1;
  for (; seq < 10000; seq += 1000) w.Send(W::kAck, seq, 1, 1000);
  ASSERT_FALSE(w.sent.empty());
  EXPECT_EQ(w.sent.back().ack, 10001);
  EXPECT_EQ(w.sent.back().window, 0);
  w.Take();
  // RFC 9293 section 3.8.6.2.2: the edge moves by a full segment or half the buffer, not before.
  w.Do([&] { EXPECT_EQ(w.channel().Receive(100), 100u); });
  EXPECT_THAT(w.Take(), IsEmpty());
  w.Do([&] { EXPECT_EQ(w.channel().Receive(900), 900u); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].window, 1000);
}

TEST_F(TcpReceive, AProbeOfAClosedWindowIsAnsweredWithTheAckOfBefore) {
  Open();
  w.Do([&] { w.channel().PauseReceiving(); });
  for (int64_t seq = 1; seq < 10000; seq += 1000) w.Send(W::kAck, seq, 1, 1000);
  w.Take();
  w.Send(W::kAck, 10001, 1, 1);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].ack, 10001);
  EXPECT_EQ(w.sent[0].window, 0);
}

TEST_F(TcpReceive, AnAdvertisedEdgeMovesBackByLessThanAUnitOfTheScaleAtMost) {
  w.config.window_scaling = true;
  w.config.window_scale = 7;
  w.config.receive_buffer = 100000;
  TcpOptions offered;
  offered.window_scale = 0;
  Open(offered);
  w.Do([&] { w.channel().PauseReceiving(); });
  int64_t edge = 0;
  for (int64_t seq = 1; seq < 90000; seq += 333) {
    w.Send(W::kAck, seq, 1, 333);
    for (const Seg& seg : w.Take()) {
      const int64_t now = seg.ack + int64_t{seg.window} * 128;
      EXPECT_GT(now, edge - 128);  // RFC 7323 section 2.4
      EXPECT_LE(now, 1 + 100000);
      edge = std::max(edge, now);
    }
  }
}

TEST_F(TcpReceive, AnOldTimestampIsRefusedByPaws) {  // RFC 7323 section 5.3, R1
  w.config.timestamps = true;
  TcpOptions offered;
  offered.timestamps = {{1000, 0}};
  Open(offered);
  Seg old = Make(W::kAck, 1, 1, "old");
  old.options.timestamps = {{999, 0}};
  w.Send(old);
  EXPECT_EQ(w.user.text, "");
  EXPECT_EQ(w.world.recorder.Drops("PAWS"), 1);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].ack, 1);
  w.Take();
  Seg fresh = Make(W::kAck, 1, 1, "new");
  fresh.options.timestamps = {{1001, 0}};
  w.Send(fresh);
  EXPECT_EQ(w.user.text, "new");
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].options.timestamps->echo_reply, 1001u);
}

TEST_F(TcpReceive, ASegmentWithoutTheAgreedTimestampIsDropped) {  // RFC 7323 section 3.2
  w.config.timestamps = true;
  TcpOptions offered;
  offered.timestamps = {{1000, 0}};
  Open(offered);
  w.Send(Make(W::kAck, 1, 1, "bare"));
  EXPECT_EQ(w.user.text, "");
  EXPECT_EQ(w.world.recorder.Drops("no timestamp"), 1);
  w.Send(W::kRst, 1, 0);  // but for a RST
  EXPECT_EQ(w.connection(), nullptr);
}

TEST_F(TcpReceive, CeMarksAreEchoedUntilCwrComes) {  // RFC 3168 section 6.1.3
  w.config.ecn = true;
  w.Listen();
  w.Send(Make(W::kSyn | TcpHeader::kEce | TcpHeader::kCwr, 0, 0));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_TRUE(w.Take()[0].is(W::kSyn | W::kAck | TcpHeader::kEce));
  w.Send(W::kAck, 1, 1);
  Seg marked = Make(W::kAck, 1, 1, "x");
  marked.ecn = Ecn::kCe;
  w.Send(marked);
  EXPECT_TRUE(w.Take().back().has(TcpHeader::kEce));
  w.Send(Make(W::kAck, 2, 1, "y"));
  EXPECT_TRUE(w.Take().back().has(TcpHeader::kEce));
  w.Send(Make(W::kAck | TcpHeader::kCwr, 3, 1, "z"));
  EXPECT_FALSE(w.Take().back().has(TcpHeader::kEce));
}

// --- RFC 5961 ---

TEST_F(TcpReceive, ChallengeAcksAreLimited) {  // RFC 5961 section 7
  w.config.challenge_acks_per_second = 3;
  Open();
  for (int i = 0; i < 10; ++i) w.Send(W::kRst, 500, 0);
  EXPECT_THAT(w.Take(), SizeIs(3));
  w.Run(Duration::Seconds(1));
  w.Send(W::kRst, 500, 0);
  EXPECT_THAT(w.Take(), SizeIs(1));
}

// Two ends that find each other's ACKs unacceptable must not answer them for ever (RFC 9293 section
// 3.10.7.4 has each answered, RFC 5961 section 7 allows to throttle that).
TEST_F(TcpReceive, AnswersToUnacceptableAcksAreLimitedLikewise) {
  w.config.challenge_acks_per_second = 3;
  Open();
  for (int i = 0; i < 10; ++i) w.Send(W::kAck, 0, 1);  // RCV.NXT is 1
  EXPECT_THAT(w.Take(), SizeIs(3));
  w.Send(Make(W::kAck, 0, 1, "x"));  // data that came again is always acknowledged
  EXPECT_THAT(w.Take(), SizeIs(1));
}

TEST_F(TcpReceive, WithoutRfc5961AnyResetInTheWindowKills) {
  w.config.rfc5961 = false;
  Open();
  w.Send(W::kRst, 5000, 0);
  EXPECT_EQ(w.connection(), nullptr);
}

// --- Sending, as far as the connection decides it ---

TEST_F(TcpReceive, NagleHoldsASmallSegmentWhileDataIsOnItsWay) {
  w.config.nagle = true;
  Open();
  w.Do([&] { w.channel().Send(AsBytes("first")); });
  w.Do([&] { w.channel().Send(AsBytes("second")); });
  w.Do([&] { w.channel().Send(AsBytes("third")); });
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.Take()[0].text, "first");
  w.Send(W::kAck, 1, 6);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].text, "secondthird");
  EXPECT_TRUE(w.sent[0].has(W::kPsh));
}

TEST_F(TcpReceive, AZeroWindowIsProbedAfterTheRtoAndEverMoreSlowly) {
  Open();
  w.Send(W::kAck, 1, 1, 0, /*window=*/0);
  w.Do([&] { w.channel().Send(AsBytes("waiting")); });
  EXPECT_THAT(w.Take(), IsEmpty());
  std::vector<SimTime> probes;
  for (int i = 0; i < 4; ++i) {
    w.Run(Duration::Seconds(10));
    for (const Seg& seg : w.Take()) {
      EXPECT_EQ(seg.seq, 1);
      EXPECT_EQ(seg.text, "w");  // RFC 9293 section 3.8.6.1: at least one byte of new data
      probes.push_back(seg.at);
      w.Send(W::kAck, 1, 1, 0, 0);
    }
  }
  ASSERT_GE(probes.size(), 4u);
  // The RTO is at its minimum of 1 s: the round trip is 2 us.
  EXPECT_NEAR(static_cast<double>((probes[1] - probes[0]).nanos()), 2e9, 1e7);
  EXPECT_NEAR(static_cast<double>((probes[2] - probes[1]).nanos()), 4e9, 1e7);
  w.Send(W::kAck, 1, 1, 0, 1000);
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].text, "waiting");
}

TEST_F(TcpReceive, KeepAliveProbesASilentPeerAndGivesUp) {
  w.config.keep_alive = true;
  w.config.keep_alive_idle = Duration::Seconds(100);
  w.config.keep_alive_interval = Duration::Seconds(10);
  w.config.keep_alive_probes = 3;
  Open();
  w.Run(Duration::Seconds(101));
  ASSERT_THAT(w.sent, SizeIs(1));
  EXPECT_EQ(w.sent[0].seq, 0);  // RFC 9293 section 3.8.4: SEG.SEQ = SND.NXT - 1
  w.Take();
  w.Send(W::kAck, 1, 1);
  w.Run(Duration::Seconds(99));
  EXPECT_THAT(w.Take(), IsEmpty());
  w.Run(Duration::Seconds(50));
  EXPECT_THAT(w.user.told, ElementsAre("closed timeout"));
}

TEST_F(TcpReceive, TheUserTimeoutEndsAConnectionWhoseDataIsNotAcknowledged) {
  w.config.user_timeout = Duration::Seconds(7);
  Open();
  w.Do([&] { w.channel().Send(AsBytes("anyone?")); });
  w.Run(Duration::Millis(6990));
  EXPECT_THAT(w.user.told, IsEmpty());
  w.Run(Duration::Millis(20));
  EXPECT_THAT(w.user.told, ElementsAre("closed timeout"));
}

TEST_F(TcpReceive, AfterIcmpTooBigDataGoesInSmallerSegments) {
  w.config.mss = 0;
  TcpOptions offered;
  offered.mss = 1460;
  Open(offered);
  w.Do([&] { w.channel().Send({}, 2920); });
  ASSERT_THAT(w.Take(), SizeIs(2));
  // The router's report quotes the first segment.
  w.world.Do("peer", [&] {
    TcpHeader quoted{.source_port = W::kPort,
                     .destination_port = W::kPeerPort,
                     .sequence = Wrap(1, w.stack_isn)};
    Packet inner = w.world.simulator.node("peer").NewPacket(0);
    quoted.PrependTo(inner, {}, Ip("10.0.0.1"), Ip("10.0.0.2"));
    std::vector<uint8_t> data = V4Packet(
        {.protocol = IpProtocol::kTcp, .source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")},
        {inner.bytes().begin(), inner.bytes().begin() + 8});
    const auto icmp = IcmpBytes({.kind = IcmpMessage::Kind::kError,
                                 .error = IcmpErrorKind::kPacketTooBig,
                                 .rest = 1000,
                                 .payload = {}},
                                Ip("10.0.0.2"), Ip("10.0.0.1"), data);
    w.world.Inject("peer", "stack",
                   V4Packet({.protocol = IpProtocol::kIcmp,
                             .source = Ip("10.0.0.2"),
                             .destination = Ip("10.0.0.1")},
                            icmp));
  });
  w.Run();
  const auto sent = w.Take();
  ASSERT_FALSE(sent.empty());
  for (const Seg& seg : sent) EXPECT_LE(seg.size, 960);  // 1000 less 40
  EXPECT_EQ(sent[0].seq, 1);
}

}  // namespace
}  // namespace tickwire::tcp
