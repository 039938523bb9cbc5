#include "protocols/dns/zone_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/dns/dns_name.h"
#include "sim_core/base/check.h"

namespace tickwire::dns {
namespace {

constexpr int kMaxAliases = 8;  // CNAMEs followed in one answer

std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

bool Matches(const Record& record, RecordType type) {
  return type == RecordType::kAny || record.type == type;
}

}  // namespace

absl::Status ZoneStore::AddZone(absl::string_view origin, const SoaData& soa, uint32_t ttl) {
  const auto [zone, is_new] = zones_.try_emplace(std::string(origin));
  if (!is_new) return absl::AlreadyExistsError(absl::StrCat("zone ", origin, " is there already"));
  zone->second.origin = std::string(origin);
  zone->second.soa = MakeSoa(origin, ttl, soa);
  zone->second.records[zone->second.origin].push_back(zone->second.soa);
  zone->second.existing.insert(zone->second.origin);
  return absl::OkStatus();
}

absl::Status ZoneStore::Add(const Record& record) {
  Zone* const zone = const_cast<Zone*>(FindZone(record.name));
  if (zone == nullptr) {
    return absl::NotFoundError(absl::StrCat("no zone of this server holds ", record.name));
  }
  std::vector<Record>& there = zone->records[record.name];
  const bool is_alias = record.type == RecordType::kCname;
  for (const Record& other : there) {
    if (is_alias || other.type == RecordType::kCname) {
      return absl::FailedPreconditionError(
          absl::StrCat("a CNAME has no data beside it (RFC 1034 section 3.6.2): ", record.name));
    }
  }
  there.push_back(record);
  absl::string_view name = record.name;
  while (zone->existing.insert(std::string(name)).second && name != zone->origin) {
    name = ParentOf(name);
  }
  return absl::OkStatus();
}

const ZoneStore::Zone* ZoneStore::FindZone(absl::string_view name) const {
  while (true) {
    const auto found = zones_.find(ToStd(name));
    if (found != zones_.end()) return &found->second;
    if (name.empty()) return nullptr;
    name = ParentOf(name);
  }
}

const std::vector<Record>* ZoneStore::Find(const Zone& zone, absl::string_view name) const {
  const auto found = zone.records.find(ToStd(name));
  return found == zone.records.end() ? nullptr : &found->second;
}

ZoneStore::Outcome ZoneStore::Look(const Zone& zone, const std::string& name, RecordType type,
                                   Message& response, std::string& canonical) const {
  // §4.3.2 3b: the highest cut between the origin and the name.
  const std::vector<Record>* cut = nullptr;
  for (absl::string_view at = name; at != zone.origin; at = ParentOf(at)) {
    const std::vector<Record>* const there = Find(zone, at);
    if (there == nullptr) continue;
    const bool has_servers = std::any_of(there->begin(), there->end(), [](const Record& record) {
      return record.type == RecordType::kNs;
    });
    if (has_servers) cut = there;
  }
  if (cut != nullptr) {
    for (const Record& record : *cut) {
      if (record.type == RecordType::kNs) response.authorities.push_back(record);
    }
    return Outcome::kReferral;
  }
  const std::vector<Record>* there = Find(zone, name);
  if (there == nullptr && !zone.existing.contains(name)) {
    // 3c: the "*" below the closest name that exists.
    absl::string_view closest = ParentOf(name);
    while (!zone.existing.contains(ToStd(closest))) closest = ParentOf(closest);
    there = Find(zone, closest.empty() ? "*" : absl::StrCat("*.", closest));
    if (there == nullptr) return Outcome::kNoName;
  }
  if (there == nullptr) return Outcome::kNoData;  // only names below it have data
  Outcome outcome = Outcome::kNoData;
  for (const Record& record : *there) {
    const bool is_alias = record.type == RecordType::kCname && type != RecordType::kAny;
    if (!is_alias && !Matches(record, type)) continue;
    Record& answer = response.answers.emplace_back(record);
    answer.name = name;
    outcome = Outcome::kAnswered;
    if (is_alias && type != RecordType::kCname) canonical = std::get<NameData>(record.data).name;
  }
  return outcome;
}

Message ZoneStore::Answer(const Message& query) const {
  Message response;
  response.id = query.id;
  response.is_response = true;
  response.recursion_desired = query.recursion_desired;
  response.questions = query.questions;
  TW_CHECK(query.questions.size() == 1);
  std::string name = query.questions[0].name;
  const RecordType type = query.questions[0].type;
  for (int alias = 0; alias <= kMaxAliases; ++alias) {
    const Zone* const zone = FindZone(name);
    if (zone == nullptr) {
      if (alias == 0) response.rcode = Rcode::kRefused;
      return response;  // of an alias that leads out of here, the rest is for others to say
    }
    if (alias == 0) response.is_authoritative = true;
    std::string canonical;
    const Outcome outcome = Look(*zone, name, type, response, canonical);
    if (outcome == Outcome::kReferral) {
      if (alias == 0) response.is_authoritative = false;
      break;
    }
    if (outcome == Outcome::kNoName || outcome == Outcome::kNoData) {
      // RFC 2308 §2.1: the error is about the name that the last alias leads to; §3: with the SOA,
      // whose TTL is the lesser of its own and its minimum field.
      if (outcome == Outcome::kNoName) response.rcode = Rcode::kNameError;
      Record& soa = response.authorities.emplace_back(zone->soa);
      soa.ttl = std::min(soa.ttl, std::get<SoaData>(soa.data).minimum);
      break;
    }
    if (canonical.empty()) break;
    name = canonical;
  }
  AddHelpful(response);
  return response;
}

// §4.3.2 step 6; RFC 2782 and RFC 3403 §4 ask for these.
void ZoneStore::AddHelpful(Message& response) const {
  std::vector<std::string> hosts;
  for (const Record& record : response.answers) {
    if (record.type == RecordType::kNaptr) {
      AddRecords(std::get<NaptrData>(record.data).replacement, RecordType::kSrv,
                 response.additionals);
    }
    if (record.type == RecordType::kSrv) hosts.push_back(std::get<SrvData>(record.data).target);
    if (record.type == RecordType::kNs) hosts.push_back(std::get<NameData>(record.data).name);
  }
  for (const Record& record : response.authorities) {
    if (record.type == RecordType::kNs) hosts.push_back(std::get<NameData>(record.data).name);
  }
  for (const Record& record : response.additionals) {
    hosts.push_back(std::get<SrvData>(record.data).target);
  }
  std::set<std::string> done;
  for (const std::string& host : hosts) {
    if (!done.insert(host).second) continue;
    AddRecords(host, RecordType::kA, response.additionals);
    AddRecords(host, RecordType::kAaaa, response.additionals);
  }
}

void ZoneStore::AddRecords(absl::string_view name, RecordType type,
                           std::vector<Record>& out) const {
  const Zone* const zone = FindZone(name);
  const std::vector<Record>* const there = zone == nullptr ? nullptr : Find(*zone, name);
  if (there == nullptr) return;
  for (const Record& record : *there) {
    if (record.type == type) out.push_back(record);
  }
}

}  // namespace tickwire::dns
