// Full handshakes: their round trips, flights and sizes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "protocols/tls/record_layer.h"
#include "tests/protocols/tls/tls_world.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void Only(TlsConfig& config, TlsVersion version) {
  config.min_version = config.max_version = version;
}

// RFC 8446 §2, figure 1: one round trip, after that of the channel below.
TEST(TlsHandshake, Version13TakesOneRoundTrip) {
  TlsWorld world;
  ChannelDiary& diary = world.Connect();
  world.RunFor(1000);
  EXPECT_THAT(diary.events, ElementsAre("connected"));
  EXPECT_THAT(diary.times, ElementsAre(kRoundTripMs + kRoundTripMs));
  ASSERT_EQ(world.accepted.size(), 1u);
  EXPECT_THAT(diary.channel->peer_names(), ElementsAre("example.com"));
  EXPECT_THAT(world.accepted[0]->channel->peer_names(), IsEmpty());
  EXPECT_EQ(world.client->counters().full_handshakes, 1u);
  EXPECT_EQ(world.server->counters().full_handshakes, 1u);
}

// RFC 5246 §7.3, figure 1: two.
TEST(TlsHandshake, Version12TakesTwoRoundTrips) {
  TlsWorld world;
  Only(world.server_config, TlsVersion::k12);
  ChannelDiary& diary = world.Connect();
  world.RunFor(1000);
  EXPECT_THAT(diary.times, ElementsAre(kRoundTripMs + 2 * kRoundTripMs));
  EXPECT_EQ(world.accepted.size(), 1u);
}

TEST(TlsHandshake, DataGoesBothWaysWhateverTheVersionAndWhoeverIsAsked) {
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    for (const ClientAuthentication asks :
         {ClientAuthentication::kNone, ClientAuthentication::kRequest,
          ClientAuthentication::kRequire}) {
      for (const TransportKind kind : {TransportKind::kTls, TransportKind::kTlsSctp}) {
        TlsWorld world;
        world.kind = kind;
        Only(world.client_config, version);
        world.client_config.identities = {IdentityOf({"sip:client.example.org"})};
        world.server_config.client_authentication = asks;
        ChannelDiary& near = world.Connect();
        world.RunFor(100);
        ASSERT_EQ(world.accepted.size(), 1u);
        ChannelDiary& far = *world.accepted[0];
        world.Send(near, "INVITE");
        world.Send(far, "200");
        world.RunFor(100);
        EXPECT_EQ(far.text, "INVITE");
        EXPECT_EQ(near.text, "200");
        if (asks == ClientAuthentication::kNone) {
          EXPECT_THAT(far.channel->peer_names(), IsEmpty());
        } else {
          EXPECT_THAT(far.channel->peer_names(), ElementsAre("client.example.org"));
        }
      }
    }
  }
}

// Every way to cut the stream gives the same.
TEST(TlsHandshake, AnySplitOfTheStreamWillDo) {
  for (size_t size = 1; size < 40; ++size) {
    for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
      TlsWorld world;
      Only(world.client_config, version);
      Rng rng = Rng::ForStream({.seed = size}, "test", "cuts");
      world.network.set_cut(
          [&](size_t) { return size < 20 ? size : 1 + static_cast<size_t>(rng.Below(200)); });
      ChannelDiary& diary = world.Connect();
      world.RunFor(100);
      ASSERT_THAT(diary.events, ElementsAre("connected")) << size;
      world.Send(diary, std::string(20'000, 'x'));
      world.RunFor(100);
      EXPECT_EQ(world.accepted.at(0)->text, std::string(20'000, 'x'));
    }
  }
}

// The records of one Send() below, as "type:length".
std::vector<std::string> RecordsOf(const std::vector<uint8_t>& bytes) {
  std::vector<std::string> records;
  for (size_t at = 0; at + kRecordHeaderSize <= bytes.size();) {
    const size_t length = static_cast<size_t>(bytes[at + 3]) << 8 | bytes[at + 4];
    records.push_back(std::to_string(bytes[at]) + ":" + std::to_string(length));
    at += kRecordHeaderSize + length;
  }
  return records;
}

// RFC 8446 §4.1.3, §4.3.1, §4.4: ServerHello, a change_cipher_spec for middleboxes (§D.4), then
// EncryptedExtensions, Certificate, CertificateVerify and Finished in protected records, each 17
// octets longer than its message (§5.2: type and tag).
TEST(TlsHandshake, TheFlightsOf13HaveTheirSizes) {
  TlsWorld world;
  world.Connect();
  world.RunFor(1000);
  ASSERT_GE(world.network.sent.size(), 3u);
  // legacy version 2, random 32, session id 1 + 32, suite 2, compression 1, extensions 2:
  // supported_versions 4 + 2, key_share 4 + 2 + 2 + 32; header 4.
  constexpr size_t kServerHello = 4 + 2 + 32 + 33 + 2 + 1 + 2 + 6 + 40;
  // server_name confirmed: 4, behind a length of 2.
  constexpr size_t kEncryptedExtensions = 4 + 2 + 4;
  const size_t der = EncodeCertificate(world.server_config.identities[0].certificate).size();
  const size_t certificate = 4 + 1 + 3 + 3 + der + 2;
  constexpr size_t kCertificateVerify = 4 + 2 + 2 + 70;
  constexpr size_t kFinished = 4 + 32;
  constexpr size_t kExpansion = 1 + 16;
  const auto record = [](int type, size_t length) {
    return std::to_string(type) + ":" + std::to_string(length);
  };
  EXPECT_THAT(
      RecordsOf(world.network.sent[1].bytes),
      ElementsAre(record(22, kServerHello), "20:1", record(23, kEncryptedExtensions + kExpansion),
                  record(23, certificate + kExpansion), record(23, kCertificateVerify + kExpansion),
                  record(23, kFinished + kExpansion)));
  EXPECT_THAT(RecordsOf(world.network.sent[2].bytes),
              ElementsAre("20:1", record(23, kFinished + kExpansion)));
  // A certificate of P-256 with one name takes about half a kilobyte.
  EXPECT_GT(der, 400u);
  EXPECT_LT(der, 900u);
}

// RFC 5246 §7.4.9: Finished has 12 octets; RFC 5288 §3: 8 of nonce and 16 of tag around it.
TEST(TlsHandshake, TheFlightsOf12HaveTheirSizes) {
  TlsWorld world;
  Only(world.client_config, TlsVersion::k12);
  world.Connect();
  world.RunFor(1000);
  ASSERT_EQ(world.network.sent.size(), 4u);
  constexpr size_t kFinished = 4 + 12 + 8 + 16;
  constexpr size_t kClientKeyExchange = 4 + 1 + 32;
  EXPECT_THAT(RecordsOf(world.network.sent[2].bytes),
              ElementsAre("22:" + std::to_string(kClientKeyExchange), "20:1",
                          "22:" + std::to_string(kFinished)));
  // NewSessionTicket: lifetime 4, ticket 2 + 176 (RFC 5077 §3.3).
  EXPECT_THAT(RecordsOf(world.network.sent[3].bytes),
              ElementsAre("22:" + std::to_string(4 + 4 + 2 + 176), "20:1",
                          "22:" + std::to_string(kFinished)));
}

// RFC 3436 §4.1, RFC 4168 §5.1: a record is a message.
TEST(TlsHandshake, OverSctpEachRecordIsAMessage) {
  TlsWorld world;
  world.kind = TransportKind::kTlsSctp;
  ChannelDiary& diary = world.Connect();
  world.RunFor(100);
  ASSERT_THAT(diary.events, ElementsAre("connected"));
  for (const auto& sent : world.network.sent) EXPECT_EQ(RecordsOf(sent.bytes).size(), 1u);
}

TEST(TlsHandshake, WhatIsSentCannotBeReadOnTheWay) {
  TlsWorld world;
  ChannelDiary& diary = world.Connect();
  world.RunFor(100);
  world.network.sent.clear();
  const std::string secret(200, 's');
  world.Send(diary, secret);
  world.Send(diary, secret);
  ASSERT_EQ(world.network.sent.size(), 2u);
  const std::string first(world.network.sent[0].bytes.begin(), world.network.sent[0].bytes.end());
  EXPECT_FALSE(absl::StrContains(first, "ss"));
  // Header 5, type 1, tag 16 (RFC 8446 §5.2).
  EXPECT_EQ(first.size(), 5 + secret.size() + 1 + 16);
  EXPECT_NE(world.network.sent[0].bytes, world.network.sent[1].bytes);
}

TEST(TlsHandshake, TheServerTakesItsTimeOneAfterTheOther) {
  TlsWorld world;
  world.server_config.handshake_time = Duration::Millis(7);
  world.Start();
  ChannelDiary& first = world.Connect();
  ChannelDiary& second = world.Connect();
  world.RunFor(1000);
  EXPECT_THAT(first.times, ElementsAre(2 * kRoundTripMs + 7));
  EXPECT_THAT(second.times, ElementsAre(2 * kRoundTripMs + 2 * 7));
}

TEST(TlsHandshake, TheServerShowsTheCertificateThatTheClientNames) {
  TlsWorld world;
  world.server_config.identities = {IdentityOf({"sip:one.example"}), IdentityOf({"two.example"})};
  ChannelDiary& diary = world.Connect("two.example");
  world.RunFor(100);
  ASSERT_THAT(diary.events, ElementsAre("connected"));
  EXPECT_THAT(diary.channel->peer_names(), ElementsAre("two.example"));
}

TEST(TlsHandshake, AnIntermediateLeadsToTheTrustedIssuer) {
  TlsWorld world;
  TlsConfig::Identity identity = IdentityOf({"sip:example.com"}, "Middle");
  identity.intermediates.push_back({.subject = "Middle", .issuer = "Root"});
  world.server_config.identities = {identity};
  EXPECT_THAT((world.Connect(), world.RunFor(100), world.connected[0]->events),
              ElementsAre("connected"));
}

TEST(TlsHandshake, TheSameSeedGivesTheSameBytesAndAnotherOneDoesNot) {
  const auto run = [](uint64_t seed) {
    TlsWorld world;
    world.seed = seed;
    ChannelDiary& diary = world.Connect();
    world.RunFor(100);
    world.Send(diary, "INVITE");
    world.RunFor(100);
    std::vector<std::vector<uint8_t>> bytes;
    for (const auto& sent : world.network.sent) bytes.push_back(sent.bytes);
    return std::pair(bytes, world.client_node.trace().digest());
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1).first, run(2).first);
}

TEST(TlsHandshake, TheTraceTellsStatesAndOutcome) {
  TlsWorld world;
  world.Connect();
  world.RunFor(100);
  for (const char* state : {"waits for ServerHello", "waits for EncryptedExtensions",
                            "waits for Certificate or CertificateRequest",
                            "waits for CertificateVerify", "waits for ClientHello", "open"}) {
    EXPECT_GE(world.recorder.Count(TraceKind::kState, state), 1) << state;
  }
  EXPECT_EQ(world.recorder.Count(TraceKind::kNote, "full handshake"), 2);
  EXPECT_THAT(world.recorder.entities, testing::Contains("TLS client 1"));
}

}  // namespace
}  // namespace tickwire::tls
