// DigestClient: answers challenges with passwords (RFC 3261 §22.2, §22.3, RFC 7616 §3.4, RFC 8760
// §2.4).
//
// For one owner: a registration, a call, an outbound proxy (what shares nonces is the owner's
// decision; §22.3 keeps credentials within one Call-ID). Remembers a challenge for each realm, uses
// its nonce for further requests without being asked again, counts its uses, and stops where a
// server refuses what it was just given. cnonces come from the stream that the owner gives.
#ifndef TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_CLIENT_H_
#define TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_CLIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sip/digest/digest.h"
#include "protocols/sip/digest/digest_server.h"
#include "protocols/sip/message/sip_message.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

struct DigestPassword {
  std::string realm;  // empty: of any realm
  std::string username;
  std::string password;
};

struct DigestClientConfig {
  std::vector<DigestPassword> passwords;  // the first that fits counts
  // Of several challenges of one realm: the topmost that is understood (RFC 8760 §2.4), or the
  // strongest, by local policy.
  bool prefers_strongest = false;
  // When a server offers both.
  bool prefers_auth_int = false;
};

class DigestClient {
 public:
  enum class Verdict : uint8_t {
    kRetry,          // send again: new branch, CSeq + 1 (§22.2), after Authorize
    kNoPassword,     // for none of the realms
    kNotUnderstood,  // no challenge with a known scheme, algorithm and qop
    kRefused,        // what was sent was wrong (§22.1: it must not be sent again)
  };

  DigestClient(DigestClientConfig config, const Rng& cnonces);

  // A 401 or 407 to `request`, which is as it was sent.
  Verdict OnChallenge(const SipMessage& request, const SipMessage& response);
  // Any other final response: what was sent was good; takes a nextnonce. False when the server's
  // rspauth (RFC 7616 §3.5) is there and wrong: somebody else answered.
  bool OnAccepted(const SipMessage& request, const SipMessage& response);
  // Puts credentials for all realms known so far into a request, in place of those that it has.
  // Called once for each request that is sent, with its body set. No effect before a challenge.
  void Authorize(SipMessage& request);
  // An ACK or CANCEL carries what its INVITE had (§22.1).
  static void CopyCredentials(const SipMessage& from, SipMessage& to);

  bool has_challenges() const { return !sessions_.empty(); }

 private:
  static constexpr size_t kMaxRealms = 16;
  struct Session {  // one realm's challenge
    DigestSide side;
    std::string realm, nonce, opaque, cnonce;
    DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
    DigestQop qop = DigestQop::kNone;
    bool has_algorithm = false;  // the challenge named it
    bool hashes_username = false;
    bool is_stale = false;
    bool was_accepted = false;
    uint32_t count = 0;
  };

  template <class Challenge>
  void ReadChallenges(const SipMessage& response, DigestSide side, std::vector<Session>& found,
                      bool& any) const;
  std::optional<Session> Understand(const AuthValue& challenge, DigestSide side) const;
  const DigestPassword* PasswordFor(const std::string& realm) const;
  Session* Find(DigestSide side, const std::string& realm);
  void Append(Session& session, SipMessage& request);
  std::string NewCnonce();

  const DigestClientConfig config_;
  Rng cnonces_;
  std::vector<Session> sessions_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_CLIENT_H_
