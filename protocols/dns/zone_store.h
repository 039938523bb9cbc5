// ZoneStore: the records of the zones that a name server is the authority for, and how a question
// is answered from them (RFC 1034 §4.3.2, RFC 2308 §2, §3).
//
// CNAMEs are followed within the store, "*" names stand for names that do not exist (RFC 4592 in
// spirit: RFC 1034 §4.3.3), NS records below a zone's origin make a referral. Negative answers
// carry the SOA. Data that helps goes into the additional section: addresses of SRV and NS targets,
// SRV records of NAPTR replacements. MODEL: no recursion: a question outside of all zones is
// refused (RFC 1035 §4.1.1).
#ifndef TICKWIRE_PROTOCOLS_DNS_ZONE_STORE_H_
#define TICKWIRE_PROTOCOLS_DNS_ZONE_STORE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "protocols/dns/dns_message.h"

namespace tickwire::dns {

class ZoneStore {
 public:
  // All names canonical. `ttl` is of the SOA itself. Fails when the zone is there already.
  absl::Status AddZone(absl::string_view origin, const SoaData& soa, uint32_t ttl);
  // Fails when no zone holds the name, or a CNAME would stand beside other data (RFC 1034 §3.6.2).
  absl::Status Add(const Record& record);
  bool empty() const { return zones_.empty(); }

  // The response to a query with one question of class IN.
  Message Answer(const Message& query) const;

 private:
  struct Zone {
    std::string origin;
    Record soa;
    std::map<std::string, std::vector<Record>, std::less<>> records;
    std::set<std::string, std::less<>> existing;  // names with data, and all names above them
  };
  enum class Outcome { kAnswered, kNoData, kNoName, kReferral };

  const Zone* FindZone(absl::string_view name) const;  // the nearest
  const std::vector<Record>* Find(const Zone& zone, absl::string_view name) const;
  // One name, CNAMEs not followed; `owner` of what is found becomes `name`.
  Outcome Look(const Zone& zone, const std::string& name, RecordType type, Message& response,
               std::string& canonical) const;
  void AddHelpful(Message& response) const;
  void AddRecords(absl::string_view name, RecordType type, std::vector<Record>& out) const;

  std::map<std::string, Zone, std::less<>> zones_;  // by origin
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_ZONE_STORE_H_
