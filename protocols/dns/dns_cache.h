// DnsCache: what a resolver has learnt, until its time to live is over (RFC 1035 §7.4, RFC 2308).
//
// Positive and negative answers, on virtual time. Holds at most `capacity` entries (one for each
// name and type); the oldest one makes room.
// MODEL: records of the additional section count like answers: every server here is trusted.
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_CACHE_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/dns/dns_message.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::dns {

// The answer to one question, aliases followed.
struct DnsAnswer {
  enum class Kind {
    kRecords,  // at least one
    kNoData,   // the name exists, but has no such records
    kNoName,   // NXDOMAIN
    kFailed,   // no server gave a useful answer
  };
  Kind kind = Kind::kFailed;
  std::vector<Record> records;  // of the asked type only, in the order of the response
};

class DnsCache {
 public:
  struct Limits {
    size_t entries = 10'000;
    uint32_t max_ttl = 86'400;          // seconds
    uint32_t max_negative_ttl = 3'600;  // RFC 2308 §5: one to three hours
  };
  explicit DnsCache(const Limits& limits) : limits_(limits) {}

  // Learns from a response with one question. Records with a TTL of zero are good for this moment.
  void Store(const Message& response, SimTime now);
  // True with the answer when it is known. Else `missing` is the name to ask for: `name`, or what
  // the known aliases lead to.
  bool Find(absl::string_view name, RecordType type, SimTime now, DnsAnswer& answer,
            std::string& missing) const;
  size_t size() const { return entries_.size(); }

 private:
  using Key = std::pair<std::string, uint16_t>;  // name and type; kNoNameType for NXDOMAIN
  struct Entry {
    DnsAnswer::Kind kind = DnsAnswer::Kind::kRecords;
    std::vector<Record> records;
    SimTime stored_at;
    SimTime expires_at;
    uint64_t order = 0;
  };
  static constexpr uint16_t kNoNameType = 0;

  void Put(Key key, Entry entry, SimTime now, uint32_t ttl);
  const Entry* Live(const Key& key, SimTime now) const;

  const Limits limits_;
  std::map<Key, Entry> entries_;
  std::map<uint64_t, Key> by_age_;
  uint64_t next_order_ = 0;
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_CACHE_H_
