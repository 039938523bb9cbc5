#include "protocols/sctp/socket/sctp_transport.h"

#include <deque>
#include <utility>

#include "protocols/sctp/socket/sctp_channel.h"

namespace tickwire::sctp {
namespace {

// Where an endpoint that only connects is told of what never comes.
class NobodyAccepts final : public SctpEndpoint::User {
 public:
  Association::User& OnAccepted(Association&) override { return nobody_; }

 private:
  struct Nobody final : Association::User {
    void OnMessage(Association&, const ReceivedMessage&, std::span<const uint8_t>) override {}
    void OnNotification(Association&, const Notification&) override {}
    void OnWritable(Association&) override {}
  };
  Nobody nobody_;
};

NobodyAccepts& Nobody() {
  static NobodyAccepts nobody;  // has no state
  return nobody;
}

class SctpListening final : public TransportStack::Listening, private SctpEndpoint::User {
 public:
  SctpListening(Endpoint local, size_t backlog, TransportStack::AcceptFn on_accept)
      : local_(local), backlog_(backlog), on_accept_(std::move(on_accept)) {}

  // What was accepted lives on; its port stays taken until the last of it has ended.
  ~SctpListening() override {
    for (const std::unique_ptr<SctpChannel>& channel : waiting_) channel->Abort();
    waiting_.clear();
    if (endpoint_ == nullptr) return;
    endpoint_->set_listening(false);
    SctpLayer& layer = endpoint_->layer();
    layer.Keep(std::move(endpoint_));
  }

  absl::Status Bind(SctpLayer& layer, const SctpConfig& config) {
    std::vector<IpAddress> addresses;
    if (!local_.address.is_unspecified()) addresses.push_back(local_.address);
    auto endpoint = layer.Bind(local_.port, std::move(addresses), config, *this);
    if (!endpoint.ok()) return endpoint.status();
    endpoint_ = std::move(*endpoint);
    endpoint_->set_listening(true);
    return absl::OkStatus();
  }

  Endpoint local() const override { return local_; }
  void PauseAccepting() override { is_paused_ = true; }
  void ResumeAccepting() override {
    is_paused_ = false;
    endpoint_->set_listening(true);
    while (AcceptOne()) {
    }
  }
  bool AcceptOne() override {
    if (waiting_.empty()) return false;
    std::unique_ptr<SctpChannel> channel = std::move(waiting_.front());
    waiting_.pop_front();
    if (waiting_.size() < backlog_) endpoint_->set_listening(true);
    if (SctpChannel* const handle = HandOver(std::move(channel))) handle->ResumeReceiving();
    return true;
  }

 private:
  Association::User& OnAccepted(Association& association) override {
    const Endpoint remote{association.peer_address(), association.remote_port()};
    auto channel =
        std::make_unique<SctpChannel>(Endpoint{local_.address, local_.port}, remote, nullptr);
    SctpChannel& handle = *channel;
    handle.set_association(association);
    if (is_paused_) {
      handle.PauseReceiving();
      waiting_.push_back(std::move(channel));
      // A full backlog refuses: RFC 6458 section 4.1.3.
      if (waiting_.size() >= backlog_) endpoint_->set_listening(false);
    } else if (HandOver(std::move(channel)) == nullptr) {
      return Nobody().OnAccepted(association);
    }
    return handle;
  }

  // Null: the user threw it away at once.
  SctpChannel* HandOver(std::unique_ptr<SctpChannel> channel) {
    bool is_gone = false;
    SctpChannel& handle = *channel;
    handle.set_watch(&is_gone);
    Channel::Listener& listener = on_accept_(std::move(channel));
    if (is_gone) return nullptr;
    handle.set_watch(nullptr);
    handle.set_listener(listener);
    return &handle;
  }

  const Endpoint local_;
  const size_t backlog_;
  const TransportStack::AcceptFn on_accept_;
  bool is_paused_ = false;
  std::unique_ptr<SctpEndpoint> endpoint_;
  std::deque<std::unique_ptr<SctpChannel>> waiting_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Channel>> SctpTransport::Connect(TransportKind kind, Endpoint remote,
                                                                Channel::Listener& listener,
                                                                const ConnectOptions& options) {
  if (kind != TransportKind::kSctp) {
    return absl::InvalidArgumentError("this stack speaks SCTP only");
  }
  return ConnectTo({remote.address}, remote.port, listener, options);
}

absl::StatusOr<std::unique_ptr<Channel>> SctpTransport::ConnectTo(
    const std::vector<IpAddress>& peer, uint16_t port, Channel::Listener& listener,
    const ConnectOptions& options) {
  std::vector<IpAddress> own;
  if (!options.local.address.is_unspecified()) own.push_back(options.local.address);
  auto endpoint = layer_.Bind(options.local.port, std::move(own), config_, Nobody());
  if (!endpoint.ok()) return endpoint.status();
  auto channel = std::make_unique<SctpChannel>(
      Endpoint{options.local.address, (*endpoint)->port()},
      Endpoint{peer.empty() ? IpAddress() : peer.front(), port}, &listener);
  absl::StatusOr<Association*> association = (*endpoint)->Connect(peer, port, *channel);
  if (!association.ok()) return association.status();
  channel->set_association(**association);
  channel->Own(std::move(*endpoint));
  return channel;
}

absl::StatusOr<std::unique_ptr<TransportStack::Listening>> SctpTransport::Listen(
    TransportKind kind, Endpoint local, int backlog, AcceptFn on_accept) {
  if (kind != TransportKind::kSctp) {
    return absl::InvalidArgumentError("this stack speaks SCTP only");
  }
  auto listening = std::make_unique<SctpListening>(
      local, backlog < 1 ? size_t{1} : static_cast<size_t>(backlog), std::move(on_accept));
  if (const absl::Status bound = listening->Bind(layer_, config_); !bound.ok()) return bound;
  return listening;
}

}  // namespace tickwire::sctp
