#include "protocols/dns/dns_record.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace tickwire::dns {
namespace {

struct TypeName {
  RecordType type;
  absl::string_view name;
};
constexpr TypeName kTypeNames[] = {{RecordType::kA, "A"},         {RecordType::kNs, "NS"},
                                   {RecordType::kCname, "CNAME"}, {RecordType::kSoa, "SOA"},
                                   {RecordType::kAaaa, "AAAA"},   {RecordType::kSrv, "SRV"},
                                   {RecordType::kNaptr, "NAPTR"}, {RecordType::kAny, "ANY"}};

std::string DotIfRoot(const std::string& name) { return name.empty() ? "." : name; }

struct DataText {
  std::string operator()(const AddressData& data) const { return data.address.ToString(); }
  std::string operator()(const NameData& data) const { return DotIfRoot(data.name); }
  std::string operator()(const SoaData& data) const {
    return absl::StrCat(DotIfRoot(data.primary), " ", DotIfRoot(data.mailbox), " ", data.serial,
                        " ", data.refresh, " ", data.retry, " ", data.expire, " ", data.minimum);
  }
  std::string operator()(const SrvData& data) const {
    return absl::StrCat(data.priority, " ", data.weight, " ", data.port, " ",
                        DotIfRoot(data.target));
  }
  std::string operator()(const NaptrData& data) const {
    return absl::StrCat(data.order, " ", data.preference, " \"", data.flags, "\" \"", data.service,
                        "\" \"", data.regexp, "\" ", DotIfRoot(data.replacement));
  }
  std::string operator()(const RawData& data) const {
    return absl::StrCat("\\# ", data.octets.size());
  }
};

}  // namespace

std::string RecordTypeName(RecordType type) {
  for (const TypeName& known : kTypeNames) {
    if (known.type == type) return std::string(known.name);
  }
  return absl::StrCat("TYPE", static_cast<int>(type));
}

std::optional<RecordType> ParseRecordType(absl::string_view name) {
  for (const TypeName& known : kTypeNames) {
    if (absl::EqualsIgnoreCase(known.name, name)) return known.type;
  }
  return std::nullopt;
}

std::string Record::ToString() const {
  return absl::StrCat(DotIfRoot(name), " ", ttl, " ", RecordTypeName(type), " ",
                      std::visit(DataText(), data));
}

Record MakeAddress(absl::string_view name, uint32_t ttl, const IpAddress& address) {
  return {std::string(name), address.is_v4() ? RecordType::kA : RecordType::kAaaa, ttl,
          AddressData{address}};
}
Record MakeCname(absl::string_view name, uint32_t ttl, absl::string_view target) {
  return {std::string(name), RecordType::kCname, ttl, NameData{std::string(target)}};
}
Record MakeNs(absl::string_view name, uint32_t ttl, absl::string_view server) {
  return {std::string(name), RecordType::kNs, ttl, NameData{std::string(server)}};
}
Record MakeSoa(absl::string_view name, uint32_t ttl, SoaData data) {
  return {std::string(name), RecordType::kSoa, ttl, std::move(data)};
}
Record MakeSrv(absl::string_view name, uint32_t ttl, SrvData data) {
  return {std::string(name), RecordType::kSrv, ttl, std::move(data)};
}
Record MakeNaptr(absl::string_view name, uint32_t ttl, NaptrData data) {
  return {std::string(name), RecordType::kNaptr, ttl, std::move(data)};
}

}  // namespace tickwire::dns
