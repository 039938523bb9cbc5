#include "protocols/dns/dns_cache.h"

#include <algorithm>

#include "protocols/dns/dns_name.h"

namespace tickwire::dns {
namespace {

constexpr int kMaxAliases = 8;

}  // namespace

void DnsCache::Put(Key key, Entry entry, SimTime now, uint32_t ttl) {
  entry.stored_at = now;
  entry.expires_at = now + Duration::Seconds(ttl);
  entry.order = next_order_++;
  const auto known = entries_.find(key);
  if (known != entries_.end()) {
    by_age_.erase(known->second.order);
    entries_.erase(known);
  }
  if (entries_.size() >= limits_.entries) {
    entries_.erase(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
  }
  by_age_.emplace(entry.order, key);
  entries_.emplace(std::move(key), std::move(entry));
}

const DnsCache::Entry* DnsCache::Live(const Key& key, SimTime now) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  return now < entry.expires_at || now == entry.stored_at ? &entry : nullptr;
}

void DnsCache::Store(const Message& response, SimTime now) {
  if (response.questions.size() != 1) return;
  std::map<Key, Entry> sets;  // RFC 2181 §5: records of one name and type belong together
  for (const std::vector<Record>* section : {&response.answers, &response.additionals}) {
    for (const Record& record : *section) {
      sets[{record.name, static_cast<uint16_t>(record.type)}].records.push_back(record);
    }
  }
  // The question's name, or what its aliases lead to: whom a negative answer is about.
  std::string name = response.questions[0].name;
  const RecordType type = response.questions[0].type;
  for (int alias = 0; alias < kMaxAliases && type != RecordType::kCname; ++alias) {
    const auto set = sets.find({name, static_cast<uint16_t>(RecordType::kCname)});
    if (set == sets.end()) break;
    name = std::get<NameData>(set->second.records[0].data).name;
  }
  const bool has_answer = sets.contains({name, static_cast<uint16_t>(type)});
  for (auto& [key, entry] : sets) {
    uint32_t ttl = limits_.max_ttl;
    for (const Record& record : entry.records) ttl = std::min(ttl, record.ttl);
    Put(key, std::move(entry), now, ttl);
  }
  if (has_answer) return;
  if (response.rcode != Rcode::kNoError && response.rcode != Rcode::kNameError) return;
  const auto soa = std::find_if(
      response.authorities.begin(), response.authorities.end(),
      [&](const Record& r) { return r.type == RecordType::kSoa && IsWithin(name, r.name); });
  const bool is_referral = std::any_of(response.authorities.begin(), response.authorities.end(),
                                       [](const Record& r) { return r.type == RecordType::kNs; });
  if (soa == response.authorities.end() &&
      (is_referral || name != response.questions[0].name || response.is_truncated)) {
    return;
  }
  // RFC 2308 §5: for how long, the SOA says; without one it is an answer for this moment only.
  const uint32_t ttl =
      soa == response.authorities.end()
          ? 0
          : std::min({soa->ttl, std::get<SoaData>(soa->data).minimum, limits_.max_negative_ttl});
  const bool no_name = response.rcode == Rcode::kNameError;
  Entry entry;
  entry.kind = no_name ? DnsAnswer::Kind::kNoName : DnsAnswer::Kind::kNoData;
  Put({name, no_name ? kNoNameType : static_cast<uint16_t>(type)}, std::move(entry), now, ttl);
}

bool DnsCache::Find(absl::string_view asked, RecordType type, SimTime now, DnsAnswer& answer,
                    std::string& missing) const {
  missing = std::string(asked);
  answer = {};
  for (int alias = 0; alias <= kMaxAliases; ++alias) {
    if (Live({missing, kNoNameType}, now) != nullptr) {
      answer.kind = DnsAnswer::Kind::kNoName;
      return true;
    }
    if (const Entry* const entry = Live({missing, static_cast<uint16_t>(type)}, now)) {
      answer.kind = entry->kind;
      answer.records = entry->records;
      return true;
    }
    const Entry* const cname = Live({missing, static_cast<uint16_t>(RecordType::kCname)}, now);
    if (cname == nullptr || cname->records.empty()) return false;
    missing = std::get<NameData>(cname->records[0].data).name;
  }
  answer.kind = DnsAnswer::Kind::kFailed;  // aliases in a circle (RFC 1034 §3.6.2)
  return true;
}

}  // namespace tickwire::dns
