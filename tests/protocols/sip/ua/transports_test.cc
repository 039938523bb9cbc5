// A user agent over other transports than UDP: RFC 3261 §8.1.1, §9.1, §12, §13.3.1.4, §17.1.1.3,
// RFC 3262 §3, RFC 3263.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "protocols/sip/transport/size_rule.h"
#include "protocols/sip/ua/event_state_compositor.h"
#include "tests/protocols/sip/support/transports_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Without the proxy: Alice calls Bob's address.
class AgentTransportsTest : public TransportsFixture {
 protected:
  void StartOver(const Transports& transports) {
    alice_config_.transport.transports = transports;
    bob_config_.transport.transports = transports;
    Start();
  }
  // When Bob wrote that, in ms.
  std::vector<int64_t> TimesOf(absl::string_view what) {
    std::vector<int64_t> times;
    for (const std::string& line : streams_.TakeLog()) {
      if (!absl::EndsWith(line, what)) continue;
      int64_t time = 0;
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(0, line.find(' ')), &time));
      times.push_back(time);
    }
    return times;
  }
};

// The preferred transport where the URI is silent, and the one that it names.
TEST_F(AgentTransportsTest, EveryMessageOfACallTakesTheTransportOfItsTarget) {
  for (const TransportKind kind : {TransportKind::kTcp, TransportKind::kSctp}) {
    SCOPED_TRACE(ViaName(kind));
    StartOver(Transports{TransportKind::kUdp, kind});
    const CallHandle call = Call(absl::StrCat("sip:bob@10.0.0.2;transport=", UriName(kind, false)));
    Run(3000);
    ASSERT_TRUE(IsAnswered(call));
    EXPECT_EQ(CountUdp(""), 0);
    EXPECT_EQ(TopVia(Find("INVITE", "10.0.0.1")), absl::StrCat(ViaName(kind), " 10.0.0.1:5060"));
    EXPECT_EQ(TopVia(Find("ACK", "10.0.0.1")), absl::StrCat(ViaName(kind), " 10.0.0.1:5060"));
    EXPECT_THAT(
        Uris<Contact>(Find("SIP/2.0 200", "10.0.0.1")),
        ElementsAre(absl::StrCat("sip:bob@10.0.0.2:5060;transport=", UriName(kind, false))));
    alice_->HangUp(call);
    ExpectNothingLeft();
    EXPECT_EQ(CountUdp(""), 0);
    bob_.reset(), alice_.reset(), proxy_.reset();
    config_.places.clear();
    streams_.texts.clear();
  }
}

// The in-dialog requests of both sides go by the remote targets: TCP to Alice, UDP to Bob, who
// has nothing else.
TEST_F(AgentTransportsTest, AContactWithoutATransportIsReachedByThePreferredOne) {
  alice_config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
  Start();
  const CallHandle call = Call("sip:bob@10.0.0.2");
  Run(3000);
  ASSERT_TRUE(IsAnswered(call));
  EXPECT_EQ(CountStreams(""), 0);
  EXPECT_THAT(Uris<Contact>(Find("INVITE", "10.0.0.1")), ElementsAre("sip:alice@10.0.0.1:5060"));
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §8.1.1.8, §12.1.1: SIPS begets SIPS, in the answer and in later requests; §19.1.2: port 5061.
TEST_F(AgentTransportsTest, ASecureDialogHasSecureContacts) {
  StartOver(kAll);
  const CallHandle call = Call("sips:bob@10.0.0.2");
  Run(3000);
  ASSERT_TRUE(IsAnswered(call));
  EXPECT_THAT(streams_.opened, ElementsAre("TLS 10.0.0.1 10.0.0.2:5061"));
  EXPECT_THAT(Uris<Contact>(Find("INVITE", "10.0.0.1")), ElementsAre("sips:alice@10.0.0.1:5061"));
  EXPECT_THAT(Uris<Contact>(Find("SIP/2.0 200", "10.0.0.1")),
              ElementsAre("sips:bob@10.0.0.2:5061"));
  ASSERT_TRUE(alice_->Modify(call, InviteUsage::Change::kHold, /*by_update=*/false));
  Run(1000);
  const SipMessage hold = Find("INVITE", "10.0.0.1");
  EXPECT_EQ(hold.Get<CSeq>()->number, 2u);
  EXPECT_EQ(hold.request_uri(), "sips:bob@10.0.0.2:5061");
  EXPECT_THAT(Uris<Contact>(hold), ElementsAre("sips:alice@10.0.0.1:5061"));
  bob_->HangUp(CallHandle{1});
  Run(1000);
  EXPECT_EQ(TopVia(Find("BYE", "10.0.0.2")), "TLS 10.0.0.2:5061");
  ExpectNothingLeft();
  EXPECT_EQ(CountUdp(""), 0);
}

TEST_F(AgentTransportsTest, WithoutTlsNobodyIsCalledSecurely) {
  StartOver(kTcpAndUdp);
  Call("sips:bob@10.0.0.2");
  Run(1000);
  EXPECT_EQ(CountUdp("") + CountStreams(""), 0);
  EXPECT_EQ(alice_->counters().nowhere, 1u);
  ExpectNothingLeft();
}

// TLS below the SCTP that was asked for; the Contact says so too.
TEST_F(AgentTransportsTest, SipsOverSctpNamesItsTransport) {
  StartOver(kAll);
  const CallHandle call = Call("sips:bob@10.0.0.2;transport=sctp");
  Run(3000);
  EXPECT_THAT(Uris<Contact>(Find("INVITE", "10.0.0.1")),
              ElementsAre("sips:alice@10.0.0.1:5061;transport=sctp"));
  EXPECT_EQ(TopVia(Find("ACK", "10.0.0.1")), "TLS-SCTP 10.0.0.1:5061");
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §13.3.1.4: at T1, doubling until T2, for 64*T1, whatever the transport: the next hop may be UDP.
TEST_F(AgentTransportsTest, TheSuccessIsRepeatedOverTcpUntilTheAckComes) {
  StartOver(kTcpAndUdp);
  streams_.set_loss([](absl::string_view text) { return absl::StartsWith(text, "ACK"); });
  Call("sip:bob@10.0.0.2");
  Run(40'000);
  // Answered 1 s after the INVITE, which came after 30 ms: three times 10 ms for the connection.
  std::vector<int64_t> expected = {1030};
  for (int64_t next = 1030 + 500, interval = 500; next < 1030 + 32'000;) {
    expected.push_back(next);
    interval = std::min<int64_t>(2 * interval, 4000);
    next += interval;
  }
  std::vector<int64_t> successes = TimesOf("10.0.0.2 TCP 200");
  EXPECT_EQ(successes, expected);
  EXPECT_EQ(static_cast<size_t>(CountStreams("ACK")), expected.size());  // one for each (§13.2.2.4)
  EXPECT_EQ(CountStreams("INVITE"), 1);
  ExpectNothingLeft();
}

// RFC 3262 §3: from T1 on, doubling without a cap, and for 64*T1, as the 2xx.
TEST_F(AgentTransportsTest, AReliableProvisionalIsRepeatedOverTcpUntilThePrackComes) {
  alice_config_.reliability = Reliability::kSupported;
  bob_config_.reliability = Reliability::kRequired;
  bob_config_.behaviour.answer_after = std::nullopt;
  StartOver(kTcpAndUdp);
  streams_.set_loss([](absl::string_view text) { return absl::StartsWith(text, "PRACK"); });
  const CallHandle call = Call("sip:bob@10.0.0.2");
  Run(10'000);
  EXPECT_THAT(TimesOf("10.0.0.2 TCP 180"),
              ElementsAre(30, 30 + 500, 30 + 1500, 30 + 3500, 30 + 7500));
  EXPECT_EQ(CountStreams("PRACK"), 1);  // timer E is off
  alice_->Cancel(call);
  ExpectNothingLeft();
}

// §9.1: the CANCEL goes where the INVITE went; §17.1.1.3: so does the ACK to its 487.
TEST_F(AgentTransportsTest, CancelAndTheAckOfAFailureTakeTheHopOfTheInvite) {
  bob_config_.behaviour.answer_after = std::nullopt;
  StartOver(kTcpAndUdp);
  const CallHandle call = Call("sip:bob@10.0.0.2");
  Run(1000);
  alice_->Cancel(call);
  Run(1000);
  const SipMessage invite = Find("INVITE", "10.0.0.1");
  for (const absl::string_view method : {"CANCEL", "ACK"}) {
    EXPECT_EQ(*Find(method, "10.0.0.1").Get<Via>()->branch(), *invite.Get<Via>()->branch());
  }
  EXPECT_EQ(CountUdp(""), 0);
  EXPECT_EQ(streams_.opened.size(), 1u);
  ExpectNothingLeft();
}

// §18.4, §8.1.3.1: a refused connection is a failure at once, not after 64*T1.
TEST_F(AgentTransportsTest, ARefusedConnectionEndsTheCallAtOnce) {
  alice_config_.transport.transports = kTcpAndUdp;
  Start();  // Bob has UDP only
  Call("sip:bob@10.0.0.2");
  Run(15);
  EXPECT_EQ(alice_->counters().placed_and_failed, 0u);
  Run(5);  // the refusal is back after 2 * 10 ms
  EXPECT_EQ(alice_->counters().placed_and_failed, 1u);
  ExpectNothingLeft();
}

// RFC 3263 §4.3: the next server, by its own transport.
TEST_F(AgentTransportsTest, AfterARefusedConnectionTheNextServerIsTried) {
  alice_config_.transport.transports = kTcpAndUdp;
  bob_config_.transport.transports = kTcpAndUdp;
  names_.Add("two.example", {alice_node_.address(), 7777});  // nobody listens there
  names_.Add("two.example", {bob_node_.address(), 5060});
  Start();
  const CallHandle call = Call("sip:bob@two.example");
  Run(3000);
  EXPECT_TRUE(IsAnswered(call));
  EXPECT_THAT(streams_.opened,
              ElementsAre("TCP 10.0.0.1 10.0.0.1:7777", "TCP 10.0.0.1 10.0.0.2:5060"));
  alice_->HangUp(call);
  ExpectNothingLeft();
}

// §10.2.1: the contacts of a secure address of record are secure.
TEST_F(AgentTransportsTest, RegistrationsSayWhereAndHow) {
  config_.transport.transports = kAll;
  StartOver(kAll);
  const auto contact_of = [&](const std::string& registrar, const std::string& record) {
    RegistrationOptions options;
    options.registrar = registrar;
    options.address_of_record = record;
    options.user = "bob";
    bob_->AddRegistration(options).Register();
    Run(1000);
    return Uris<Contact>(Find("REGISTER", "10.0.0.2"));
  };
  EXPECT_THAT(contact_of("sip:10.0.0.100;transport=tcp", "sip:bob@example.com"),
              ElementsAre("sip:bob@10.0.0.2:5060;transport=tcp"));
  EXPECT_THAT(contact_of("sip:10.0.0.100;transport=tls", "sip:bob@example.com"),
              ElementsAre("sip:bob@10.0.0.2:5061;transport=tls"));
  EXPECT_THAT(contact_of("sips:example.com", "sips:bob@example.com"),
              ElementsAre("sips:bob@10.0.0.2:5061"));
}

// RFC 6665 §4.2.2: NOTIFY goes to the Contact of the SUBSCRIBE, and the refresh to that of its 200.
TEST_F(AgentTransportsTest, ASubscriptionStaysOnItsTransport) {
  StartOver(Transports{TransportKind::kUdp, TransportKind::kTcp});
  EventStateCompositor presence(*bob_, {}, Rng::ForStream(RunSeed{}, "bob", "sip.entity_tag"));
  bob_->AddPackage(presence);
  SubscribeOptions options;
  options.target = "sip:carol@10.0.0.2;transport=tcp";
  options.event = "presence";
  options.expires = 600;
  const SubscriptionHandle subscription = alice_->Subscribe(options);
  Run(1000);
  EXPECT_EQ(TopVia(Find("NOTIFY", "10.0.0.2")), "TCP 10.0.0.2:5060");
  EXPECT_THAT(Uris<Contact>(Find("NOTIFY", "10.0.0.2")),
              ElementsAre("sip:bob@10.0.0.2:5060;transport=tcp"));
  alice_->Unsubscribe(subscription);
  Run(1000);
  EXPECT_EQ(CountStreams("SUBSCRIBE"), 2);
  EXPECT_EQ(CountStreams("NOTIFY"), 2);
  ExpectNothingLeft();
  EXPECT_EQ(CountUdp(""), 0);
  EXPECT_EQ(alice_->subscription_count() + bob_->subscription_count(), 0u);
  bob_.reset();  // before its package
}

// --- Before the DNS has answered. ---

class LateLocator final : public ServerLocator {
 public:
  bool Locate(absl::string_view, const Transports&, std::vector<Hop>&, Client& client,
              uint64_t ticket) override {
    client_ = &client;
    ticket_ = ticket;
    return false;
  }
  void LocateNow(absl::string_view, const Transports&, std::vector<Hop>&) override {}
  bool LocateSentBy(TransportKind, absl::string_view, std::optional<uint16_t>, const Transports&,
                    std::vector<Hop>&, Client&, uint64_t) override {
    return true;
  }
  void Forget(Client&, uint64_t) override { client_ = nullptr; }
  void Answer(const std::vector<Hop>& hops) { client_->OnLocated(ticket_, hops); }

 private:
  Client* client_ = nullptr;
  uint64_t ticket_ = 0;
};

// §8.1.1.7: the Via is made when the hop is known; the Contact says what the URI says by itself.
TEST_F(AgentTransportsTest, TheViaWaitsForTheHop) {
  alice_config_.transport.transports = kAll;
  bob_config_.transport.transports = kAll;
  Start();
  LateLocator late;
  alice_config_.address = alice_node_.address();
  alice_.reset();
  alice_ = std::make_unique<UserAgent>(UserAgent::Env{alice_node_.clock(), alice_node_, RunSeed{},
                                                      &late, &streams_.NewStack(alice_node_)},
                                       alice_config_);
  ASSERT_TRUE(alice_->Open({alice_node_.address(), 5060}).ok());
  const CallHandle call = Call("sips:bob@far.example");
  Run(100);
  EXPECT_THAT(streams_.opened, IsEmpty());
  late.Answer({Hop{{bob_node_.address(), 5061}, TransportKind::kTls, 0, "far.example"}});
  Run(2000);
  EXPECT_THAT(streams_.opened, ElementsAre("TLS 10.0.0.1 10.0.0.2:5061 far.example"));
  const SipMessage invite = Find("INVITE", "10.0.0.1");
  EXPECT_EQ(TopVia(invite), "TLS 10.0.0.1:5061");
  EXPECT_THAT(Uris<Contact>(invite), ElementsAre("sips:alice@10.0.0.1:5061"));
  EXPECT_TRUE(IsAnswered(call));
  alice_->HangUp(call);
  ExpectNothingLeft();
  alice_.reset();
}

// --- §18.1.1. ---

TEST(SizeRule, OnlyTransportAndSentByOfTheTopViaChange) {
  SipMessage request = SipMessage::Request("OPTIONS", "sip:bob@10.0.0.2");
  request.AddRaw(Via::kName, "SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport;oc");
  request.AddRaw(Via::kName, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2");
  request.Add(ContentLength{0});
  RewriteTopVia(request, TransportKind::kTls, "[2001:db8::1]:5061");
  EXPECT_THAT(std::string(request.Wire()),
              HasSubstr("Via: SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bK1;rport;oc\r\n"
                        "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2\r\n"));
}

// A body makes the ACK large: it has no transaction, and takes TCP all the same; after a refusal
// its repetitions are in UDP.
TEST_F(AgentTransportsTest, ALargeAckFollowsTheSizeRuleWithEachRepetition) {
  for (const bool bob_has_tcp : {true, false}) {
    SCOPED_TRACE(bob_has_tcp);
    alice_config_.transport.transports = Transports{TransportKind::kUdp, TransportKind::kTcp};
    alice_config_.transport.path_mtu = 600;  // so that 400 octets are too much
    alice_config_.product = std::string(300, 'p');
    bob_config_.transport.transports =
        bob_has_tcp ? Transports{TransportKind::kUdp, TransportKind::kTcp} : Transports();
    // Bob hears the INVITE by UDP: TCP was refused before, or is not there.
    Start();
    const CallHandle call = Call("sip:bob@10.0.0.2");
    Run(3000);
    EXPECT_TRUE(IsAnswered(call));
    EXPECT_EQ(CountStreams("ACK"), bob_has_tcp ? 1 : 0);
    EXPECT_EQ(CountUdp("ACK"), bob_has_tcp ? 0 : 1);
    alice_->HangUp(call);
    Run(40'000);
    bob_.reset(), alice_.reset(), proxy_.reset();
    config_.places.clear();
    network_.texts.clear(), streams_.texts.clear();
  }
}

}  // namespace
}  // namespace tickwire::sip
