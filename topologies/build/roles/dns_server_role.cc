#include "topologies/build/roles/dns_server_role.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/dns/dns_name.h"
#include "protocols/dns/dns_server.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;

uint32_t SecondsOf(const std::string& text) {
  return static_cast<uint32_t>(DurationOf(text) / Duration::Seconds(1));
}

// Makes zones of the scenario's records.
class ZoneBuilder {
 public:
  ZoneBuilder(const RoleContext& context, const scenario::DnsServer& config)
      : context_(context), config_(config) {}

  absl::StatusOr<dns::ZoneStore> Build() {
    for (const std::string& zone : config_.zone()) OpenZone(Name(zone));
    for (const scenario::DnsHost& host : config_.host()) {
      const std::string name = Name(host.name());
      const uint32_t ttl = SecondsOf(host.ttl());
      if (!host.node().empty()) AddNode(name, host.node(), ttl);
      for (const std::string& text : host.address()) {
        Add(dns::MakeAddress(name, ttl, *IpAddress::Parse(text)));
      }
    }
    for (const scenario::DnsSrv& srv : config_.srv()) {
      const std::string name = Name(srv.name());
      const uint32_t ttl = SecondsOf(srv.ttl());
      std::string target = srv.target() == "." ? "" : Name(srv.target());
      if (!target.empty() && context_.scenario_node(srv.target()) != nullptr) {
        target = Name(absl::StrCat(srv.target(), ".", OriginFor(name)));
        if (nodes_.insert(target).second) AddNode(target, srv.target(), ttl);
      }
      Add(dns::MakeSrv(name, ttl,
                       {.priority = static_cast<uint16_t>(srv.priority()),
                        .weight = static_cast<uint16_t>(srv.weight()),
                        .port = static_cast<uint16_t>(srv.port()),
                        .target = target}));
    }
    for (const scenario::DnsNaptr& naptr : config_.naptr()) {
      Add(dns::MakeNaptr(Name(naptr.name()), SecondsOf(naptr.ttl()),
                         {.order = static_cast<uint16_t>(naptr.order()),
                          .preference = static_cast<uint16_t>(naptr.preference()),
                          .flags = naptr.flags(),
                          .service = naptr.service(),
                          .regexp = naptr.regexp(),
                          .replacement = Name(naptr.replacement())}));
    }
    for (const scenario::DnsAlias& alias : config_.alias()) {
      Add(dns::MakeCname(Name(alias.name()), SecondsOf(alias.ttl()), Name(alias.canonical())));
    }
    if (!status_.ok()) return status_;
    return std::move(zones_);
  }

 private:
  std::string Name(const std::string& text) {
    std::optional<std::string> name = dns::NormalizeName(text);
    if (!name.has_value() && status_.ok()) {
      status_ = absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no domain name"));
    }
    return name.value_or("");
  }
  // The zone of a record: one that is there, or a new one of its last two labels.
  std::string OriginFor(const std::string& name) {
    for (const std::string& origin : origins_) {
      if (dns::IsWithin(name, origin)) return origin;
    }
    absl::string_view origin = name;
    while (!dns::ParentOf(dns::ParentOf(origin)).empty()) origin = dns::ParentOf(origin);
    OpenZone(std::string(origin));
    return std::string(origin);
  }
  void OpenZone(const std::string& origin) {
    if (!origins_.insert(origin).second) return;
    const uint32_t negative = SecondsOf(config_.negative_ttl());
    Keep(zones_.AddZone(
        origin, {.primary = "ns.invalid", .mailbox = "hostmaster.invalid", .minimum = negative},
        negative));
  }
  void AddNode(const std::string& name, const std::string& node, uint32_t ttl) {
    for (const IpAddress& address : context_.addresses_of(node)) {
      Add(dns::MakeAddress(name, ttl, address));
    }
  }
  void Add(const dns::Record& record) {
    OriginFor(record.name);
    Keep(zones_.Add(record));
  }
  void Keep(const absl::Status& status) {
    if (status_.ok()) status_ = status;
  }

  const RoleContext& context_;
  const scenario::DnsServer& config_;
  dns::ZoneStore zones_;
  std::set<std::string> origins_;
  std::set<std::string> nodes_;  // host names made of nodes
  absl::Status status_;
};

class DnsServerRole : public Role {
 public:
  DnsServerRole(RoleContext& context, dns::ZoneStore zones)
      : server_(context.host.node.clock(), std::move(zones)) {}
  dns::DnsServer& server() { return server_; }
  Totals Counters() const override {
    const dns::DnsServer::Counters& c = server_.counters();
    return {{"dns queries answered", static_cast<int64_t>(c.queries)},
            {"dns names not found", static_cast<int64_t>(c.name_errors)}};
  }

 private:
  dns::DnsServer server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> MakeDnsServerRole(RoleContext& context,
                                                        const scenario::DnsServer& config) {
  absl::StatusOr<dns::ZoneStore> zones = ZoneBuilder(context, config).Build();
  if (!zones.ok()) return zones.status();
  auto role = std::make_unique<DnsServerRole>(context, *std::move(zones));
  if (config.broken()) role->server().set_always(dns::Rcode::kServerFailure);
  if (absl::Status s = role->server().Open(context.host.udp,
                                           {IpAddress(), static_cast<uint16_t>(config.port())});
      !s.ok()) {
    return s;
  }
  return role;
}

}  // namespace tickwire
