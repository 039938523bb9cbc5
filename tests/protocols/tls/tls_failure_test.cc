// Handshakes and connections that fail: each alert, who says it, and what the users are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tls/handshake_messages.h"
#include "protocols/tls/record_layer.h"
#include "tests/protocols/tls/tls_world.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kHour = 3600;

class TlsFailure : public testing::TestWithParam<TlsVersion> {
 protected:
  bool Is13() const { return GetParam() == TlsVersion::k13; }
  TlsFailure() { world.client_config.max_version = GetParam(); }
  // The handshake fails with this alert from the client, and both sides forget it.
  void ExpectRefusedByClient(const std::string& alert, CloseReason reason,
                             const std::string& peer_name = "example.com") {
    ChannelDiary& diary = world.Connect(peer_name);
    world.RunFor(1000);
    EXPECT_THAT(diary.events, ElementsAre("closed"));
    EXPECT_THAT(diary.closed, ElementsAre(reason));
    EXPECT_THAT(world.accepted, IsEmpty());
    EXPECT_THAT(world.Notes("alert sent"), ElementsAre(alert));
    EXPECT_THAT(world.Notes("alert received"), ElementsAre(alert));
    EXPECT_EQ(world.client->counters().failed, 1u);
    EXPECT_EQ(world.server->counters().failed, 1u);
    EXPECT_TRUE(world.IsAllGone());
  }
  // The same from the server. A client of 1.3 has been told that it is connected by then.
  void ExpectRefusedByServer(const std::string& alert, CloseReason reason,
                             bool after_finished = false) {
    ChannelDiary& diary = world.Connect();
    world.RunFor(1000);
    EXPECT_THAT(diary.closed, ElementsAre(reason));
    EXPECT_EQ(diary.events.size(), after_finished && Is13() ? 2u : 1u);
    EXPECT_THAT(world.accepted, IsEmpty());
    EXPECT_THAT(world.Notes("alert sent"), ElementsAre(alert));
    EXPECT_THAT(world.Notes("alert received"), ElementsAre(alert));
    EXPECT_TRUE(world.IsAllGone());
  }
  Certificate& ServerCertificate() { return world.server_config.identities[0].certificate; }

  TlsWorld world;
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsFailure, testing::Values(TlsVersion::k12, TlsVersion::k13),
                         [](const auto& of) {
                           return of.param == TlsVersion::k12 ? "Version12" : "Version13";
                         });

TEST_P(TlsFailure, AnIssuerThatIsNotTrusted) {
  ServerCertificate().issuer = "Nobody";
  ExpectRefusedByClient("unknown_ca (48)", CloseReason::kSecurity);
}

TEST_P(TlsFailure, AnIntermediateThatDoesNotFit) {
  TlsConfig::Identity& identity = world.server_config.identities[0];
  identity.certificate.issuer = "Middle";
  identity.intermediates.push_back({.subject = "Other", .issuer = "Root"});
  ExpectRefusedByClient("unknown_ca (48)", CloseReason::kSecurity);
}

TEST_P(TlsFailure, AnExpiredCertificate) {
  ServerCertificate().not_after = SimTime{Duration::Seconds(kHour)};
  world.Start();
  world.network.RunTo(kHour * 1000 + 1);
  ExpectRefusedByClient("certificate_expired (45)", CloseReason::kSecurity);
}

TEST_P(TlsFailure, ACertificateThatIsNotValidYet) {
  ServerCertificate().not_before = SimTime{Duration::Seconds(kHour)};
  ExpectRefusedByClient("certificate_expired (45)", CloseReason::kSecurity);
}

// RFC 5280 §4.1.2.5: the last second is still good.
TEST_P(TlsFailure, TheLastMomentOfACertificateIsGood) {
  ServerCertificate().not_after = SimTime{Duration::Seconds(kHour)};
  world.Start();
  world.network.RunTo(kHour * 1000 - 100);
  world.Connect();
  world.RunFor(100);
  EXPECT_THAT(world.connected[0]->events, ElementsAre("connected"));
}

// RFC 5922 §7.2, §7.3: no suffixes, no wildcards.
TEST_P(TlsFailure, ACertificateForAnotherDomain) {
  ExpectRefusedByClient("bad_certificate (42)", CloseReason::kSecurity, "sub.example.com");
}

TEST_P(TlsFailure, AWildcardIsNotAnybody) {
  ServerCertificate().subject_alternative_names = {"*.example.com"};
  ExpectRefusedByClient("bad_certificate (42)", CloseReason::kSecurity, "a.example.com");
}

// RFC 5922 §7.1: with a SIP URI in it the DNS names do not count.
TEST_P(TlsFailure, ADnsNameBesideASipUriDoesNotCount) {
  ServerCertificate().subject_alternative_names = {"sip:other.example", "example.com"};
  ExpectRefusedByClient("bad_certificate (42)", CloseReason::kSecurity);
}

TEST_P(TlsFailure, WithoutVerificationAnyCertificateWillDoAndProvesNothing) {
  ServerCertificate().issuer = "Nobody";
  world.client_config.verify_peer = false;
  ChannelDiary& diary = world.Connect("elsewhere.example");
  world.RunFor(100);
  ASSERT_THAT(diary.events, ElementsAre("connected"));
  EXPECT_THAT(diary.channel->peer_names(), IsEmpty());
}

TEST_P(TlsFailure, AClientWithoutTheCertificateThatIsRequired) {
  world.server_config.client_authentication = ClientAuthentication::kRequire;
  ExpectRefusedByServer(Is13() ? "certificate_required (116)" : "handshake_failure (40)",
                        CloseReason::kSecurity, /*after_finished=*/true);
}

TEST_P(TlsFailure, AClientWithoutTheCertificateThatIsRequestedIsTaken) {
  world.server_config.client_authentication = ClientAuthentication::kRequest;
  world.Connect();
  world.RunFor(200);
  ASSERT_EQ(world.accepted.size(), 1u);
  EXPECT_THAT(world.accepted[0]->channel->peer_names(), IsEmpty());
}

TEST_P(TlsFailure, AClientWhoseIssuerTheServerDoesNotTrust) {
  world.server_config.client_authentication = ClientAuthentication::kRequest;
  world.client_config.identities = {IdentityOf({"sip:mallory.example"}, "Nobody")};
  ExpectRefusedByServer("unknown_ca (48)", CloseReason::kSecurity, /*after_finished=*/true);
}

TEST_P(TlsFailure, AServerWithoutACertificate) {
  world.server_config.identities.clear();
  ExpectRefusedByServer("handshake_failure (40)", CloseReason::kSecurity);
}

TEST_P(TlsFailure, NoVersionInCommon) {
  world.server_config.min_version = Is13() ? TlsVersion::k12 : TlsVersion::k13;
  world.server_config.max_version = world.server_config.min_version;
  world.client_config.min_version = GetParam();
  ExpectRefusedByServer("protocol_version (70)", CloseReason::kSecurity);
}

// Each single octet of what travels, flipped once: nobody crashes, no data is delivered that was
// not sent, and both users are told.
TEST_P(TlsFailure, NoChangedOctetGoesUnnoticed) {
  size_t changed = 0;
  for (size_t target = 0; target < 3000; ++target) {
    TlsWorld tampered;
    tampered.client_config.max_version = GetParam();
    tampered.client_config.identities = {IdentityOf({"sip:client.example"})};
    tampered.server_config.client_authentication = ClientAuthentication::kRequire;
    size_t at = 0;
    bool was_changed = false;
    tampered.network.set_tamper([&](NodeId, std::vector<uint8_t>& bytes) {
      if (target >= at && target < at + bytes.size()) {
        bytes[target - at] ^= 0x40;
        was_changed = true;
      }
      at += bytes.size();
    });
    ChannelDiary& near = tampered.Connect();
    tampered.RunFor(200);
    if (near.closed.empty() && !near.events.empty()) {
      tampered.Send(near, "INVITE");
      tampered.RunFor(200);
      // Fills a record whose length was made too large.
      tampered.Do(near, [&] { near.channel->Send(Bytes(std::string(20'000, 'x'))); });
    }
    tampered.RunFor(40'000);
    if (!was_changed) break;
    ++changed;
    for (const auto& far : tampered.accepted) {
      const std::string whole = "INVITE" + std::string(20'000, 'x');
      EXPECT_EQ(far->text, whole.substr(0, far->text.size())) << target;
    }
    const bool failed = !near.closed.empty();
    const bool arrived = !tampered.accepted.empty() && tampered.accepted[0]->text.size() == 20'006;
    // What does not matter may be changed: the minor version of a record, say (RFC 8446 §5.1).
    EXPECT_TRUE(failed || arrived) << target;
    if (failed) {
      EXPECT_THAT(near.closed[0], testing::AnyOf(CloseReason::kSecurity, CloseReason::kProtocol,
                                                 CloseReason::kTimeout,
                                                 // the server's time for the handshake was over
                                                 CloseReason::kReset))
          << target;
    }
  }
  EXPECT_GT(changed, 1500u);
}

TEST_P(TlsFailure, AChangedRecordIsABadMac) {
  ChannelDiary& near = world.Connect();
  world.RunFor(200);
  world.network.set_tamper([](NodeId, std::vector<uint8_t>& bytes) { bytes[20] ^= 1; });
  world.Send(near, "INVITE sip:bob");
  world.network.set_tamper({});
  world.RunFor(200);
  EXPECT_THAT(world.Notes("alert sent"), ElementsAre("bad_record_mac (20)"));
  EXPECT_THAT(near.closed, ElementsAre(CloseReason::kProtocol));
  EXPECT_THAT(world.accepted[0]->closed, ElementsAre(CloseReason::kProtocol));
  EXPECT_THAT(world.accepted[0]->text, IsEmpty());
  EXPECT_TRUE(world.IsAllGone());
}

TEST_P(TlsFailure, ARecordThatIsRepeatedIsABadMac) {
  ChannelDiary& near = world.Connect();
  world.RunFor(200);
  world.network.set_tamper([](NodeId, std::vector<uint8_t>& bytes) {
    const std::vector<uint8_t> once = bytes;
    bytes.insert(bytes.end(), once.begin(), once.end());
  });
  world.Send(near, "INVITE");
  world.network.set_tamper({});
  world.RunFor(200);
  EXPECT_THAT(world.accepted[0]->text, "INVITE");
  EXPECT_THAT(world.Notes("alert sent"), ElementsAre("bad_record_mac (20)"));
}

// 1.2 shows its ServerKeyExchange to all; the signature covers it (RFC 8422 §5.4).
TEST(TlsFailure12, AChangedKeyShareIsADecryptError) {
  TlsWorld world;
  world.client_config.max_version = TlsVersion::k12;
  world.Start();
  const NodeId server = world.server_node.clock().node();
  world.network.set_tamper([&](NodeId sender, std::vector<uint8_t>& bytes) {
    if (sender != server) return;
    // Header of the record and of the message, curve type and curve: 0c .. .. .. 03 00 1d 20.
    for (size_t i = 0; i + 10 < bytes.size(); ++i) {
      if (bytes[i] == 12 && bytes[i + 4] == 3 && bytes[i + 5] == 0 && bytes[i + 6] == 29 &&
          bytes[i + 7] == 32) {
        bytes[i + 8] ^= 1;
        return;
      }
    }
  });
  ChannelDiary& diary = world.Connect();
  world.RunFor(200);
  EXPECT_THAT(world.Notes("alert sent"), ElementsAre("decrypt_error (51)"));
  EXPECT_THAT(world.Notes("wrong signature"), testing::SizeIs(1));
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kSecurity));
}

// RFC 8446 §4.1.3: who knows 1.3 and is answered by 1.2 looks at the server's random.
TEST(TlsFailure12, ADowngradeIsSeen) {
  TlsWorld world;
  const NodeId client = world.client_node.clock().node();
  world.network.set_tamper([&](NodeId sender, std::vector<uint8_t>& bytes) {
    if (sender != client) return;
    // supported_versions {1.3, 1.2} becomes {1.2, 1.2}.
    const std::vector<uint8_t> versions = {0, 43, 0, 5, 4, 3, 4, 3, 3};
    const auto found = std::search(bytes.begin(), bytes.end(), versions.begin(), versions.end());
    if (found != bytes.end()) found[6] = 3;
  });
  ChannelDiary& diary = world.Connect();
  world.RunFor(200);
  EXPECT_THAT(world.Notes("alert sent"), ElementsAre("illegal_parameter (47)"));
  EXPECT_THAT(world.Notes("downgrade"), testing::SizeIs(1));
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kProtocol));
}

// --- A client that breaks the rules from the beginning ---

// What a server says to these octets.
std::vector<std::string> AlertsFor(const std::vector<uint8_t>& octets) {
  TlsWorld world;
  ChannelDiary& diary = world.ConnectRaw();
  world.client_node.Do([&] { diary.channel->Send(octets); });
  world.RunFor(200);
  EXPECT_THAT(diary.events, ElementsAre("connected", "finished"));
  EXPECT_EQ(world.server->counters().failed, 1u);
  world.client_node.Do([&] { diary.channel->Close(); });
  world.RunFor(200);
  EXPECT_TRUE(world.IsAllGone());
  return world.Notes("alert sent");
}

TEST(TlsHostileClient, EachBreachHasItsAlert) {
  EXPECT_THAT(AlertsFor({'I', 'N', 'V', 'I', 'T'}), ElementsAre("unexpected_message (10)"))
      << "§5: no such content type";
  EXPECT_THAT(AlertsFor({23, 3, 3, 0, 1, 'x'}), ElementsAre("unexpected_message (10)"))
      << "§4.4.4: data before the handshake";
  EXPECT_THAT(AlertsFor({22, 2, 0, 0, 1, 1}), ElementsAre("protocol_version (70)"))
      << "§5.1: not version 3 of anything";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0x40, 0x01}), ElementsAre("record_overflow (22)"))
      << "§5.1: 2^14 + 1";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0, 0}), ElementsAre("unexpected_message (10)"))
      << "§5.1: no empty fragments of handshake";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0, 5, 1, 0, 0, 1, 0}), ElementsAre("decode_error (50)"))
      << "§6.2: a ClientHello of one octet";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0, 4, 20, 0, 0, 0}), ElementsAre("unexpected_message (10)"))
      << "§4: Finished first";
  EXPECT_THAT(AlertsFor({20, 3, 1, 0, 1, 1}), ElementsAre("unexpected_message (10)"))
      << "§5: change_cipher_spec before the first ClientHello";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0, 4, 1, 1, 0, 1}), ElementsAre("illegal_parameter (47)"))
      << "a message beyond all limits";
  EXPECT_THAT(AlertsFor({22, 3, 1, 0, 2, 1, 0, 21, 3, 1, 0, 2, 1, 0}),
              ElementsAre("unexpected_message (10)"))
      << "§5.1: a record within a handshake message";
}

std::vector<uint8_t> RecordOf(const std::vector<uint8_t>& message) {
  RecordWriter writer;
  return writer.Write(ContentType::kHandshake, message);
}
ClientHello GoodHello() {
  ClientHello hello;
  hello.cipher_suites = {0x1301};
  hello.supported_versions = {0x0304};
  hello.supported_groups = {kX25519};
  hello.signature_algorithms = {kEcdsaSecp256r1Sha256};
  hello.key_share = KeyShare{};
  return hello;
}

TEST(TlsHostileClient, HellosThatCannotBeAnswered) {
  const auto alerts = [](auto change) {
    ClientHello hello = GoodHello();
    change(hello);
    return AlertsFor(RecordOf(hello.Serialize()));
  };
  EXPECT_THAT(alerts([](ClientHello& h) { h.key_share.reset(); }),
              ElementsAre("handshake_failure (40)"));
  EXPECT_THAT(alerts([](ClientHello& h) { h.cipher_suites = {0x1303}; }),
              ElementsAre("handshake_failure (40)"));
  EXPECT_THAT(alerts([](ClientHello& h) { h.supported_versions = {0x0302}; }),
              ElementsAre("protocol_version (70)"));
  EXPECT_THAT(alerts([](ClientHello& h) { h.signature_algorithms = {0x0804}; }),
              ElementsAre("handshake_failure (40)"));
}

TEST(TlsHostileClient, WhoSaysNothingIsGivenUpAfterTheHandshakeTimeout) {
  TlsWorld world;
  world.server_config.handshake_timeout = Duration::Seconds(4);
  ChannelDiary& diary = world.ConnectRaw();
  world.RunFor(3970);
  EXPECT_EQ(world.server->flow_count(), 1u);
  world.RunFor(50);
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kReset));
  EXPECT_TRUE(world.IsAllGone());
}

TEST(TlsHostileClient, NoMoreHandshakesAtATimeThanAllowed) {
  TlsWorld world;
  world.server_config.max_handshakes = 3;
  for (int i = 0; i < 5; ++i) world.ConnectRaw();
  world.RunFor(100);
  EXPECT_EQ(world.server->flow_count(), 3u);
  EXPECT_THAT(world.Notes("too many handshakes"), testing::SizeIs(2));
}

// RFC 5246 §6.2.1: messages of one type may share a record, as some servers of 1.2 have it; RFC
// 8446 §5.1: but not across a change of keys.
TEST(TlsRecords, MessagesMayShareARecordButNotAcrossAChangeOfKeys) {
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    TlsWorld world;
    world.client_config.max_version = version;
    world.Start();
    const NodeId server = world.server_node.clock().node();
    bool is_first = true;
    world.network.set_tamper([&](NodeId sender, std::vector<uint8_t>& bytes) {
      if (sender != server || !std::exchange(is_first, false)) return;
      if (version == TlsVersion::k12) {
        // All records of the flight become one.
        std::vector<uint8_t> messages;
        for (size_t at = 0; at < bytes.size();) {
          const size_t length = static_cast<size_t>(bytes[at + 3]) << 8 | bytes[at + 4];
          const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + kRecordHeaderSize);
          messages.insert(messages.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
          at += kRecordHeaderSize + length;
        }
        bytes = RecordWriter().Write(ContentType::kHandshake, messages);
      } else {
        // The ServerHello's record ends with the beginning of another message.
        const size_t length = static_cast<size_t>(bytes[3]) << 8 | bytes[4];
        bytes[4] = static_cast<uint8_t>(bytes[4] + 1);
        const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(kRecordHeaderSize + length);
        bytes.insert(end, 8);
      }
    });
    ChannelDiary& diary = world.Connect();
    world.RunFor(200);
    if (version == TlsVersion::k12) {
      EXPECT_THAT(diary.events, ElementsAre("connected"));
    } else {
      EXPECT_THAT(world.Notes("alert sent"), ElementsAre("unexpected_message (10)"));
    }
  }
}

// A server that never answers.
TEST(TlsClient, AServerThatSaysNothingIsATimeout) {
  TlsWorld world;
  world.Start();
  world.listening.reset();
  ChannelDiary silent;
  world.server_node.Do([&] {
    world.listening =
        *world.server_node.Listen(TransportKind::kTcp, {IpAddress(), 5061}, 1,
                                  [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                    silent.channel = std::move(channel);
                                    return silent;
                                  });
  });
  ChannelDiary& diary = world.Connect();
  const int64_t begin = world.network.now_ms();
  world.RunFor(20'000);
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kTimeout));
  EXPECT_EQ(diary.times.back() - begin, kRoundTripMs + 10'000);
  EXPECT_THAT(silent.closed, ElementsAre(CloseReason::kReset));
}

TEST(TlsClient, AServerThatLeavesWithinTheHandshakeIsAQuestionOfSecurity) {
  TlsWorld world;
  world.Start();
  world.listening.reset();
  ChannelDiary rude;
  rude.on_receive = [&] { rude.channel->Close(); };
  world.server_node.Do([&] {
    world.listening =
        *world.server_node.Listen(TransportKind::kTcp, {IpAddress(), 5061}, 1,
                                  [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                    rude.channel = std::move(channel);
                                    return rude;
                                  });
  });
  ChannelDiary& diary = world.Connect();
  world.RunFor(1000);
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kSecurity));
}

TEST(TlsClient, RefusedBelowIsRefused) {
  TlsWorld world;
  world.Start();
  world.listening.reset();
  ChannelDiary& diary = world.Connect();
  world.RunFor(1000);
  EXPECT_THAT(diary.closed, ElementsAre(CloseReason::kRefused));
  EXPECT_EQ(world.client->flow_count(), 0u);
}

}  // namespace
}  // namespace tickwire::tls
