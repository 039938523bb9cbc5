#include "protocols/sip/ua/event_state_compositor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/body/pidf.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

class EventStateCompositor::Publication {
 public:
  Publication(EventStateCompositor& owner, std::string resource)
      : owner_(owner),
        resource_(std::move(resource)),
        timer_expiry_(owner.agent_.clock(), *this, labels::kTimerPublicationExpiry, owner.entity_) {
  }

  void Keep(uint32_t seconds) { timer_expiry_.Set(Duration::Seconds(seconds)); }
  std::string tag;
  std::string body;

 private:
  // Destroys this.
  void OnTimerExpiry() {
    const UserAgent::EventScope scope(owner_.agent_);
    owner_.Remove(resource_, *this);
  }
  EventStateCompositor& owner_;
  std::string resource_;
  Timer<Publication, &Publication::OnTimerExpiry> timer_expiry_;
};

EventStateCompositor::EventStateCompositor(UserAgent& agent, CompositorConfig config,
                                           const Rng& entity_tags)
    : agent_(agent),
      config_(std::move(config)),
      entity_tags_(entity_tags),
      entity_(agent.trace().NewEntity(absl::StrCat("compositor ", config_.package))) {}

EventStateCompositor::~EventStateCompositor() = default;

bool EventStateCompositor::Serves(absl::string_view resource) const {
  return config_.resources.empty() ||
         std::any_of(
             config_.resources.begin(), config_.resources.end(),
             [&](const std::string& known) { return resource == absl::string_view(known); });
}

EventPackage::Policy EventStateCompositor::PolicyFor(absl::string_view resource,
                                                     absl::string_view watcher) {
  if (!Serves(resource)) return Policy::kNoResource;
  const std::optional<SipUri> uri = SipUri::Parse(watcher);
  const absl::string_view user = uri.has_value() ? uri->user : absl::string_view();
  const auto is_user = [&](const std::string& known) { return user == absl::string_view(known); };
  if (std::any_of(config_.forbidden.begin(), config_.forbidden.end(), is_user)) {
    return Policy::kForbidden;
  }
  if (std::any_of(config_.pending.begin(), config_.pending.end(), is_user)) {
    return Policy::kPending;
  }
  return Policy::kGranted;
}

void EventStateCompositor::Grant(absl::string_view watcher) {
  config_.pending.erase(
      std::remove_if(config_.pending.begin(), config_.pending.end(),
                     [&](const std::string& known) { return watcher == absl::string_view(known); }),
      config_.pending.end());
}

std::string EventStateCompositor::StateOf(absl::string_view resource, uint32_t) {
  const auto found = publications_.find(resource);
  if (found != publications_.end()) return Compose(found->second);
  return config_.neutral_state ? config_.neutral_state(resource) : std::string();
}

// The tuples of all publications, the latest first; one with an id that is there already is older
// news of the same (RFC 3903 §7.1 leaves the policy to the compositor).
std::string EventStateCompositor::Compose(
    const std::vector<std::unique_ptr<Publication>>& list) const {
  const std::string& latest = list.back()->body;
  if (list.size() == 1 || config_.content_type != absl::string_view(Pidf::kMediaType)) {
    return latest;
  }
  std::optional<Pidf> composed = Pidf::Parse(latest);
  if (!composed.has_value()) return latest;
  for (auto it = list.rbegin() + 1; it != list.rend(); ++it) {
    const std::optional<Pidf> older = Pidf::Parse((*it)->body);
    if (!older.has_value()) continue;
    for (const PidfTuple& tuple : older->tuples) {
      const bool is_known =
          std::any_of(composed->tuples.begin(), composed->tuples.end(),
                      [&](const PidfTuple& known) { return known.id == tuple.id; });
      if (!is_known) composed->tuples.push_back(tuple);
    }
  }
  return composed->ToString();
}

std::string EventStateCompositor::NewEntityTag() {
  return absl::StrCat(absl::Hex(entity_tags_.Next64() >> 16, absl::kZeroPad12));
}

// The steps of §6, in their order; the resource (step 1) is the caller's.
bool EventStateCompositor::OnPublish(ServerTransaction& transaction, absl::string_view resource) {
  const SipMessage& request = transaction.request();
  if (!Serves(resource)) {
    agent_.Respond(transaction, 404);
    return true;
  }
  std::string key(resource);
  Publication* known = nullptr;
  if (request.Has<SipIfMatch>()) {  // step 3
    const std::vector<SipIfMatch> tags = request.GetAll<SipIfMatch>();
    if (tags.size() != 1) {
      agent_.Respond(transaction, 400);
      return true;
    }
    const auto found = publications_.find(key);
    if (found != publications_.end()) {
      for (const std::unique_ptr<Publication>& publication : found->second) {
        if (tags.front().entity_tag == absl::string_view(publication->tag)) {
          known = publication.get();
        }
      }
    }
    if (known == nullptr) {
      agent_.Respond(transaction, 412);
      return true;
    }
  }
  const std::optional<Expires> asked = request.Get<Expires>();  // step 4
  uint32_t expires = asked.has_value() ? asked->seconds : config_.default_expires;
  if (expires > 0 && expires < config_.least_expires) {
    agent_.RespondTooBrief(transaction, config_.least_expires);
    return true;
  }
  expires = std::min(expires, config_.default_expires);
  if (!request.body().empty()) {  // step 5
    const std::optional<ContentType> type = request.Get<ContentType>();
    const std::string media =
        type.has_value() ? absl::StrCat(type->type, "/", type->subtype) : std::string();
    if (!EqualsIgnoreCase(media, config_.content_type)) {
      SipMessage response = StartResponse(request, 415, agent_.NewTag());
      response.AddRaw(Accept::kName, config_.content_type);
      response.Add(ContentLength{0});
      transaction.Respond(std::move(response));
      return true;
    }
  } else if (known == nullptr) {
    agent_.Respond(transaction, 400);
    return true;
  }
  if (known == nullptr && count_ >= config_.most_publications) {
    agent_.Respond(transaction, 503);
    return true;
  }
  const std::string tag = NewEntityTag();
  if (expires == 0) {
    if (known != nullptr) Remove(key, *known);
    Respond(transaction, 0, tag);
    return true;
  }
  if (known == nullptr) {
    ++count_;
    auto& list = publications_[key];
    list.push_back(std::make_unique<Publication>(*this, key));
    known = list.back().get();
  }
  known->tag = tag;
  known->Keep(expires);
  const bool has_changed = !request.body().empty();
  if (has_changed) {
    known->body = std::string(request.body());
    auto& list = publications_[key];
    const auto place = std::find_if(list.begin(), list.end(),
                                    [&](const auto& item) { return item.get() == known; });
    std::rotate(place, place + 1, list.end());  // the latest is last
  }
  Respond(transaction, expires, tag);
  if (has_changed) agent_.OnStateChange(*this, key);
  return true;
}

void EventStateCompositor::Respond(ServerTransaction& transaction, uint32_t expires,
                                   absl::string_view tag) {
  SipMessage response = StartResponse(transaction.request(), 200, agent_.NewTag());
  response.Add(SipEtag{tag});
  response.Add(Expires{expires});
  agent_.AddProduct(response);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void EventStateCompositor::Remove(const std::string& resource, const Publication& publication) {
  const std::string key = resource;  // `resource` may die with the publication
  const auto found = publications_.find(key);
  TW_CHECK(found != publications_.end());
  auto& list = found->second;
  list.erase(std::find_if(list.begin(), list.end(),
                          [&](const auto& item) { return item.get() == &publication; }));
  if (list.empty()) publications_.erase(found);
  --count_;
  agent_.OnStateChange(*this, key);
}

}  // namespace tickwire::sip
