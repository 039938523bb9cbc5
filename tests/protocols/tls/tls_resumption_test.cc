// Sessions: resumed in one round trip, for their time, once where they are tickets of 1.3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tls/tls_session_cache.h"
#include "tests/protocols/tls/tls_world.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Variant {
  const char* name;
  TlsVersion version;
  bool tickets;
};

class TlsResumption : public testing::TestWithParam<Variant> {
 protected:
  TlsResumption() {
    for (TlsConfig* const config : {&world.client_config, &world.server_config}) {
      config->max_version = GetParam().version;
      config->session_tickets = GetParam().tickets;
    }
  }
  bool Is13() const { return GetParam().version == TlsVersion::k13; }
  int64_t FullMs() const { return kRoundTripMs * (Is13() ? 2 : 3); }
  // Connects, and how long it took until that was told.
  int64_t TimeOfConnect(const std::string& name = "example.com") {
    const int64_t begin = world.network.now_ms();
    ChannelDiary& diary = world.Connect(name);
    world.RunFor(500);
    EXPECT_EQ(diary.events.size(), 1u);
    return diary.times.empty() ? -1 : diary.times[0] - begin;
  }
  TlsWorld world;
};
INSTANTIATE_TEST_SUITE_P(Kinds, TlsResumption,
                         testing::Values(Variant{"TicketOf13", TlsVersion::k13, true},
                                         Variant{"TicketOf12", TlsVersion::k12, true},
                                         Variant{"IdentifierOf12", TlsVersion::k12, false}),
                         [](const auto& of) { return of.param.name; });

// RFC 8446 §2.2, RFC 5246 §7.3: one round trip, and no certificates.
TEST_P(TlsResumption, TheSecondTimeTakesOneRoundTripAndFewOctets) {
  EXPECT_EQ(TimeOfConnect(), FullMs());
  const size_t full = world.OctetsFrom(world.server_node);
  EXPECT_EQ(TimeOfConnect(), 2 * kRoundTripMs);
  const size_t resumed = world.OctetsFrom(world.server_node) - full;
  // At least the certificate and a signature are spared.
  const size_t der = EncodeCertificate(world.server_config.identities[0].certificate).size();
  EXPECT_GE(full - resumed, der + 70);
  EXPECT_EQ(world.client->counters().resumed, 1u);
  EXPECT_EQ(world.server->counters().resumed, 1u);
  // The peer is who it was.
  EXPECT_THAT(world.connected[1]->channel->peer_names(), ElementsAre("example.com"));
  world.Send(*world.connected[1], "INVITE");
  world.Send(*world.accepted[1], "200");
  world.RunFor(100);
  EXPECT_EQ(world.accepted[1]->text, "INVITE");
  EXPECT_EQ(world.connected[1]->text, "200");
}

TEST_P(TlsResumption, AgainAndAgain) {
  TimeOfConnect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(TimeOfConnect(), 2 * kRoundTripMs);
  EXPECT_EQ(world.client->client_sessions().size(), 1u);
  EXPECT_EQ(world.server->server_sessions().size(), 1u);
}

TEST_P(TlsResumption, AnotherNameIsAnotherPeer) {
  world.server_config.identities[0].certificate.subject_alternative_names.push_back(
      "sip:example.net");
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_EQ(TimeOfConnect("example.net"), FullMs());
}

TEST_P(TlsResumption, ASessionThatIsTooOldIsForgotten) {
  world.server_config.session_lifetime = Duration::Seconds(100);
  TimeOfConnect();
  world.RunFor(101'000);
  EXPECT_EQ(TimeOfConnect(), FullMs());
}

TEST_P(TlsResumption, NoSessionOutlivesTheCertificate) {
  world.server_config.identities[0].certificate.not_after = SimTime{Duration::Seconds(100)};
  TimeOfConnect();
  world.RunFor(100'000);
  ChannelDiary& diary = world.Connect();
  world.RunFor(500);
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kSecurity));
  EXPECT_THAT(world.Notes("offers a session"), IsEmpty());
}

// The server has forgotten: a full handshake, no failure.
TEST_P(TlsResumption, AServerThatRestartedStartsOver) {
  TimeOfConnect();
  world.Do(*world.accepted[0], [&] { world.accepted[0]->channel->Abort(); });
  world.RunFor(100);
  world.server->PowerOff();
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_THAT(world.Notes("offers a session"), testing::SizeIs(1));
  EXPECT_EQ(world.client->counters().resumed, 0u);
}

TEST_P(TlsResumption, OffMeansOff) {
  world.client_config.resumption = false;
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_EQ(world.client->client_sessions().size(), 0u);
}

TEST_P(TlsResumption, TheServerMayNotWantIt) {
  world.server_config.resumption = false;
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_EQ(TimeOfConnect(), FullMs());
  EXPECT_EQ(world.server->server_sessions().size(), 0u);
}

TEST_P(TlsResumption, TheClientStaysAuthenticated) {
  world.client_config.identities = {IdentityOf({"sip:client.example"})};
  world.server_config.client_authentication = ClientAuthentication::kRequire;
  TimeOfConnect();
  EXPECT_EQ(TimeOfConnect(), 2 * kRoundTripMs);
  EXPECT_THAT(world.accepted[1]->channel->peer_names(), ElementsAre("client.example"));
}

TEST_P(TlsResumption, ItHasATimeOfItsOwnAtTheServer) {
  world.server_config.handshake_time = Duration::Millis(9);
  world.server_config.resumption_time = Duration::Millis(2);
  EXPECT_EQ(TimeOfConnect(), FullMs() + 9);
  EXPECT_EQ(TimeOfConnect(), 2 * kRoundTripMs + 2);
}

TEST_P(TlsResumption, CachesDoNotGrowBeyondTheirSize) {
  world.server_config.max_sessions = 3;
  world.client_config.resumption = true;
  world.client_config.max_sessions = 0;  // so that each is new
  for (int i = 0; i < 10; ++i) TimeOfConnect();
  EXPECT_EQ(world.server->server_sessions().size(), 3u);
}

// RFC 8446 §C.4: a ticket counts once.
TEST(TlsResumption13, ATicketCountsOnce) {
  TlsWorld world;
  world.Connect();
  world.RunFor(500);
  // Two at a time: one has the ticket.
  ChannelDiary& second = world.Connect();
  ChannelDiary& third = world.Connect();
  world.RunFor(500);
  EXPECT_EQ(second.events.size(), 1u);
  EXPECT_EQ(third.events.size(), 1u);
  EXPECT_EQ(world.server->counters().resumed, 1u);
  EXPECT_EQ(world.server->counters().full_handshakes, 2u);
}

// RFC 8446 §4.2.11.2: who does not know the secret of a ticket does not get in by it.
TEST(TlsResumption13, AChangedBinderIsADecryptError) {
  TlsWorld world;
  world.Connect();
  world.RunFor(500);
  world.network.set_tamper([&](NodeId, std::vector<uint8_t>& bytes) {
    if (bytes[0] == 22) bytes.back() ^= 1;  // the last octet of a ClientHello with a binder
  });
  ChannelDiary& diary = world.Connect();
  world.RunFor(kRoundTripMs + 5);
  world.network.set_tamper({});
  world.RunFor(500);
  EXPECT_THAT(world.Notes("alert sent"), ElementsAre("decrypt_error (51)"));
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kSecurity));
}

TEST(TlsSessionCache, TheOldestMakesRoomAndTheExpiredIsNotFound) {
  TlsSessionCache cache(2);
  TlsSession session;
  session.until = SimTime::FromNanos(10);
  cache.Store("a", session);
  cache.Store("b", session);
  cache.Store("a", session);  // now younger than b
  cache.Store("c", session);
  EXPECT_TRUE(cache.Find("a", SimTime::FromNanos(10)));
  EXPECT_FALSE(cache.Find("b", SimTime::FromNanos(10)));
  EXPECT_TRUE(cache.Find("c", SimTime::FromNanos(10)));
  EXPECT_FALSE(cache.Find("c", SimTime::FromNanos(11)));
  EXPECT_EQ(cache.size(), 1u);
  cache.Clear();
  EXPECT_EQ(cache.size(), 0u);
  TlsSessionCache none(0);
  none.Store("a", session);
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace tickwire::tls
