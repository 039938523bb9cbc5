#include "protocols/tls/handshake_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tls/handshake.h"

namespace tickwire::tls {
namespace {

using testing::ElementsAre;

std::span<const uint8_t> BodyOf(const std::vector<uint8_t>& message) {
  return std::span(message).subspan(4);
}

// `parse` refuses every shorter body, and one that is longer.
template <class F>
void ExpectExact(const std::vector<uint8_t>& message, F parse) {
  // §4: type, then the length in three octets.
  EXPECT_EQ(message.size() - 4,
            static_cast<size_t>(message[1] << 16 | message[2] << 8 | message[3]));
  EXPECT_TRUE(parse(BodyOf(message)));
  for (size_t size = 0; size + 4 < message.size(); ++size) {
    EXPECT_FALSE(parse(BodyOf(message).first(size))) << size;
  }
  std::vector<uint8_t> longer = message;
  longer.push_back(0);
  EXPECT_FALSE(parse(BodyOf(longer)));
}

ClientHello FullHello() {
  ClientHello hello;
  for (size_t i = 0; i < hello.random.size(); ++i) hello.random[i] = static_cast<uint8_t>(i);
  hello.session_id = std::string(32, 's');
  hello.cipher_suites = {0x1301, 0xc02b};
  hello.server_name = "example.com";
  hello.supported_versions = {0x0304, 0x0303};
  hello.supported_groups = {kX25519, 23};
  hello.signature_algorithms = {kEcdsaSecp256r1Sha256};
  hello.key_share = KeyShare{};
  hello.session_ticket = "ticket";
  hello.psk_dhe_ke = true;
  hello.pre_shared_key = {"identity", 0x01020304, std::vector<uint8_t>(32, 'b')};
  return hello;
}

TEST(ClientHello, RoundTripAndEveryTruncation) {
  const ClientHello hello = FullHello();
  const std::vector<uint8_t> message = hello.Serialize();
  EXPECT_EQ(ClientHello::Parse(BodyOf(message)), hello);
  // Without extensions it is whole, too, for a client of 1.2 (§4.1.2).
  const size_t without_extensions = 2 + 32 + 33 + 2 + 4 + 2;
  for (size_t size = 0; size + 4 < message.size(); ++size) {
    EXPECT_EQ(ClientHello::Parse(BodyOf(message).first(size)).has_value(),
              size == without_extensions)
        << size;
  }
}

TEST(ClientHello, TheLeastOne) {
  ClientHello hello;
  hello.cipher_suites = {0xc02b};
  const auto read = ClientHello::Parse(BodyOf(hello.Serialize()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, hello);
  EXPECT_TRUE(read->Offers(TlsVersion::k12));
  EXPECT_FALSE(read->Offers(TlsVersion::k13));
}

// §4.2.11: it must be the last.
TEST(ClientHello, APreSharedKeyThatIsNotLastIsNoted) {
  const std::vector<uint8_t> message = FullHello().Serialize();
  std::vector<uint8_t> longer = message;
  for (const uint8_t octet : {0xff, 0x01, 0x00, 0x00}) longer.push_back(octet);  // an unknown one
  const size_t extensions_at = 4 + 2 + 32 + 33 + 2 + 4 + 2;
  longer[extensions_at + 1] = static_cast<uint8_t>(longer[extensions_at + 1] + 4);
  const auto read = ClientHello::Parse(BodyOf(longer));
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->psk_is_last);
}

// §4.2: no extension twice.
TEST(ClientHello, AnExtensionThatComesTwiceIsRefused) {
  std::vector<uint8_t> message = FullHello().Serialize();
  for (const uint8_t octet : {0x00, 0x23, 0x00, 0x00}) message.push_back(octet);
  const size_t extensions_at = 4 + 2 + 32 + 33 + 2 + 4 + 2;
  message[extensions_at + 1] = static_cast<uint8_t>(message[extensions_at + 1] + 4);
  EXPECT_FALSE(ClientHello::Parse(BodyOf(message)));
}

TEST(ServerHello, RoundTripAndEveryTruncation) {
  ServerHello hello;
  hello.session_id = "echo";
  hello.cipher_suite = 0x1301;
  hello.supported_version = 0x0304;
  hello.key_share = KeyShare{};
  hello.takes_psk = true;
  const std::vector<uint8_t> message = hello.Serialize();
  EXPECT_EQ(ServerHello::Parse(BodyOf(message)), hello);
  EXPECT_EQ(hello.version(), TlsVersion::k13);
  const size_t without_extensions = 2 + 32 + 5 + 2 + 1;
  for (size_t size = 0; size + 4 < message.size(); ++size) {
    EXPECT_EQ(ServerHello::Parse(BodyOf(message).first(size)).has_value(),
              size == without_extensions);
  }
  ServerHello old;
  old.cipher_suite = 0xc02b;
  old.sends_ticket = true;
  EXPECT_EQ(ServerHello::Parse(BodyOf(old.Serialize())), old);
  EXPECT_EQ(old.version(), TlsVersion::k12);
}

TEST(HandshakeMessages, EachIsReadAsItWasWrittenAndNoOtherLength) {
  for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
    const DerCertificates chain = {{1, 2, 3}, std::vector<uint8_t>(70'000, 'c'), {}};
    EXPECT_EQ(ParseCertificates(version, BodyOf(WriteCertificates(version, chain))), chain);
    ExpectExact(WriteCertificates(version, {{1, 2, 3}, {4}}),
                [&](auto body) { return ParseCertificates(version, body).has_value(); });
    ExpectExact(WriteCertificateRequest(version),
                [&](auto body) { return ParseCertificateRequest(version, body); });
    NewSessionTicket ticket;
    ticket.lifetime_seconds = 7200;
    ticket.ticket = "opaque";
    if (version == TlsVersion::k13) {
      ticket.age_add = 77;
      ticket.nonce = "12345678";
    }
    const auto message = WriteNewSessionTicket(version, ticket);
    EXPECT_EQ(ParseNewSessionTicket(version, BodyOf(message)), ticket);
    ExpectExact(message,
                [&](auto body) { return ParseNewSessionTicket(version, body).has_value(); });
  }
  const std::vector<uint8_t> signature(70, 's');
  EXPECT_EQ(ParseCertificateVerify(BodyOf(WriteCertificateVerify(signature))), signature);
  ExpectExact(WriteCertificateVerify(signature),
              [](auto body) { return ParseCertificateVerify(body).has_value(); });
  ExpectExact(WriteEncryptedExtensions(true),
              [](auto body) { return ParseEncryptedExtensions(body); });
  KeyShare share{};
  share[5] = 9;
  const auto exchange = WriteServerKeyExchange({share, signature});
  EXPECT_EQ(ParseServerKeyExchange(BodyOf(exchange))->share, share);
  EXPECT_EQ(ParseServerKeyExchange(BodyOf(exchange))->signature, signature);
  ExpectExact(exchange, [](auto body) { return ParseServerKeyExchange(body).has_value(); });
  EXPECT_EQ(ParseClientKeyExchange(BodyOf(WriteClientKeyExchange(share))), share);
  ExpectExact(WriteClientKeyExchange(share),
              [](auto body) { return ParseClientKeyExchange(body).has_value(); });
}

// RFC 8446 §5.1: messages may be cut and joined at will.
TEST(HandshakeReader, PutsMessagesTogetherHoweverTheyAreCut) {
  std::vector<uint8_t> stream;
  for (const size_t size : {0u, 1u, 300u}) {
    const auto message = WriteMessage(HandshakeType::kFinished, std::vector<uint8_t>(size, 'f'));
    stream.insert(stream.end(), message.begin(), message.end());
  }
  for (size_t piece = 1; piece < stream.size(); ++piece) {
    HandshakeReader reader;
    std::vector<size_t> sizes;
    for (size_t at = 0; at < stream.size(); at += piece) {
      reader.Append(std::span(stream).subspan(at, std::min(piece, stream.size() - at)));
      while (const auto message = reader.Next()) sizes.push_back(message->body().size());
    }
    EXPECT_THAT(sizes, ElementsAre(0, 1, 300));
    EXPECT_TRUE(reader.is_between_messages());
  }
  HandshakeReader reader;
  reader.Append(std::vector<uint8_t>{1, 1, 0, 1});
  EXPECT_TRUE(reader.is_too_long());
  EXPECT_FALSE(reader.is_between_messages());
}

TEST(Secrets, DifferByPurposeSecretAndContext) {
  const std::vector<uint8_t> context = {1, 2, 3};
  const Secret secret = DeriveSecret({1, 2}, "a", context);
  EXPECT_EQ(secret, DeriveSecret({1, 2}, "a", context));
  EXPECT_NE(secret, DeriveSecret({1, 3}, "a", context));
  EXPECT_NE(secret, DeriveSecret({1, 2}, "b", context));
  EXPECT_NE(secret, DeriveSecret({1, 2}, "a"));
  EXPECT_EQ(ProofOf(secret, "p", context, 12).size(), 12u);
  EXPECT_NE(ProofOf(secret, "p", context, 32), ProofOf(secret, "q", context, 32));
}

}  // namespace
}  // namespace tickwire::tls
