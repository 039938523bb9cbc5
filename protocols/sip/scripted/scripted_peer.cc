#include "protocols/sip/scripted/scripted_peer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/scripted/variables.h"
#include "protocols/sip/transport/sip_transport.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kSent{"sent"};
constexpr TraceLabel kReceived{"received"};
constexpr TraceLabel kStepTimer{"step", "the script waits so long"};
constexpr TraceLabel kCopyTimer{"copy", "the script repeats a message"};
constexpr TraceLabel kWaiting{"script waits"};
constexpr TraceLabel kPassedOver{"message passed over by the script"};
constexpr TraceLabel kAbsorbed{"repetition not shown to the script"};
constexpr TraceLabel kAnsweredAgain{"repetition answered as before"};
constexpr TraceLabel kTimedOut{"script: nothing came in time"};
constexpr TraceLabel kFailed{"script failed: what it waits for did not come"};
constexpr TraceLabel kDone{"script finished"};
constexpr TraceLabel kUnknownName{"script: unknown name in a text, taken as empty"};
constexpr TraceLabel kNothingToAnswer{"script: there is no request to answer"};
constexpr TraceLabel kNoTarget{"script: nobody to send to"};
constexpr TraceLabel kFull{"script: too much at once, dropped"};
constexpr TraceLabel kUnreachable{"network reports an error", "RFC 3261 18.4"};

std::span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

ScriptedPeer::Repeater::Repeater(ScriptedPeer& peer, std::string text, const Endpoint& to,
                                 uint32_t left, Duration every)
    : peer_(peer),
      text_(std::move(text)),
      to_(to),
      left_(left),
      every_(every),
      timer_(peer.clock_, *this, kCopyTimer, peer.entity_) {
  timer_.Set(every_);
}

void ScriptedPeer::Repeater::OnTime() {
  peer_.SendText(text_, to_);
  if (--left_ > 0) timer_.Set(every_);
}

ScriptedPeer::ScriptedPeer(const Env& env, std::string user, Script script)
    : clock_(env.clock),
      sockets_(env.sockets),
      entity_(clock_.trace().NewEntity("sip script")),
      builder_(env.seed, absl::StrCat(clock_.trace().node_name(), "/script"), std::move(user)),
      script_(std::move(script)),
      step_timer_(clock_, *this, kStepTimer, entity_) {}

absl::Status ScriptedPeer::Open(const Endpoint& local) {
  TW_CHECK(socket_ == nullptr);
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket = sockets_.Bind(local, *this);
  if (!socket.ok()) return socket.status();
  socket_ = *std::move(socket);
  return absl::OkStatus();
}

void ScriptedPeer::Start(Duration after) { step_timer_.Set(after); }

size_t ScriptedPeer::steps_left() const { return is_over_ ? 0 : script_.steps.size() - next_step_; }

// --- Steps. ---

void ScriptedPeer::OnStepTimer() {
  if (!is_started_) {
    is_started_ = true;
    RunSteps();
    return;
  }
  // A pause is over, or a wait has lasted too long.
  const ScriptStep& step = script_.steps[next_step_];
  if (const auto* const wait = std::get_if<ScriptWait>(&step)) {
    clock_.trace().Note(entity_, wait->goes_on ? kTimedOut : kFailed, wait->description);
    if (!wait->goes_on) {
      ++counters_.failures;
      is_over_ = true;
      next_step_ = script_.steps.size();
      return;
    }
  }
  ++next_step_;
  ++counters_.steps_done;
  RunSteps();
}

void ScriptedPeer::RunSteps() {
  if (!is_started_ || is_over_ || step_timer_.is_set()) return;
  while (true) {
    if (next_step_ == script_.steps.size()) {
      ++counters_.rounds_done;
      ++round_;
      // Steps that never stop to wait would never end.
      if (round_ == script_.rounds || !CanStop()) {
        is_over_ = true;
        clock_.trace().Note(entity_, kDone);
        return;
      }
      next_step_ = 0;
    }
    const ScriptStep& step = script_.steps[next_step_];
    if (const auto* const send = std::get_if<ScriptSend>(&step)) {
      Send(*send, nullptr);
    } else if (const auto* const pause = std::get_if<ScriptPause>(&step)) {
      step_timer_.Set(pause->duration);
      return;
    } else {
      const ScriptWait& wait = std::get<ScriptWait>(step);
      if (!TryWait(wait)) {
        clock_.trace().Note(entity_, kWaiting, wait.description);
        if (wait.timeout.has_value()) step_timer_.Set(*wait.timeout);
        return;
      }
    }
    ++next_step_;
    ++counters_.steps_done;
  }
}

bool ScriptedPeer::CanStop() const {
  return std::any_of(script_.steps.begin(), script_.steps.end(), [](const ScriptStep& step) {
    return !std::holds_alternative<ScriptSend>(step);
  });
}

bool ScriptedPeer::TryWait(const ScriptWait& wait) {
  while (!inbox_.empty()) {
    StoredMessage message = std::move(inbox_.front());
    inbox_.pop_front();
    if (!wait.matches(message.message)) {
      ++counters_.passed_over;
      clock_.trace().Note(entity_, kPassedOver, message.message.start_line());
      continue;
    }
    if (!wait.save_as.empty()) Store(wait.save_as, StoredMessage(message));
    last_ = std::move(message);
    return true;
  }
  return false;
}

// --- Receiving. ---

void ScriptedPeer::OnReceive(DatagramSocket&, Endpoint from, Endpoint,
                             std::span<const uint8_t> payload, uint32_t) {
  ++counters_.received;
  clock_.trace().Message(entity_, kReceived, payload);
  const std::string text(reinterpret_cast<const char*>(payload.data()), payload.size());
  StoredMessage received{SipMessage::Parse(text).message, true, from};
  if (script_.retransmissions != Script::Retransmissions::kShow && IsRepetition(text, from)) {
    ++counters_.absorbed;
    if (script_.retransmissions == Script::Retransmissions::kAnswer) {
      AnswerRepetition(received.message, from);
    } else {
      clock_.trace().Note(entity_, kAbsorbed, received.message.start_line());
    }
    return;
  }
  for (const ScriptReaction& reaction : script_.reactions) {
    if (!reaction.matches(received.message)) continue;
    last_ = std::move(received);
    const StoredMessage about = *last_;
    Send(reaction.send, &about);
    return;
  }
  if (is_over_) {
    ++counters_.passed_over;
    clock_.trace().Note(entity_, kPassedOver, received.message.start_line());
    return;
  }
  if (inbox_.size() == kMaxInbox) {
    clock_.trace().Note(entity_, kFull, received.message.start_line());
    return;
  }
  inbox_.push_back(std::move(received));
  const bool is_waiting = is_started_ && next_step_ < script_.steps.size() &&
                          std::holds_alternative<ScriptWait>(script_.steps[next_step_]);
  if (!is_waiting) return;
  if (!TryWait(std::get<ScriptWait>(script_.steps[next_step_]))) return;
  step_timer_.Cancel();
  ++next_step_;
  ++counters_.steps_done;
  RunSteps();
}

void ScriptedPeer::OnError(DatagramSocket&, Endpoint remote, DatagramError) {
  clock_.trace().Note(entity_, kUnreachable, ToString(remote));
}

bool ScriptedPeer::IsRepetition(const std::string& text, const Endpoint& from) {
  const std::string key = absl::StrCat(ToString(from), "\n", text);
  const auto [found, is_new] = answers_.try_emplace(key);
  if (!is_new) return true;
  remembered_.push_back(key);
  if (remembered_.size() > kMaxRememberedMessages) {
    answers_.erase(remembered_.front());
    remembered_.pop_front();
  }
  return false;
}

void ScriptedPeer::AnswerRepetition(const SipMessage& message, const Endpoint& from) {
  const std::string key = absl::StrCat(ToString(from), "\n", message.text());
  const auto found = answers_.find(key);
  if (found == answers_.end() || found->second.empty()) {
    clock_.trace().Note(entity_, kAbsorbed, message.start_line());
    return;
  }
  clock_.trace().Note(entity_, kAnsweredAgain, message.start_line());
  SendText(found->second, from);
}

// --- Sending. ---

void ScriptedPeer::Send(const ScriptSend& send, const StoredMessage* about) {
  const StoredMessage* related = about;
  if (!send.relates_to.empty()) {
    related = Find(send.relates_to);
  } else if (related == nullptr && send.status != 0 && last_.has_value()) {
    related = &*last_;
  }
  if (send.status != 0 && (related == nullptr || !related->message.is_request())) {
    clock_.trace().Note(entity_, kNothingToAnswer, absl::StrCat(send.status));
    return;
  }
  const Endpoint target = TargetOf(send, related);
  if (target.port == 0) {
    clock_.trace().Note(entity_, kNoTarget, send.method);
    return;
  }
  const Endpoint own = OwnEndpoint(target);
  const std::string text = builder_.Build(Filled(send, own, target), related, own, target);
  if (related != nullptr && related->is_received) {
    const auto answer =
        answers_.find(absl::StrCat(ToString(related->peer), "\n", related->message.text()));
    if (answer != answers_.end()) answer->second = text;
  }
  if (!send.save_as.empty()) {
    Store(send.save_as, StoredMessage{SipMessage::Parse(text).message, false, target});
  }
  SendText(text, target);
  if (send.copies <= 1) return;
  std::erase_if(repeaters_, [](const auto& repeater) { return repeater->is_done(); });
  if (repeaters_.size() == kMaxPendingCopies) {
    clock_.trace().Note(entity_, kFull, text.substr(0, text.find('\r')));
    return;
  }
  repeaters_.push_back(
      std::make_unique<Repeater>(*this, text, target, send.copies - 1, send.every));
}

void ScriptedPeer::SendText(const std::string& text, const Endpoint& to) {
  if (text.size() > DatagramSocket::max_payload()) {
    clock_.trace().Note(entity_, kFull, text.substr(0, text.find('\r')));
    return;
  }
  ++counters_.sent;
  clock_.trace().Message(entity_, kSent, BytesOf(text));
  socket_->SendTo(to, BytesOf(text));
}

Endpoint ScriptedPeer::OwnEndpoint(const Endpoint& target) const {
  const Endpoint bound = socket_->local();
  if (!bound.address.is_unspecified()) return bound;
  return {socket_->SourceFor(target.address), bound.port};
}

// Responses go where RFC 3261 §18.2.2 says; requests to the other side of what they relate to.
Endpoint ScriptedPeer::TargetOf(const ScriptSend& send, const StoredMessage* related) const {
  if (send.to.has_value()) return *send.to;
  if (related == nullptr) return last_.has_value() ? last_->peer : Endpoint{};
  if (send.status != 0) {
    std::optional<Via> via = related->message.Get<Via>();
    if (via.has_value())
      return {related->peer.address,
              via->has_rport() ? related->peer.port : via->port_or_default()};
  }
  return related->peer;
}

// --- Names and variables. ---

void ScriptedPeer::Store(const std::string& name, StoredMessage&& message) {
  stored_.insert_or_assign(name, std::move(message));
}

const StoredMessage* ScriptedPeer::Find(const std::string& name) const {
  if (name == "last") return last_.has_value() ? &*last_ : nullptr;
  const auto found = stored_.find(name);
  return found == stored_.end() ? nullptr : &found->second;
}

std::string ScriptedPeer::Fill(absl::string_view text, const Endpoint& own,
                               const Endpoint& target) {
  if (text.find("${") == absl::string_view::npos) return std::string(text);
  std::string out;
  const bool is_known = Substitute(
      text,
      [&](absl::string_view name) -> std::optional<std::string> {
        if (name == "own.address") return own.address.ToString();
        if (name == "own.port") return absl::StrCat(own.port);
        if (name == "peer.address") return target.address.ToString();
        if (name == "peer.port") return absl::StrCat(target.port);
        if (name == "new.token") return builder_.NewToken();
        const size_t dot = name.find('.');
        if (dot == absl::string_view::npos) return std::nullopt;
        const StoredMessage* const stored = Find(std::string(name.substr(0, dot)));
        if (stored == nullptr) return std::nullopt;
        return MessageVariable(stored->message, name.substr(dot + 1));
      },
      out);
  if (!is_known) clock_.trace().Note(entity_, kUnknownName, text);
  return out;
}

ScriptSend ScriptedPeer::Filled(const ScriptSend& send, const Endpoint& own,
                                const Endpoint& target) {
  ScriptSend filled = send;
  for (std::string* const text :
       {&filled.raw, &filled.reason, &filled.uri, &filled.call_id, &filled.from_tag, &filled.to_tag,
        &filled.branch, &filled.via_transport, &filled.cseq_method, &filled.body}) {
    *text = Fill(*text, own, target);
  }
  for (HeaderEdit& edit : filled.edits) edit.value = Fill(edit.value, own, target);
  for (ScriptSend::Replacement& replacement : filled.replacements) {
    replacement.from = Fill(replacement.from, own, target);
    replacement.to = Fill(replacement.to, own, target);
  }
  return filled;
}

}  // namespace tickwire::sip
