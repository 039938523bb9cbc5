// DigestServer: one realm of a server that asks for passwords (RFC 3261 §22, RFC 7616, RFC 8760).
//
// Issues nonces, adds challenges to responses, and judges the credentials in requests. A nonce
// holds its time of issue and a keyed hash, so nothing is kept of those that nobody uses; of used
// ones the highest nonce count is kept, for at most `max_nonces` at a time, the oldest making room
// (its next use is then stale). The key comes from the stream "OWNER", "sip.nonce". MODEL:
// credentials are accepted for any Request-URI (RFC 8760 §2.6, bullet 6 lets a server do so).
#ifndef TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_SERVER_H_
#define TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_SERVER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "protocols/sip/digest/digest.h"
#include "protocols/sip/message/sip_message.h"
#include "sim_core/random/rng.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

// Who asks: a user agent server or registrar (401, WWW-Authenticate, Authorization), or a proxy
// (407, Proxy-Authenticate, Proxy-Authorization).
enum class DigestSide : uint8_t { kUser, kProxy };

struct DigestServerConfig {
  std::string realm;
  // One challenge for each, in this order (RFC 8760 §2.3: the most preferred first).
  std::vector<DigestAlgorithm> algorithms = {DigestAlgorithm::kSha256, DigestAlgorithm::kMd5};
  // What the challenges offer. Both off: no qop at all, as RFC 2069 had it.
  bool offers_auth = true;
  bool offers_auth_int = false;
  bool hashes_usernames = false;  // userhash=true
  Duration nonce_lifetime = Duration::Seconds(300);
  size_t max_nonces = 10'000;
};

class DigestServer {
 public:
  enum class Kind : uint8_t {
    kAccepted,
    kMissing,  // no credentials for this realm: 401 or 407
    kStale,    // right, but with a nonce that is too old, not ours, or used with that count: again
    kWrong,    // unknown user or wrong password
    kMalformed,  // 400 (RFC 7616 §3.4: improper or missing parameters)
  };
  struct Verdict {
    Kind kind = Kind::kMissing;
    std::string username;  // accepted: whose
    DigestInput input;     // accepted: for Authentication-Info; views into `texts`
    std::vector<std::string> texts;
  };

  DigestServer(DigestServerConfig config, const RunSeed& seed, absl::string_view owner);

  // A user of the realm; the last password counts.
  void AddUser(absl::string_view username, absl::string_view password);
  size_t user_count() const { return passwords_.size(); }
  const DigestServerConfig& config() const { return config_; }

  // Judges the credentials for this realm. Accepting counts the use of the nonce.
  Verdict Check(const SipMessage& request, DigestSide side, SimTime now);
  // Adds a challenge for each algorithm, all with one new nonce, to a 401 or 407.
  void AddChallenges(SipMessage& response, DigestSide side, bool is_stale, SimTime now);
  // Adds (Proxy-)Authentication-Info with rspauth (RFC 7616 §3.5), and a nextnonce when `renews`.
  // REQUIRES: the verdict says accepted; the response has its body already.
  void AddInfo(const Verdict& verdict, SipMessage& response, DigestSide side, bool renews,
               SimTime now);

 private:
  struct Use {
    uint32_t highest_count = 0;
    std::string session_cnonce;  // of -sess: the first one
  };

  std::string NewNonce(SimTime now);
  std::string Seal(absl::string_view time_and_serial) const;
  // The serial number of a nonce of ours that is not too old.
  std::optional<uint64_t> SerialOf(absl::string_view nonce, SimTime now) const;
  Verdict Judge(const SipMessage& request, const AuthValue& credentials, SimTime now);
  const std::string* PasswordOf(const AuthValue& credentials, std::string& username) const;

  const DigestServerConfig config_;
  const std::string secret_;
  const std::string opaque_;
  absl::flat_hash_map<std::string, std::string> passwords_;
  // By algorithm and hash, when usernames come hashed.
  absl::flat_hash_map<std::string, std::string> hashed_names_;
  std::map<uint64_t, Use> uses_;  // by serial number, so the first is the oldest
  uint64_t last_serial_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_DIGEST_DIGEST_SERVER_H_
