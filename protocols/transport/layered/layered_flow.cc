#include "protocols/transport/layered/layered_flow.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/transport/layered/layered_channel.h"
#include "protocols/transport/layered/layered_listening.h"
#include "protocols/transport/layered/layered_stack.h"
#include "sim_core/base/check.h"

namespace tickwire {
namespace {

constexpr TraceLabel kHandshakeTimer{"handshake", "the peer has only so long"};
constexpr TraceLabel kLingerTimer{"linger",
                                  "after our goodbye the peer has only so long for its own"};

}  // namespace

LayeredFlow::LayeredFlow(LayeredStack& stack, Role role, uint64_t number,
                         absl::string_view entity_name)
    : stack_(stack),
      entity_(stack.clock().trace().NewEntity(entity_name)),
      number_(number),
      role_(role),
      timer_(stack.clock(), *this, kHandshakeTimer, entity_) {}

LayeredFlow::~LayeredFlow() {
  if (listening_ != nullptr) listening_->OnGone(*this);
  if (handle_ != nullptr) handle_->OnFlowGone();
}

NodeClock& LayeredFlow::clock() { return stack_.clock(); }

NodeTrace& LayeredFlow::trace() { return stack_.clock().trace(); }

void LayeredFlow::Begin(std::unique_ptr<Channel> below, LayeredListening* listening) {
  below_ = std::move(below);
  listening_ = listening;
  if (role_ == Role::kServer) StartHandshake();
}

std::unique_ptr<LayeredChannel> LayeredFlow::MakeHandle() {
  auto handle = std::make_unique<LayeredChannel>(*this);
  handle_ = handle.get();
  is_accepted_ = true;
  listening_ = nullptr;
  return handle;
}

void LayeredFlow::SetUser(Channel::Listener& user) {
  if (handle_ != nullptr) user_ = &user;
  UpdatePause();
}

void LayeredFlow::OnAccepted() { Notify(); }

void LayeredFlow::OnListeningGone() {
  listening_ = nullptr;
  wants_no_sending_ = wants_no_data_ = true;
  End(CloseReason::kLocal);
  AbortBelow();
  Notify();
}

// --- The user ---

uint64_t LayeredFlow::Send(std::span<const uint8_t> bytes, uint64_t zeros) {
  if (has_ended_ || wants_no_sending_) return 0;
  const uint64_t taken = is_open_ && held_.empty() ? Write(bytes, zeros) : 0;
  if (taken < bytes.size() + zeros) is_blocked_ = true;
  return taken;
}

void LayeredFlow::ShutdownSend() {
  if (has_ended_ || wants_no_sending_) return;
  if (!is_open_) return Close();
  wants_no_sending_ = true;
  WriteEnd();
  Notify();
}

void LayeredFlow::Close() {
  if (wants_no_data_) return;
  wants_no_data_ = true;
  while (!inbox_.empty()) inbox_.pop_front();
  if (!has_ended_) {
    if (!is_open_) {
      wants_no_sending_ = true;
      OnHandshakeOver(CloseReason::kLocal);
      End(CloseReason::kLocal);
      FinishBelow();
    } else {
      if (!wants_no_sending_) {
        wants_no_sending_ = true;
        WriteEnd();
      }
      UpdatePause();
    }
    Linger();
  }
  Notify();
}

void LayeredFlow::Abort() {
  wants_no_sending_ = wants_no_data_ = true;
  End(CloseReason::kLocal);
  AbortBelow();
  Notify();
}

void LayeredFlow::Orphan() {
  handle_ = nullptr;
  user_ = nullptr;
  wants_no_data_ ? Notify() : Close();
}

void LayeredFlow::PauseReceiving() {
  is_paused_ = true;
  UpdatePause();
}

void LayeredFlow::ResumeReceiving() {
  is_paused_ = false;
  Notify();
  UpdatePause();
}

uint64_t LayeredFlow::Receive(uint64_t limit) {
  uint64_t taken = 0;
  while (taken < limit && handle_ != nullptr && !wants_no_data_) {
    if (inbox_.empty() && (below_is_over_ || below_->Receive(limit - taken) == 0)) break;
    if (is_delivering_) break;  // called from within a delivery
    taken += DeliverOne(limit - taken);
  }
  Notify();  // the end may come now
  return taken;
}

uint64_t LayeredFlow::send_position() const {
  return below_->send_position() + (below_->preserves_messages() ? held_.units() : held_.octets());
}

// --- The layer ---

void LayeredFlow::Open() {
  TW_DCHECK(!is_open_);
  is_open_ = true;
  timer_.Cancel();
  if (role_ == Role::kClient) tell_connected_ = true;
  if (is_blocked_) tell_writable_ = true;
  is_blocked_ = false;
  if (role_ == Role::kClient) UpdatePause();
}

void LayeredFlow::Deliver(std::vector<uint8_t> bytes) {
  if (!wants_no_data_ && !has_ended_) inbox_.push_back(std::move(bytes));
}

void LayeredFlow::TellPeerFinished() { tell_peer_finished_ = true; }

bool LayeredFlow::Flush() {
  if (below_is_over_) {
    held_.Clear();
    return true;
  }
  const bool is_empty = held_.Flush(*below_);
  if (is_empty && finishes_below_ && !has_finished_below_) {
    has_finished_below_ = true;
    below_->ShutdownSend();
  }
  return is_empty;
}

void LayeredFlow::FinishBelow() {
  finishes_below_ = true;
  Flush();
}

void LayeredFlow::End(CloseReason reason) {
  if (has_ended_) return;
  has_ended_ = true;
  reason_ = reason;
  tell_closed_ = true;
  tell_connected_ = tell_writable_ = false;
  // What came before is still good where the layer itself ended it, or the peer in good order.
  if (reason != CloseReason::kLocal && reason != CloseReason::kPeer) tell_peer_finished_ = false;
  if (reason == CloseReason::kReset || reason == CloseReason::kTimeout) {
    while (!inbox_.empty()) inbox_.pop_front();
  }
  if (listening_ != nullptr) std::exchange(listening_, nullptr)->OnGone(*this);
  if (!below_is_over_) Linger();
}

void LayeredFlow::AbortBelow() {
  if (below_is_over_) return;
  below_is_over_ = true;
  is_deaf_ = true;
  held_.Clear();
  timer_.Cancel();
  below_->Abort();
}

void LayeredFlow::Linger() {
  if (below_is_over_) return;
  if (timer_.is_set()) timer_.Cancel();
  timer_.set_label(kLingerTimer);
  timer_.Set(stack_.limits().linger);
  UpdatePause();
}

void LayeredFlow::OnTimer() {
  if (!has_ended_ && !is_open_) {
    OnHandshakeOver(CloseReason::kTimeout);
    End(CloseReason::kTimeout);
    AbortBelow();
  } else if (is_holding()) {
    timer_.Set(stack_.limits().linger);  // what was taken is delivered
  } else {
    End(CloseReason::kLocal);
    ReleaseBelow();
  }
  Notify();
}

// The channel itself is destroyed with this.
void LayeredFlow::ReleaseBelow() {
  below_is_over_ = true;
  is_deaf_ = true;
  below_->Close();
}

void LayeredFlow::StartHandshake() {
  timer_.Set(stack_.limits().handshake_timeout);
  OnOpenBelow();
  Notify();
}

// --- What the channel below tells ---

void LayeredFlow::OnConnected(Channel&) {
  if (has_ended_) return;
  StartHandshake();
}

void LayeredFlow::OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) {
  if (!is_deaf_ && !bytes.empty()) OnBytes(bytes);
  constexpr std::array<uint8_t, 1024> kZeros{};
  while (zeros > 0 && !is_deaf_) {
    const size_t size = std::min<uint64_t>(zeros, kZeros.size());
    OnBytes(std::span<const uint8_t>(kZeros).first(size));
    zeros -= size;
  }
  Notify();
}

void LayeredFlow::OnWritable(Channel&) {
  if (Flush()) {
    OnFlushed();
    if (is_blocked_ && is_open_ && Flush()) {
      is_blocked_ = false;
      tell_writable_ = true;
    }
  }
  Notify();
}

void LayeredFlow::OnPeerFinished(Channel&) {
  if (!has_ended_) OnEndBelow();
  // What nobody waits for any more ends on both sides.
  if (has_ended_ || wants_no_data_) FinishBelow();
  Notify();
}

void LayeredFlow::OnError(Channel&, ChannelError error) {
  if (user_ != nullptr && handle_ != nullptr && !has_ended_) user_->OnError(*handle_, error);
}

void LayeredFlow::OnClosed(Channel&, CloseReason reason) {
  below_is_over_ = true;
  is_deaf_ = true;
  held_.Clear();
  timer_.Cancel();
  if (!has_ended_) End(OnClosedBelow(reason));
  Notify();
}

// --- Telling the user ---

void LayeredFlow::UpdatePause() {
  if (below_is_over_) return;
  const bool wants_pause =
      is_open_ && !has_ended_ && !wants_no_data_ && (is_paused_ || user_ == nullptr);
  if (wants_pause == is_paused_below_) return;
  is_paused_below_ = wants_pause;
  if (wants_pause) {
    below_->PauseReceiving();
  } else {
    below_->ResumeReceiving();
  }
}

uint64_t LayeredFlow::DeliverOne(uint64_t limit) {
  if (is_delivering_ || inbox_.empty() || handle_ == nullptr || user_ == nullptr) return 0;
  is_delivering_ = true;
  const size_t begin = inbox_begin_;
  size_t size = inbox_.front().size() - begin;
  if (!preserves_messages() && size > limit) {
    size = limit;
    inbox_begin_ += size;
    const std::vector<uint8_t>& front = inbox_.front();
    const std::vector<uint8_t> piece(front.data() + begin, front.data() + begin + size);
    user_->OnReceive(*handle_, piece, 0);
  } else {
    const std::vector<uint8_t> whole = inbox_.pop_front();
    inbox_begin_ = 0;
    user_->OnReceive(*handle_, std::span<const uint8_t>(whole).subspan(begin), 0);
  }
  is_delivering_ = false;
  return size;
}

void LayeredFlow::Notify() {
  if (is_notifying_ || is_delivering_) return;  // who tells goes on
  is_notifying_ = true;
  Flush();
  if (listening_ != nullptr && is_open_ && !is_accepted_) {
    is_accepted_ = true;
    listening_->OnOpen(*this);
    UpdatePause();
  }
  TellUser();
  is_notifying_ = false;
  MaybeRetire();
}

void LayeredFlow::TellUser() {
  while (handle_ != nullptr && user_ != nullptr) {
    if (tell_connected_) {
      tell_connected_ = false;
      user_->OnConnected(*handle_);
    } else if (!inbox_.empty() && !wants_no_data_ && !is_paused_) {
      DeliverOne(~uint64_t{0});
    } else if (tell_peer_finished_ && inbox_.empty() && !wants_no_data_) {
      tell_peer_finished_ = false;
      user_->OnPeerFinished(*handle_);
    } else if (tell_writable_) {
      tell_writable_ = false;
      user_->OnWritable(*handle_);
    } else if (tell_closed_ && (inbox_.empty() || wants_no_data_)) {
      tell_closed_ = false;
      user_->OnClosed(*handle_, reason_);
      break;
    } else {
      break;
    }
  }
}

void LayeredFlow::MaybeRetire() {
  const bool is_told = handle_ == nullptr || !tell_closed_;
  if (is_retired_ || !below_is_over_ || !has_ended_ || !is_told) return;
  is_retired_ = true;
  stack_.Retire(*this);
}

}  // namespace tickwire
