// Authentication: the keys and chunk lists of one association (RFC 4895).
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_AUTHENTICATION_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_AUTHENTICATION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "protocols/sctp/association/hmac.h"
#include "protocols/sctp/packet/chunk/auth_chunk.h"
#include "protocols/sctp/sctp_config.h"

namespace tickwire::sctp {

struct InitInfo;

class Authentication {
 public:
  // `local`, `peer`: the parameters Random, Chunk List and HMAC-ALGO of each side, as sent.
  // `peer_wants`: the types of the peer's chunk list, `we_want`: of ours. `peer_hmacs`: what the
  // peer can verify.
  Authentication(std::vector<uint8_t> local, std::vector<uint8_t> peer,
                 std::vector<uint8_t> peer_wants, std::vector<uint8_t> we_want,
                 const std::vector<uint16_t>& peer_hmacs);

  // What our INIT (ACK), with `random`, and the peer's agree on. Null: no authentication.
  static std::unique_ptr<Authentication> Agree(const SctpConfig& config,
                                               const std::vector<uint8_t>& random,
                                               const InitInfo& peer);

  // Section 6.1: endpoint pair shared keys. Key 0 is empty until set.
  void SetKey(uint16_t id, std::vector<uint8_t> key);
  bool DeleteKey(uint16_t id);  // false: it is the active one, or there is none
  bool Activate(uint16_t id);   // false: there is none
  uint16_t key_id() const { return active_; }
  HmacId hmac() const { return hmac_; }

  bool PeerWants(uint8_t chunk_type) const;
  bool WeWant(uint8_t chunk_type) const;
  // Of the chunks from AUTH on, whose HMAC field is zeros.
  std::vector<uint8_t> Compute(std::span<const uint8_t> from_auth) const;

  enum class Verdict { kGood, kBad, kUnknownKey, kUnsupportedHmac };
  // `from_auth`: the packet from the AUTH chunk on.
  Verdict Verify(const AuthChunk& auth, std::span<const uint8_t> from_auth) const;

 private:
  // Section 6.1: the association's shared key.
  std::vector<uint8_t> AssociationKey(const std::vector<uint8_t>& key) const;

  const std::vector<uint8_t> local_, peer_, peer_wants_, we_want_;
  HmacId hmac_ = HmacId::kSha1;
  std::map<uint16_t, std::vector<uint8_t>> keys_;
  uint16_t active_ = 0;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_AUTHENTICATION_H_
