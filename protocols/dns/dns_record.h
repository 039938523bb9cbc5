// Resource records: A, NS, CNAME, SOA (RFC 1035 §3.3, §3.4), AAAA (RFC 3596 §2), SRV (RFC 2782),
// NAPTR (RFC 3403 §4). Others keep their data as octets.
//
// Names are canonical texts (dns_name.h). Times to live are seconds; above 2^31 - 1 they count as
// zero (RFC 2181 §8).
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_RECORD_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::dns {

enum class RecordType : uint16_t {  // others are possible
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35,
  kAny = 255,  // in questions only
};
// "SRV"; "TYPE65" for others (RFC 3597 §5).
std::string RecordTypeName(RecordType type);
std::optional<RecordType> ParseRecordType(absl::string_view name);

struct AddressData {  // A or AAAA, by the kind of address
  IpAddress address;
  bool operator==(const AddressData&) const = default;
};
struct NameData {  // NS, CNAME
  std::string name;
  bool operator==(const NameData&) const = default;
};
struct SoaData {
  std::string primary;  // MNAME
  std::string mailbox;  // RNAME
  uint32_t serial = 1;
  uint32_t refresh = 0, retry = 0, expire = 0;
  uint32_t minimum = 0;  // TTL of negative answers (RFC 2308 §4)
  bool operator==(const SoaData&) const = default;
};
struct SrvData {
  uint16_t priority = 0;  // lowest first
  uint16_t weight = 0;
  uint16_t port = 0;
  std::string target;  // root: the service is decidedly not available
  bool operator==(const SrvData&) const = default;
};
struct NaptrData {
  uint16_t order = 0;       // lowest first, and nothing beyond the first that fits
  uint16_t preference = 0;  // among equal order
  std::string flags;        // "s": the replacement is the name of an SRV record
  std::string service;      // "SIP+D2U"
  std::string regexp;
  std::string replacement;
  bool operator==(const NaptrData&) const = default;
};
struct RawData {
  std::vector<uint8_t> octets;
  bool operator==(const RawData&) const = default;
};
using RecordData = std::variant<AddressData, NameData, SoaData, SrvData, NaptrData, RawData>;

struct Record {
  std::string name;
  RecordType type = RecordType::kA;  // agrees with `data`
  uint32_t ttl = 0;
  RecordData data;
  bool operator==(const Record&) const = default;
  // "example.com 60 SRV 10 5 5060 a.example.com".
  std::string ToString() const;
};

// Records with data of their type.
Record MakeAddress(absl::string_view name, uint32_t ttl, const IpAddress& address);
Record MakeCname(absl::string_view name, uint32_t ttl, absl::string_view target);
Record MakeNs(absl::string_view name, uint32_t ttl, absl::string_view server);
Record MakeSoa(absl::string_view name, uint32_t ttl, SoaData data);
Record MakeSrv(absl::string_view name, uint32_t ttl, SrvData data);
Record MakeNaptr(absl::string_view name, uint32_t ttl, NaptrData data);

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_RECORD_H_
