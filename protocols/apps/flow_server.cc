#include "protocols/apps/flow_server.h"

#include <utility>

namespace tickwire {

FlowServer::Session::Session(FlowServer& server, std::unique_ptr<Channel> channel)
    : server_(server), channel_(std::move(channel)) {}

void FlowServer::Session::Send(std::span<const uint8_t> bytes, uint64_t zeros) {
  queue_.Push(bytes, zeros);
  server_.totals_.bytes_sent += queue_.Flush(*channel_);
}

void FlowServer::Session::Finish() {
  queue_.Finish();
  server_.totals_.bytes_sent += queue_.Flush(*channel_);
}

void FlowServer::Session::OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) {
  server_.totals_.bytes_received += bytes.size() + zeros;
  OnBytes(bytes, zeros);
}

void FlowServer::Session::OnWritable(Channel&) {
  server_.totals_.bytes_sent += queue_.Flush(*channel_);
  if (queue_.is_empty()) OnRoom();
}

void FlowServer::Session::OnClosed(Channel&, CloseReason reason) {
  server_.totals_.Count(reason);
  server_.sessions_.erase(self_);  // destroys this
}

FlowServer::FlowServer(const AppHost& host, MakeSession make)
    : host_(host), make_(std::move(make)) {}

absl::Status FlowServer::Listen(const Config& config) {
  auto listening =
      host_.stack.Listen(host_.kind, {IpAddress(), config.port}, config.backlog,
                         [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                           ++totals_.opened;
                           ++totals_.established;
                           sessions_.push_back(make_(*this, std::move(channel)));
                           sessions_.back()->self_ = std::prev(sessions_.end());
                           return *sessions_.back();
                         });
  if (!listening.ok()) return listening.status();
  listening_ = std::move(*listening);
  return absl::OkStatus();
}

}  // namespace tickwire
