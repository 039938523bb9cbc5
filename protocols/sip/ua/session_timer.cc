#include "protocols/sip/ua/session_timer.h"

#include <algorithm>

#include "protocols/sip/message/option_tags.h"
#include "protocols/sip/ua/ua_labels.h"

namespace tickwire::sip {
namespace {

constexpr uint32_t kDefaultLeast = 90;  // §5: what a missing Min-SE means

void Add(uint32_t interval, absl::string_view refresher, uint32_t least, SipMessage& request) {
  SessionExpires expires;
  expires.seconds = interval;
  if (!refresher.empty()) expires.params.Set("refresher", refresher);
  request.Add(expires);
  if (least != 0) request.Add(MinSe{least, {}});
}

}  // namespace

SessionTimer::SessionTimer(NodeClock& clock, const TraceEntity& entity, Owner& owner,
                           const SessionTimerConfig& config)
    : owner_(owner),
      config_(config),
      timer_refresh_(clock, *this, labels::kTimerRefresh, entity),
      timer_expiry_(clock, *this, labels::kTimerSessionExpiry, entity) {}

void SessionTimer::AddInitial(const SessionTimerConfig& config, uint32_t least,
                              SipMessage& invite) {
  if (!config.is_supported || config.interval == 0) return;
  absl::string_view refresher;
  if (config.refresher != Refresher::kAny) {
    refresher = config.refresher == Refresher::kUac ? "uac" : "uas";
  }
  Add(std::max(config.interval, least), refresher, least, invite);
}

void SessionTimer::AddTo(SipMessage& request) const {
  if (!config_.is_supported) return;
  if (interval_ == 0) {
    AddInitial(config_, least_, request);
  } else {
    // §7.4: the roles stay.
    Add(std::max(interval_, least_), is_refresher_ ? "uac" : "uas", least_, request);
  }
}

bool SessionTimer::OnTooSmall(const SipMessage& response) {
  const std::optional<MinSe> least = response.Get<MinSe>();
  if (!config_.is_supported || !least.has_value() || least->seconds <= least_) return false;
  least_ = least->seconds;
  return true;
}

void SessionTimer::OnSuccess(const SipMessage& request, const SipMessage& response) {
  if (!config_.is_supported) return;
  const std::optional<SessionExpires> agreed = response.Get<SessionExpires>();
  if (agreed.has_value()) {
    Start(agreed->seconds, agreed->params.Find("refresher") != absl::string_view("uas"));
    return;
  }
  // §7.2: the server does not know session timers; ours runs on, for our own benefit.
  const std::optional<SessionExpires> asked = request.Get<SessionExpires>();
  if (asked.has_value()) {
    Start(asked->seconds, true);
  } else {
    Stop();
  }
}

std::optional<uint32_t> SessionTimer::Refuses(const SipMessage& request) {
  const std::optional<MinSe> least = request.Get<MinSe>();
  if (least.has_value()) least_ = std::max(least_, least->seconds);
  const std::optional<SessionExpires> asked = request.Get<SessionExpires>();
  if (!config_.is_supported || !asked.has_value() || !ListsOption<Supported>(request, "timer"))
    return std::nullopt;
  if (asked->seconds >= config_.least) return std::nullopt;
  return config_.least;
}

void SessionTimer::Accept(const SipMessage& request, SipMessage& response) {
  if (!config_.is_supported) return;
  const bool peer_supports = ListsOption<Supported>(request, "timer");
  const std::optional<SessionExpires> asked = request.Get<SessionExpires>();
  const std::optional<MinSe> min_se = request.Get<MinSe>();
  const uint32_t least = min_se.has_value() ? min_se->seconds : kDefaultLeast;
  uint32_t interval = asked.has_value() ? asked->seconds : 0;
  if (interval == 0 && config_.interval != 0) {
    // §9: the server may ask for a timer of its own accord.
    interval = std::max(config_.interval, least);
  }
  if (interval == 0) {
    Stop();
    return;
  }
  // Table 2 of §9.
  bool uac_refreshes = false;
  if (peer_supports) {
    const absl::string_view named =
        asked.has_value() ? asked->params.Find("refresher").value_or("") : "";
    if (named == "uac") {
      uac_refreshes = true;
    } else if (named != "uas") {
      uac_refreshes = config_.refresher != Refresher::kUas;
    }
  }
  if (peer_supports) response.Add(Require{"timer"});
  SessionExpires expires;
  expires.seconds = interval;
  expires.params.Set("refresher", uac_refreshes ? "uac" : "uas");
  response.Add(expires);
  Start(interval, !uac_refreshes);
}

void SessionTimer::Start(uint32_t interval, bool is_refresher) {
  interval_ = interval;
  is_refresher_ = is_refresher;
  const Duration whole = Duration::Seconds(interval);
  if (is_refresher) {
    timer_refresh_.Set(Duration::Nanos(whole.nanos() / 2));
    timer_expiry_.Set(whole);
  } else {
    timer_refresh_.Cancel();
    // §10: slightly before the end, by the lesser of 32 s and a third.
    const Duration early = std::min(Duration::Seconds(32), Duration::Nanos(whole.nanos() / 3));
    timer_expiry_.Set(whole - early);
  }
}

void SessionTimer::Stop() {
  interval_ = 0;
  timer_refresh_.Cancel();
  timer_expiry_.Cancel();
}

}  // namespace tickwire::sip
