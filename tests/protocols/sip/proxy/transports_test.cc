// A proxy between transports: RFC 3261 §16.6 items 4, 7 and 8, §18.1.1, RFC 5658, RFC 3327.
#include "protocols/sip/proxy/loop_check.h"
#include "protocols/sip/proxy/request_source.h"
#include "protocols/sip/proxy/route_rules.h"
#include "tests/protocols/sip/support/transports_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProxyTransportsTest : public TransportsFixture {};

// RFC 5658 §6.2: the transport changes, so there are two Record-Routes, each with its transport;
// the one on top faces downstream.
TEST_F(ProxyTransportsTest, ACallFromTcpToUdpIsRecordedTwiceAndKeepsItsTransports) {
  alice_config_.transport.transports = kTcpAndUdp;
  config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  Start();
  const CallHandle call = Call("sip:bob@example.com");
  Run(3000);
  const SipMessage from_alice = Find("INVITE", "10.0.0.1");
  EXPECT_EQ(TopVia(from_alice), "TCP 10.0.0.1:5060");
  EXPECT_THAT(Uris<Contact>(from_alice), ElementsAre("sip:alice@10.0.0.1:5060;transport=tcp"));
  const SipMessage to_bob = Find("INVITE", "10.0.0.100");
  EXPECT_EQ(TopVia(to_bob), "UDP 10.0.0.100:5060");
  EXPECT_THAT(Uris<RecordRoute>(to_bob), ElementsAre("sip:10.0.0.100:5060;lr;transport=udp",
                                                     "sip:10.0.0.100:5060;lr;transport=tcp"));
  // The ACK goes to the proxy over TCP, by the record that faces Alice, and both are taken off.
  const SipMessage ack = Find("ACK", "10.0.0.1");
  EXPECT_EQ(TopVia(ack), "TCP 10.0.0.1:5060");
  EXPECT_THAT(Uris<Route>(ack), ElementsAre("sip:10.0.0.100:5060;lr;transport=tcp",
                                            "sip:10.0.0.100:5060;lr;transport=udp"));
  const SipMessage forwarded = Find("ACK", "10.0.0.100");
  EXPECT_EQ(TopVia(forwarded), "UDP 10.0.0.100:5060");
  EXPECT_THAT(Uris<Route>(forwarded), IsEmpty());
  EXPECT_EQ(CountUdp("ACK") + CountStreams("ACK"), 2);  // no visit to itself
  // The other way: Bob's BYE comes over UDP and leaves over TCP.
  bob_->HangUp(CallHandle{1});
  Run(1000);
  EXPECT_EQ(TopVia(Find("BYE", "10.0.0.2")), "UDP 10.0.0.2:5060");
  EXPECT_EQ(TopVia(Find("BYE", "10.0.0.100")), "TCP 10.0.0.100:5060");
  EXPECT_EQ(CountUdp("BYE"), 1);
  EXPECT_EQ(CountStreams("BYE"), 1);
  EXPECT_EQ(alice_->FindCall(call)->state(), CallState::kEnded);
  ExpectNothingLeft();
}

TEST_F(ProxyTransportsTest, WhereTheTransportStaysOneRecordIsEnough) {
  alice_config_.transport.transports = kTcpAndUdp;
  bob_config_.transport.transports = kTcpAndUdp;
  config_.transport.transports = kTcpAndUdp;
  bob_at_ = "sip:bob@10.0.0.2:5060;transport=tcp";
  Start();
  const CallHandle call = Call("sip:bob@example.com");
  Run(3000);
  EXPECT_THAT(Uris<RecordRoute>(Find("INVITE", "10.0.0.100")),
              ElementsAre("sip:10.0.0.100:5060;lr;transport=tcp"));
  alice_->HangUp(call);
  ExpectNothingLeft();
  EXPECT_EQ(CountUdp(""), 0);
}

// §26.2.2, §16.6 item 4: SIPS in the Request-URI, so TLS on each hop, and SIPS in Record-Route;
// §8.1.1.8 and §12.1.1: and in both Contacts.
TEST_F(ProxyTransportsTest, ASecureCallIsSecureOnEachHopAndStaysSo) {
  for (SipTransportConfig* transport :
       {&alice_config_.transport, &bob_config_.transport, &config_.transport}) {
    transport->transports = kAll;
  }
  bob_at_ = "sips:bob@10.0.0.2:5061";
  Start();
  const CallHandle call = Call("sips:bob@example.com");
  Run(3000);
  EXPECT_EQ(CountUdp(""), 0);
  EXPECT_THAT(streams_.opened, ElementsAre("TLS 10.0.0.1 10.0.0.100:5061 example.com",
                                           "TLS 10.0.0.100 10.0.0.2:5061"));
  const SipMessage invite = Find("INVITE", "10.0.0.100");
  EXPECT_EQ(TopVia(invite), "TLS 10.0.0.100:5061");
  EXPECT_THAT(Uris<RecordRoute>(invite), ElementsAre("sips:10.0.0.100:5061;lr"));
  EXPECT_THAT(Uris<Contact>(invite), ElementsAre("sips:alice@10.0.0.1:5061"));
  const SipMessage answer = Find("SIP/2.0 200", "10.0.0.100");
  EXPECT_THAT(Uris<Contact>(answer), ElementsAre("sips:bob@10.0.0.2:5061"));
  EXPECT_EQ(TopVia(Find("ACK", "10.0.0.1")), "TLS 10.0.0.1:5061");
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §16.6 item 7: the Request-URI decides, whatever scheme the route has.
TEST_F(ProxyTransportsTest, ASecureRequestTakesAnOrdinaryRouteSecurely) {
  alice_config_.transport.transports = kAll;
  bob_config_.transport.transports = kAll;
  config_.transport.transports = kAll;
  alice_config_.routes = {"sip:proxy.example.com;lr"};
  bob_at_ = "sips:bob@10.0.0.2:5061";
  Start();
  const CallHandle call = Call("sips:bob@example.com");
  Run(3000);
  EXPECT_EQ(CountUdp(""), 0);
  EXPECT_EQ(streams_.opened[0], "TLS 10.0.0.1 10.0.0.100:5061 proxy.example.com");
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §16.6 item 7, RFC 3263 §4.1: and without TLS there is no way.
TEST_F(ProxyTransportsTest, ASecureTargetWithoutASecureTransportIsNowhere) {
  bob_at_ = "sips:bob@10.0.0.2:5061";
  Start();
  Call("sip:bob@example.com");
  Run(3000);
  EXPECT_EQ(CountUdp("INVITE sips"), 0);
  EXPECT_EQ(alice_->counters().placed_and_failed, 1u);
  ExpectNothingLeft();
}

// Hop by hop over TLS without SIPS: what MODEL in own_routes.h says.
TEST_F(ProxyTransportsTest, TlsWithoutSipsIsNamedInTheRecords) {
  alice_config_.transport.transports = Transports{TransportKind::kTls, TransportKind::kUdp};
  bob_config_.transport.transports = kAll;
  config_.transport.transports = kAll;
  config_.proxy.records_route = false;  // §16.6 item 4: it must all the same
  bob_at_ = "sip:bob@10.0.0.2:5060;transport=tcp";
  Start();
  const CallHandle call = Call("sip:bob@example.com");
  Run(3000);
  EXPECT_THAT(
      Uris<RecordRoute>(Find("INVITE", "10.0.0.100")),
      ElementsAre("sip:10.0.0.100:5060;lr;transport=tcp", "sip:10.0.0.100:5061;lr;transport=tls"));
  EXPECT_EQ(TopVia(Find("ACK", "10.0.0.1")), "TLS 10.0.0.1:5061");
  alice_->HangUp(call);
  ExpectNothingLeft();
  EXPECT_EQ(CountUdp(""), 0);
}

// §10.3, §16.5: the location service keeps what was registered, and the call follows it.
TEST_F(ProxyTransportsTest, ARegisteredTransportIsTheOneThatTheCallTakes) {
  for (const TransportKind kind : {TransportKind::kTcp, TransportKind::kSctp}) {
    SCOPED_TRACE(ViaName(kind));
    bob_config_.transport.transports = Transports{kind, TransportKind::kUdp};
    config_.transport.transports = kAll;
    bob_at_.clear();
    Start();
    RegistrationOptions options;
    options.registrar = "sip:example.com";
    options.address_of_record = "sip:bob@example.com";
    options.user = "bob";
    Registration& registration = bob_->AddRegistration(options);
    registration.Register();
    Run(1000);
    ASSERT_EQ(registration.state(), Registration::State::kRegistered);
    const CallHandle call = Call("sip:bob@example.com");
    Run(3000);
    const SipMessage invite = Find("INVITE", "10.0.0.100");
    EXPECT_EQ(invite.request_uri(),
              absl::StrCat("sip:bob@10.0.0.2:5060;transport=", UriName(kind, false)));
    EXPECT_EQ(invite.Get<Via>()->transport, ViaName(kind));
    alice_->HangUp(call);
    Run(1000);
    bob_.reset(), alice_.reset(), proxy_.reset();
    network_.texts.clear(), streams_.texts.clear();
  }
}

// The flow of a REGISTER: its connection, and when that is gone a new one to where Bob listens.
TEST_F(ProxyTransportsTest, WhatIsSentToTheSourceTakesTheConnectionOfTheRegister) {
  bob_config_.transport.transports = kTcpAndUdp;
  config_.transport.transports = kAll;
  config_.sends_to_source = true;
  bob_at_.clear();
  Start();
  RegistrationOptions options;
  options.registrar = "sip:example.com";
  options.address_of_record = "sip:bob@example.com";
  options.user = "bob";
  bob_->AddRegistration(options).Register();
  Run(1000);
  ASSERT_EQ(streams_.opened.size(), 1u);
  CallHandle call = Call("sip:bob@example.com");
  Run(500);
  EXPECT_EQ(streams_.opened.size(), 1u);  // that of the REGISTER is enough
  EXPECT_EQ(bob_->counters().received, 1u);
  Run(2500);  // the ACK goes by the Contact: the flow is RFC 5626's to keep
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  Run(40'000);
  streams_.ResetAll();
  Run(1000);
  call = Call("sip:bob@example.com");
  Run(3000);
  EXPECT_EQ(streams_.opened.back(), "TCP 10.0.0.100 10.0.0.2:5060");
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  Run(40'000);
  EXPECT_EQ(proxy_->transaction_count(), 0u);
}

// RFC 3327 §5.2 with RFC 5658: the registrar reaches the proxy over UDP, the proxy Bob over TCP.
TEST_F(ProxyTransportsTest, APathIsDoubleTooWhereTheTransportChanges) {
  bob_config_.transport.transports = kTcpAndUdp;
  bob_config_.routes = {"sip:10.0.0.100:5060;transport=tcp;lr"};
  config_.transport.transports = kAll;
  config_.adds_path = true;
  config_.is_registrar = false;
  config_.me.domains = {};
  config_.me.names = {};
  config_.next_hops = {{"example.com", "sip:10.0.0.1:5060", /*pushes_route=*/false}};
  bob_at_.clear();
  Start();
  RegistrationOptions options;
  options.registrar = "sip:example.com";
  options.address_of_record = "sip:bob@example.com";
  options.user = "bob";
  bob_->AddRegistration(options).Register();
  Run(1000);
  const SipMessage request = Find("REGISTER", "10.0.0.100");
  EXPECT_EQ(TopVia(request), "UDP 10.0.0.100:5060");
  EXPECT_THAT(Uris<Path>(request), ElementsAre("sip:10.0.0.100:5060;lr;transport=udp",
                                               "sip:10.0.0.100:5060;lr;transport=tcp"));
}

// --- §18.1.1. ---

class SizeRuleTest : public TransportsFixture {
 protected:
  // An INVITE that is larger than 1300 octets everywhere.
  CallHandle LargeCall() {
    CallOptions options;
    options.target = "sip:bob@example.com";
    options.rows = {{"X-Large", std::string(1200, 'x')}};
    return alice_->PlaceCall(options);
  }
};

// "over a congestion-controlled transport", and the topmost Via says so; RFC 5658 §6.2: the record
// does not.
TEST_F(SizeRuleTest, ALargeRequestGoesOverTcpHopByHop) {
  alice_config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  bob_config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  Start();
  const CallHandle call = LargeCall();
  Run(3000);
  EXPECT_EQ(CountUdp("INVITE"), 0);
  EXPECT_EQ(TopVia(Find("INVITE", "10.0.0.1")), "TCP 10.0.0.1:5060");
  const SipMessage invite = Find("INVITE", "10.0.0.100");
  EXPECT_EQ(TopVia(invite), "TCP 10.0.0.100:5060");
  EXPECT_THAT(Uris<RecordRoute>(invite), ElementsAre("sip:10.0.0.100:5060;lr;transport=udp",
                                                     "sip:10.0.0.100:5060;lr;transport=tcp"));
  // Bob heard it over TCP, and says so in his Contact (§8.1.1.8): small requests follow it.
  EXPECT_THAT(Uris<Contact>(Find("SIP/2.0 200", "10.0.0.1")),
              ElementsAre("sip:bob@10.0.0.2:5060;transport=tcp"));
  EXPECT_EQ(TopVia(Find("ACK", "10.0.0.100")), "TCP 10.0.0.100:5060");
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §18.1.1: refused, so once more over UDP, with another branch (§8.1.1.7), and from then on at
// once.
TEST_F(SizeRuleTest, WhereTcpIsRefusedTheSameHopIsTriedOverUdp) {
  alice_config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  Start();  // neither the proxy nor Bob listens for TCP
  CallHandle call = LargeCall();
  Run(3000);
  ASSERT_EQ(streams_.opened.size(), 1u);
  EXPECT_EQ(CountStreams("INVITE"), 0);
  EXPECT_EQ(TopVia(Find("INVITE", "10.0.0.1")), "UDP 10.0.0.1:5060");
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  Run(40'000);
  call = LargeCall();
  Run(3000);
  EXPECT_EQ(streams_.opened.size(), 1u);
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  ExpectNothingLeft();
}

TEST_F(SizeRuleTest, AProxyFallsBackOnUdpToo) {
  alice_config_.transport.transports = kTcpAndUdp;
  config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  Start();  // Bob does not listen for TCP
  const CallHandle call = LargeCall();
  Run(3000);
  EXPECT_THAT(streams_.opened,
              ElementsAre("TCP 10.0.0.1 10.0.0.100:5060", "TCP 10.0.0.100 10.0.0.2:5060"));
  EXPECT_EQ(TopVia(Find("INVITE", "10.0.0.100")), "UDP 10.0.0.100:5060");
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// --- Without a network. ---

ServerIdentity Me() {
  ServerIdentity me;
  me.addresses = {*IpAddress::Parse("10.0.0.100")};
  me.names = {"proxy.example.com"};
  me.domains = {"example.com"};
  me.more_ports = {{TransportKind::kTls, 5061}, {TransportKind::kWs, 8080}};
  return me;
}

bool IsMe(absl::string_view uri) { return Me().IsMe(*SipUri::Parse(uri)); }

// §16.4, §16.5: the port must be the one of the transport.
TEST(ServerIdentityTest, KnowsItsPortOfEachTransport) {
  EXPECT_TRUE(IsMe("sip:10.0.0.100"));
  EXPECT_TRUE(IsMe("sip:10.0.0.100:5060;transport=tcp"));
  EXPECT_TRUE(IsMe("sip:10.0.0.100:5061;transport=tls"));
  EXPECT_TRUE(IsMe("sip:10.0.0.100;transport=tls"));
  EXPECT_TRUE(IsMe("sips:10.0.0.100"));
  EXPECT_TRUE(IsMe("sips:10.0.0.100:5061"));
  EXPECT_TRUE(IsMe("sip:10.0.0.100:8080;transport=ws"));
  EXPECT_FALSE(IsMe("sip:10.0.0.100:5061;transport=tcp"));
  EXPECT_FALSE(IsMe("sip:10.0.0.100:5060;transport=tls"));
  EXPECT_FALSE(IsMe("sip:10.0.0.100;transport=ws"));  // port 80
  EXPECT_FALSE(IsMe("sip:10.0.0.100:5070"));
  EXPECT_TRUE(IsMe("sips:example.com"));
  EXPECT_TRUE(IsMe("sip:proxy.example.com:5061;transport=tls"));
  EXPECT_FALSE(IsMe("sip:proxy.example.com:5062"));
}

TEST(ServerIdentityTest, WithoutTlsItsPortIsSomebodyElses) {
  ServerIdentity me = Me();
  me.more_ports.clear();
  EXPECT_FALSE(me.IsMe(*SipUri::Parse("sip:10.0.0.100:5061")));
  EXPECT_TRUE(Me().IsMe(*SipUri::Parse("sip:10.0.0.100:5061")));
}

SipMessage WithRoutes(const std::vector<std::string>& uris) {
  SipMessage request = SipMessage::Request("BYE", "sip:bob@10.0.0.2");
  for (const std::string& uri : uris) request.AddRaw(Route::kName, absl::StrCat("<", uri, ">"));
  return request;
}

std::vector<std::string> RoutesLeft(const std::vector<std::string>& uris) {
  SipMessage request = WithRoutes(uris);
  PreprocessRoutes(request, Me());
  std::vector<std::string> left;
  for (const Route& route : request.GetAll<Route>()) left.emplace_back(route.uri);
  return left;
}

// RFC 5658 §5.
TEST(RouteRules, BothRecordsOfADoubleOneAreTakenOffInEitherDirection) {
  const std::string tcp = "sip:10.0.0.100:5060;lr;transport=tcp";
  const std::string udp = "sip:10.0.0.100:5060;lr;transport=udp";
  EXPECT_THAT(RoutesLeft({tcp, udp}), IsEmpty());
  EXPECT_THAT(RoutesLeft({udp, tcp, "sip:next;lr"}), ElementsAre("sip:next;lr"));
  EXPECT_THAT(RoutesLeft({tcp, "sip:next;lr", udp}), ElementsAre("sip:next;lr", udp));
  // A second visit: twice the same, or two double ones.
  EXPECT_THAT(RoutesLeft({udp, udp}), ElementsAre(udp));
  EXPECT_THAT(RoutesLeft({udp, tcp, udp, tcp}), ElementsAre(udp, tcp));
}

// RFC 5393 §4.2: a spiral by another transport is none of ours twice, a loop is one on any.
TEST(LoopCheck, TheViaOfEachOfOurTransportsIsOurs) {
  for (const char* via : {"TCP 10.0.0.100:5060", "TLS 10.0.0.100:5061", "TLS 10.0.0.100",
                          "WS 10.0.0.100:8080", "UDP 10.0.0.100"}) {
    SipMessage request = WithRoutes({});
    const std::string hash = LoopHash(request);
    request.AddRaw(Via::kName, absl::StrCat("SIP/2.0/", via, ";branch=", MakeBranch("x", hash)));
    EXPECT_TRUE(HasLooped(request, hash, Me())) << via;
    SipMessage elsewhere = WithRoutes({});
    elsewhere.SetRequestUri("sip:bob@10.0.0.2;transport=tcp");
    EXPECT_FALSE(HasLooped(request, LoopHash(elsewhere), Me())) << via;
  }
}

// §16.11, §18.2.2: a response without state follows the Via with its transport.
TEST(ResponseHopTest, ComesFromTheVia) {
  const auto hop = [](absl::string_view via) { return ResponseHop(*Via::Parse(via)); };
  EXPECT_EQ(hop("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=10.0.0.9;rport=999"),
            (Hop{{*IpAddress::Parse("10.0.0.9"), 999}, TransportKind::kUdp}));
  EXPECT_EQ(hop("SIP/2.0/TLS 10.0.0.1;branch=z9hG4bK1"),
            (Hop{{*IpAddress::Parse("10.0.0.1"), 5061}, TransportKind::kTls}));
  EXPECT_EQ(hop("SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bK1;received=10.0.0.9"),
            (Hop{{*IpAddress::Parse("10.0.0.9"), 5070}, TransportKind::kTcp}));
  EXPECT_EQ(hop("SIP/2.0/DCCP 10.0.0.1;branch=z9hG4bK1"), std::nullopt);
  EXPECT_EQ(hop("SIP/2.0/TCP phone.example.com;branch=z9hG4bK1"), std::nullopt);
}

TEST_F(ProxyTransportsTest, AStatelessProxyPassesACallBetweenTransports) {
  alice_config_.transport.transports = kTcpAndUdp;
  config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  config_.mode = ServerMode::kStateless;
  Start();
  const CallHandle call = Call("sip:bob@example.com");
  Run(3000);
  EXPECT_TRUE(IsAnswered(call));
  EXPECT_EQ(Uris<RecordRoute>(Find("INVITE", "10.0.0.100")).size(), 2u);
  EXPECT_EQ(streams_.opened.size(), 1u);  // responses go back by the connection of the request
  alice_->HangUp(call);
  ExpectNothingLeft();
}

}  // namespace
}  // namespace tickwire::sip
