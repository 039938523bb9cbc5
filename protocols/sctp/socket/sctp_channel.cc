#include "protocols/sctp/socket/sctp_channel.h"

#include <utility>
#include <vector>

#include "protocols/sctp/sctp_layer.h"

namespace tickwire::sctp {

// The association ends in good order without its handle.
SctpChannel::~SctpChannel() {
  if (gone_ != nullptr) *gone_ = true;
  listener_ = nullptr;
  if (association_ != nullptr) {
    association_->set_user_gone();
    association_->Shutdown();
  }
  if (endpoint_ != nullptr) {
    SctpLayer& layer = endpoint_->layer();
    layer.Keep(std::move(endpoint_));
  }
}

uint64_t SctpChannel::Send(std::span<const uint8_t> bytes, uint64_t zeros,
                           const SendOptions& options) {
  if (association_ == nullptr || closed_here_) return 0;
  OutgoingMessage message;
  // The peer may have allowed fewer than were asked for (RFC 9260 §5.1.1). Before it has answered,
  // nothing is known and as many as were asked for can be used.
  const uint16_t streams = association_->outbound_streams();
  message.stream =
      StreamId{streams == 0 ? options.stream : static_cast<uint16_t>(options.stream % streams)};
  message.unordered = options.unordered;
  message.ppid = Ppid{options.ppid};
  message.data.assign(bytes.begin(), bytes.end());
  message.data.resize(message.data.size() + zeros);
  const uint64_t size = message.data.size();
  if (association_->Send(std::move(message)) != Association::SendResult::kAccepted) return 0;
  ++sent_;
  return size;
}

uint64_t SctpChannel::max_message() const {
  return association_ == nullptr ? Channel::max_message() : association_->max_message();
}

void SctpChannel::ShutdownSend() {
  closed_here_ = true;
  if (association_ != nullptr) association_->Shutdown();
}

void SctpChannel::Close() {
  wants_no_data_ = true;
  ShutdownSend();
}

void SctpChannel::Abort() {
  closed_here_ = true;
  if (association_ != nullptr) association_->Abort("");
}

void SctpChannel::PauseReceiving() {
  if (association_ != nullptr) association_->PauseReceiving();
}

void SctpChannel::ResumeReceiving() {
  if (association_ != nullptr) association_->ResumeReceiving();
}

// Whole messages, until `limit` bytes are reached.
uint64_t SctpChannel::Receive(uint64_t limit) {
  taken_ = 0;
  while (taken_ < limit && association_ != nullptr && association_->ReceiveOne()) {
  }
  return taken_;
}

void SctpChannel::OnMessage(Association&, const ReceivedMessage&, std::span<const uint8_t> data) {
  taken_ += data.size();
  if (listener_ != nullptr && !wants_no_data_) listener_->OnReceive(*this, data, 0);
}

void SctpChannel::OnNotification(Association& association, const Notification& notification) {
  if (std::holds_alternative<ShutdownEvent>(notification)) {
    if (listener_ != nullptr) listener_->OnPeerFinished(*this);
    return;
  }
  const auto* change = std::get_if<AssociationChange>(&notification);
  if (change == nullptr) return;
  CloseReason reason = CloseReason::kLocal;
  switch (change->state) {
    case AssociationChange::State::kUp:
      association_ = &association;
      if (!is_accepted_ && listener_ != nullptr && endpoint_ != nullptr) {
        listener_->OnConnected(*this);
      }
      return;
    case AssociationChange::State::kRestart:
      return;
    case AssociationChange::State::kShutdownComplete:
      reason = closed_here_ ? CloseReason::kLocal : CloseReason::kPeer;
      break;
    case AssociationChange::State::kLost:
      reason = closed_here_                               ? CloseReason::kLocal
               : change->info.empty() && !change->by_peer ? CloseReason::kTimeout
                                                          : CloseReason::kReset;
      break;
    case AssociationChange::State::kCannotStart:
      reason = change->by_peer ? CloseReason::kRefused : CloseReason::kTimeout;
      break;
  }
  association_ = nullptr;
  if (listener_ != nullptr) listener_->OnClosed(*this, reason);
}

void SctpChannel::OnWritable(Association&) {
  if (listener_ != nullptr) listener_->OnWritable(*this);
}

}  // namespace tickwire::sctp
