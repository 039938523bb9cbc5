#include "protocols/sip/ua/publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/refresh_delay.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

Publisher::Publisher(UserAgent& agent, PublishOptions options)
    : agent_(agent),
      options_(std::move(options)),
      entity_(agent.trace().NewEntity(
          absl::StrCat("publication ", options_.event, " ", options_.target))),
      timer_refresh_(agent.clock(), *this, labels::kTimerPublish, entity_) {}

void Publisher::Publish(std::string body) {
  body_ = std::move(body);
  is_remove_due_ = false;
  if (request_ != 0) {
    is_publish_due_ = true;
    return;
  }
  Send(Purpose::kPublish);
}

void Publisher::Remove() {
  timer_refresh_.Cancel();
  is_publish_due_ = false;
  if (request_ != 0) {
    is_remove_due_ = true;
    return;
  }
  if (!entity_tag_.empty()) Send(Purpose::kRemove);
}

void Publisher::Send(Purpose purpose) {
  timer_refresh_.Cancel();
  Destination destination = agent_.DestinationFor(options_.target);
  // §4.1: one dialog-like sequence; each request stands alone.
  if (call_id_.empty()) {
    call_id_ = agent_.NewCallId(destination);
    local_tag_ = agent_.NewTag();
  }
  SipMessage publish = agent_.StartOutside("PUBLISH", options_.target, destination, call_id_,
                                           local_tag_, ++number_, agent_.config().user);
  publish.AddRaw(Event::kName, options_.event);
  publish.Add(Expires{purpose == Purpose::kRemove ? 0 : options_.expires});
  if (!entity_tag_.empty()) publish.Add(SipIfMatch{entity_tag_});
  agent_.AddProduct(publish);
  // Table 1 of §4.1: a refresh and a removal have no body.
  const bool has_body = purpose == Purpose::kPublish;
  publish.SetBody(has_body ? absl::string_view(options_.content_type) : absl::string_view(),
                  has_body ? absl::string_view(body_) : absl::string_view());
  agent_.PrepareCredentials(publish);
  request_ = agent_
                 .SendRequest(std::move(publish), std::move(destination), *this,
                              static_cast<uint64_t>(purpose))
                 .id();
}

void Publisher::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  const int status = response.status();
  if (IsProvisional(status) || request.id() != request_) return;
  request_ = 0;
  last_status_ = status;
  const auto purpose = static_cast<Purpose>(request.context());
  agent_.trace().Note(entity_, labels::kPublishAnswered, response.start_line());
  if (IsSuccess(status)) {
    if (purpose == Purpose::kRemove) {
      entity_tag_.clear();
    } else {
      const std::optional<SipEtag> tag = response.Get<SipEtag>();
      entity_tag_ = tag.has_value() ? std::string(tag->entity_tag) : std::string();
      const std::optional<Expires> expires = response.Get<Expires>();
      const Duration whole =
          Duration::Seconds(expires.has_value() ? expires->seconds : options_.expires);
      if (whole > Duration()) timer_refresh_.Set(RefreshDelay(whole, agent_.config().timers));
    }
  } else if (status == 412) {
    // §4.3, §4.4: the compositor has lost it: publish anew.
    entity_tag_.clear();
    const bool had_tag = request.request().Has<SipIfMatch>();
    if (had_tag && purpose != Purpose::kRemove) is_publish_due_ = true;
  } else if (status == 423) {
    const std::optional<MinExpires> least = response.Get<MinExpires>();
    if (least.has_value() && least->seconds > options_.expires) {
      options_.expires = least->seconds;
      is_publish_due_ = true;
    }
  } else {
    entity_tag_.clear();  // §4.3: nothing is known of it any more
  }
  if (std::exchange(is_remove_due_, false)) {
    Remove();
  } else if (std::exchange(is_publish_due_, false)) {
    Send(Purpose::kPublish);
  }
}

void Publisher::OnFailure(OutgoingRequest& request, RequestFailure failure) {
  if (request.id() != request_) return;
  request_ = 0;
  last_status_ = failure == RequestFailure::kTimeout ? 408 : 503;
  is_publish_due_ = is_remove_due_ = false;
}

void Publisher::OnTimerRefresh() {
  const UserAgent::EventScope scope(agent_);
  Send(Purpose::kRefresh);
}

}  // namespace tickwire::sip
