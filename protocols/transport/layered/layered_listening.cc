#include "protocols/transport/layered/layered_listening.h"

#include <algorithm>
#include <utility>

#include "protocols/transport/layered/layered_channel.h"
#include "protocols/transport/layered/layered_stack.h"

namespace tickwire {
namespace {

constexpr TraceLabel kBacklogFull{"backlog full", "the user accepts too slowly"};
constexpr TraceLabel kTooManyHandshakes{"too many handshakes", "our limit, for one port"};

// Whom a refused channel talks to. Has no state.
struct NobodyListens final : Channel::Listener {
  void OnConnected(Channel&) override {}
  void OnReceive(Channel&, std::span<const uint8_t>, uint64_t) override {}
  void OnWritable(Channel&) override {}
  void OnPeerFinished(Channel&) override {}
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason) override {}
};

Channel::Listener& Nobody() {
  static NobodyListens nobody;
  return nobody;
}

}  // namespace

LayeredListening::LayeredListening(LayeredStack& stack, TransportKind kind, int backlog,
                                   TransportStack::AcceptFn on_accept)
    : stack_(stack),
      kind_(kind),
      backlog_(backlog < 1 ? 1 : static_cast<size_t>(backlog)),
      on_accept_(std::move(on_accept)) {}

LayeredListening::~LayeredListening() {
  if (is_gone_ != nullptr) *is_gone_ = true;
  below_.reset();
  for (LayeredFlow* const flow : std::exchange(handshaking_, {})) flow->OnListeningGone();
  for (LayeredFlow* const flow : std::exchange(waiting_, {})) flow->OnListeningGone();
}

absl::Status LayeredListening::Open(TransportStack& below, TransportKind kind_below,
                                    const Endpoint& local) {
  auto listening = below.Listen(kind_below, local, static_cast<int>(backlog_),
                                [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                                  return OnChannel(std::move(channel));
                                });
  if (!listening.ok()) return listening.status();
  below_ = std::move(*listening);
  return absl::OkStatus();
}

Channel::Listener& LayeredListening::OnChannel(std::unique_ptr<Channel> channel) {
  const bool backlog_is_full = is_paused_ && handshaking_.size() + waiting_.size() >= backlog_;
  if (backlog_is_full || handshaking_.size() >= static_cast<size_t>(stack_.limits().handshakes)) {
    stack_.NoteRefusal(backlog_is_full ? kBacklogFull : kTooManyHandshakes, channel->remote());
    channel->Abort();
    return Nobody();
  }
  LayeredFlow& flow = stack_.Take(std::move(channel), kind_, *this);
  handshaking_.push_back(&flow);
  return flow.listener_below();
}

void LayeredListening::OnOpen(LayeredFlow& flow) {
  std::erase(handshaking_, &flow);
  if (is_paused_) return waiting_.push_back(&flow);
  Accept(flow);
}

void LayeredListening::OnGone(LayeredFlow& flow) {
  std::erase(handshaking_, &flow);
  std::erase(waiting_, &flow);
}

bool LayeredListening::Accept(LayeredFlow& flow) {
  bool is_gone = false;
  bool* const outer = std::exchange(is_gone_, &is_gone);
  const TransportStack::AcceptFn on_accept = on_accept_;  // outlives this, should it be destroyed
  Channel::Listener& user = on_accept(flow.MakeHandle());
  flow.SetUser(user);
  if (is_gone) {
    if (outer != nullptr) *outer = true;
    return false;
  }
  is_gone_ = outer;
  return true;
}

bool LayeredListening::AcceptOne() {
  if (waiting_.empty()) return false;
  LayeredFlow& flow = *waiting_.front();
  waiting_.erase(waiting_.begin());
  Accept(flow);
  flow.OnAccepted();  // in which the user may destroy this
  return true;
}

void LayeredListening::ResumeAccepting() {
  is_paused_ = false;
  bool is_gone = false;
  bool* const outer = std::exchange(is_gone_, &is_gone);
  while (!is_gone && AcceptOne()) {
  }
  if (!is_gone) {
    is_gone_ = outer;
  } else if (outer != nullptr) {
    *outer = true;
  }
}

}  // namespace tickwire
