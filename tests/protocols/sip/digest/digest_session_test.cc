// Client and server together: what one sends, the other judges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "protocols/sip/digest/digest_client.h"
#include "protocols/sip/digest/digest_server.h"
#include "protocols/sip/message/validate.h"

namespace tickwire::sip {
namespace {

using Kind = DigestServer::Kind;
using Verdict = DigestClient::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

SimTime At(int64_t seconds) { return {Duration::Seconds(seconds)}; }

DigestServerConfig Realm(std::vector<DigestAlgorithm> algorithms) {
  DigestServerConfig config;
  config.realm = "example.com";
  config.algorithms = std::move(algorithms);
  return config;
}

class DigestSessionTest : public ::testing::Test {
 protected:
  void UseServer(const DigestServerConfig& config) {
    server_.emplace(config, RunSeed{}, "proxy");
    server_->AddUser("bob", "zanzibar");
  }
  void UseClient(DigestClientConfig config) {
    if (config.passwords.empty()) config.passwords = {{"", "bob", "zanzibar"}};
    client_.emplace(config, Rng::ForStream({}, "bob", "sip.cnonce"));
  }
  static SipMessage Register(absl::string_view body = "") {
    SipMessage request = SipMessage::Request("REGISTER", "sip:example.com");
    request.AddRaw("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
    request.AddRaw("From", "<sip:bob@example.com>;tag=1");
    request.AddRaw("To", "<sip:bob@example.com>");
    request.AddRaw("Call-ID", "1");
    request.AddRaw("CSeq", "1 REGISTER");
    request.AddRaw("Max-Forwards", "70");
    if (!body.empty()) request.SetBody("text/plain", body);
    return request;
  }
  // Sends a request with what the client knows, and returns the server's verdict; a challenge is
  // kept in `challenge_`.
  Kind Send(int64_t seconds = 0, absl::string_view body = "", DigestSide side = DigestSide::kUser) {
    sent_.emplace(Register(body));
    client_->Authorize(*sent_);
    return Judge(seconds, side);
  }
  Kind Judge(int64_t seconds, DigestSide side = DigestSide::kUser) {
    const DigestServer::Verdict verdict = server_->Check(*sent_, side, At(seconds));
    response_.emplace(SipMessage::Response(verdict.kind == Kind::kAccepted ? 200
                                           : side == DigestSide::kUser     ? 401
                                                                           : 407));
    if (verdict.kind == Kind::kAccepted) {
      server_->AddInfo(verdict, *response_, side, renews_, At(seconds));
    } else {
      server_->AddChallenges(*response_, side, verdict.kind == Kind::kStale, At(seconds));
    }
    return verdict.kind;
  }
  Verdict React() { return client_->OnChallenge(*sent_, *response_); }

  std::optional<DigestServer> server_;
  std::optional<DigestClient> client_;
  std::optional<SipMessage> sent_, response_;
  bool renews_ = false;
};

TEST_F(DigestSessionTest, EveryAlgorithmAndQopIsAcceptedOnceTheChallengeIsKnown) {
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::kMd5, DigestAlgorithm::kMd5Sess, DigestAlgorithm::kSha256,
        DigestAlgorithm::kSha256Sess, DigestAlgorithm::kSha512_256,
        DigestAlgorithm::kSha512_256Sess}) {
    for (const bool is_int : {false, true}) {
      DigestServerConfig config = Realm({algorithm});
      config.offers_auth = !is_int;
      config.offers_auth_int = is_int;
      UseServer(config);
      UseClient({});
      EXPECT_EQ(Send(0, "body"), Kind::kMissing);
      EXPECT_EQ(React(), Verdict::kRetry);
      EXPECT_EQ(Send(0, "body"), Kind::kAccepted) << DigestAlgorithmName(algorithm) << is_int;
      EXPECT_TRUE(client_->OnAccepted(*sent_, *response_));
      // A known nonce serves the next request at once, with the next count.
      EXPECT_EQ(Send(1, "other"), Kind::kAccepted);
      EXPECT_EQ(sent_->Get<Authorization>()->params.Text("nc"), "00000002");
      EXPECT_TRUE(client_->OnAccepted(*sent_, *response_));
    }
  }
}

// RFC 3261 §22.4, bullet 8 and RFC 2069.
TEST_F(DigestSessionTest, WithoutQopANonceIsGoodOnce) {
  DigestServerConfig config = Realm({DigestAlgorithm::kMd5});
  config.offers_auth = false;
  UseServer(config);
  UseClient({});
  Send();
  EXPECT_THAT(std::string(response_->Wire()), Not(HasSubstr("qop")));
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(), Kind::kAccepted);
  EXPECT_THAT(std::string(sent_->Wire()), Not(HasSubstr("cnonce")));
  client_->OnAccepted(*sent_, *response_);
  EXPECT_EQ(Send(), Kind::kStale);
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(), Kind::kAccepted);
}

// RFC 7616 §3.3: stale=true means: the same password with a new nonce.
TEST_F(DigestSessionTest, ANonceThatIsTooOldIsStaleAndTheClientGoesOn) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  Send(0);
  React();
  EXPECT_EQ(Send(300), Kind::kAccepted);
  client_->OnAccepted(*sent_, *response_);
  EXPECT_EQ(Send(301), Kind::kStale);
  EXPECT_TRUE(response_->Get<WwwAuthenticate>()->params.Is("stale", "true"));
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(301), Kind::kAccepted);
  EXPECT_EQ(sent_->Get<Authorization>()->params.Text("nc"), "00000001");
}

// RFC 7616 §3.4, nc: a count seen before is a replay.
TEST_F(DigestSessionTest, ACopyOfAnAcceptedRequestIsNotAccepted) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  Send();
  React();
  EXPECT_EQ(Send(), Kind::kAccepted);
  EXPECT_EQ(Judge(0), Kind::kStale);
}

TEST_F(DigestSessionTest, ANonceOfSomebodyElseIsStale) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  Send();
  React();
  DigestServerConfig other = Realm({DigestAlgorithm::kSha256});
  server_.emplace(other, RunSeed{}, "another proxy");
  server_->AddUser("bob", "zanzibar");
  EXPECT_EQ(Send(), Kind::kStale);
}

// §22.1: what has just been rejected is not sent again.
TEST_F(DigestSessionTest, AWrongPasswordIsTriedOnce) {
  UseServer(Realm({DigestAlgorithm::kSha256, DigestAlgorithm::kMd5}));
  UseClient({.passwords = {{"", "bob", "wrong"}}});
  EXPECT_EQ(Send(), Kind::kMissing);
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(), Kind::kWrong);
  EXPECT_EQ(React(), Verdict::kRefused);
}

TEST_F(DigestSessionTest, AuthIntNoticesAChangedBody) {
  DigestServerConfig config = Realm({DigestAlgorithm::kSha256});
  config.offers_auth_int = true;
  UseServer(config);
  UseClient({.prefers_auth_int = true});
  Send(0, "original");
  React();
  sent_.emplace(Register("original"));
  client_->Authorize(*sent_);
  EXPECT_EQ(sent_->Get<Authorization>()->params.Text("qop"), "auth-int");
  sent_->SetBody("text/plain", "changed!");
  EXPECT_EQ(Judge(0), Kind::kWrong);
}

// RFC 8760 §2.4: the topmost that is understood; the strongest by local policy.
TEST_F(DigestSessionTest, TheClientChoosesAmongChallenges) {
  UseServer(Realm({DigestAlgorithm::kMd5, DigestAlgorithm::kSha256}));
  UseClient({});
  Send();
  React();
  Send();
  EXPECT_EQ(sent_->Get<Authorization>()->params.Text("algorithm"), "MD5");
  UseClient({.prefers_strongest = true});
  Send();
  React();
  EXPECT_EQ(Send(), Kind::kAccepted);
  EXPECT_EQ(sent_->Get<Authorization>()->params.Text("algorithm"), "SHA-256");
}

TEST_F(DigestSessionTest, WhatIsNotUnderstoodIsIgnored) {
  UseClient({});
  sent_.emplace(Register());
  response_.emplace(SipMessage::Response(401));
  response_->AddRaw("WWW-Authenticate", "Basic realm=\"example.com\"");
  response_->AddRaw("WWW-Authenticate",
                    "Digest realm=\"example.com\", nonce=\"1\", algorithm=SHA3-999");
  response_->AddRaw("WWW-Authenticate",
                    "Digest realm=\"example.com\", nonce=\"1\", qop=\"auth-conf\"");
  EXPECT_EQ(React(), Verdict::kNotUnderstood);
}

TEST_F(DigestSessionTest, WithoutAPasswordForTheRealmThereIsNothingToSend) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({.passwords = {{"elsewhere.org", "bob", "zanzibar"}}});
  Send();
  EXPECT_EQ(React(), Verdict::kNoPassword);
}

// §22.3: an Authorization for a registrar and a Proxy-Authorization for a proxy in one request.
TEST_F(DigestSessionTest, ProxyAndUserChallengesLiveSideBySide) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  Send(0, "", DigestSide::kProxy);
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(0, "", DigestSide::kProxy), Kind::kAccepted);
  EXPECT_EQ(Judge(0, DigestSide::kUser), Kind::kMissing);
  EXPECT_EQ(React(), Verdict::kRetry);
  EXPECT_EQ(Send(0, "", DigestSide::kUser), Kind::kAccepted);
  EXPECT_TRUE(sent_->Has<ProxyAuthorization>());
}

// RFC 7616 §3.5.
TEST_F(DigestSessionTest, NextNonceReplacesTheNonce) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  renews_ = true;
  Send();
  React();
  EXPECT_EQ(Send(), Kind::kAccepted);
  const std::string first = sent_->Get<Authorization>()->params.Text("nonce");
  EXPECT_TRUE(client_->OnAccepted(*sent_, *response_));
  EXPECT_EQ(Send(), Kind::kAccepted);
  EXPECT_NE(sent_->Get<Authorization>()->params.Text("nonce"), first);
  EXPECT_EQ(sent_->Get<Authorization>()->params.Text("nc"), "00000001");
}

TEST_F(DigestSessionTest, AWrongRspauthIsNoticed) {
  UseServer(Realm({DigestAlgorithm::kSha256}));
  UseClient({});
  Send();
  React();
  Send();
  response_->SetBody("text/plain", "auth-int is not in use, so this does not matter");
  EXPECT_TRUE(client_->OnAccepted(*sent_, *response_));
  SipMessage forged = SipMessage::Response(200);
  forged.AddRaw(
      "Authentication-Info",
      absl::StrCat("qop=auth, rspauth=\"00\", cnonce=\"",
                   sent_->Get<Authorization>()->params.Text("cnonce"), "\", nc=00000001"));
  EXPECT_FALSE(client_->OnAccepted(*sent_, forged));
}

// RFC 7616 §3.4.4.
TEST_F(DigestSessionTest, UsernamesMayTravelHashed) {
  DigestServerConfig config = Realm({DigestAlgorithm::kSha256});
  config.hashes_usernames = true;
  UseServer(config);
  UseClient({});
  Send();
  React();
  EXPECT_EQ(Send(), Kind::kAccepted);
  EXPECT_THAT(std::string(sent_->Wire()), Not(HasSubstr("username=\"bob\"")));
}

// RFC 7616 §3.4: improper or missing parameters: 400.
TEST_F(DigestSessionTest, CredentialsWithoutWhatTheyNeedAreMalformed) {
  UseServer(Realm({DigestAlgorithm::kMd5}));
  UseClient({});
  for (const char* value :
       {"Digest realm=\"example.com\", username=\"bob\"",
        "Digest realm=\"example.com\", username=\"bob\", nonce=\"1\", uri=\"sip:x\", "
        "response=\"00\", qop=auth",
        "Basic realm=\"example.com\""}) {
    sent_.emplace(Register());
    sent_->AddRaw("Authorization", value);
    EXPECT_EQ(Judge(0), Kind::kMalformed) << value;
  }
}

TEST_F(DigestSessionTest, WhatBothBuildOurOwnValidatorAccepts) {
  UseServer(Realm({DigestAlgorithm::kSha256, DigestAlgorithm::kMd5}));
  UseClient({});
  Send();
  React();
  Send();
  const ParseResult parsed = SipMessage::Parse(std::string(sent_->Wire()));
  EXPECT_TRUE(Validate(parsed.message).empty());
}

// Memory is bounded: the oldest used nonce makes room and becomes stale.
TEST_F(DigestSessionTest, TheTableOfUsedNoncesIsBounded) {
  DigestServerConfig config = Realm({DigestAlgorithm::kMd5});
  config.max_nonces = 2;
  UseServer(config);
  std::vector<DigestClient> clients;
  for (int i = 0; i < 3; ++i) {
    UseClient({});
    Send();
    React();
    EXPECT_EQ(Send(), Kind::kAccepted);
    client_->OnAccepted(*sent_, *response_);
    clients.push_back(*client_);
  }
  client_.emplace(clients[0]);
  EXPECT_EQ(Send(), Kind::kStale);
  client_.emplace(clients[2]);
  EXPECT_EQ(Send(), Kind::kAccepted);
}

}  // namespace
}  // namespace tickwire::sip
