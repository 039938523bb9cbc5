#include "protocols/sip/locate/dns_locator.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/dns/srv_order.h"

namespace tickwire::sip {
namespace {

using dns::DnsAnswer;
using dns::RecordType;

constexpr TraceLabel kLocated{"located", "RFC 3263 4"};
constexpr TraceLabel kNowhere{"no server found", "RFC 3263 4.3"};
// A lookup has at most this many questions: NAPTR, SRV for each transport, and two for each server.
constexpr uint64_t kQuestions = 128;
static_assert(kQuestions >= 1 + kSipTransports.size() + 2 * DnsLocator::kMaxServers);

}  // namespace

// One URI on its way to hops: asks, and goes on with each answer.
class DnsLocator::Lookup {
 public:
  // REQUIRES: target.Transport(transports) has a value, and the host is a name.
  Lookup(DnsLocator& locator, Client* client, uint64_t ticket, const LocateTarget& target,
         const Transports& transports)
      : locator_(locator),
        client_(client),
        ticket_(ticket),
        host_(target.host),
        domain_(target.domain),
        target_(target),
        transports_(transports),
        by_(*target.Transport(transports)) {
    target_.host = host_;
    target_.domain = domain_;
  }
  ~Lookup() {
    if (open_ == 0) return;
    for (uint64_t question = 0; question < asked_; ++question) {
      locator_.resolver_.Forget(locator_, id_ * kQuestions + question);
    }
  }

  void Start(uint64_t id) {
    id_ = id;
    if (target_.port.has_value()) {  // §4.2: an explicit port: addresses only
      AskAddresses({{0, 0, *target_.port, host_}});
    } else if (target_.transport.has_value()) {
      AskSrv({by_});
    } else {
      Ask(host_, RecordType::kNaptr, {Step::kNaptr});
    }
  }
  void OnAnswer(uint64_t question, const DnsAnswer& answer) {
    --open_;
    Use(questions_[question], answer);
  }
  // Of a lookup without a client: something would have to be asked for.
  bool is_incomplete() const { return is_incomplete_; }
  bool is_done() const { return open_ == 0; }
  bool Is(const Client& client, uint64_t ticket) const {
    return client_ == &client && ticket_ == ticket;
  }
  Client* client() const { return client_; }
  uint64_t ticket() const { return ticket_; }
  const std::string& host() const { return host_; }

  // In the order of the servers, IPv4 before IPv6 (MODEL: no RFC 6724).
  std::vector<Hop> Hops() const {
    std::vector<Hop> hops;
    for (const Server& server : servers_) {
      for (const std::vector<IpAddress>* addresses : {&server.v4, &server.v6}) {
        for (const IpAddress& address : *addresses) {
          const Hop hop = target_.HopTo(address, by_, server.port);
          if (std::find(hops.begin(), hops.end(), hop) == hops.end()) hops.push_back(hop);
        }
      }
    }
    return hops;
  }

 private:
  enum class Step : uint8_t { kNaptr, kSrv, kAddress };
  struct Asked {
    Step step;
    size_t which = 0;  // kSrv: in `candidates_`; kAddress: in `servers_`
  };
  struct Server {
    uint16_t port;
    std::vector<IpAddress> v4, v6;
  };

  void Ask(absl::string_view name, RecordType type, Asked asked) {
    const uint64_t question = asked_++;
    TW_CHECK(question < kQuestions);
    questions_.push_back(asked);
    ++open_;
    DnsAnswer answer;
    if (client_ == nullptr) {  // LocateNow
      const bool is_known = locator_.resolver_.ResolveNow(name, type, answer);
      is_incomplete_ |= !is_known;
      if (is_known) Use(asked, answer);
      --open_;
      return;
    }
    if (locator_.resolver_.Resolve(name, type, answer, locator_, id_ * kQuestions + question)) {
      OnAnswer(question, answer);
    }
  }

  void Use(Asked asked, const DnsAnswer& answer) {
    switch (asked.step) {
      case Step::kNaptr:
        UseNaptr(answer);
        return;
      case Step::kSrv:
        UseSrv(asked.which, answer);
        return;
      case Step::kAddress:
        for (const dns::Record& record : answer.records) {
          const IpAddress address = std::get<dns::AddressData>(record.data).address;
          Server& server = servers_[asked.which];
          (address.is_v4() ? server.v4 : server.v6).push_back(address);
        }
        return;
    }
  }

  // Whether the transport can carry a request for this URI.
  bool WillDo(TransportKind kind) const {
    return transports_.Has(kind) && (IsSecure(kind) || !target_.is_secure);
  }
  // The transport of a NAPTR service, if it will do. §4.1: under SIPS only the services of TLS
  // count; under SIP those count too if the client has it.
  std::optional<TransportKind> TransportOfService(absl::string_view service) const {
    for (const TransportKind kind : kSipTransports) {
      if (absl::EqualsIgnoreCase(service, NaptrService(kind)) && WillDo(kind)) return kind;
    }
    return std::nullopt;
  }

  // §4.1. Records for transports that are not there are discarded; when none is left, the domain
  // cannot be reached. Without any record, SRV is asked directly. When no server answered at all,
  // others would not either.
  void UseNaptr(const DnsAnswer& answer) {
    if (answer.kind == DnsAnswer::Kind::kFailed) return;
    if (answer.records.empty()) {
      std::vector<TransportKind> kinds = {by_};
      for (const TransportKind kind : kSipTransports) {
        // Our own records are "_sip" for a SIP URI.
        if (kind != by_ && WillDo(kind) && IsSecure(kind) == target_.is_secure) {
          kinds.push_back(kind);
        }
      }
      AskSrv(kinds);
      return;
    }
    const dns::NaptrData* best = nullptr;
    const auto rank = [](const dns::NaptrData& naptr) {
      return std::tie(naptr.order, naptr.preference, naptr.replacement);
    };
    for (const dns::Record& record : answer.records) {
      const auto& naptr = std::get<dns::NaptrData>(record.data);
      if (!TransportOfService(naptr.service).has_value() ||
          !absl::EqualsIgnoreCase(naptr.flags, "s") || !naptr.regexp.empty()) {
        continue;
      }
      if (best == nullptr || rank(naptr) < rank(*best)) best = &naptr;
    }
    if (best == nullptr) return;
    by_ = *TransportOfService(best->service);
    candidates_ = {by_};
    Ask(best->replacement, RecordType::kSrv, {Step::kSrv, 0});
  }

  void AskSrv(const std::vector<TransportKind>& kinds) {
    for (const TransportKind kind : kinds) {
      if (!SrvPrefix(kind).empty()) candidates_.push_back(kind);
    }
    AskSrvOf(0);
  }
  // WebSocket alone has no records (RFC 7118 §8).
  void AskSrvOf(size_t candidate) {
    if (candidate < candidates_.size()) {
      Ask(absl::StrCat(SrvPrefix(candidates_[candidate]), host_), RecordType::kSrv,
          {Step::kSrv, candidate});
    } else {
      AskAddresses({{0, 0, DefaultPort(by_), host_}});
    }
  }

  // §4.2, RFC 2782. Without any record: the addresses of the host itself, at the default port. A
  // lookup that failed for want of an answer is not "no record".
  void UseSrv(size_t candidate, const DnsAnswer& answer) {
    switch (answer.kind) {
      case DnsAnswer::Kind::kRecords:
        by_ = candidates_[candidate];
        UseServers(answer);
        return;
      case DnsAnswer::Kind::kNoData:
      case DnsAnswer::Kind::kNoName:
        AskSrvOf(candidate + 1);
        return;
      case DnsAnswer::Kind::kFailed:
        return;
    }
  }

  void UseServers(const DnsAnswer& answer) {
    std::vector<dns::SrvData> servers;
    for (const dns::Record& record : answer.records) {
      servers.push_back(std::get<dns::SrvData>(record.data));
    }
    Rng weights = locator_.weights_.Branch(ticket_);
    servers = dns::OrderServers(std::move(servers), weights);
    // "." as target: the service is decidedly not available at this domain.
    std::erase_if(servers, [](const dns::SrvData& server) { return server.target.empty(); });
    if (servers.size() > kMaxServers) servers.resize(kMaxServers);
    AskAddresses(servers);
  }

  void AskAddresses(const std::vector<dns::SrvData>& servers) {
    for (const dns::SrvData& server : servers) servers_.push_back({server.port, {}, {}});
    // One more that is open keeps the lookup alive until all questions are asked.
    ++open_;
    for (size_t i = 0; i < servers.size(); ++i) {
      const std::string& name = servers[i].target;
      if (locator_.config_.uses_ipv4) Ask(name, RecordType::kA, {Step::kAddress, i});
      if (locator_.config_.uses_ipv6) Ask(name, RecordType::kAaaa, {Step::kAddress, i});
    }
    --open_;
  }

  DnsLocator& locator_;
  Client* const client_;
  const uint64_t ticket_;
  const std::string host_;
  const std::string domain_;
  LocateTarget target_;  // of the texts above
  const Transports transports_;
  TransportKind by_;  // as long as no record says otherwise, the default
  uint64_t id_ = 0;
  uint64_t asked_ = 0;
  int open_ = 0;
  bool is_incomplete_ = false;
  std::vector<Asked> questions_;
  std::vector<TransportKind> candidates_;  // whose SRV is asked for, best first
  std::vector<Server> servers_;
};

DnsLocator::DnsLocator(NodeClock& clock, dns::DnsResolver& resolver, const RunSeed& seed,
                       const Config& config)
    : clock_(clock),
      resolver_(resolver),
      config_(config),
      entity_(clock.trace().NewEntity(absl::StrCat(config.name, " locator"))),
      weights_(Rng::ForStream(seed, absl::StrCat(clock.trace().node_name(), "/", config.name),
                              "sip.srv")) {}

DnsLocator::~DnsLocator() = default;

bool DnsLocator::Locate(absl::string_view uri, const Transports& transports, std::vector<Hop>& hops,
                        Client& client, uint64_t ticket) {
  hops.clear();
  const std::optional<LocateTarget> target = LocateTarget::Of(uri);
  return !target.has_value() || Begin(*target, transports, hops, client, ticket);
}

void DnsLocator::LocateNow(absl::string_view uri, const Transports& transports,
                           std::vector<Hop>& hops) {
  hops.clear();
  const std::optional<LocateTarget> target = LocateTarget::Of(uri);
  if (!target.has_value() || !target->Transport(transports).has_value()) return;
  if (const std::optional<Hop> hop = target->Numeric(transports)) {
    hops.push_back(*hop);
    return;
  }
  // No ticket: each is a draw of its own, from the upper half of the branches.
  Lookup lookup(*this, nullptr, (uint64_t{1} << 63) + ++last_now_, *target, transports);
  lookup.Start(0);
  if (!lookup.is_incomplete()) hops = lookup.Hops();
}

bool DnsLocator::LocateSentBy(TransportKind transport, absl::string_view host,
                              std::optional<uint16_t> port, const Transports& transports,
                              std::vector<Hop>& hops, Client& client, uint64_t ticket) {
  hops.clear();
  return Begin(LocateTarget::OfSentBy(transport, host, port), transports, hops, client, ticket);
}

bool DnsLocator::Begin(const LocateTarget& target, const Transports& transports,
                       std::vector<Hop>& hops, Client& client, uint64_t ticket) {
  if (!target.Transport(transports).has_value()) return true;
  if (const std::optional<Hop> hop = target.Numeric(transports)) {
    hops.push_back(*hop);
    return true;
  }
  auto made = std::make_unique<Lookup>(*this, &client, ticket, target, transports);
  Lookup& lookup = *made;
  const uint64_t id = ++last_lookup_;
  lookup.Start(id);
  if (lookup.is_done()) {
    hops = lookup.Hops();
    Report(lookup.host(), hops);
    return true;
  }
  lookups_.emplace(id, std::move(made));
  return false;
}

void DnsLocator::OnAnswer(uint64_t ticket, const DnsAnswer& answer) {
  const auto found = lookups_.find(ticket / kQuestions);
  TW_CHECK(found != lookups_.end());  // a lookup that ends forgets its questions
  Lookup& lookup = *found->second;
  lookup.OnAnswer(ticket % kQuestions, answer);
  if (!lookup.is_done()) return;
  const std::unique_ptr<Lookup> done = std::move(found->second);
  lookups_.erase(found);
  const std::vector<Hop> hops = done->Hops();
  Report(done->host(), hops);
  done->client()->OnLocated(done->ticket(), hops);
}

void DnsLocator::Forget(Client& client, uint64_t ticket) {
  for (auto it = lookups_.begin(); it != lookups_.end();) {
    it = it->second->Is(client, ticket) ? lookups_.erase(it) : std::next(it);
  }
}

void DnsLocator::Report(absl::string_view host, const std::vector<Hop>& hops) {
  if (!clock_.trace().is_watched()) return;
  std::string text(host);
  for (const Hop& hop : hops) {
    const bool is_udp = hop.transport == TransportKind::kUdp;
    absl::StrAppend(&text, " ", ToString(hop.remote), is_udp ? "" : "/",
                    is_udp ? "" : ViaName(hop.transport));
  }
  clock_.trace().Note(entity_, hops.empty() ? kNowhere : kLocated, text);
}

}  // namespace tickwire::sip
