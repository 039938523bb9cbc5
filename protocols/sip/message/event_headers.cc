#include "protocols/sip/message/event_headers.h"

#include "protocols/sip/message/header_parts.h"
#include "protocols/sip/message/limits.h"

namespace tickwire::sip {
namespace {

// event-type = event-package *("." event-template), each a token without dots.
bool IsEventType(absl::string_view text) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' && before == '.') return false;
    before = c;
  }
  return before != '.';
}

}  // namespace

std::optional<Event> Event::Parse(absl::string_view value) {
  Event event;
  if (!internal::ParseTokenAndParams(value, event.package, event.params)) return std::nullopt;
  if (!IsEventType(event.package)) return std::nullopt;
  if (event.id().has_value() && event.id()->empty()) return std::nullopt;
  return event;
}
void Event::AppendTo(std::string& out) const { internal::AppendText(out, package, params); }

bool Event::Matches(const Event& other) const {
  return package == other.package && id() == other.id();
}

std::optional<AllowEvents> AllowEvents::Parse(absl::string_view value) {
  const std::optional<absl::string_view> token = internal::ParseToken(value);
  if (!token.has_value() || !IsEventType(*token)) return std::nullopt;
  return AllowEvents{*token};
}
void AllowEvents::AppendTo(std::string& out) const { out.append(package.data(), package.size()); }

std::optional<SubscriptionState> SubscriptionState::Parse(absl::string_view value) {
  SubscriptionState result;
  if (!internal::ParseTokenAndParams(value, result.state, result.params)) return std::nullopt;
  if (!internal::IsNumberParamOrAbsent(result.params, "expires", kMaxDeltaSeconds) ||
      !internal::IsNumberParamOrAbsent(result.params, "retry-after", kMaxDeltaSeconds)) {
    return std::nullopt;
  }
  return result;
}
void SubscriptionState::AppendTo(std::string& out) const {
  internal::AppendText(out, state, params);
}

bool SubscriptionState::is_active() const { return EqualsIgnoreCase(state, "active"); }
bool SubscriptionState::is_pending() const { return EqualsIgnoreCase(state, "pending"); }
bool SubscriptionState::is_terminated() const { return EqualsIgnoreCase(state, "terminated"); }

std::optional<uint32_t> SubscriptionState::expires_seconds() const {
  const auto number = internal::NumberParam(params, "expires", kMaxDeltaSeconds);
  if (!number.has_value()) return std::nullopt;
  return static_cast<uint32_t>(*number);
}
std::optional<uint32_t> SubscriptionState::retry_after_seconds() const {
  const auto number = internal::NumberParam(params, "retry-after", kMaxDeltaSeconds);
  if (!number.has_value()) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

}  // namespace tickwire::sip
