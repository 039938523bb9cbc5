// A TransportStack whose connections do nothing by themselves: the test plays the network and the
// peer, one callback after the other, and looks at what was asked of each channel.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_FAKE_STREAMS_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_FAKE_STREAMS_H_

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire::sip {

// One connection; it outlives its channel.
struct FakeFlow {
  TransportKind kind;
  Endpoint local, remote;
  std::string peer_name;
  bool preserves_messages = false;
  Channel* channel = nullptr;             // null: destroyed
  Channel::Listener* listener = nullptr;  // null: silenced
  uint64_t room = std::numeric_limits<uint64_t>::max();
  uint64_t max_message = std::numeric_limits<uint64_t>::max();
  std::string sent;                  // all octets that were taken
  std::vector<std::string> writes;   // by call
  std::vector<SendOptions> options;  // of each
  bool is_established = false;
  bool is_shut = false;     // ShutdownSend, or Close
  bool is_closed = false;   // Close
  bool is_aborted = false;  // Abort
  bool has_ended = false;   // OnClosed was called

  // --- What the network and the peer do. ---
  void Establish() {
    is_established = true;
    listener->OnConnected(*channel);
    Settle();
  }
  void Deliver(absl::string_view text, uint64_t zeros = 0) {
    if (listener == nullptr || has_ended || is_closed) return;
    listener->OnReceive(*channel, {reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                        zeros);
    Settle();
  }
  // There is room for so much more.
  void Grant(uint64_t more) {
    room = more;
    listener->OnWritable(*channel);
    Settle();
  }
  void PeerFinishes() {
    listener->OnPeerFinished(*channel);
    Settle();
  }
  void End(CloseReason reason) {
    if (std::exchange(has_ended, true) || listener == nullptr) return;
    listener->OnClosed(*channel, reason);
  }
  // What follows from the calls of the user at the end of the event.
  void Settle() {
    if (is_aborted || (is_closed && !is_established)) End(CloseReason::kLocal);
  }
};

class FakeStreams final : public TransportStack {
 public:
  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override {
    if (refuses_ports && options.local.port != 0) {
      return absl::AlreadyExistsError("the port is taken");
    }
    if (refuses) return absl::UnavailableError("no route");
    const uint16_t port = options.local.port != 0 ? options.local.port : next_port_++;
    FakeFlow& flow = NewFlow(kind, {own_address, port}, remote);
    flow.peer_name = options.peer_name;
    flow.listener = &listener;
    return std::unique_ptr<Channel>(std::make_unique<Handle>(flow));
  }
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int,
                                                    AcceptFn on_accept) override {
    acceptors_[{kind, local.port}] = std::move(on_accept);
    return std::unique_ptr<Listening>(std::make_unique<Ear>(*this, kind, local));
  }
  bool Listens(TransportKind kind, uint16_t port) const {
    return acceptors_.contains({kind, port});
  }
  // A peer at `remote` connects to that port of ours. As with real stacks, the listener is known
  // only when the acceptor has returned.
  FakeFlow& Arrive(TransportKind kind, uint16_t port, const Endpoint& remote) {
    FakeFlow& flow = NewFlow(kind, {own_address, port}, remote);
    flow.is_established = true;
    flow.listener = &acceptors_.at({kind, port})(std::make_unique<Handle>(flow));
    flow.Settle();
    return flow;
  }
  // Since the last call, in the order in which they were opened.
  size_t opened() const { return flows.size(); }

  std::vector<std::unique_ptr<FakeFlow>> flows;
  IpAddress own_address = IpAddress::V4(0x0a000002);
  bool refuses = false;        // every Connect
  bool refuses_ports = false;  // a Connect from a port that the caller names

 private:
  class Handle final : public Channel {
   public:
    explicit Handle(FakeFlow& flow) : flow_(flow) { flow_.channel = this; }
    ~Handle() override {
      if (!flow_.has_ended) flow_.is_shut = flow_.is_closed = true;
      flow_.channel = nullptr;
      flow_.listener = nullptr;
    }
    uint64_t Send(std::span<const uint8_t> bytes, uint64_t, const SendOptions& options) override {
      if (!flow_.is_established || flow_.is_shut || flow_.is_aborted || flow_.has_ended) return 0;
      if (flow_.preserves_messages && bytes.size() > flow_.room) return 0;
      if (bytes.size() > flow_.max_message) return 0;
      const auto taken = std::min<uint64_t>(bytes.size(), flow_.room);
      if (taken == 0) return 0;
      flow_.room -= taken;
      flow_.writes.emplace_back(reinterpret_cast<const char*>(bytes.data()), taken);
      flow_.sent += flow_.writes.back();
      flow_.options.push_back(options);
      return taken;
    }
    void ShutdownSend() override { flow_.is_shut = true; }
    void Close() override { flow_.is_shut = flow_.is_closed = true; }
    void Abort() override { flow_.is_aborted = true; }
    void PauseReceiving() override {}
    void ResumeReceiving() override {}
    uint64_t Receive(uint64_t) override { return 0; }
    Endpoint local() const override { return flow_.local; }
    Endpoint remote() const override { return flow_.remote; }
    bool is_reliable() const override { return true; }
    bool preserves_messages() const override { return flow_.preserves_messages; }
    uint64_t max_message() const override { return flow_.max_message; }
    uint64_t send_position() const override { return flow_.sent.size(); }

   private:
    FakeFlow& flow_;
  };

  class Ear final : public TransportStack::Listening {
   public:
    Ear(FakeStreams& streams, TransportKind kind, Endpoint at)
        : streams_(streams), kind_(kind), at_(at) {}
    ~Ear() override { streams_.acceptors_.erase({kind_, at_.port}); }
    Endpoint local() const override { return at_; }
    void PauseAccepting() override {}
    void ResumeAccepting() override {}
    bool AcceptOne() override { return false; }

   private:
    FakeStreams& streams_;
    const TransportKind kind_;
    const Endpoint at_;
  };

  FakeFlow& NewFlow(TransportKind kind, const Endpoint& local, const Endpoint& remote) {
    flows.push_back(std::make_unique<FakeFlow>());
    FakeFlow& flow = *flows.back();
    flow.kind = kind;
    flow.local = local;
    flow.remote = remote;
    flow.preserves_messages =
        kind == TransportKind::kSctp || kind == TransportKind::kWs || kind == TransportKind::kWss;
    return flow;
  }

  std::map<std::pair<TransportKind, uint16_t>, AcceptFn> acceptors_;
  uint16_t next_port_ = 49152;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_FAKE_STREAMS_H_
