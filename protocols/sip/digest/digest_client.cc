#include "protocols/sip/digest/digest_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace tickwire::sip {
namespace {

// Whether the request carried credentials for that realm.
template <class Credentials>
bool HasCredentials(const SipMessage& request, const std::string& realm) {
  const std::vector<Credentials> all = request.GetAll<Credentials>();
  return std::any_of(all.begin(), all.end(), [&](const Credentials& credentials) {
    return credentials.params.Text("realm") == realm;
  });
}

bool HasCredentials(const SipMessage& request, DigestSide side, const std::string& realm) {
  return side == DigestSide::kUser ? HasCredentials<Authorization>(request, realm)
                                   : HasCredentials<ProxyAuthorization>(request, realm);
}

// Strength of the hash; a session is as strong as its hash.
int StrengthOf(DigestAlgorithm algorithm) { return static_cast<int>(algorithm) / 2; }

}  // namespace

DigestClient::DigestClient(DigestClientConfig config, const Rng& cnonces)
    : config_(std::move(config)), cnonces_(cnonces) {}

const DigestPassword* DigestClient::PasswordFor(const std::string& realm) const {
  for (const DigestPassword& password : config_.passwords) {
    if (password.realm.empty() || password.realm == realm) return &password;
  }
  return nullptr;
}

DigestClient::Session* DigestClient::Find(DigestSide side, const std::string& realm) {
  for (Session& session : sessions_) {
    if (session.side == side && session.realm == realm) return &session;
  }
  return nullptr;
}

std::optional<DigestClient::Session> DigestClient::Understand(const AuthValue& challenge,
                                                              DigestSide side) const {
  const AuthParams& params = challenge.params;
  if (!challenge.is_digest() || !params.Has("realm") || !params.Has("nonce")) return std::nullopt;
  Session session;
  session.side = side;
  session.realm = params.Text("realm");
  session.nonce = params.Text("nonce");
  session.opaque = std::string(params.Find("opaque").value_or(""));
  session.is_stale = params.Is("stale", "true");
  session.hashes_username = params.Is("userhash", "true");
  if (params.Has("algorithm")) {
    const std::optional<DigestAlgorithm> algorithm = ParseDigestAlgorithm(params.Text("algorithm"));
    if (!algorithm.has_value()) return std::nullopt;
    session.algorithm = *algorithm;
    session.has_algorithm = true;
  }
  if (params.Has("qop")) {
    bool has_auth = false;
    bool has_auth_int = false;
    const std::string offered = params.Text("qop");
    for (const absl::string_view name : absl::StrSplit(offered, ',')) {
      const std::optional<DigestQop> qop = ParseDigestQop(absl::StripAsciiWhitespace(name));
      has_auth |= qop == DigestQop::kAuth;
      has_auth_int |= qop == DigestQop::kAuthInt;
    }
    if (!has_auth && !has_auth_int) return std::nullopt;
    const bool takes_int = has_auth_int && (config_.prefers_auth_int || !has_auth);
    session.qop = takes_int ? DigestQop::kAuthInt : DigestQop::kAuth;
  } else if (IsSession(session.algorithm)) {
    return std::nullopt;  // §22.4, bullet 8: a session needs a cnonce, and that needs a qop
  }
  return session;
}

template <class Challenge>
void DigestClient::ReadChallenges(const SipMessage& response, DigestSide side,
                                  std::vector<Session>& found, bool& any) const {
  for (const Challenge& challenge : response.GetAll<Challenge>()) {
    any = true;
    std::optional<Session> session = Understand(challenge, side);
    if (!session.has_value()) continue;
    const auto known = std::find_if(found.begin(), found.end(), [&](const Session& other) {
      return other.side == side && other.realm == session->realm;
    });
    if (known == found.end()) {
      if (found.size() < kMaxRealms) found.push_back(*std::move(session));
    } else if (config_.prefers_strongest &&
               StrengthOf(session->algorithm) > StrengthOf(known->algorithm)) {
      *known = *std::move(session);
    }
  }
}

DigestClient::Verdict DigestClient::OnChallenge(const SipMessage& request,
                                                const SipMessage& response) {
  std::vector<Session> challenges;
  bool any = false;
  ReadChallenges<WwwAuthenticate>(response, DigestSide::kUser, challenges, any);
  ReadChallenges<ProxyAuthenticate>(response, DigestSide::kProxy, challenges, any);
  if (challenges.empty()) return Verdict::kNotUnderstood;
  bool has_password = false;
  for (Session& challenge : challenges) {
    if (PasswordFor(challenge.realm) == nullptr) continue;
    has_password = true;
    Session* const known = Find(challenge.side, challenge.realm);
    if (known != nullptr && HasCredentials(request, challenge.side, challenge.realm) &&
        !challenge.is_stale && !known->was_accepted) {
      return Verdict::kRefused;
    }
    challenge.cnonce = NewCnonce();
    if (known != nullptr) {
      *known = std::move(challenge);
    } else {
      if (sessions_.size() >= kMaxRealms) sessions_.erase(sessions_.begin());
      sessions_.push_back(std::move(challenge));
    }
  }
  return has_password ? Verdict::kRetry : Verdict::kNoPassword;
}

bool DigestClient::OnAccepted(const SipMessage& request, const SipMessage& response) {
  bool is_genuine = true;
  for (Session& session : sessions_) {
    if (!HasCredentials(request, session.side, session.realm)) continue;
    session.was_accepted = true;
    // One realm's information only: it names none (RFC 7616 §3.5).
    AuthParams info;
    if (session.side == DigestSide::kUser) {
      const auto header = response.Get<AuthenticationInfo>();
      if (header.has_value()) info = header->params;
    } else {
      const auto header = response.Get<ProxyAuthenticationInfo>();
      if (header.has_value()) info = header->params;
    }
    if (info.Has("rspauth") && info.Text("cnonce") == session.cnonce) {
      const DigestPassword& password = *PasswordFor(session.realm);
      const std::string count = info.Text("nc");
      const DigestInput input = {.algorithm = session.algorithm,
                                 .qop = session.qop,
                                 .username = password.username,
                                 .realm = session.realm,
                                 .password = password.password,
                                 .nonce = session.nonce,
                                 .cnonce = session.cnonce,
                                 .nonce_count = count,
                                 .uri = request.request_uri(),
                                 .body = response.body()};
      is_genuine &= absl::EqualsIgnoreCase(info.Text("rspauth"), DigestResponseAuth(input));
    }
    if (info.Has("nextnonce")) {
      session.nonce = info.Text("nextnonce");
      session.count = 0;
      session.cnonce = NewCnonce();
    }
  }
  return is_genuine;
}

void DigestClient::Authorize(SipMessage& request) {
  if (sessions_.empty()) return;
  request.Remove<Authorization>();
  request.Remove<ProxyAuthorization>();
  for (Session& session : sessions_) Append(session, request);
}

void DigestClient::Append(Session& session, SipMessage& request) {
  const DigestPassword& password = *PasswordFor(session.realm);
  const std::string count = absl::StrFormat("%08x", ++session.count);
  const std::string uri(request.request_uri());
  const DigestInput input = {.algorithm = session.algorithm,
                             .qop = session.qop,
                             .username = password.username,
                             .realm = session.realm,
                             .password = password.password,
                             .nonce = session.nonce,
                             .cnonce = session.cnonce,
                             .nonce_count = count,
                             .method = request.method_name(),
                             .uri = uri,
                             .body = request.body()};
  const std::string username =
      session.hashes_username ? DigestUserHash(session.algorithm, password.username, session.realm)
                              : password.username;
  std::string value =
      absl::StrCat("Digest username=", Quote(username), ", realm=", Quote(session.realm),
                   ", nonce=", Quote(session.nonce), ", uri=", Quote(uri), ", response=\"",
                   DigestResponse(input), "\"");
  if (session.has_algorithm) {
    absl::StrAppend(&value, ", algorithm=", DigestAlgorithmName(session.algorithm));
  }
  if (session.qop != DigestQop::kNone) {
    absl::StrAppend(&value, ", cnonce=\"", session.cnonce, "\", qop=", DigestQopName(session.qop),
                    ", nc=", count);
  }
  if (!session.opaque.empty()) absl::StrAppend(&value, ", opaque=", session.opaque);
  if (session.hashes_username) absl::StrAppend(&value, ", userhash=true");
  request.AddRaw(
      session.side == DigestSide::kUser ? Authorization::kName : ProxyAuthorization::kName, value);
}

void DigestClient::CopyCredentials(const SipMessage& from, SipMessage& to) {
  for (size_t i = 0; i < from.row_count(); ++i) {
    const SipMessage::Row row = from.row(i);
    if (row.id == IdOf<Authorization>() || row.id == IdOf<ProxyAuthorization>()) {
      to.AddRaw(row.name, row.value);
    }
  }
}

std::string DigestClient::NewCnonce() {
  return absl::StrCat(absl::Hex(cnonces_.Next64(), absl::kZeroPad16));
}

}  // namespace tickwire::sip
