#include "protocols/dns/dns_resolver.h"

#include "absl/strings/str_cat.h"
#include "protocols/dns/dns_name.h"

namespace tickwire::dns {
namespace {

constexpr TraceLabel kTimeout{"DNS timeout", "RFC 1035 4.2.1: ask again, or the next server"};
constexpr TraceLabel kAsks{"asks", "RFC 1035 7.1"};
constexpr TraceLabel kAnswer{"answer", "RFC 1035 7.3"};
constexpr TraceLabel kBadServer{"server is of no use", "RFC 1035 7.2: ask the next one"};
constexpr TraceLabel kGivenUp{"gives up", "RFC 1035 7.2: no server answered"};
constexpr TraceLabel kDropped{"dropped", "RFC 1035 7.3: answers nothing that was asked"};
constexpr int kMaxAliases = 8;

}  // namespace

// One question on its way. Destroyed by Finish.
class DnsResolver::Query {
 public:
  Query(DnsResolver& resolver, Key key, uint16_t id)
      : resolver_(resolver), key_(std::move(key)), id_(id) {}
  ~Query() { timer_.Cancel(); }  // for the trace: it was answered, or given up

  uint16_t id() const { return id_; }
  const Key& key() const { return key_; }
  std::vector<Waiter>& waiters() { return waiters_; }
  const Endpoint& server() const { return Server(attempt_); }
  // Whether `from` has been asked.
  bool HasAsked(const Endpoint& from) const {
    for (int attempt = 0; attempt <= attempt_; ++attempt) {
      if (Server(attempt) == from) return true;
    }
    return false;
  }

  void Ask() {
    Message query;
    query.id = id_;
    query.recursion_desired = true;
    query.questions.push_back({key_.first, key_.second});
    if (resolver_.clock_.trace().is_watched()) {
      resolver_.clock_.trace().Note(resolver_.entity_, kAsks,
                                    absl::StrCat(ToString(server()), " ", query.Summary()));
    }
    ++resolver_.counters_.queries_sent;
    const int round = attempt_ / ServerCount();
    timer_.Set(resolver_.config_.timeout * (int64_t{1} << round));
    resolver_.socket_->SendTo(server(), query.Serialize());
  }
  // The present server failed; `for_good` when asking it again is useless.
  void Next(bool for_good) {
    if (for_good && ++useless_ >= ServerCount())
      attempt_ = ServerCount() * resolver_.config_.rounds;
    if (++attempt_ >= ServerCount() * resolver_.config_.rounds) {
      resolver_.Finish(Key(key_), /*is_answered=*/false);  // destroys this
      return;
    }
    Ask();
  }

 private:
  int ServerCount() const { return static_cast<int>(resolver_.config_.servers.size()); }
  const Endpoint& Server(int attempt) const {
    return resolver_.config_.servers[static_cast<size_t>(attempt % ServerCount())];
  }
  void OnTimeout() { Next(/*for_good=*/false); }

  DnsResolver& resolver_;
  const Key key_;
  const uint16_t id_;
  int attempt_ = 0;
  int useless_ = 0;
  std::vector<Waiter> waiters_;
  Timer<Query, &Query::OnTimeout> timer_{resolver_.clock_, *this, kTimeout, resolver_.entity_};
};

DnsResolver::DnsResolver(const Env& env, DnsResolverConfig config)
    : clock_(env.clock),
      sockets_(env.sockets),
      config_(std::move(config)),
      entity_(clock_.trace().NewEntity(absl::StrCat(config_.name, " resolver"))),
      ids_(Rng::ForStream(env.seed, absl::StrCat(clock_.trace().node_name(), "/", config_.name),
                          "dns.id")),
      cache_(config_.cache) {
  TW_CHECK(!config_.servers.empty() && config_.rounds > 0 && config_.rounds < 16);
}

DnsResolver::~DnsResolver() = default;

absl::Status DnsResolver::Open() {
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket =
      sockets_.Bind(Endpoint{IpAddress(), 0}, *this);
  if (!socket.ok()) return socket.status();
  socket_ = *std::move(socket);
  return absl::OkStatus();
}

bool DnsResolver::Resolve(absl::string_view text, RecordType type, DnsAnswer& answer,
                          Client& client, uint64_t ticket) {
  const std::optional<std::string> name = NormalizeName(text);
  if (!name.has_value()) {
    answer = {};
    return true;
  }
  std::string missing;
  if (cache_.Find(*name, type, clock_.now(), answer, missing)) {
    ++counters_.answered_from_cache;
    return true;
  }
  if (Wait(missing, type, {&client, ticket, *name})) return false;
  answer = {};
  return true;
}

bool DnsResolver::ResolveNow(absl::string_view text, RecordType type, DnsAnswer& answer) const {
  const std::optional<std::string> name = NormalizeName(text);
  answer = {};
  std::string missing;
  return !name.has_value() || cache_.Find(*name, type, clock_.now(), answer, missing);
}

bool DnsResolver::Wait(const std::string& name, RecordType type, Waiter waiter) {
  const auto open = queries_.find({name, type});
  if (open != queries_.end()) {
    open->second->waiters().push_back(std::move(waiter));
    return true;
  }
  if (queries_.size() >= kMaxOpenQueries) {
    ++counters_.failed;
    return false;
  }
  auto made = std::make_unique<Query>(*this, Key{name, type}, NewId());
  Query& query = *made;
  queries_.emplace(query.key(), std::move(made));
  by_id_.emplace(query.id(), &query);
  query.waiters().push_back(std::move(waiter));
  query.Ask();
  return true;
}

void DnsResolver::Forget(Client& client, uint64_t ticket) {
  for (Waiter& waiter : delivering_) {
    if (waiter.client == &client && waiter.ticket == ticket) waiter.client = nullptr;
  }
  for (auto& [key, query] : queries_) {
    std::erase_if(query->waiters(), [&](const Waiter& waiter) {
      return waiter.client == &client && waiter.ticket == ticket;
    });
  }
}

void DnsResolver::OnReceive(DatagramSocket&, Endpoint from, Endpoint,
                            std::span<const uint8_t> payload, uint32_t) {
  const std::optional<Message> response = Message::Parse(payload);
  if (!response.has_value() || !response->is_response) {
    Drop("not a response");
    return;
  }
  const auto found = by_id_.find(response->id);
  if (found == by_id_.end()) {
    Drop("no such query");
    return;
  }
  Query& query = *found->second;
  if (!query.HasAsked(from)) {
    Drop("from somebody who was not asked");
    return;
  }
  // A format error may come without the question.
  const bool is_ours = response->questions.size() == 1 &&
                       response->questions[0].name == query.key().first &&
                       response->questions[0].type == query.key().second;
  if (!is_ours && response->rcode != Rcode::kFormatError) {
    Drop("another question");
    return;
  }
  if (clock_.trace().is_watched()) clock_.trace().Note(entity_, kAnswer, response->Summary());
  if (response->rcode != Rcode::kNoError && response->rcode != Rcode::kNameError) {
    clock_.trace().Note(entity_, kBadServer, ToString(from));
    if (from == query.server()) query.Next(/*for_good=*/true);
    return;
  }
  cache_.Store(*response, clock_.now());
  Finish(Key(query.key()), /*is_answered=*/true);
}

void DnsResolver::Finish(const Key& key, bool is_answered) {
  const auto found = queries_.find(key);
  TW_CHECK(found != queries_.end());
  TW_CHECK(delivering_.empty());
  delivering_ = std::move(found->second->waiters());
  by_id_.erase(found->second->id());
  queries_.erase(found);
  if (!is_answered) clock_.trace().Note(entity_, kGivenUp, key.first);
  for (size_t i = 0; i < delivering_.size(); ++i) {
    Waiter waiter = delivering_[i];
    if (waiter.client == nullptr) continue;
    DnsAnswer answer;
    std::string missing;
    const bool is_known =
        is_answered && cache_.Find(waiter.name, key.second, clock_.now(), answer, missing);
    // The answer was an alias without what it leads to: that is asked for next. An answer that said
    // nothing about the question at all (a referral) leads nowhere.
    if (is_answered && !is_known && missing != key.first && ++waiter.aliases <= kMaxAliases &&
        Wait(missing, key.second, waiter)) {
      continue;
    }
    if (!is_known) answer = {};
    Deliver(waiter, answer);
  }
  delivering_.clear();
}

void DnsResolver::Deliver(const Waiter& waiter, const DnsAnswer& answer) {
  if (answer.kind == DnsAnswer::Kind::kFailed) ++counters_.failed;
  waiter.client->OnAnswer(waiter.ticket, answer);
}

void DnsResolver::OnError(DatagramSocket&, Endpoint remote, DatagramError error) {
  if (error == DatagramError::kTimeExceeded) return;
  std::vector<uint16_t> asking;  // a query may end, and its client ask for more
  for (const auto& [key, query] : queries_) {
    if (query->server() == remote) asking.push_back(query->id());
  }
  if (!asking.empty()) clock_.trace().Note(entity_, kBadServer, ToString(remote));
  for (const uint16_t id : asking) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end() && found->second->server() == remote) {
      found->second->Next(/*for_good=*/true);
    }
  }
}

uint16_t DnsResolver::NewId() {
  static_assert(kMaxOpenQueries < 0x10000 / 2);
  uint16_t id = 0;
  do {
    id = static_cast<uint16_t>(ids_.Below(0x10000));
  } while (by_id_.contains(id));
  return id;
}

void DnsResolver::Drop(absl::string_view why) {
  ++counters_.dropped;
  clock_.trace().Note(entity_, kDropped, why);
}

}  // namespace tickwire::dns
