// DnsResolver: a stub resolver over UDP (RFC 1034 §5.3.1, RFC 1035 §7).
//
// Asks the configured servers in turn, again after a timeout that doubles with each round, and
// keeps what it learnt in a DnsCache. Equal questions that are open at a time share one query.
// Needs a clock, a datagram stack and a run seed; query identifiers come from the stream
// "NODE/NAME", "dns.id". At most kMaxOpenQueries are open; beyond, a question fails at once.
// MODEL: one source port; a truncated response is used as it is, since there is no TCP to ask over;
// server failures are not cached (RFC 2308 §7.1 leaves that open).
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_RESOLVER_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_RESOLVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "protocols/dns/dns_cache.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::dns {

struct DnsResolverConfig {
  std::vector<Endpoint> servers;            // in the order of preference; at least one
  Duration timeout = Duration::Seconds(2);  // of the first round (RFC 1035 §4.2.1: 2 to 5 s)
  int rounds = 3;                           // how often each server is asked
  DnsCache::Limits cache;
  std::string name = "dns";  // in the trace and of the random stream
};

class DnsResolver final : private DatagramSocket::Listener {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    // Once for each Resolve that returned false. May resolve and forget.
    virtual void OnAnswer(uint64_t ticket, const DnsAnswer& answer) = 0;
  };
  struct Counters {
    uint64_t queries_sent = 0;  // repetitions too
    uint64_t answered_from_cache = 0;
    uint64_t failed = 0;
    uint64_t dropped = 0;  // datagrams that answer nothing of ours
  };
  static constexpr size_t kMaxOpenQueries = 10'000;

  // All must outlive this.
  struct Env {
    NodeClock& clock;
    DatagramStack& sockets;
    RunSeed seed;
  };
  DnsResolver(const Env& env, DnsResolverConfig config);
  ~DnsResolver() override;
  // Binds an ephemeral port. Called once, before anything else.
  absl::Status Open();

  // True: answered in `answer`, out of the cache, or because the name is none. False: the client
  // is called later, never inside this call.
  bool Resolve(absl::string_view name, RecordType type, DnsAnswer& answer, Client& client,
               uint64_t ticket);
  // Only what is known already. False: it would have to be asked for.
  bool ResolveNow(absl::string_view name, RecordType type, DnsAnswer& answer) const;
  // The client does not want that answer any more.
  void Forget(Client& client, uint64_t ticket);

  size_t open_queries() const { return queries_.size(); }
  const DnsCache& cache() const { return cache_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Waiter {
    Client* client;  // null: forgotten
    uint64_t ticket;
    std::string name;  // asked for; the query may be for what an alias leads to
    int aliases = 0;
  };
  using Key = std::pair<std::string, RecordType>;
  class Query;

  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;
  bool Wait(const std::string& name, RecordType type, Waiter waiter);  // false: too many
  void Finish(const Key& key, bool is_answered);
  void Deliver(const Waiter& waiter, const DnsAnswer& answer);
  uint16_t NewId();
  void Drop(absl::string_view why);

  NodeClock& clock_;
  DatagramStack& sockets_;
  const DnsResolverConfig config_;
  TraceEntity entity_;
  Rng ids_;
  DnsCache cache_;
  std::unique_ptr<DatagramSocket> socket_;
  std::map<Key, std::unique_ptr<Query>> queries_;
  absl::flat_hash_map<uint16_t, Query*> by_id_;
  std::vector<Waiter> delivering_;
  Counters counters_;
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_RESOLVER_H_
