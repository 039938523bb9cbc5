#include "protocols/sip/ua/registration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/refresh_delay.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(Registration::State state) {
  using enum Registration::State;
  switch (state) {
    case kUnregistered:
      return labels::kUnregistered;
    case kRegistering:
      return labels::kRegistering;
    case kRegistered:
      return labels::kRegistered;
    case kUnregistering:
      return labels::kUnregistering;
    case kFailed:
      break;
  }
  return labels::kRegistrationFailed;
}

}  // namespace

Registration::Registration(UserAgent& agent, RegistrationOptions options)
    : agent_(agent),
      options_(std::move(options)),
      entity_(agent.trace().NewEntity(absl::StrCat("registration ", options_.address_of_record))),
      timer_refresh_(agent.clock(), *this, labels::kTimerRegister, entity_) {}

void Registration::SetState(State next, const TraceLabel& reason) {
  if (state_ == next) return;
  state_ = next;
  agent_.trace().State(entity_, LabelOf(next), reason);
  agent_.ReportRegistration(*this);
}

void Registration::Register() {
  if (state_ != State::kRegistered) SetState(State::kRegistering, labels::kRegisterSent);
  Send(Purpose::kRegister);
}

void Registration::Unregister(bool all) {
  timer_refresh_.Cancel();
  SetState(State::kUnregistering, labels::kRegisterSent);
  Send(all ? Purpose::kUnregisterAll : Purpose::kUnregister);
}

void Registration::Query() { Send(Purpose::kQuery); }

// §10.2.1: a secure address of record has secure contacts; §8.1.1.8 for the rest.
std::string Registration::OwnContactUri(const Destination& destination) const {
  bool is_secure = false;
  for (const absl::string_view uri :
       {absl::string_view(options_.address_of_record), absl::string_view(options_.registrar),
        absl::string_view(destination.uri)}) {
    is_secure |= IsSipsUri(uri);
  }
  return agent_.ContactUri(destination, options_.user, is_secure);
}

std::string Registration::ContactValue(const Destination& destination, bool with_expires) const {
  std::string value = absl::StrCat("<", OwnContactUri(destination), ">");
  if (!options_.q.empty()) absl::StrAppend(&value, ";q=", options_.q);
  if (!options_.instance.empty()) {
    absl::StrAppend(&value, ";+sip.instance=\"", options_.instance, "\"");
  }
  if (options_.reg_id != 0) absl::StrAppend(&value, ";reg-id=", options_.reg_id);
  if (with_expires) absl::StrAppend(&value, ";expires=0");
  return value;
}

// §10.2: no REGISTER before the one under way is answered, or has timed out.
void Registration::Send(Purpose purpose) {
  if (request_ != 0) {
    if (waiting_.empty() || waiting_.back() != purpose) waiting_.push_back(purpose);
    return;
  }
  const Destination destination = agent_.DestinationForRegister(options_.registrar);
  if (call_id_.empty()) {
    call_id_ = agent_.NewCallId(destination);
    local_tag_ = agent_.NewTag();
  }
  SipMessage request = agent_.StartRegister(options_.registrar, options_.address_of_record,
                                            destination, call_id_, local_tag_, ++number_);
  contact_uri_ = OwnContactUri(destination);
  switch (purpose) {
    case Purpose::kRegister:
      request.AddRaw(Contact::kName, ContactValue(destination, /*with_expires=*/false));
      for (const std::string& contact : options_.more_contacts) {
        request.AddRaw(Contact::kName, contact);
      }
      request.Add(Expires{options_.expires});
      break;
    case Purpose::kUnregister:
      request.AddRaw(Contact::kName, ContactValue(destination, /*with_expires=*/true));
      break;
    case Purpose::kUnregisterAll:  // §10.2.2
      request.AddRaw(Contact::kName, "*");
      request.Add(Expires{0});
      break;
    case Purpose::kQuery:
      break;
  }
  std::string supported = "path";  // RFC 3327 §5.1
  if (!options_.instance.empty()) absl::StrAppend(&supported, ", gruu");
  request.AddRaw(Supported::kName, supported);
  agent_.AddProduct(request);
  request.Add(ContentLength{0});
  agent_.PrepareCredentials(request);
  request_ = agent_
                 .SendRequest(std::move(request), Destination(destination), *this,
                              static_cast<uint64_t>(purpose))
                 .id();
}

void Registration::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  const int status = response.status();
  if (IsProvisional(status) || request.id() != request_) return;
  request_ = 0;
  last_status_ = status;
  const auto purpose = static_cast<Purpose>(request.context());
  if (IsSuccess(status)) {
    OnSuccess(purpose, response);
    SendWaiting();
    return;
  }
  if (status == 423 && purpose == Purpose::kRegister) {  // §10.2.8
    const std::optional<MinExpires> least = response.Get<MinExpires>();
    if (least.has_value() && least->seconds > options_.expires) {
      options_.expires = least->seconds;
      Send(Purpose::kRegister);
      return;
    }
  }
  const std::optional<RetryAfter> later = response.Get<RetryAfter>();
  const bool says_when = later.has_value() && later->seconds > 0;
  Fail(purpose, labels::kRegistrationRefused,
       says_when ? Duration::Seconds(later->seconds) : options_.retry_after);
  SendWaiting();
}

void Registration::OnFailure(OutgoingRequest& request, RequestFailure failure) {
  if (request.id() != request_) return;
  request_ = 0;
  last_status_ = failure == RequestFailure::kTimeout ? 408 : 503;
  Fail(static_cast<Purpose>(request.context()), labels::kNetworkError, options_.retry_after);
  SendWaiting();
}

void Registration::SendWaiting() {
  if (request_ != 0 || waiting_.empty()) return;
  const Purpose next = waiting_.front();
  waiting_.erase(waiting_.begin());
  Send(next);
}

// A question that was not answered changes nothing, and who wanted to leave is not brought back.
void Registration::Fail(Purpose purpose, const TraceLabel& reason, Duration retry_after) {
  if (purpose == Purpose::kQuery) return;
  SetState(State::kFailed, reason);
  if (options_.refreshes && purpose == Purpose::kRegister) timer_refresh_.Set(retry_after);
}

void Registration::OnSuccess(Purpose purpose, const SipMessage& response) {
  bindings_.clear();
  uint32_t expires = 0;
  if (const auto general = response.Get<Expires>()) expires = general->seconds;
  bool is_bound = false;
  for (const Contact& contact : response.GetAll<Contact>()) {
    std::string value;
    contact.AppendTo(value);
    bindings_.push_back(std::move(value));
    if (!AreUrisEquivalent(contact.uri, contact_uri_)) continue;
    is_bound = true;
    uint32_t own = 0;
    if (absl::SimpleAtoi(contact.params.Find("expires").value_or(""), &own)) expires = own;
    public_gruu_ = Unquote(contact.params.Find("pub-gruu").value_or(""));
    temporary_gruu_ = Unquote(contact.params.Find("temp-gruu").value_or(""));
  }
  if (purpose == Purpose::kQuery) return;
  if (purpose != Purpose::kRegister) {
    SetState(State::kUnregistered, labels::kRegisterAnswered);
    return;
  }
  service_route_.clear();
  for (const ServiceRoute& route : response.GetAll<ServiceRoute>()) {
    service_route_.emplace_back(route.uri);
  }
  if (!is_bound || expires == 0) {
    Fail(purpose, labels::kNoBinding, options_.retry_after);
    return;
  }
  SetState(State::kRegistered, labels::kRegisterAnswered);
  if (!options_.refreshes) return;
  timer_refresh_.Set(RefreshDelay(Duration::Seconds(expires), agent_.config().timers));
}

void Registration::OnTimerRefresh() {
  const UserAgent::EventScope scope(agent_);
  Register();
}

}  // namespace tickwire::sip
