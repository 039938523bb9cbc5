// SipTransport over connections that the test plays: ways of responses, failures, broken streams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "protocols/sip/transport/sip_transport.h"
#include "tests/protocols/sip/support/fake_streams.h"
#include "tests/protocols/sip/support/memory_network.h"
#include "tests/support/recorder.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Kind = TransportKind;

Endpoint At(uint32_t host, uint16_t port) { return {IpAddress::V4(0x0a000000 + host), port}; }

// Answers LocateSentBy with what the test has prepared, at once or when told.
class PreparedLocator final : public ServerLocator {
 public:
  bool Locate(absl::string_view, const Transports&, std::vector<Hop>&, Client&, uint64_t) override {
    return true;
  }
  void LocateNow(absl::string_view, const Transports&, std::vector<Hop>&) override {}
  bool LocateSentBy(TransportKind transport, absl::string_view host, std::optional<uint16_t> port,
                    const Transports&, std::vector<Hop>& hops, Client& client,
                    uint64_t ticket) override {
    asked.push_back(absl::StrCat(ViaName(transport), " ", host, ":", port.value_or(0)));
    if (is_immediate) {
      hops = answer;
      return true;
    }
    waiting.emplace_back(&client, ticket);
    return false;
  }
  void Forget(Client& client, uint64_t ticket) override {
    std::erase(waiting, std::pair(&client, ticket));
    ++forgotten;
  }
  void AnswerAll() {
    for (const auto& [client, ticket] : std::exchange(waiting, {})) {
      client->OnLocated(ticket, answer);
    }
  }

  bool is_immediate = true;
  std::vector<Hop> answer;
  std::vector<std::string> asked;
  std::vector<std::pair<Client*, uint64_t>> waiting;
  int forgotten = 0;
};

class SipTransportStreamsTest : public ::testing::Test,
                                public SipTransport::Listener,
                                public TransactionUser {
 protected:
  SipTransportStreamsTest() {
    config_.transports = Transports{Kind::kTcp, Kind::kUdp,     Kind::kTls, Kind::kSctp,
                                    Kind::kWs,  Kind::kTlsSctp, Kind::kWss};
    config_.websocket_port = 80;
    node_.trace().set_sink(&recorder_);
  }
  void Start() {
    transport_ = std::make_unique<SipTransport>(node_.clock(), *this, "x");
    table_ = std::make_unique<TransactionTable>(node_.clock(), *transport_, *this, timers_);
    ASSERT_TRUE(transport_
                    ->Open({.datagrams = node_, .streams = &streams_, .locator = &locator_},
                           At(2, 5060), config_)
                    .ok());
  }
  ~SipTransportStreamsTest() override {
    table_.reset();
    transport_.reset();
  }
  FakeFlow& flow(size_t number) { return *streams_.flows.at(number); }
  FakeFlow& last() { return *streams_.flows.back(); }
  void RunTo(int64_t ms) { network_.RunTo(now_ms_ = ms); }
  void Step() { network_.RunTo(now_ms_); }  // what the running event has left to its end
  int Notes(const std::string& label) const { return recorder_.Count(TraceKind::kNote, label); }

  static std::string Request(absl::string_view method, absl::string_view via,
                             absl::string_view rows = "Content-Length: 0\r\n",
                             absl::string_view body = "") {
    return absl::StrCat(method, " sip:b SIP/2.0\r\nVia: ", via, "\r\nFrom: <sip:a>;tag=1\r\n",
                        "To: <sip:b>\r\nCall-ID: c\r\nCSeq: 1 ", method, "\r\nMax-Forwards: 70\r\n",
                        rows, "\r\n", body);
  }
  SipMessage RequestOfOurs(absl::string_view method, absl::string_view branch,
                           Kind kind = Kind::kTcp) {
    return SipMessage::Parse(Request(method, absl::StrCat("SIP/2.0/", ViaName(kind),
                                                          " 10.0.0.2:", transport_->port(kind),
                                                          ";branch=z9hG4bK", branch)))
        .message;
  }
  // The peer's request on a connection that it opened; leaves its hop in hops_.
  FakeFlow& ReceiveRequest(absl::string_view via, Kind kind = Kind::kTcp, uint16_t port = 5060,
                           absl::string_view method = "OPTIONS") {
    FakeFlow& theirs = streams_.Arrive(kind, port, At(1, 40000));
    theirs.Deliver(Request(method, via));
    return theirs;
  }
  std::string ResponseTo(size_t request, int status = 200) {
    return std::string(MakeResponse(requests_.at(request), status).Wire());
  }
  void ExpectNothingLeft() {
    for (int round = 0; round < 10; ++round) {
      for (size_t i = 0; i < streams_.flows.size(); ++i) {
        if (flow(i).listener != nullptr) flow(i).End(CloseReason::kPeer);
      }
      locator_.AnswerAll();
      Step();
    }
    EXPECT_EQ(transport_->connections()->size(), 0u);
    RunTo(now_ms_ + 10'000'000);
    EXPECT_TRUE(network_.IsQuiet());
  }

  // SipTransport::Listener
  void OnRequest(SipMessage&& request, const Hop& reply_to) override {
    requests_.push_back(request);
    hops_.push_back(reply_to);
    if (uses_table_) table_->OnRequest(std::move(request), reply_to);
  }
  void OnResponse(const SipMessage& response) override {
    responses_.push_back(response.status());
    if (uses_table_) table_->OnResponse(response);
  }
  void OnTransportError(const Hop& hop) override {
    errors_.push_back(hop);
    if (uses_table_) table_->OnTransportError(hop);
  }
  void OnUndelivered(const Hop& hop, absl::string_view wire) override {
    undelivered_.emplace_back(wire.substr(0, wire.find(' ', 8)));
    undelivered_hops_.push_back(hop);
    if (uses_table_) table_->OnUndelivered(hop, wire);
  }
  // TransactionUser
  void OnResponse(ClientTransaction&, const SipMessage&) override {}
  void OnTimeout(ClientTransaction&) override { told_.push_back("client timeout"); }
  void OnTransportError(ClientTransaction& transaction) override {
    told_.push_back(absl::StrCat("client ", transaction.request().method_name()));
  }
  void OnRequest(ServerTransaction&) override {}
  void OnAck(ServerTransaction*, const SipMessage&) override {}
  void OnTimeout(ServerTransaction&) override {}
  void OnTransportError(ServerTransaction& transaction) override {
    told_.push_back(absl::StrCat("server ", transaction.request().method_name()));
  }
  void OnTerminated(ClientTransaction&) override {}
  void OnTerminated(ServerTransaction&) override {}

  MemoryNetwork network_;
  MemoryNetwork::Node& node_ = network_.AddNode("ours", IpAddress::V4(0x0a000002));
  Recorder recorder_;
  FakeStreams streams_;
  PreparedLocator locator_;
  SipTransportConfig config_;
  TransactionTimers timers_;
  std::unique_ptr<SipTransport> transport_;
  std::unique_ptr<TransactionTable> table_;
  bool uses_table_ = false;
  int64_t now_ms_ = 0;
  std::vector<SipMessage> requests_;
  std::vector<Hop> hops_;
  std::vector<int> responses_;
  std::vector<Hop> errors_;
  std::vector<std::string> undelivered_;
  std::vector<Hop> undelivered_hops_;
  std::vector<std::string> told_;
};

constexpr char kVia[] = "SIP/2.0/TCP 10.0.0.1:5066;branch=z9hG4bK1";

// --- The way of a response (§18.2.2). ---

TEST_F(SipTransportStreamsTest, AResponseTakesTheConnectionOfItsRequestFirst) {
  Start();
  FakeFlow& theirs = ReceiveRequest(kVia);
  ASSERT_THAT(hops_, SizeIs(1));
  EXPECT_EQ(hops_[0].transport, Kind::kTcp);
  EXPECT_EQ(hops_[0].remote, At(1, 5066)) << "its source with the port of sent-by";
  transport_->Send(hops_[0], ResponseTo(0));
  EXPECT_THAT(theirs.writes, ElementsAre(StartsWith("SIP/2.0 200 ")));
  EXPECT_THAT(streams_.flows, SizeIs(1));
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, ThenANewOneToItsSourceAtThePortOfSentBy) {
  Start();
  FakeFlow& theirs = ReceiveRequest("SIP/2.0/TCP host.invalid:5066;branch=z9hG4bK1");
  EXPECT_EQ(requests_[0].Get<Via>()->received(), absl::string_view("10.0.0.1"));
  theirs.End(CloseReason::kPeer);
  transport_->Send(hops_[0], ResponseTo(0));
  ASSERT_THAT(streams_.flows, SizeIs(2));
  EXPECT_EQ(flow(1).remote, At(1, 5066));
  EXPECT_EQ(flow(1).kind, Kind::kTcp);
  EXPECT_THAT(locator_.asked, IsEmpty());
  flow(1).Establish();
  EXPECT_THAT(flow(1).writes, ElementsAre(StartsWith("SIP/2.0 200 ")));
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, ThePortIsTheDefaultOfTheTransportWhenSentByHasNone) {
  Start();
  const struct {
    Kind kind;
    uint16_t ours, theirs;
  } cases[] = {{Kind::kTcp, 5060, 5060},
               {Kind::kTls, 5061, 5061},
               {Kind::kSctp, 5060, 5060},
               {Kind::kTlsSctp, 5061, 5061}};
  for (const auto& [kind, ours, theirs] : cases) {
    hops_.clear();
    ReceiveRequest(absl::StrCat("SIP/2.0/", ViaName(kind), " 10.0.0.1;branch=z9hG4bK1"), kind,
                   ours);
    ASSERT_THAT(hops_, SizeIs(1));
    EXPECT_EQ(hops_[0].remote, At(1, theirs)) << ViaName(kind);
    EXPECT_EQ(hops_[0].transport, kind);
  }
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, ThenEachAddressThatTheNameOfSentByHas) {  // RFC 3263 §5
  Start();
  FakeFlow& theirs = ReceiveRequest("SIP/2.0/TCP pc.test:5066;branch=z9hG4bK1");
  theirs.End(CloseReason::kReset);
  locator_.answer = {{At(1, 5066), Kind::kTcp},  // the one that has been tried
                     {At(7, 5066), Kind::kTcp},
                     {At(8, 5066), Kind::kUdp},  // another transport: nobody may change it
                     {At(9, 5066), Kind::kTcp}};
  transport_->Send(hops_[0], ResponseTo(0));
  ASSERT_THAT(streams_.flows, SizeIs(2));
  flow(1).End(CloseReason::kRefused);
  EXPECT_THAT(locator_.asked, ElementsAre("TCP pc.test:5066"));
  ASSERT_THAT(streams_.flows, SizeIs(3));
  EXPECT_EQ(flow(2).remote, At(7, 5066));
  flow(2).End(CloseReason::kTimeout);
  ASSERT_THAT(streams_.flows, SizeIs(4));
  EXPECT_EQ(flow(3).remote, At(9, 5066));
  flow(3).Establish();
  EXPECT_THAT(flow(3).writes, ElementsAre(StartsWith("SIP/2.0 200 ")));
  Step();
  EXPECT_THAT(undelivered_, IsEmpty());
  EXPECT_THAT(locator_.asked, SizeIs(1)) << "asked once";
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, AndThenItHasFailed) {
  Start();
  FakeFlow& theirs = ReceiveRequest(kVia);
  theirs.End(CloseReason::kReset);
  transport_->Send(hops_[0], ResponseTo(0));
  flow(1).End(CloseReason::kRefused);
  EXPECT_THAT(undelivered_, IsEmpty()) << "never during the call";
  Step();
  EXPECT_THAT(undelivered_, ElementsAre("SIP/2.0 200"));
  EXPECT_EQ(undelivered_hops_[0], hops_[0]);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, TheLocatorMayTakeItsTime) {
  locator_.is_immediate = false;
  Start();
  ReceiveRequest("SIP/2.0/TCP pc.test:5066;branch=z9hG4bK1").End(CloseReason::kReset);
  transport_->Send(hops_[0], ResponseTo(0));
  flow(1).End(CloseReason::kRefused);
  ASSERT_THAT(locator_.waiting, SizeIs(1));
  Step();
  EXPECT_THAT(undelivered_, IsEmpty());
  locator_.answer = {{At(7, 5066), Kind::kTcp}};
  locator_.AnswerAll();
  ASSERT_THAT(streams_.flows, SizeIs(3));
  flow(2).Establish();
  EXPECT_THAT(flow(2).writes, ElementsAre(StartsWith("SIP/2.0 200 ")));
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, WhatTheLocatorStillOwesIsForgottenAtTheEnd) {
  locator_.is_immediate = false;
  Start();
  ReceiveRequest("SIP/2.0/TCP pc.test:5066;branch=z9hG4bK1").End(CloseReason::kReset);
  transport_->Send(hops_[0], ResponseTo(0));
  flow(1).End(CloseReason::kRefused);
  ASSERT_THAT(locator_.waiting, SizeIs(1));
  table_.reset();
  transport_.reset();
  EXPECT_EQ(locator_.forgotten, 1);
  EXPECT_THAT(locator_.waiting, IsEmpty());
}

// The connection of the request ends while the response waits in it.
TEST_F(SipTransportStreamsTest, AResponseThatWaitedInAConnectionGoesAnotherWay) {
  Start();
  FakeFlow& theirs = ReceiveRequest(kVia);
  theirs.room = 5;
  transport_->Send(hops_[0], ResponseTo(0));
  theirs.End(CloseReason::kReset);
  ASSERT_THAT(streams_.flows, SizeIs(2));
  flow(1).Establish();
  EXPECT_EQ(flow(1).sent, ResponseTo(0)) << "whole, not from where the other had stopped";
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, AResponseTakesAConnectionThatLeadsThereAlready) {
  Start();
  transport_->Send({At(1, 5066), Kind::kTcp}, "OPTIONS sip:x SIP/2.0\r\n\r\n");
  flow(0).Establish();
  ReceiveRequest(kVia).End(CloseReason::kPeer);
  transport_->Send(hops_[0], ResponseTo(0));
  EXPECT_THAT(streams_.flows, SizeIs(2));
  EXPECT_THAT(flow(0).writes, SizeIs(2));
  ExpectNothingLeft();
}

// RFC 7118 §5: what sent-by says of a WebSocket client is no place to connect to.
TEST_F(SipTransportStreamsTest, OfAWebSocketClientOnlyItsSourceIsTried) {
  Start();
  FakeFlow& theirs =
      ReceiveRequest("SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1", Kind::kWs, 80);
  ASSERT_THAT(hops_, SizeIs(1));
  EXPECT_EQ(hops_[0].remote, At(1, 40000));
  theirs.End(CloseReason::kPeer);
  transport_->Send(hops_[0], ResponseTo(0));
  ASSERT_THAT(streams_.flows, SizeIs(2));
  EXPECT_EQ(flow(1).remote, At(1, 40000));
  flow(1).End(CloseReason::kRefused);
  Step();
  EXPECT_THAT(undelivered_, ElementsAre("SIP/2.0 200"));
  ExpectNothingLeft();
}

// §18.1.2: by its sent-by and branch, wherever it comes in.
TEST_F(SipTransportStreamsTest, AResponseIsAcceptedFromAnotherConnectionThanThatOfItsRequest) {
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  const auto response = [](absl::string_view via) {
    return absl::StrCat("SIP/2.0 200 OK\r\nVia: ", via, ";branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1",
                        "\r\nTo: <sip:b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n",
                        "Content-Length: 0\r\n\r\n");
  };
  theirs.Deliver(response("SIP/2.0/TCP 10.0.0.2:5060"));
  theirs.Deliver(response("SIP/2.0/UDP 10.0.0.2:5060"));
  theirs.Deliver(response("SIP/2.0/TLS 10.0.0.2:5061"));
  theirs.Deliver(response("SIP/2.0/TLS 10.0.0.2:5060"));  // not what we write
  theirs.Deliver(response("SIP/2.0/TCP 10.0.0.3:5060"));
  theirs.Deliver(response("SIP/2.0/X 10.0.0.2:5060"));
  EXPECT_THAT(responses_, ElementsAre(200, 200, 200));
  EXPECT_EQ(transport_->counters().dropped, 3u);
  ExpectNothingLeft();
}

// --- Failures (§17.1.4, §18.4). ---

TEST_F(SipTransportStreamsTest, AClientTransactionHearsOnceWhenItsConnectionIsRefused) {
  uses_table_ = true;
  Start();
  table_->Start(RequestOfOurs("BYE", "1"), {At(1, 5060), Kind::kTcp});
  table_->Start(RequestOfOurs("INVITE", "2"), {At(1, 5060), Kind::kTcp});
  table_->Start(RequestOfOurs("BYE", "3"), {At(3, 5060), Kind::kTcp});
  flow(0).End(CloseReason::kRefused);
  Step();
  EXPECT_THAT(told_, ElementsAre("client BYE", "client INVITE"));
  EXPECT_EQ(table_->client_count(), 1u);
}

TEST_F(SipTransportStreamsTest, AndWhenItIsResetAfterTheRequestWasWritten) {
  uses_table_ = true;
  Start();
  table_->Start(RequestOfOurs("BYE", "1"), {At(1, 5060), Kind::kTcp});
  flow(0).Establish();
  ASSERT_THAT(flow(0).writes, SizeIs(1));
  flow(0).End(CloseReason::kReset);
  Step();
  EXPECT_THAT(told_, ElementsAre("client BYE"));
  EXPECT_EQ(table_->client_count(), 0u);
}

// An orderly end says nothing of what was written: the answer may come another way.
TEST_F(SipTransportStreamsTest, AClientTransactionSurvivesAnOrderlyEnd) {
  uses_table_ = true;
  Start();
  table_->Start(RequestOfOurs("BYE", "1"), {At(1, 5060), Kind::kTcp});
  flow(0).Establish();
  flow(0).PeerFinishes();
  flow(0).End(CloseReason::kPeer);
  Step();
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(table_->client_count(), 1u);
}

TEST_F(SipTransportStreamsTest, AFullQueueFailsTheMessageAloneAndOnce) {
  config_.connections.connection.queue_limit = 1;
  uses_table_ = true;
  Start();
  table_->Start(RequestOfOurs("BYE", "1"), {At(1, 5060), Kind::kTcp});
  table_->Start(RequestOfOurs("BYE", "2"), {At(1, 5060), Kind::kTcp});
  EXPECT_THAT(told_, IsEmpty()) << "never during the call";
  Step();
  EXPECT_THAT(told_, ElementsAre("client BYE"));
  EXPECT_EQ(table_->client_count(), 1u);
  EXPECT_THAT(errors_, IsEmpty());
}

// Our own connection to where the peer listens ends; its own one, by which the responses go, lives.
TEST_F(SipTransportStreamsTest, ServerTransactionsHearNothingOfOtherConnections) {
  uses_table_ = true;
  Start();
  FakeFlow& theirs = ReceiveRequest(kVia, Kind::kTcp, 5060, "INVITE");
  ASSERT_EQ(table_->server_count(), 1u);
  table_->Start(RequestOfOurs("BYE", "1"), {At(1, 5066), Kind::kTcp});
  flow(1).End(CloseReason::kRefused);
  Step();
  EXPECT_THAT(told_, ElementsAre("client BYE"));
  EXPECT_FALSE(theirs.has_ended);
}

TEST_F(SipTransportStreamsTest, AServerTransactionHearsThatItsResponseHasNoWay) {
  uses_table_ = true;
  Start();
  FakeFlow& theirs = ReceiveRequest(kVia, Kind::kTcp, 5060, "INVITE");
  theirs.End(CloseReason::kReset);
  Step();
  EXPECT_THAT(told_, IsEmpty()) << "nothing of it has failed yet";
  RunTo(200);  // §17.2.1: it sends 100 itself
  ASSERT_THAT(streams_.flows, SizeIs(2));
  flow(1).End(CloseReason::kRefused);
  Step();
  EXPECT_THAT(told_, ElementsAre("server INVITE"));
}

// RFC 5922 §7.3: the certificate was not for that domain; for another one it may be.
TEST_F(SipTransportStreamsTest, AFailureForOneDomainIsNoneForAnother) {
  uses_table_ = true;
  Start();
  table_->Start(RequestOfOurs("BYE", "1", Kind::kTls), {At(1, 5061), Kind::kTls, 0, "a.test"});
  table_->Start(RequestOfOurs("INVITE", "2", Kind::kTls), {At(1, 5061), Kind::kTls, 0, "b.test"});
  ASSERT_THAT(streams_.flows, SizeIs(2));
  flow(0).End(CloseReason::kSecurity);
  Step();
  EXPECT_THAT(told_, ElementsAre("client BYE"));
  EXPECT_EQ(table_->client_count(), 1u);
}

TEST_F(SipTransportStreamsTest, ARequestForAConnectionThatIsGoneHasFailed) {  // RFC 5626 §5.3.1
  Start();
  transport_->Send({At(1, 40000), Kind::kWs, 77}, Request("BYE", "SIP/2.0/WS 10.0.0.2:80"));
  EXPECT_THAT(streams_.flows, IsEmpty());
  Step();
  EXPECT_THAT(undelivered_, ElementsAre("BYE sip:b"));
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, WithoutStreamsEverythingButUdpFails) {
  transport_ = std::make_unique<SipTransport>(node_.clock(), *this, "x");
  ASSERT_TRUE(transport_->Open({.datagrams = node_}, At(2, 5060), config_).ok());
  transport_->Send({At(1, 5060), Kind::kTcp}, Request("BYE", kVia));
  Step();
  EXPECT_THAT(undelivered_, ElementsAre("BYE sip:b"));
  EXPECT_EQ(transport_->connections(), nullptr);
}

// --- The size rule (§18.1.1). ---

TEST_F(SipTransportStreamsTest, LargeRequestsLeaveUdpAboveTheLimitAndNotAtIt) {
  Start();
  const Hop udp{At(1, 5060)};
  EXPECT_EQ(transport_->ForSize(udp, 1300), udp);
  EXPECT_EQ(transport_->ForSize(udp, 1301).transport, Kind::kTcp);
  const Hop sctp{At(1, 5060), Kind::kSctp};
  EXPECT_EQ(transport_->ForSize(sctp, 100'000), sctp);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, WhereThePathMtuIsKnownTheLimitIsTwoHundredBelow) {
  config_.path_mtu = 1000;
  Start();
  EXPECT_EQ(transport_->ForSize(Hop{At(1, 5060)}, 800).transport, Kind::kUdp);
  EXPECT_EQ(transport_->ForSize(Hop{At(1, 5060)}, 801).transport, Kind::kTcp);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, APeerThatRefusesTcpGetsUdpWhateverTheSize) {
  Start();
  for (const CloseReason reason : {CloseReason::kRefused, CloseReason::kUnreachable}) {
    const uint32_t host = reason == CloseReason::kRefused ? 1 : 3;
    const Hop large = transport_->ForSize(Hop{At(host, 5060)}, 2000);
    ASSERT_EQ(large.transport, Kind::kTcp);
    transport_->Send(large, Request("MESSAGE", kVia));
    last().End(reason);
    EXPECT_EQ(transport_->ForSize(Hop{At(host, 5060)}, 2000).transport, Kind::kUdp);
    EXPECT_EQ(transport_->ForSize(Hop{At(host, 5062)}, 2000).transport, Kind::kTcp);
  }
  EXPECT_EQ(Notes("peer refuses TCP: UDP whatever the size"), 2);
  ExpectNothingLeft();
}

// Only what happens to the attempt says that there is no TCP. A peer whose connections open has it.
TEST_F(SipTransportStreamsTest, AConnectionThatBreaksLaterSaysNothingAboutTcp) {
  Start();
  const Hop tcp{At(1, 5060), Kind::kTcp};
  for (const CloseReason reason : {CloseReason::kReset, CloseReason::kUnreachable}) {
    transport_->Send(tcp, Request("MESSAGE", kVia));
    last().Establish();
    last().End(reason);
    EXPECT_EQ(transport_->ForSize(Hop{At(1, 5060)}, 2000).transport, Kind::kTcp);
  }
  transport_->Send(tcp, Request("MESSAGE", kVia));
  last().End(CloseReason::kTimeout);  // nothing came: it may be the network
  EXPECT_EQ(transport_->ForSize(Hop{At(1, 5060)}, 2000).transport, Kind::kTcp);
  transport_->Send({At(1, 5060), Kind::kSctp}, Request("MESSAGE", kVia));
  last().End(CloseReason::kRefused);  // of SCTP
  EXPECT_EQ(transport_->ForSize(Hop{At(1, 5060)}, 2000).transport, Kind::kTcp);
  ExpectNothingLeft();
}

// --- Broken streams (§18.3). ---

TEST_F(SipTransportStreamsTest, ARequestWithoutALengthGets400AndTheConnectionEnds) {
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  theirs.Deliver(Request("OPTIONS", kVia, ""));
  EXPECT_THAT(theirs.writes, ElementsAre(StartsWith("SIP/2.0 400 ")));
  EXPECT_TRUE(theirs.is_shut);
  EXPECT_THAT(requests_, IsEmpty());
  EXPECT_EQ(Notes("request in a broken stream rejected"), 1);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, AHugeLengthGets513) {  // §21.5.7
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  theirs.Deliver(Request("OPTIONS", kVia, "Content-Length: 99999999999999999999\r\n"));
  EXPECT_THAT(theirs.writes, ElementsAre(StartsWith("SIP/2.0 513 ")));
  EXPECT_TRUE(theirs.is_shut);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, WhatCannotBeAnsweredEndsTheConnectionSilently) {
  Start();
  const std::string messages[] = {
      Request("ACK", kVia, ""),  // §17.1.1.3: an ACK has no response
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.2\r\nCSeq: 1 BYE\r\n\r\n",
      "OPTIONS sip:b SIP/2.0\r\n\r\n",
      "nonsense\r\n\r\n",
      std::string(70'000, 'x'),
  };
  for (const std::string& message : messages) {
    FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
    const uint64_t dropped = transport_->counters().dropped;
    theirs.Deliver(message);
    EXPECT_EQ(theirs.sent, "") << message.substr(0, 100);
    EXPECT_TRUE(theirs.is_shut);
    EXPECT_EQ(transport_->counters().dropped, dropped + 1);
  }
  ExpectNothingLeft();
}

// The connection is closing already: the answer goes where sent-by says, not to an ephemeral port.
TEST_F(SipTransportStreamsTest, TheAnswerToABrokenMessageTakesTheWayOfAResponse) {
  config_.connections.connection.idle_timeout = Duration::Seconds(1);
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  RunTo(1000);
  ASSERT_TRUE(theirs.is_shut);
  theirs.Deliver(Request("OPTIONS", kVia, ""));
  ASSERT_THAT(streams_.flows, SizeIs(2));
  EXPECT_EQ(flow(1).remote, At(1, 5066));
  flow(1).Establish();
  EXPECT_THAT(flow(1).writes, ElementsAre(StartsWith("SIP/2.0 400 ")));
  ExpectNothingLeft();
}

// §7.3.1: a header may go on in the next line.
TEST_F(SipTransportStreamsTest, ALengthInTwoLinesIsALength) {
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  theirs.Deliver(Request("OPTIONS", kVia, "Content-Length:\r\n 5\r\n", "hello"));
  theirs.Deliver(Request("OPTIONS", kVia, "Content-Length: \r\n\t0\r\nSubject: x\r\n l: 7\r\n"));
  EXPECT_THAT(requests_, SizeIs(2));
  EXPECT_THAT(theirs.writes, IsEmpty());
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, ADamagedRequestInAGoodStreamIsAnsweredAndTheStreamGoesOn) {
  Start();
  FakeFlow& theirs = streams_.Arrive(Kind::kTcp, 5060, At(1, 40000));
  std::string damaged = Request("OPTIONS", kVia);
  damaged.replace(damaged.find("1 OPTIONS"), 9, "1 INVITE ");
  theirs.Deliver(damaged + Request("OPTIONS", kVia));
  EXPECT_THAT(theirs.writes, ElementsAre(StartsWith("SIP/2.0 400 ")));
  EXPECT_THAT(requests_, SizeIs(1));
  EXPECT_FALSE(theirs.is_shut);
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, KeepAlivesAreNeitherReceivedNorDropped) {  // RFC 5626 §3.5.1
  Start();
  for (const auto& [kind, port] : {std::pair{Kind::kTcp, 5060}, {Kind::kWs, 80}}) {
    FakeFlow& theirs = streams_.Arrive(kind, static_cast<uint16_t>(port), At(1, 40000));
    for (int i = 0; i < 3; ++i) theirs.Deliver("\r\n\r\n");
    EXPECT_FALSE(theirs.is_shut);
  }
  EXPECT_EQ(transport_->counters().received, 0u);
  EXPECT_EQ(transport_->counters().dropped, 0u);
  EXPECT_EQ(Notes("keep-alive"), 6);
  ExpectNothingLeft();
}

// --- Ports and ends. ---

TEST_F(SipTransportStreamsTest, ListensForWhatItSpeaksWhereThatBelongs) {
  Start();
  EXPECT_TRUE(streams_.Listens(Kind::kTcp, 5060));
  EXPECT_TRUE(streams_.Listens(Kind::kSctp, 5060));
  EXPECT_TRUE(streams_.Listens(Kind::kTls, 5061));
  EXPECT_TRUE(streams_.Listens(Kind::kTlsSctp, 5061));
  EXPECT_TRUE(streams_.Listens(Kind::kWs, 80));
  EXPECT_FALSE(streams_.Listens(Kind::kWss, 5060)) << "no port was given for it";
  EXPECT_EQ(transport_->SentBy({At(1, 5060), Kind::kTls}), "10.0.0.2:5061");
  EXPECT_EQ(transport_->SentBy({At(1, 5060), Kind::kTcp}), "10.0.0.2:5060");
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, AConnectionCanBeOpenedBeforeItIsNeeded) {
  Start();
  transport_->Connect({At(1, 5060), Kind::kTcp});
  transport_->Connect({At(1, 5060), Kind::kTcp});
  transport_->Connect({At(1, 5060), Kind::kUdp});
  ASSERT_THAT(streams_.flows, SizeIs(1));
  flow(0).Establish();
  transport_->Send({At(1, 5060), Kind::kTcp}, Request("BYE", kVia));
  EXPECT_THAT(flow(0).writes, SizeIs(1));
  ExpectNothingLeft();
}

TEST_F(SipTransportStreamsTest, MayBeDestroyedWithFailuresNotYetReported) {
  Start();
  streams_.refuses = true;
  transport_->Send({At(1, 5060), Kind::kTcp}, Request("BYE", kVia));
  table_.reset();
  transport_.reset();
  RunTo(1000);
  EXPECT_TRUE(network_.IsQuiet());
  EXPECT_THAT(undelivered_, IsEmpty());
}

}  // namespace
}  // namespace tickwire::sip
