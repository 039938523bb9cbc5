#include "protocols/tls/tls_session_cache.h"

#include <utility>

namespace tickwire::tls {

void TlsSessionCache::Store(const std::string& key, TlsSession session) {
  if (capacity_ == 0) return;
  Erase(key);
  if (sessions_.size() >= capacity_) Erase(std::string(by_turn_.begin()->second));
  sessions_.emplace(key, Entry{std::move(session), ++last_turn_});
  by_turn_.emplace(last_turn_, key);
}

std::optional<TlsSession> TlsSessionCache::Find(const std::string& key, SimTime now) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return std::nullopt;
  if (now > found->second.session.until) {
    Erase(key);
    return std::nullopt;
  }
  return found->second.session;
}

void TlsSessionCache::Erase(const std::string& key) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  by_turn_.erase(found->second.turn);
  sessions_.erase(found);
}

void TlsSessionCache::Clear() {
  sessions_.clear();
  by_turn_.clear();
}

}  // namespace tickwire::tls
