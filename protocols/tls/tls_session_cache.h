// TlsSessionCache: sessions that may be resumed, bounded in number and in virtual time.
//
// A client keeps one for each peer, a server one for each ticket or session identifier that it gave
// out. When full, the oldest makes room.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_SESSION_CACHE_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_SESSION_CACHE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocols/tls/tls_version.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/digest.h"

namespace tickwire::tls {

struct TlsSession {
  TlsVersion version = TlsVersion::k13;
  std::string ticket;      // empty: 1.2 by session identifier
  std::string session_id;  // 1.2 without a ticket
  Digest secret;           // the master secret of 1.2, the pre-shared key of 1.3
  uint32_t ticket_age_add = 0;
  SimTime since;
  SimTime until;  // no longer than the peer's certificate is valid
  std::vector<std::string> peer_names;
};

class TlsSessionCache {
 public:
  explicit TlsSessionCache(size_t capacity) : capacity_(capacity) {}

  // Replaces what is there under `key`.
  void Store(const std::string& key, TlsSession session);
  // Nothing: not there, or too old at `now`; then it is forgotten.
  std::optional<TlsSession> Find(const std::string& key, SimTime now);
  void Erase(const std::string& key);
  void Clear();
  size_t size() const { return sessions_.size(); }

 private:
  struct Entry {
    TlsSession session;
    uint64_t turn;
  };
  const size_t capacity_;
  uint64_t last_turn_ = 0;
  std::map<std::string, Entry> sessions_;
  std::map<uint64_t, std::string> by_turn_;  // keys, oldest first
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_SESSION_CACHE_H_
