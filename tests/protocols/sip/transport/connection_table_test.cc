// The connections of one element, whose channels the test plays.
#include "protocols/sip/transport/connection_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/protocols/sip/support/fake_streams.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Kind = TransportKind;

Endpoint At(uint32_t host, uint16_t port) { return {IpAddress::V4(0x0a000000 + host), port}; }
Hop To(uint32_t host, Kind kind = Kind::kTcp, const std::string& domain = "") {
  return {At(host, 5060), kind, 0, domain};
}

class ConnectionTableTest : public ::testing::Test, public ConnectionTable::User {
 protected:
  void Start() {
    table_ = std::make_unique<ConnectionTable>(
        node_.clock(), static_cast<ConnectionTable::User&>(*this), streams_, config_);
    for (const Kind kind : {Kind::kTcp, Kind::kTls, Kind::kSctp, Kind::kWs}) {
      ASSERT_TRUE(table_->Listen(kind, At(2, 5060)).ok());
    }
  }
  FakeFlow& flow(size_t number) { return *streams_.flows.at(number); }
  void RunTo(Duration time) { network_.RunTo(time.nanos() / 1'000'000); }
  // All connections that are still there are ended by their peers.
  void ExpectNothingLeft() {
    for (const auto& flow : streams_.flows) flow->End(CloseReason::kPeer);
    EXPECT_EQ(table_->size(), 0u);
    network_.RunTo(1'000'000'000);
    EXPECT_TRUE(network_.IsQuiet());
  }

  void OnMessage(Connection& connection, absl::string_view wire) override {
    received_.push_back(absl::StrCat(connection.id(), " ", wire.substr(0, wire.find(' '))));
  }
  void OnBroken(Connection&, absl::string_view, const TraceLabel&) override {}
  void OnUndelivered(Connection::Unsent&& message) override {
    undelivered_.push_back(message.wire);
    if (resends_to_.has_value()) table_->Send(*resends_to_, message.wire);
  }
  void OnFailed(const Connection& connection, CloseReason) override {
    failed_.push_back(connection.remote());
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& node_ = network_.AddNode("ours", IpAddress::V4(0x0a000002));
  FakeStreams streams_;
  ConnectionTable::Config config_;
  std::unique_ptr<ConnectionTable> table_;
  std::optional<Hop> resends_to_;
  std::vector<std::string> received_, undelivered_;
  std::vector<Endpoint> failed_;
};

constexpr char kMessage[] = "MESSAGE sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n";

TEST_F(ConnectionTableTest, RequestsToOnePlaceShareAConnection) {  // §18.1.1
  Start();
  EXPECT_TRUE(table_->Send(To(1), "one"));
  EXPECT_TRUE(table_->Send(To(1), "two"));
  EXPECT_TRUE(table_->Send(To(3), "three"));
  EXPECT_TRUE(table_->Send(To(1, Kind::kSctp), "four"));
  EXPECT_EQ(streams_.flows.size(), 3u);
  flow(0).Establish();
  EXPECT_TRUE(table_->Send(To(1), "five"));
  EXPECT_THAT(flow(0).writes, ElementsAre("one", "two", "five"));
  EXPECT_EQ(table_->counters().opened, 3u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, ACertificateForOneDomainDoesNotDoForAnother) {  // RFC 5922 §7.3
  Start();
  table_->Send(To(1, Kind::kTls, "a.org"), "a");
  table_->Send(To(1, Kind::kTls, "b.org"), "b");
  EXPECT_EQ(streams_.flows.size(), 2u);
  EXPECT_EQ(flow(0).peer_name, "a.org");
  EXPECT_EQ(flow(1).peer_name, "b.org");
  table_->Send(To(1, Kind::kTls), "any");  // whoever asks for none takes any
  EXPECT_EQ(streams_.flows.size(), 2u);
  // One opened for no domain has proved none.
  table_->Send(To(4, Kind::kTls), "any");
  table_->Send(To(4, Kind::kTls, "a.org"), "a");
  EXPECT_EQ(streams_.flows.size(), 4u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AResponseTakesTheConnectionOfItsRequest) {  // §18.2.2
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  theirs.Deliver(kMessage);
  EXPECT_THAT(received_, ElementsAre("1 MESSAGE"));
  Hop back = To(1);
  back.connection = 1;
  EXPECT_TRUE(table_->Send(back, "answer"));
  EXPECT_THAT(theirs.writes, ElementsAre("answer"));
  EXPECT_EQ(table_->counters().accepted, 1u);
  ExpectNothingLeft();
}

// RFC 5923 §1: what the peer opened leads to its ephemeral port, not to where it listens.
TEST_F(ConnectionTableTest, ARequestDoesNotTakeAConnectionThatThePeerOpened) {
  Start();
  streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  table_->Send(To(1), "request");
  EXPECT_EQ(streams_.flows.size(), 2u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AConnectionThatIsClosingTakesNoMore) {
  config_.connection.idle_timeout = Duration::Seconds(1);
  Start();
  table_->Send(To(1), "one");
  flow(0).Establish();
  RunTo(Duration::Seconds(2));
  EXPECT_TRUE(flow(0).is_shut);
  EXPECT_EQ(table_->Find(1), nullptr);
  table_->Send(To(1), "two");
  ASSERT_EQ(streams_.flows.size(), 2u);
  flow(1).Establish();
  EXPECT_THAT(flow(1).writes, ElementsAre("two"));
  // The end of the old one leaves the new one where it was.
  flow(0).End(CloseReason::kPeer);
  table_->Send(To(1), "three");
  EXPECT_EQ(streams_.flows.size(), 2u);
  EXPECT_THAT(flow(1).writes, ElementsAre("two", "three"));
  EXPECT_THAT(failed_, IsEmpty());
  ExpectNothingLeft();
}

// A request that crosses our end of an idle connection is received, and its answer, which that
// connection takes no more, opens another one.
TEST_F(ConnectionTableTest, ARequestThatCrossesAnIdleCloseIsReceived) {
  config_.connection.idle_timeout = Duration::Seconds(1);
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  RunTo(Duration::Seconds(1));
  ASSERT_TRUE(theirs.is_shut);
  theirs.Deliver(kMessage);
  EXPECT_THAT(received_, ElementsAre("1 MESSAGE"));
  EXPECT_EQ(table_->Find(1), nullptr);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AnotherConnectionToTheSamePlaceIsFoundAgain) {
  Start();
  // Two at a time: the peer resets the one that was made last.
  config_.connection.idle_timeout = Duration::Infinite();
  FakeFlow& older = streams_.Arrive(Kind::kWs, 5060, At(1, 5060));
  FakeFlow& newer = streams_.Arrive(Kind::kWs, 5060, At(1, 5060));
  newer.End(CloseReason::kReset);
  EXPECT_TRUE(table_->Send(To(1, Kind::kWs), "x"));
  EXPECT_THAT(older.writes, ElementsAre("x")) << "it is still there and leads there";
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AnEndWithMessagesUnsentTellsOfEachAndOfTheFailureBefore) {
  Start();
  table_->Send(To(1), "one");
  table_->Send(To(1), "two");
  flow(0).End(CloseReason::kRefused);
  EXPECT_THAT(failed_, ElementsAre(At(1, 5060)));
  EXPECT_THAT(undelivered_, ElementsAre("one", "two"));
  EXPECT_EQ(table_->counters().failed, 1u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AnOrderlyEndIsNoFailure) {
  Start();
  for (const CloseReason reason : {CloseReason::kLocal, CloseReason::kPeer}) {
    table_->Send(To(1), "one");
    streams_.flows.back()->End(reason);
  }
  EXPECT_THAT(failed_, IsEmpty());
  EXPECT_THAT(undelivered_, ElementsAre("one", "one"));
  EXPECT_EQ(table_->counters().failed, 0u);
  for (const CloseReason reason :
       {CloseReason::kReset, CloseReason::kRefused, CloseReason::kTimeout,
        CloseReason::kUnreachable, CloseReason::kSecurity, CloseReason::kProtocol}) {
    table_->Send(To(1), "one");
    streams_.flows.back()->End(reason);
  }
  EXPECT_EQ(failed_.size(), 6u);
  ExpectNothingLeft();
}

// What a user does about an undelivered message may open the next connection at once.
TEST_F(ConnectionTableTest, MayBeUsedFromWithinItsCalls) {
  Start();
  resends_to_ = To(3);
  table_->Send(To(1), "one");
  table_->Send(To(1), "two");
  flow(0).End(CloseReason::kRefused);
  ASSERT_EQ(streams_.flows.size(), 2u);
  flow(1).Establish();
  EXPECT_THAT(flow(1).writes, ElementsAre("one", "two"));
  resends_to_ = To(1);  // there again
  table_->Send(To(1), "three");
  flow(2).End(CloseReason::kReset);
  ASSERT_EQ(streams_.flows.size(), 4u) << "the one that has ended is not taken again";
  resends_to_.reset();
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, ANetworkWithoutAWayLeavesNothingBehind) {
  Start();
  streams_.refuses = true;
  EXPECT_FALSE(table_->Send(To(1), "one"));
  EXPECT_FALSE(table_->Open(To(1)));
  EXPECT_EQ(table_->size(), 0u);
  EXPECT_EQ(table_->counters().failed, 2u);
  EXPECT_EQ(table_->counters().opened, 0u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, WhatFindsTooMuchWaitingIsRefusedAlone) {
  config_.connection.queue_limit = 5;
  Start();
  EXPECT_TRUE(table_->Send(To(1), "12345"));
  EXPECT_FALSE(table_->Send(To(1), "6"));
  EXPECT_EQ(table_->counters().overflows, 1u);
  flow(0).Establish();
  EXPECT_TRUE(table_->Send(To(1), "7"));
  EXPECT_EQ(flow(0).sent, "123457");
  ExpectNothingLeft();
}

// --- Limits. ---

TEST_F(ConnectionTableTest, TheOneIdleForLongestMakesRoomForOneOfOurs) {
  config_.max_connections = 3;
  Start();
  for (uint32_t host = 10; host < 13; ++host) {
    table_->Send(To(host), "hello");
    streams_.flows.back()->Establish();
    RunTo(Duration::Seconds(host));
  }
  table_->Send(To(10), "again");  // now the one to 11 has been idle for longest
  table_->Send(To(13), "hello");
  EXPECT_FALSE(flow(0).is_shut);
  EXPECT_TRUE(flow(1).is_shut);
  EXPECT_FALSE(flow(2).is_shut);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, AFloodOfOthersIsRefusedAndLeavesNothing) {
  config_.max_connections = 10;
  Start();
  for (uint16_t i = 0; i < 1000; ++i) {
    FakeFlow& flow = streams_.Arrive(Kind::kTcp, 5060, At(1, static_cast<uint16_t>(20000 + i)));
    EXPECT_EQ(flow.is_aborted, i >= 10) << i;
    EXPECT_LE(table_->size(), 11u);
  }
  EXPECT_EQ(table_->counters().accepted, 10u);
  EXPECT_EQ(table_->counters().refused, 990u);
  EXPECT_THAT(failed_, IsEmpty()) << "nobody waits for anything there";
  ExpectNothingLeft();
}

// Peers that never answer, and peers that never close in turn, hold connections. However many
// places somebody makes us send to, they stay bounded.
TEST_F(ConnectionTableTest, OursAreBoundedWhereNoneCanMakeRoom) {
  config_.max_connections = 10;
  Start();
  for (uint32_t host = 0; host < 1000; ++host) {
    table_->Send(To(1000 + host), "connecting for ever");
    ASSERT_LE(table_->size(), 20u);
  }
  for (const auto& flow : streams_.flows) flow->End(CloseReason::kTimeout);
  EXPECT_EQ(table_->size(), 0u);
  for (uint32_t host = 0; host < 1000; ++host) {
    if (table_->Send(To(3000 + host), "closing for long")) streams_.flows.back()->Establish();
    for (const auto& flow : streams_.flows) flow->Settle();
    ASSERT_LE(table_->size(), 20u);
  }
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, MayBeDestroyedWithConnectionsInAnyState) {
  Start();
  table_->Send(To(1), "connecting");
  table_->Send(To(3), "open");
  flow(1).Establish();
  streams_.Arrive(Kind::kTcp, 5060, At(1, 40000)).PeerFinishes();
  table_->Send(To(4), "gone");
  flow(3).End(CloseReason::kReset);  // waits for the end of the event
  table_.reset();
  for (const auto& flow : streams_.flows) EXPECT_EQ(flow->listener, nullptr);
  EXPECT_FALSE(streams_.Listens(Kind::kTcp, 5060));
  RunTo(Duration::Seconds(1000));
  EXPECT_TRUE(network_.IsQuiet());
}

// --- SCTP (RFC 4168 §5.1) and WebSocket (RFC 7118). ---

std::string WithBranch(int number) {
  return absl::StrCat("BYE sip:b SIP/2.0\r\nVia: SIP/2.0/SCTP h;branch=z9hG4bK", number,
                      ";rport\r\n\r\n");
}

TEST_F(ConnectionTableTest, SctpTakesStreamZeroUnorderedWithoutAPayloadProtocol) {
  Start();
  table_->Send(To(1, Kind::kSctp), WithBranch(1));
  flow(0).Establish();
  ASSERT_EQ(flow(0).options.size(), 1u);
  EXPECT_EQ(flow(0).options[0].stream, 0);
  EXPECT_TRUE(flow(0).options[0].unordered);
  EXPECT_EQ(flow(0).options[0].ppid, 0u);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, SctpInOrderIsOneStream) {
  config_.sctp_order = ConnectionTable::SctpOrder::kOrdered;
  Start();
  for (int i = 0; i < 20; ++i) table_->Send(To(1, Kind::kSctp), WithBranch(i));
  flow(0).Establish();
  ASSERT_EQ(flow(0).options.size(), 20u);
  for (const SendOptions& options : flow(0).options) {
    EXPECT_EQ(options.stream, 0);
    EXPECT_FALSE(options.unordered);
  }
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, SctpPerTransactionKeepsEachOnAStreamOfItsOwn) {
  config_.sctp_order = ConnectionTable::SctpOrder::kPerTransaction;
  config_.sctp_streams = 4;
  Start();
  for (int i = 0; i < 200; ++i) table_->Send(To(1, Kind::kSctp), WithBranch(i / 2));
  flow(0).Establish();
  std::set<uint16_t> streams;
  for (size_t i = 0; i < 200; i += 2) {
    EXPECT_EQ(flow(0).options[i].stream, flow(0).options[i + 1].stream) << "one transaction";
    EXPECT_LT(flow(0).options[i].stream, 4);
    EXPECT_FALSE(flow(0).options[i].unordered);
    streams.insert(flow(0).options[i].stream);
  }
  EXPECT_EQ(streams.size(), 4u) << "100 transactions leave none of 4 streams empty";
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, TheBranchIsThatOfTheTopViaAndNothingElse) {
  config_.sctp_order = ConnectionTable::SctpOrder::kPerTransaction;
  config_.sctp_streams = 1000;
  Start();
  const std::string via = "Via: SIP/2.0/SCTP h;branch=z9hG4bKtop\r\n";
  table_->Send(To(1, Kind::kSctp), "BYE sip:b SIP/2.0\r\n" + via + "\r\n");
  table_->Send(To(1, Kind::kSctp),
               "BYE sip:b SIP/2.0\r\nRoute: <sip:p;branch=other>\r\n" + via + "\r\n");
  table_->Send(To(1, Kind::kSctp),
               "BYE sip:b SIP/2.0\r\nv: SIP/2.0/SCTP h ; BRANCH = z9hG4bKtop\r\n\r\n");
  flow(0).Establish();
  EXPECT_EQ(flow(0).options[0].stream, flow(0).options[1].stream);
  EXPECT_EQ(flow(0).options[0].stream, flow(0).options[2].stream);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, StreamsAreAMatterOfSctpAlone) {
  config_.sctp_order = ConnectionTable::SctpOrder::kPerTransaction;
  Start();
  table_->Send(To(1, Kind::kTcp), WithBranch(7));
  table_->Send(To(1, Kind::kTlsSctp), WithBranch(7));  // RFC 4168 §5.2: one stream, in order
  flow(0).Establish();
  flow(1).Establish();
  for (const size_t i : {0, 1}) {
    EXPECT_EQ(flow(i).options[0].stream, 0);
    EXPECT_FALSE(flow(i).options[0].unordered);
  }
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, WebSocketConnectionsComeFromTheirPortWhereItIsFree) {
  config_.websocket_port = 5060;
  Start();
  table_->Send(To(1, Kind::kWs), "x");
  table_->Send(To(1, Kind::kTcp), "x");
  EXPECT_EQ(flow(0).local.port, 5060);
  EXPECT_NE(flow(1).local.port, 5060);
  streams_.refuses_ports = true;
  EXPECT_TRUE(table_->Send(To(3, Kind::kWs), "x"));
  EXPECT_NE(flow(2).local.port, 5060);
  ExpectNothingLeft();
}

TEST_F(ConnectionTableTest, KindsThatAreNotListenedForAreNotAccepted) {
  Start();
  EXPECT_TRUE(streams_.Listens(Kind::kTcp, 5060));
  EXPECT_FALSE(streams_.Listens(Kind::kTlsSctp, 5060));
}

}  // namespace
}  // namespace tickwire::sip
