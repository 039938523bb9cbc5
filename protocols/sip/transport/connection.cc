#include "protocols/sip/transport/connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/transport/transport_names.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kConnecting{"connecting"};
constexpr TraceLabel kOpen{"open"};
constexpr TraceLabel kClosing{"closing"};
constexpr TraceLabel kClosed{"closed"};
constexpr TraceLabel kOpenedHere{"opened by us", "RFC 3261 18.1.1"};
constexpr TraceLabel kOpenedThere{"opened by the peer", "RFC 3261 18.2.1"};
constexpr TraceLabel kSent{"sent"};
constexpr TraceLabel kReceived{"received"};
// The place of a message in what the packets below number (Channel::send_position).
constexpr TraceLabel kWritten{"sip message written at"};
constexpr TraceLabel kIdleTimer{"idle connection", "RFC 3261 18: implementation-defined duration"};
constexpr TraceLabel kClosingTimer{"closing connection", "64 T1: nothing can be under way"};
constexpr TraceLabel kNotClosed{"peer does not close it", "our limit"};
constexpr TraceLabel kIdle{"idle for too long", "RFC 3261 18"};
constexpr TraceLabel kPing{"keep-alive", "RFC 5626 3.5.1"};
constexpr TraceLabel kPeerFinished{"peer has finished", "RFC 3261 18.2.2"};
constexpr TraceLabel kZeros{"octets without contents dropped", "RFC 3261 18.3"};

const TraceLabel& LabelOf(CloseReason reason) {
  static constexpr TraceLabel kLocal{"closed by us"};
  static constexpr TraceLabel kPeer{"closed by the peer"};
  static constexpr TraceLabel kReset{"reset by the peer", "RFC 3261 18.4"};
  static constexpr TraceLabel kRefused{"refused", "RFC 3261 18.4"};
  static constexpr TraceLabel kTimeout{"no answer", "RFC 3261 18.4"};
  static constexpr TraceLabel kUnreachable{"unreachable", "RFC 3261 18.4"};
  static constexpr TraceLabel kSecurity{"not trusted", "RFC 5922 7.3"};
  static constexpr TraceLabel kProtocol{"peer breaks the rules below"};
  switch (reason) {
    case CloseReason::kLocal:
      return kLocal;
    case CloseReason::kPeer:
      return kPeer;
    case CloseReason::kReset:
      return kReset;
    case CloseReason::kRefused:
      return kRefused;
    case CloseReason::kTimeout:
      return kTimeout;
    case CloseReason::kUnreachable:
      return kUnreachable;
    case CloseReason::kSecurity:
      return kSecurity;
    case CloseReason::kProtocol:
      return kProtocol;
  }
  return kLocal;
}

std::span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Connection::Connection(NodeClock& clock, Owner& owner, const Config& config, uint32_t id,
                       TransportKind transport, const Endpoint& remote, std::string domain,
                       Opener opener)
    : clock_(clock),
      owner_(owner),
      config_(config),
      id_(id),
      transport_(transport),
      remote_(remote),
      domain_(std::move(domain)),
      opener_(opener),
      framer_(config.limits),
      last_use_(clock.now()),
      idle_(clock, *this, kIdleTimer, entity_),
      closing_(clock, *this, kClosingTimer, entity_) {}

Connection::~Connection() = default;

void Connection::Attach(std::unique_ptr<Channel> channel) {
  channel_ = std::move(channel);
  entity_ =
      clock_.trace().NewEntity(absl::StrCat("sip connection ", id_, " ", ViaName(transport_), " ",
                                            ToString(channel_->local()), " ", ToString(remote_)));
  if (opener_ == Opener::kUs) {
    Enter(State::kConnecting, kOpenedHere);
  } else {
    Enter(State::kOpen, kOpenedThere);
    Use();
  }
}

void Connection::Enter(State state, const TraceLabel& reason) {
  constexpr const TraceLabel* kNames[] = {&kConnecting, &kOpen, &kClosing, &kClosed};
  state_ = state;
  if (state == State::kOpen) has_opened_ = true;
  clock_.trace().State(entity_, *kNames[static_cast<size_t>(state)], reason);
}

// The timer is not moved by each message: when it fires, it looks.
void Connection::Use() {
  last_use_ = clock_.now();
  if (!idle_.is_set() && config_.idle_timeout != Duration::Infinite()) {
    idle_.Set(config_.idle_timeout);
  }
}

void Connection::OnTimerIdle() {
  const Duration idle = clock_.now() - last_use_;
  if (idle < config_.idle_timeout) {
    idle_.Set(config_.idle_timeout - idle);
    return;
  }
  if (state_ == State::kOpen) Close(kIdle);
}

bool Connection::Send(const Hop& hop, absl::string_view wire, const SendOptions& options,
                      std::unique_ptr<Detour> detour) {
  TW_CHECK(is_usable());
  if (wire.size() > channel_->max_message()) return false;
  // One message always fits, however long.
  if (queued_octets_ > 0 && queued_octets_ + wire.size() > config_.queue_limit) return false;
  clock_.trace().Message(entity_, kSent, BytesOf(wire));
  ++sent_;
  Use();
  size_t taken = 0;
  if (state_ == State::kOpen && queue_.empty()) {
    const auto position = static_cast<int64_t>(channel_->send_position());
    taken = channel_->Send(BytesOf(wire), 0, options);
    if (taken > 0) clock_.trace().Sample(entity_, kWritten, position);
    if (taken == wire.size()) return true;
  }
  queue_.push_back({hop, std::string(wire), options, taken, std::move(detour)});
  queued_octets_ += wire.size() - taken;
  return true;
}

void Connection::Drain() {
  size_t done = 0;
  for (; done < queue_.size() && (state_ == State::kOpen || state_ == State::kClosing); ++done) {
    Unsent& first = queue_[done];
    const auto position = static_cast<int64_t>(channel_->send_position());
    const size_t taken = channel_->Send(BytesOf(absl::string_view(first.wire).substr(first.taken)),
                                        0, first.options);
    if (taken == 0) break;
    if (first.taken == 0) clock_.trace().Sample(entity_, kWritten, position);
    first.taken += taken;
    queued_octets_ -= taken;
    if (first.taken < first.wire.size()) break;
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(done));
  if (state_ == State::kClosing && queue_.empty()) channel_->ShutdownSend();
}

void Connection::Close(const TraceLabel& why) {
  if (!is_usable()) return;
  const bool was_open = state_ == State::kOpen;
  idle_.Cancel();
  Enter(State::kClosing, why);
  if (!was_open) {
    channel_->Close();
    return;
  }
  closing_.Set(Duration::Seconds(32));
  if (queue_.empty()) channel_->ShutdownSend();  // else when it is empty
}

void Connection::OnTimerClosing() {
  clock_.trace().Note(entity_, kNotClosed);
  channel_->Abort();
}

void Connection::Abort(const TraceLabel& why, CloseReason reason) {
  if (state_ == State::kClosed) return;
  aborted_ = reason;
  idle_.Cancel();
  Enter(State::kClosing, why);
  channel_->Abort();
}

std::vector<Connection::Unsent> Connection::TakeUnsent() {
  queued_octets_ = 0;
  return std::exchange(queue_, {});
}

void Connection::OnConnected(Channel&) {
  if (state_ != State::kConnecting) return;
  static constexpr TraceLabel kEstablished{"established"};
  Enter(State::kOpen, kEstablished);
  Use();
  Drain();
  owner_.OnOpen(*this);
}

void Connection::OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) {
  const bool is_expected = state_ == State::kOpen || state_ == State::kClosing;
  if (!is_expected || !is_reading_ || aborted_.has_value()) return;
  if (zeros > 0) {
    // No message of ours has octets that are not stored: somebody sends bulk data to this port.
    clock_.trace().Note(entity_, kZeros);
    Abort(kZeros, CloseReason::kProtocol);
    return;
  }
  if (state_ == State::kOpen) Use();
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (channel_->preserves_messages()) {
    // RFC 7118 §6: line ends alone keep the connection alive here, too.
    if (text.find_first_not_of("\r\n") != absl::string_view::npos) {
      OnMessage(text);
    } else {
      OnPing();
    }
    return;
  }
  const TraceLabel* const broken = framer_.Feed(text, *this);
  if (broken == nullptr || aborted_.has_value() || state_ == State::kClosed) return;
  clock_.trace().Note(entity_, *broken);
  is_reading_ = false;
  owner_.OnBroken(*this, framer_.broken_head(), *broken);
  Close(*broken);
}

bool Connection::OnMessage(absl::string_view wire) {
  ++received_;
  clock_.trace().Message(entity_, kReceived, BytesOf(wire));
  owner_.OnMessage(*this, wire);
  return !aborted_.has_value() && state_ != State::kClosed;
}

void Connection::OnPing() {
  if (clock_.trace().is_watched()) clock_.trace().Note(entity_, kPing);
}

void Connection::OnWritable(Channel&) { Drain(); }

// What we still have to say goes another way (§18.2.2): the peer has closed this one.
void Connection::OnPeerFinished(Channel&) {
  if (state_ == State::kOpen) Close(kPeerFinished);
}

void Connection::OnError(Channel&, ChannelError) {}

void Connection::OnClosed(Channel&, CloseReason reason) {
  if (state_ == State::kClosed) return;
  idle_.Cancel();
  closing_.Cancel();
  if (aborted_.has_value()) reason = *aborted_;
  Enter(State::kClosed, LabelOf(reason));
  owner_.OnClosed(*this, reason);
}

}  // namespace tickwire::sip
