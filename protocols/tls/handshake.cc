#include "protocols/tls/handshake.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kMalformed{"malformed handshake message", "RFC 8446 6.2: decode_error"};
constexpr TraceLabel kUnexpected{"unexpected handshake message",
                                 "RFC 8446 4: messages come in one order"};

std::span<const uint8_t> AsBytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// What x25519 would give both sides. MODEL: whoever sees both shares can compute it.
Secret SharedSecret(const KeyShare& client_share, const KeyShare& server_share) {
  std::vector<uint8_t> both(client_share.begin(), client_share.end());
  both.insert(both.end(), server_share.begin(), server_share.end());
  return DeriveSecret({}, "x25519", both);
}

std::vector<uint8_t> Join(const Random& a, const Random& b) {
  std::vector<uint8_t> both(a.begin(), a.end());
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

}  // namespace

void Handshake::FillRandom(std::span<uint8_t> out) {
  for (uint8_t& octet : out) octet = static_cast<uint8_t>(rng_.Below(256));
}

std::string Handshake::RandomText(size_t size) {
  std::vector<uint8_t> octets(size);
  FillRandom(octets);
  return {octets.begin(), octets.end()};
}

void Handshake::Say(const std::vector<uint8_t>& message) {
  transcript_.Add(message);
  host().SendMessage(message);
}

std::optional<Alert> Handshake::Fail(Alert alert, const TraceLabel& why, absl::string_view text) {
  host().Note(why, text.empty() ? absl::string_view(why.rule) : text);
  return alert;
}

std::optional<Alert> Handshake::Malformed(absl::string_view which) {
  return Fail(Alert::kDecodeError, kMalformed, which);
}

std::optional<Alert> Handshake::Unexpected(HandshakeType type) {
  return Fail(Alert::kUnexpectedMessage, kUnexpected,
              absl::StrCat("type ", static_cast<int>(type)));
}

void Handshake::DeriveMaster12(const KeyShare& client_share, const KeyShare& server_share) {
  master_ = DeriveSecret(SharedSecret(client_share, server_share), "master secret",
                         Join(client_random_, server_random_));
}

Secret Handshake::WriteKey12(bool of_client) const {
  return DeriveSecret(master_, of_client ? "client write key" : "server write key",
                      Join(server_random_, client_random_));
}

std::vector<uint8_t> Handshake::SignedKeyExchange12(const KeyShare& share) const {
  std::vector<uint8_t> content = Join(client_random_, server_random_);
  content.insert(content.end(), share.begin(), share.end());
  return content;
}

std::vector<uint8_t> Handshake::VerifyData12(bool of_client) const {
  return ProofOf(master_, of_client ? "client finished" : "server finished", transcript_.Hash(),
                 kVerifyDataSize12);
}

void Handshake::DeriveHandshakeSecret13(const std::optional<Secret>& psk,
                                        const KeyShare& client_share,
                                        const KeyShare& server_share) {
  const Secret early = DeriveSecret(psk.value_or(Secret{}), "early");
  const Secret shared = SharedSecret(client_share, server_share);
  std::vector<uint8_t> context;
  for (const uint64_t word : {shared.high, shared.low}) {
    for (int i = 7; i >= 0; --i) context.push_back(static_cast<uint8_t>(word >> (8 * i)));
  }
  master_ = DeriveSecret(early, "handshake", context);
  client_hs_ = DeriveSecret(master_, "c hs traffic", transcript_.Hash());
  server_hs_ = DeriveSecret(master_, "s hs traffic", transcript_.Hash());
}

void Handshake::DeriveApplicationKeys13() {
  client_ap_ = DeriveSecret(master_, "c ap traffic", transcript_.Hash());
  server_ap_ = DeriveSecret(master_, "s ap traffic", transcript_.Hash());
}

Secret Handshake::ResumptionSecret13() const {
  return DeriveSecret(master_, "res master", transcript_.Hash());
}

std::vector<uint8_t> Handshake::VerifyData13(bool of_client) const {
  return ProofOf(of_client ? client_hs_ : server_hs_, "finished", transcript_.Hash(),
                 kVerifyDataSize13);
}

std::vector<uint8_t> BinderOf(const Secret& psk, std::span<const uint8_t> truncated_hello) {
  return ProofOf(psk, "res binder", truncated_hello, kVerifyDataSize13);
}

Secret TicketSecret13(const Secret& resumption_secret, absl::string_view nonce) {
  return DeriveSecret(resumption_secret, "resumption", AsBytes(nonce));
}

std::string JoinNames(const std::vector<std::string>& names) { return absl::StrJoin(names, ", "); }

}  // namespace tickwire::tls
