#include "protocols/transport/layered/layered_channel.h"

#include "protocols/transport/layered/layered_flow.h"

namespace tickwire {

LayeredChannel::LayeredChannel(LayeredFlow& flow)
    : flow_(&flow), preserves_messages_(flow.preserves_messages()) {}

LayeredChannel::~LayeredChannel() {
  if (flow_ != nullptr) flow_->Orphan();
}

uint64_t LayeredChannel::Send(std::span<const uint8_t> bytes, uint64_t zeros, const SendOptions&) {
  return flow_ != nullptr ? flow_->Send(bytes, zeros) : 0;
}

void LayeredChannel::ShutdownSend() {
  if (flow_ != nullptr) flow_->ShutdownSend();
}

void LayeredChannel::Close() {
  if (flow_ != nullptr) flow_->Close();
}

void LayeredChannel::Abort() {
  if (flow_ != nullptr) flow_->Abort();
}

void LayeredChannel::PauseReceiving() {
  if (flow_ != nullptr) flow_->PauseReceiving();
}

void LayeredChannel::ResumeReceiving() {
  if (flow_ != nullptr) flow_->ResumeReceiving();
}

uint64_t LayeredChannel::Receive(uint64_t limit) {
  return flow_ != nullptr ? flow_->Receive(limit) : 0;
}

Endpoint LayeredChannel::local() const { return flow_ != nullptr ? flow_->local() : local_; }

Endpoint LayeredChannel::remote() const { return flow_ != nullptr ? flow_->remote() : remote_; }

uint64_t LayeredChannel::send_position() const {
  return flow_ != nullptr ? flow_->send_position() : send_position_;
}

std::vector<std::string> LayeredChannel::peer_names() const {
  return flow_ != nullptr ? flow_->peer_names() : std::vector<std::string>();
}

void LayeredChannel::OnFlowGone() {
  local_ = flow_->local();
  remote_ = flow_->remote();
  send_position_ = flow_->send_position();
  flow_ = nullptr;
}

}  // namespace tickwire
