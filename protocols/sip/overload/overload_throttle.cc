#include "protocols/sip/overload/overload_throttle.h"

#include <algorithm>

namespace tickwire::sip {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr Duration kFirstPause = Duration::Seconds(1);
constexpr Duration kLongestPause = Duration::Seconds(32);
// RFC 7415 §3.5.2: how much the bucket may hold, in intervals, for other requests and for those
// within dialogs.
constexpr int64_t kToleranceOthers = 2, kToleranceWithin = 4;

}  // namespace

OverloadThrottle::OverloadThrottle(const RunSeed& seed, absl::string_view owner)
    : draws_(Rng::ForStream(seed, owner, "sip.overload")) {}

OverloadThrottle::State& OverloadThrottle::StateOf(const Endpoint& server) {
  if (servers_.size() >= kMaxServers && !servers_.contains(server)) {
    servers_.erase(std::min_element(
        servers_.begin(), servers_.end(),
        [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
  }
  State& state = servers_[server];
  state.heard = ++clock_;
  return state;
}

bool OverloadThrottle::Admits(const Endpoint& server, bool is_within_dialog, SimTime now) {
  const auto found = servers_.find(server);
  if (found == servers_.end()) return true;
  State& state = found->second;
  bool admits = true;
  if (now < state.next_probe || (now < state.retry_after && !is_within_dialog)) {
    admits = false;
  } else if (state.timeouts >= kTimeoutsUntilProbing) {
    // §5.9: this one is the probe; the next has to wait longer.
    state.next_probe = now + state.pause;
    state.pause = std::min(2 * state.pause, kLongestPause);
  } else if (now < state.valid_until) {
    admits = state.feedback.algorithm == OverloadAlgorithm::kLoss
                 ? AdmitsByLoss(state, is_within_dialog)
                 : AdmitsByRate(state, is_within_dialog, now);
  }
  if (!admits) ++rejected_;
  return admits;
}

// RFC 7339 §7.2: the percentage is of all requests, and is taken from those without a dialog as far
// as these suffice.
bool OverloadThrottle::AdmitsByLoss(State& state, bool is_within_dialog) {
  ++(is_within_dialog ? state.within_dialog : state.others);
  const uint64_t all = state.within_dialog + state.others;
  const uint64_t to_drop = all * state.feedback.value;  // in hundredths
  const uint64_t share = is_within_dialog ? state.within_dialog : state.others;
  uint64_t wanted = to_drop;
  if (is_within_dialog) {
    wanted = to_drop > state.others * 100 ? to_drop - state.others * 100 : 0;
  }
  const uint64_t bound = share * 100;
  return draws_.Below(bound) >= std::min(wanted, bound);
}

// RFC 7415 §3.5.1.
bool OverloadThrottle::AdmitsByRate(State& state, bool is_within_dialog, SimTime now) {
  if (state.feedback.value == 0) return false;
  const int64_t interval = kNanosPerSecond / state.feedback.value;
  const int64_t content = state.bucket - (now - state.last_sent).nanos();
  const int64_t tolerance = (is_within_dialog ? kToleranceWithin : kToleranceOthers) * interval;
  if (content > tolerance) return false;
  state.bucket = std::max<int64_t>(0, content) + interval;
  state.last_sent = now;
  return true;
}

void OverloadThrottle::Count(const Endpoint& server, SimTime now) {
  const auto found = servers_.find(server);
  if (found == servers_.end() || now >= found->second.valid_until) return;
  State& state = found->second;
  ++state.within_dialog;
  if (state.feedback.algorithm != OverloadAlgorithm::kRate || state.feedback.value == 0) return;
  const int64_t content = state.bucket - (now - state.last_sent).nanos();
  state.bucket = std::max<int64_t>(0, content) + kNanosPerSecond / state.feedback.value;
  state.last_sent = now;
}

void OverloadThrottle::OnFeedback(const Endpoint& server, const OverloadFeedback& feedback,
                                  SimTime now) {
  State& state = StateOf(server);
  const bool was_active = now < state.valid_until;
  // §5.4: an older one that was overtaken; the same one again does not lengthen anything.
  if (was_active && feedback.sequence <= state.feedback.sequence) return;
  state.feedback = feedback;
  state.valid_until = now + feedback.validity;  // §5.7: zero ends the control
  state.within_dialog = state.others = 0;
  if (!was_active) {
    state.bucket = 0;
    state.last_sent = now;
  }
}

void OverloadThrottle::OnRetryAfter(const Endpoint& server, Duration pause, SimTime now) {
  State& state = StateOf(server);
  state.retry_after = std::max(state.retry_after, now + pause);
}

void OverloadThrottle::OnResponse(const Endpoint& server) {
  const auto found = servers_.find(server);
  if (found == servers_.end()) return;
  found->second.timeouts = 0;
}

void OverloadThrottle::OnTimeout(const Endpoint& server, SimTime now) {
  State& state = StateOf(server);
  if (++state.timeouts != kTimeoutsUntilProbing) return;
  state.pause = kFirstPause;
  state.next_probe = now + state.pause;
}

}  // namespace tickwire::sip
