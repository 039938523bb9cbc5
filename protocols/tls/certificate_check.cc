#include "protocols/tls/certificate_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "protocols/tls/filler.h"
#include "sim_core/trace/digest.h"

namespace tickwire::tls {
namespace {

constexpr size_t kMaxChain = 10;

std::string NameOf(const Certificate& certificate) {
  return absl::StrCat("'", certificate.subject, "', issued by '", certificate.issuer, "'");
}

}  // namespace

CheckedChain CheckChain(const DerCertificates& chain, const TlsConfig& config, SimTime now,
                        absl::string_view peer_name) {
  CheckedChain checked;
  const auto refuse = [&](Alert alert, std::string why) {
    checked.alert = alert;
    checked.why = std::move(why);
    return checked;
  };
  if (chain.empty() || chain.size() > kMaxChain) {
    return refuse(Alert::kBadCertificate, "no certificate, or too many");
  }
  std::string expected;  // the subject of the next one
  bool is_trusted = false;
  for (size_t i = 0; i < chain.size() && !is_trusted; ++i) {
    const std::optional<ParsedCertificate> parsed = ParseCertificate(chain[i]);
    if (!parsed) return refuse(Alert::kBadCertificate, "not a certificate");
    if (i == 0) checked.leaf = *parsed;
    if (!config.verify_peer) return checked;
    const Certificate& certificate = parsed->certificate;
    // RFC 5280 §6.1.3 (a)(4): the subject of one is the issuer of the one before.
    if (i > 0 && certificate.subject != expected) break;
    if (now < certificate.not_before || now > certificate.not_after) {
      return refuse(Alert::kCertificateExpired,
                    absl::StrCat(NameOf(certificate),
                                 now < certificate.not_before ? " is not valid yet" : " expired"));
    }
    is_trusted = std::ranges::find(config.trusted_issuers, certificate.issuer) !=
                 config.trusted_issuers.end();
    expected = certificate.issuer;
  }
  if (!is_trusted) {
    return refuse(Alert::kUnknownCa,
                  absl::StrCat("no trusted issuer above ", NameOf(checked.leaf.certificate)));
  }
  if (!peer_name.empty() && !IsFor(checked.leaf.certificate, peer_name)) {
    return refuse(
        Alert::kBadCertificate,
        absl::StrCat("for '", absl::StrJoin(SipIdentities(checked.leaf.certificate), "', '"),
                     "', not for '", std::string(peer_name), "'"));
  }
  return checked;
}

DerCertificates EncodeIdentity(const TlsConfig::Identity& identity) {
  DerCertificates chain = {EncodeCertificate(identity.certificate)};
  for (const Certificate& certificate : identity.intermediates) {
    chain.push_back(EncodeCertificate(certificate));
  }
  return chain;
}

std::vector<uint8_t> Sign(const PublicKey& key, absl::string_view purpose,
                          std::span<const uint8_t> content) {
  std::vector<uint8_t> all(key.begin(), key.end());
  all.insert(all.end(), purpose.begin(), purpose.end());
  all.push_back(0);
  all.insert(all.end(), content.begin(), content.end());
  return FillerSignature(StableHash64(all));
}

bool IsSignedBy(const PublicKey& key, absl::string_view purpose, std::span<const uint8_t> content,
                std::span<const uint8_t> signature) {
  return std::ranges::equal(Sign(key, purpose, content), signature);
}

}  // namespace tickwire::tls
