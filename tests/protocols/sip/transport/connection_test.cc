// One connection, whose channel the test plays.
#include "protocols/sip/transport/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/protocols/sip/support/fake_streams.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TraceLabel kWhy{"the test says so"};
const Endpoint kThere{IpAddress::V4(0x0a000001), 5060};

std::string Message(absl::string_view name, absl::string_view body = "") {
  return absl::StrCat("MESSAGE sip:b SIP/2.0\r\nCall-ID: ", name,
                      "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

class ConnectionTest : public ::testing::Test, public Connection::Owner {
 protected:
  using Opener = Connection::Opener;
  using State = Connection::State;

  void Make(Opener opener, TransportKind kind = TransportKind::kTcp) {
    connection_ =
        std::make_unique<Connection>(node_.clock(), *this, config_, 1, kind, kThere, "", opener);
    TransportStack::ConnectOptions options;
    connection_->Attach(*streams_.Connect(kind, kThere, connection_->listener(), options));
    if (opener == Opener::kPeer) flow().is_established = true;
  }
  FakeFlow& flow() { return *streams_.flows.back(); }
  bool Send(const std::string& wire) { return connection_->Send(Hop{kThere}, wire, {}); }
  void RunTo(Duration time) { network_.RunTo(time.nanos() / 1'000'000); }

  // Connection::Owner
  void OnOpen(Connection&) override { log_.push_back("open"); }
  void OnMessage(Connection& connection, absl::string_view wire) override {
    log_.emplace_back(wire);
    if (on_message_) on_message_(connection);
  }
  void OnBroken(Connection& connection, absl::string_view head, const TraceLabel& why) override {
    log_.push_back(absl::StrCat("broken: ", why.name));
    heads_.emplace_back(head);
    if (on_broken_) on_broken_(connection);
  }
  void OnClosed(Connection& connection, CloseReason reason) override {
    log_.push_back(absl::StrCat("closed ", static_cast<int>(reason)));
    unsent_ = connection.TakeUnsent();
  }
  static std::string Closed(CloseReason reason) {
    return absl::StrCat("closed ", static_cast<int>(reason));
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& node_ = network_.AddNode("ours", IpAddress::V4(0x0a000002));
  FakeStreams streams_;
  Connection::Config config_;
  std::unique_ptr<Connection> connection_;
  std::function<void(Connection&)> on_message_, on_broken_;
  std::vector<std::string> log_;
  std::vector<std::string> heads_;
  std::vector<Connection::Unsent> unsent_;
};

// --- Sending. ---

TEST_F(ConnectionTest, WhatIsSentWhileItConnectsGoesOutInItsOrder) {
  Make(Opener::kUs);
  EXPECT_TRUE(Send("one"));
  EXPECT_TRUE(Send("two"));
  EXPECT_THAT(flow().writes, IsEmpty());
  EXPECT_EQ(connection_->queued_octets(), 6u);
  flow().Establish();
  EXPECT_THAT(flow().writes, ElementsAre("one", "two"));
  EXPECT_EQ(connection_->queued_octets(), 0u);
  EXPECT_TRUE(Send("three"));
  EXPECT_THAT(flow().writes, ElementsAre("one", "two", "three"));
  EXPECT_THAT(log_, ElementsAre("open"));
}

TEST_F(ConnectionTest, WhatTheStreamTakesInPiecesArrivesWholeAndInOrder) {
  for (uint64_t room = 1; room <= 12; ++room) {
    streams_.flows.clear();
    Make(Opener::kPeer);
    flow().room = room;
    EXPECT_TRUE(Send("first"));
    EXPECT_TRUE(Send("second"));  // must not overtake the rest of the first
    EXPECT_EQ(connection_->queued_octets(), 11 - std::min<uint64_t>(room, 11)) << room;
    for (int i = 0; i < 12; ++i) flow().Grant(room);
    EXPECT_EQ(flow().sent, "firstsecond") << room;
    EXPECT_EQ(connection_->queued_octets(), 0u);
    connection_.reset();
  }
}

// A transport that preserves messages takes them whole or not at all.
TEST_F(ConnectionTest, AMessageThatFindsNoRoomHoldsBackThoseBehindIt) {
  Make(Opener::kPeer, TransportKind::kSctp);
  flow().room = 7;
  EXPECT_TRUE(Send("five5"));
  EXPECT_TRUE(Send("long long"));
  EXPECT_TRUE(Send("x"));
  EXPECT_THAT(flow().writes, ElementsAre("five5"));
  flow().Grant(5);
  EXPECT_THAT(flow().writes, ElementsAre("five5"));
  flow().Grant(10);
  EXPECT_THAT(flow().writes, ElementsAre("five5", "long long", "x"));
}

TEST_F(ConnectionTest, TakesOneMessageHoweverLongAndThenNoMoreThanItsLimit) {
  config_.queue_limit = 10;
  Make(Opener::kUs);
  EXPECT_TRUE(Send(std::string(100, 'a')));
  EXPECT_FALSE(Send("b"));
  EXPECT_EQ(connection_->queued_octets(), 100u);
  flow().room = 95;
  flow().Establish();
  EXPECT_EQ(connection_->queued_octets(), 5u);
  EXPECT_TRUE(Send("12345"));
  EXPECT_FALSE(Send("6"));
  flow().Grant(1000);
  EXPECT_EQ(flow().sent, std::string(100, 'a') + "12345");
}

// It would wait for ever, and all behind it.
TEST_F(ConnectionTest, AMessageThatTheTransportNeverTakesIsRefusedAtOnce) {
  Make(Opener::kPeer, TransportKind::kSctp);
  flow().max_message = 10;
  EXPECT_FALSE(Send(std::string(11, 'a')));
  EXPECT_TRUE(Send(std::string(10, 'b')));
  EXPECT_EQ(flow().sent, std::string(10, 'b'));
}

TEST_F(ConnectionTest, TellsWhatItCouldNotDeliver) {
  Make(Opener::kUs);
  Send("one");
  Send("two");
  flow().End(CloseReason::kRefused);
  EXPECT_THAT(log_, ElementsAre(Closed(CloseReason::kRefused)));
  ASSERT_EQ(unsent_.size(), 2u);
  EXPECT_EQ(unsent_[0].wire, "one");
  EXPECT_EQ(unsent_[1].wire, "two");
  EXPECT_EQ(connection_->state(), State::kClosed);
}

TEST_F(ConnectionTest, AMessageOfWhichAPartWentOutCountsAsUndelivered) {
  Make(Opener::kPeer);
  flow().room = 2;
  Send("one");
  flow().End(CloseReason::kReset);
  ASSERT_EQ(unsent_.size(), 1u);
  EXPECT_EQ(unsent_[0].wire, "one") << "whole: it goes another way from its beginning";
}

// --- Receiving. ---

TEST_F(ConnectionTest, ReadsTheSameMessagesHoweverTheStreamWasCut) {
  const std::string stream = Message("a") + "\r\n\r\n" + Message("b", "body") + Message("c");
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    log_.clear();
    Make(Opener::kPeer);
    for (size_t at = 0; at < stream.size(); at += piece) flow().Deliver(stream.substr(at, piece));
    ASSERT_THAT(log_, ElementsAre(Message("a"), Message("b", "body"), Message("c"))) << piece;
    EXPECT_EQ(connection_->received(), 3u);
    connection_.reset();
  }
}

// RFC 5626 §3.5.1: two line ends are a keep-alive; RFC 7118 §6: over WebSocket as well.
TEST_F(ConnectionTest, KeepAlivesAreNoMessagesOverAnyTransport) {
  for (const TransportKind kind : {TransportKind::kTcp, TransportKind::kTls, TransportKind::kSctp,
                                   TransportKind::kWs, TransportKind::kWss}) {
    Make(Opener::kPeer, kind);
    flow().Deliver("\r\n\r\n");
    flow().Deliver("\r\n");
    EXPECT_THAT(log_, IsEmpty()) << static_cast<int>(kind);
    EXPECT_EQ(connection_->received(), 0u);
    connection_.reset();
  }
}

TEST_F(ConnectionTest, AKeepAliveKeepsItAlive) {
  config_.idle_timeout = Duration::Seconds(10);
  Make(Opener::kPeer);
  RunTo(Duration::Seconds(9));
  flow().Deliver("\r\n\r\n");
  RunTo(Duration::Seconds(18));
  EXPECT_EQ(connection_->state(), State::kOpen);
  RunTo(Duration::Seconds(19));
  EXPECT_EQ(connection_->state(), State::kClosing);
}

TEST_F(ConnectionTest, OctetsWithoutContentsEndIt) {
  Make(Opener::kPeer);
  flow().Deliver("x", 1000);
  EXPECT_TRUE(flow().is_aborted);
  EXPECT_THAT(log_, ElementsAre(Closed(CloseReason::kProtocol)));
}

TEST_F(ConnectionTest, WhatFollowsABrokenMessageIsNotRead) {  // RFC 3261 §18.3
  Make(Opener::kPeer);
  const std::string broken = "MESSAGE sip:b SIP/2.0\r\nContent-Length: x\r\n\r\n";
  on_broken_ = [](Connection& connection) {
    EXPECT_TRUE(connection.is_usable()) << "for the answer";
    connection.Send(Hop{kThere}, "answer", {});
  };
  flow().Deliver(Message("a") + broken + Message("b"));
  flow().Deliver(Message("c"));
  EXPECT_THAT(log_, ElementsAre(Message("a"), "broken: Content-Length that is no number"));
  EXPECT_THAT(heads_, ElementsAre(broken));
  EXPECT_EQ(flow().sent, "answer");
  EXPECT_TRUE(flow().is_shut) << "after the answer";
  EXPECT_FALSE(flow().is_aborted);
}

TEST_F(ConnectionTest, TheAnswerToABrokenMessageIsWaitedForWhereThereIsNoRoom) {
  Make(Opener::kPeer);
  flow().room = 3;
  on_broken_ = [](Connection& connection) { connection.Send(Hop{kThere}, "answer", {}); };
  flow().Deliver("MESSAGE sip:b SIP/2.0\r\n\r\n");
  EXPECT_FALSE(flow().is_shut);
  flow().Grant(3);
  EXPECT_EQ(flow().sent, "answer");
  EXPECT_TRUE(flow().is_shut);
}

TEST_F(ConnectionTest, HeadsAndBodiesAreLimited) {
  config_.limits = {.head = 200, .body = 50};
  Make(Opener::kPeer);
  flow().Deliver(Message("a", std::string(50, 'x')));
  flow().Deliver(Message("b", std::string(51, 'x')).substr(0, 80));
  EXPECT_THAT(log_,
              ElementsAre(Message("a", std::string(50, 'x')), "broken: Content-Length too large"));
  connection_.reset();
  log_.clear();
  Make(Opener::kPeer);
  for (int i = 0; i < 100; ++i) flow().Deliver("xxxxxxxx");
  EXPECT_THAT(log_, ElementsAre("broken: head of a message too long"));
}

// --- The end. ---

TEST_F(ConnectionTest, ClosesInGoodOrderWhenIdle) {
  config_.idle_timeout = Duration::Seconds(10);
  Make(Opener::kUs);
  flow().Establish();
  RunTo(Duration::Seconds(5));
  Send("x");
  RunTo(Duration::Millis(14'999));
  EXPECT_EQ(connection_->state(), State::kOpen);
  RunTo(Duration::Seconds(15));
  EXPECT_EQ(connection_->state(), State::kClosing);
  EXPECT_TRUE(flow().is_shut);
  EXPECT_FALSE(flow().is_closed) << "what crosses our end is still received";
  EXPECT_FALSE(connection_->is_usable());
  flow().Deliver(Message("crossed"));
  EXPECT_THAT(log_, ElementsAre("open", Message("crossed")));
  flow().End(CloseReason::kLocal);
  EXPECT_THAT(log_, ElementsAre("open", Message("crossed"), Closed(CloseReason::kLocal)));
}

TEST_F(ConnectionTest, NeverClosesByItselfWhenItIsNotToldTo) {
  config_.idle_timeout = Duration::Infinite();
  Make(Opener::kPeer);
  RunTo(Duration::Seconds(1'000'000));
  EXPECT_EQ(connection_->state(), State::kOpen);
}

// A connection that is slow to be opened is not idle, and becomes so only afterwards.
TEST_F(ConnectionTest, IsNotIdleWhileItConnects) {
  config_.idle_timeout = Duration::Seconds(1);
  Make(Opener::kUs);
  Send("x");
  RunTo(Duration::Seconds(5));
  EXPECT_EQ(connection_->state(), State::kConnecting);
  flow().Establish();
  EXPECT_EQ(flow().sent, "x");
  EXPECT_EQ(connection_->state(), State::kOpen);
  RunTo(Duration::Seconds(6));
  EXPECT_EQ(connection_->state(), State::kClosing);
}

TEST_F(ConnectionTest, APeerThatDoesNotCloseInTurnIsResetAfterSixtyFourT1) {
  config_.idle_timeout = Duration::Seconds(10);
  Make(Opener::kPeer);
  RunTo(Duration::Seconds(10));
  ASSERT_TRUE(flow().is_shut);
  RunTo(Duration::Millis(41'999));  // 64 T1 = 32 s later
  EXPECT_FALSE(flow().is_aborted);
  RunTo(Duration::Seconds(42));
  EXPECT_TRUE(flow().is_aborted);
}

TEST_F(ConnectionTest, EndsItsSideWhenThePeerHasFinished) {
  Make(Opener::kPeer);
  flow().room = 2;
  Send("rest");
  flow().PeerFinishes();
  EXPECT_FALSE(connection_->is_usable()) << "later messages go another way";
  EXPECT_FALSE(flow().is_shut) << "what waits goes out first";
  flow().Grant(2);
  EXPECT_EQ(flow().sent, "rest");
  EXPECT_TRUE(flow().is_shut);
}

TEST_F(ConnectionTest, AnAbortIsTheEndOfReading) {
  Make(Opener::kPeer);
  on_message_ = [](Connection& connection) { connection.Abort(kWhy); };
  flow().Deliver(Message("a") + Message("b"));
  EXPECT_THAT(log_, ElementsAre(Message("a"), Closed(CloseReason::kLocal)));
}

TEST_F(ConnectionTest, WhoeverClosesItInACallStillGetsTheRest) {
  Make(Opener::kPeer);
  on_message_ = [](Connection& connection) { connection.Close(kWhy); };
  flow().Deliver(Message("a") + Message("b"));
  EXPECT_THAT(log_, ElementsAre(Message("a"), Message("b")));
  EXPECT_TRUE(flow().is_shut);
}

TEST_F(ConnectionTest, MayEndMoreThanOnceAndIsToldOnce) {
  Make(Opener::kPeer);
  connection_->Close(kWhy);
  connection_->Close(kWhy);
  connection_->Abort(kWhy);
  flow().Settle();
  connection_->Abort(kWhy);
  connection_->Close(kWhy);
  EXPECT_THAT(log_, ElementsAre(Closed(CloseReason::kLocal)));
  RunTo(Duration::Seconds(1000));
  EXPECT_TRUE(network_.IsQuiet()) << "no timer of it is left";
}

TEST_F(ConnectionTest, MayBeDestroyedInEveryState) {
  for (int state = 0; state < 4; ++state) {
    Make(Opener::kUs);
    Send("x");
    if (state >= 1) flow().Establish();
    if (state >= 2) connection_->Close(kWhy);
    if (state >= 3) flow().End(CloseReason::kPeer);
    connection_.reset();
    EXPECT_EQ(flow().listener, nullptr);
    RunTo(Duration::Seconds(1000 * (state + 1)));
    EXPECT_TRUE(network_.IsQuiet()) << state;
  }
}

}  // namespace
}  // namespace tickwire::sip
