#include "protocols/sctp/association/authentication.h"

#include <algorithm>
#include <utility>

#include "protocols/sctp/association/init_info.h"
#include "protocols/sctp/packet/chunk/init_ack_chunk.h"
#include "protocols/sctp/packet/chunk/init_chunk.h"
#include "protocols/sctp/packet/chunk/shutdown_complete_chunk.h"

namespace tickwire::sctp {
namespace {

// Section 3.2: these are never authenticated.
bool IsExempt(uint8_t type) {
  return type == InitChunk::kType || type == InitAckChunk::kType ||
         type == ShutdownCompleteChunk::kType || type == AuthChunk::kType;
}

bool Contains(const std::vector<uint8_t>& types, uint8_t type) {
  return !IsExempt(type) && std::find(types.begin(), types.end(), type) != types.end();
}

// Section 6.1: as numbers in network order, the shorter one padded with zeros on the left.
bool IsSmaller(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  const size_t size = std::max(a.size(), b.size());
  const auto at = [&](const std::vector<uint8_t>& v, size_t i) {
    const size_t pad = size - v.size();
    return i < pad ? uint8_t{0} : v[i - pad];
  };
  for (size_t i = 0; i < size; ++i) {
    if (at(a, i) != at(b, i)) return at(a, i) < at(b, i);
  }
  return a.size() < b.size();
}

}  // namespace

Authentication::Authentication(std::vector<uint8_t> local, std::vector<uint8_t> peer,
                               std::vector<uint8_t> peer_wants, std::vector<uint8_t> we_want,
                               const std::vector<uint16_t>& peer_hmacs)
    : local_(std::move(local)),
      peer_(std::move(peer)),
      peer_wants_(std::move(peer_wants)),
      we_want_(std::move(we_want)) {
  keys_[0] = {};
  // Section 6.2: the first of the peer's list that we know.
  for (const uint16_t id : peer_hmacs) {
    if (id == 1 || id == 3) {
      hmac_ = static_cast<HmacId>(id);
      break;
    }
  }
}

std::unique_ptr<Authentication> Authentication::Agree(const SctpConfig& config,
                                                      const std::vector<uint8_t>& random,
                                                      const InitInfo& peer) {
  const bool agreed = Capabilities::Of(config).And(peer.capabilities).authentication;
  if (!agreed || peer.random.empty()) return nullptr;
  std::vector<uint8_t> vector = peer.random;
  vector.insert(vector.end(), peer.chunk_list.begin(), peer.chunk_list.end());
  vector.insert(vector.end(), peer.hmac_algorithms.begin(), peer.hmac_algorithms.end());
  auto made = std::make_unique<Authentication>(AuthKeyVector(config, random), std::move(vector),
                                               peer.authenticated_chunks,
                                               AuthenticatedChunks(config), peer.hmac_ids);
  made->SetKey(0, config.shared_key);
  return made;
}

void Authentication::SetKey(uint16_t id, std::vector<uint8_t> key) { keys_[id] = std::move(key); }

bool Authentication::DeleteKey(uint16_t id) { return id != active_ && keys_.erase(id) > 0; }

bool Authentication::Activate(uint16_t id) {
  if (!keys_.contains(id)) return false;
  active_ = id;
  return true;
}

bool Authentication::PeerWants(uint8_t chunk_type) const {
  return Contains(peer_wants_, chunk_type);
}
bool Authentication::WeWant(uint8_t chunk_type) const { return Contains(we_want_, chunk_type); }

std::vector<uint8_t> Authentication::AssociationKey(const std::vector<uint8_t>& key) const {
  std::vector<uint8_t> all = key;
  const bool local_first = IsSmaller(local_, peer_);
  for (const std::vector<uint8_t>* vector :
       {local_first ? &local_ : &peer_, local_first ? &peer_ : &local_}) {
    all.insert(all.end(), vector->begin(), vector->end());
  }
  return all;
}

std::vector<uint8_t> Authentication::Compute(std::span<const uint8_t> from_auth) const {
  return Hmac(hmac_, AssociationKey(keys_.at(active_)), from_auth);
}

Authentication::Verdict Authentication::Verify(const AuthChunk& auth,
                                               std::span<const uint8_t> from_auth) const {
  if (auth.hmac_id != 1 && auth.hmac_id != 3) return Verdict::kUnsupportedHmac;
  const auto id = static_cast<HmacId>(auth.hmac_id);
  const auto key = keys_.find(auth.shared_key_id);
  if (key == keys_.end()) return Verdict::kUnknownKey;
  if (auth.hmac.size() != HmacSize(id) || from_auth.size() < 8 + auth.hmac.size()) {
    return Verdict::kBad;
  }
  std::vector<uint8_t> zeroed(from_auth.begin(), from_auth.end());
  std::fill_n(zeroed.begin() + 8, auth.hmac.size(), uint8_t{0});
  const std::vector<uint8_t> mac = Hmac(id, AssociationKey(key->second), zeroed);
  return std::equal(mac.begin(), mac.end(), auth.hmac.begin()) ? Verdict::kGood : Verdict::kBad;
}

}  // namespace tickwire::sctp
