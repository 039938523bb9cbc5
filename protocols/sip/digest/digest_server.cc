#include "protocols/sip/digest/digest_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tickwire::sip {
namespace {

constexpr size_t kTimeDigits = 16, kSerialDigits = 12, kSealDigits = 20;

std::string RandomHex(const RunSeed& seed, absl::string_view owner, absl::string_view purpose) {
  Rng rng = Rng::ForStream(seed, owner, purpose);
  const uint64_t high = rng.Next64();
  return absl::StrCat(absl::Hex(high, absl::kZeroPad16), absl::Hex(rng.Next64(), absl::kZeroPad16));
}

// Exactly eight hexadecimal digits (RFC 7616 §3.4, nc-value).
std::optional<uint32_t> ParseCount(absl::string_view text) {
  uint32_t count = 0;
  if (text.size() != 8 || !absl::SimpleHexAtoi(text, &count)) return std::nullopt;
  return count;
}

bool IsQopOffered(DigestQop qop, const DigestServerConfig& config) {
  switch (qop) {
    case DigestQop::kNone:  // §22.4, bullet 8: to be accepted from older clients
      return true;
    case DigestQop::kAuth:
      return config.offers_auth;
    case DigestQop::kAuthInt:
      return config.offers_auth_int;
  }
  return false;
}

}  // namespace

DigestServer::DigestServer(DigestServerConfig config, const RunSeed& seed, absl::string_view owner)
    : config_(std::move(config)),
      secret_(RandomHex(seed, owner, "sip.nonce")),
      opaque_(RandomHex(seed, owner, "sip.opaque").substr(0, 16)) {}

void DigestServer::AddUser(absl::string_view username, absl::string_view password) {
  passwords_[std::string(username)] = std::string(password);
  if (!config_.hashes_usernames) return;
  for (const DigestAlgorithm algorithm : config_.algorithms) {
    hashed_names_[DigestUserHash(algorithm, username, config_.realm)] = std::string(username);
  }
}

std::string DigestServer::Seal(absl::string_view time_and_serial) const {
  return DigestHash(DigestAlgorithm::kSha256,
                    absl::StrCat(time_and_serial, ":", config_.realm, ":", secret_))
      .substr(0, kSealDigits);
}

std::string DigestServer::NewNonce(SimTime now) {
  std::string nonce = absl::StrFormat("%016x%012x", now.nanos(), ++last_serial_);
  absl::StrAppend(&nonce, Seal(nonce));
  return nonce;
}

std::optional<uint64_t> DigestServer::SerialOf(absl::string_view nonce, SimTime now) const {
  constexpr size_t kOpen = kTimeDigits + kSerialDigits;
  if (nonce.size() != kOpen + kSealDigits || Seal(nonce.substr(0, kOpen)) != nonce.substr(kOpen)) {
    return std::nullopt;
  }
  uint64_t issued = 0;
  uint64_t serial = 0;
  if (!absl::SimpleHexAtoi(nonce.substr(0, kTimeDigits), &issued) ||
      !absl::SimpleHexAtoi(nonce.substr(kTimeDigits, kSerialDigits), &serial)) {
    return std::nullopt;
  }
  const SimTime issued_at = SimTime::FromNanos(static_cast<int64_t>(issued));
  if (now - issued_at > config_.nonce_lifetime) return std::nullopt;
  return serial;
}

DigestServer::Verdict DigestServer::Check(const SipMessage& request, DigestSide side, SimTime now) {
  // Of several credentials for the realm (§22.3 lets a client send them), the best one counts.
  Verdict best;
  const auto judge = [&](const AuthValue& credentials) {
    if (best.kind == Kind::kAccepted || credentials.params.Text("realm") != config_.realm) return;
    Verdict verdict = Judge(request, credentials, now);
    const bool is_better = best.kind == Kind::kMissing || verdict.kind < best.kind;
    if (is_better) best = std::move(verdict);
  };
  if (side == DigestSide::kUser) {
    for (const Authorization& credentials : request.GetAll<Authorization>()) judge(credentials);
  } else {
    for (const ProxyAuthorization& credentials : request.GetAll<ProxyAuthorization>()) {
      judge(credentials);
    }
  }
  return best;
}

const std::string* DigestServer::PasswordOf(const AuthValue& credentials,
                                            std::string& username) const {
  if (credentials.params.Is("userhash", "true")) {
    const auto name = hashed_names_.find(username);
    if (name == hashed_names_.end()) return nullptr;
    username = name->second;
  }
  const auto found = passwords_.find(username);
  return found == passwords_.end() ? nullptr : &found->second;
}

DigestServer::Verdict DigestServer::Judge(const SipMessage& request, const AuthValue& credentials,
                                          SimTime now) {
  Verdict verdict;
  const AuthParams& params = credentials.params;
  verdict.kind = Kind::kMalformed;
  if (!credentials.is_digest()) return verdict;
  for (const char* name : {"username", "nonce", "uri", "response"}) {
    if (!params.Has(name)) return verdict;
  }
  const std::string algorithm_name = params.Has("algorithm") ? params.Text("algorithm") : "MD5";
  const std::optional<DigestAlgorithm> algorithm = ParseDigestAlgorithm(algorithm_name);
  std::optional<DigestQop> qop = DigestQop::kNone;
  if (params.Has("qop")) qop = ParseDigestQop(params.Text("qop"));
  const std::optional<uint32_t> count = ParseCount(params.Text("nc"));
  const bool wants_count = qop != DigestQop::kNone;
  if (!qop.has_value() || (wants_count && (!count.has_value() || !params.Has("cnonce")))) {
    return verdict;
  }
  verdict.kind = Kind::kWrong;
  const bool is_offered =
      algorithm.has_value() && std::find(config_.algorithms.begin(), config_.algorithms.end(),
                                         *algorithm) != config_.algorithms.end();
  if (!is_offered || !IsQopOffered(*qop, config_)) return verdict;

  verdict.username = params.Text("username");
  const std::string* const password = PasswordOf(credentials, verdict.username);
  if (password == nullptr) return verdict;
  verdict.texts = {config_.realm,        *password,
                   params.Text("nonce"), params.Text("cnonce"),
                   params.Text("nc"),    std::string(request.method_name()),
                   params.Text("uri"),   ""};
  const std::optional<uint64_t> serial = SerialOf(verdict.texts[2], now);
  const auto use = serial.has_value() ? uses_.find(*serial) : uses_.end();
  if (use != uses_.end()) verdict.texts[7] = use->second.session_cnonce;
  verdict.input = {.algorithm = *algorithm,
                   .qop = *qop,
                   .username = verdict.username,
                   .realm = verdict.texts[0],
                   .password = verdict.texts[1],
                   .nonce = verdict.texts[2],
                   .cnonce = verdict.texts[3],
                   .nonce_count = verdict.texts[4],
                   .method = verdict.texts[5],
                   .uri = verdict.texts[6],
                   .body = request.body(),
                   .session_cnonce = verdict.texts[7]};
  if (!absl::EqualsIgnoreCase(DigestResponse(verdict.input), params.Text("response"))) {
    return verdict;
  }
  verdict.input.body = {};
  // RFC 7616 §3.3, stale: the password is right, but not the nonce. §3.4: a count that was there
  // before is a replay; one that begins above 1 belongs to a nonce of which nothing is known.
  verdict.kind = Kind::kStale;
  if (!serial.has_value()) return verdict;
  if (wants_count) {
    const bool is_known = use != uses_.end();
    if (is_known ? *count <= use->second.highest_count : *count != 1) return verdict;
  } else if (use != uses_.end()) {
    return verdict;  // without a count, a nonce is good once
  }
  if (use == uses_.end() && uses_.size() >= config_.max_nonces) uses_.erase(uses_.begin());
  Use& kept = uses_[*serial];
  kept.highest_count = count.value_or(1);
  if (kept.session_cnonce.empty()) kept.session_cnonce = verdict.texts[3];
  verdict.kind = Kind::kAccepted;
  return verdict;
}

void DigestServer::AddChallenges(SipMessage& response, DigestSide side, bool is_stale,
                                 SimTime now) {
  const std::string nonce = NewNonce(now);
  const absl::string_view name =
      side == DigestSide::kUser ? WwwAuthenticate::kName : ProxyAuthenticate::kName;
  const char* const qop = config_.offers_auth && config_.offers_auth_int ? "auth,auth-int"
                          : config_.offers_auth                          ? "auth"
                          : config_.offers_auth_int                      ? "auth-int"
                                                                         : nullptr;
  for (const DigestAlgorithm algorithm : config_.algorithms) {
    std::string value = absl::StrCat("Digest realm=", Quote(config_.realm), ", nonce=\"", nonce,
                                     "\", opaque=\"", opaque_, "\"");
    if (is_stale) absl::StrAppend(&value, ", stale=true");
    absl::StrAppend(&value, ", algorithm=", DigestAlgorithmName(algorithm));
    if (qop != nullptr) absl::StrAppend(&value, ", qop=\"", qop, "\"");
    if (config_.hashes_usernames) absl::StrAppend(&value, ", userhash=true");
    response.AddRaw(name, value);
  }
}

void DigestServer::AddInfo(const Verdict& verdict, SipMessage& response, DigestSide side,
                           bool renews, SimTime now) {
  TW_CHECK(verdict.kind == Kind::kAccepted);
  DigestInput input = verdict.input;
  input.username = verdict.username;
  input.realm = verdict.texts[0];
  input.password = verdict.texts[1];
  input.nonce = verdict.texts[2];
  input.cnonce = verdict.texts[3];
  input.nonce_count = verdict.texts[4];
  input.uri = verdict.texts[6];
  input.session_cnonce = verdict.texts[7];
  input.body = response.body();
  std::string value;
  if (renews) absl::StrAppend(&value, "nextnonce=\"", NewNonce(now), "\", ");
  if (input.qop != DigestQop::kNone) {
    absl::StrAppend(&value, "qop=", DigestQopName(input.qop), ", rspauth=\"",
                    DigestResponseAuth(input), "\", cnonce=\"", input.cnonce,
                    "\", nc=", input.nonce_count);
  } else {
    absl::StrAppend(&value, "rspauth=\"", DigestResponseAuth(input), "\"");
  }
  response.AddRaw(
      side == DigestSide::kUser ? AuthenticationInfo::kName : ProxyAuthenticationInfo::kName,
      value);
}

}  // namespace tickwire::sip
