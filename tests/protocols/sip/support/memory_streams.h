// Reliable connections between the nodes of a MemoryNetwork, of any kind, without any protocol
// below: a fixed delay, nothing lost, refused where nobody listens.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_STREAMS_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_STREAMS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sip/transport/transport_names.h"
#include "protocols/transport/transport_stack.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {

class MemoryStreams {
 public:
  explicit MemoryStreams(MemoryNetwork& network, Duration delay = Duration::Millis(10))
      : network_(network), delay_(delay) {}
  MemoryStreams(const MemoryStreams&) = delete;
  MemoryStreams& operator=(const MemoryStreams&) = delete;

  // One for each element; it lives as long as this.
  TransportStack& NewStack(MemoryNetwork::Node& node) {
    stacks_.push_back(std::make_unique<Stack>(*this, node));
    return *stacks_.back();
  }
  // What was written: "1500 10.0.0.1 TCP INVITE" (ms since the start); forgets it.
  std::vector<std::string> TakeLog() { return std::exchange(log_, {}); }
  std::vector<std::string> texts;
  // Connections that were opened so far: "TLS 10.0.0.1 10.0.0.2:5061 example.com".
  std::vector<std::string> opened;
  // What is written and satisfies this never arrives, as if it had been lost on a hop beyond.
  void set_loss(std::function<bool(absl::string_view text)> loss) { loss_ = std::move(loss); }
  // Both sides of all connections hear of a reset.
  void ResetAll() {
    for (auto& [id, end] : ends_) Finish(id, CloseReason::kReset, Duration());
  }

 private:
  using ListenKey = std::tuple<TransportKind, Endpoint>;
  struct Listener {
    MemoryNetwork::Node* node;
    TransportStack::AcceptFn accept;
  };
  struct End {  // of a connection
    MemoryNetwork::Node* node;
    TransportKind kind;
    Endpoint local, remote;
    Channel::Listener* listener = nullptr;  // null: its channel is gone
    Channel* channel = nullptr;
    uint64_t peer = 0;  // its id; 0: none yet
    bool is_connected = false;
    bool is_over = false;
  };

  class Handle final : public Channel {
   public:
    Handle(MemoryStreams& streams, uint64_t id) : streams_(streams), id_(id) {
      streams_.ends_[id_].channel = this;
    }
    ~Handle() override {
      Close();
      streams_.ends_[id_].listener = nullptr;
    }
    uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros, const SendOptions&) override {
      End& end = streams_.ends_[id_];
      if (end.is_over || !end.is_connected) return 0;
      sent_ += bytes.size() + zeros;
      streams_.Transmit(end, std::string(bytes.begin(), bytes.end()));
      return bytes.size() + zeros;
    }
    void ShutdownSend() override {}
    void Close() override {
      End& end = streams_.ends_[id_];
      if (std::exchange(end.is_over, true)) return;
      streams_.Tell(end, CloseReason::kLocal, Duration());
      if (end.peer != 0) streams_.Finish(end.peer, CloseReason::kPeer, streams_.delay_);
    }
    void Abort() override {
      End& end = streams_.ends_[id_];
      if (std::exchange(end.is_over, true)) return;
      streams_.Tell(end, CloseReason::kLocal, Duration());
      if (end.peer != 0) streams_.Finish(end.peer, CloseReason::kReset, streams_.delay_);
    }
    void PauseReceiving() override {}
    void ResumeReceiving() override {}
    uint64_t Receive(uint64_t) override { return 0; }
    Endpoint local() const override { return streams_.ends_[id_].local; }
    Endpoint remote() const override { return streams_.ends_[id_].remote; }
    bool is_reliable() const override { return true; }
    bool preserves_messages() const override { return false; }
    uint64_t send_position() const override { return sent_; }

   private:
    MemoryStreams& streams_;
    const uint64_t id_;
    uint64_t sent_ = 0;
  };

  class Stack final : public TransportStack {
   public:
    Stack(MemoryStreams& streams, MemoryNetwork::Node& node) : streams_(streams), node_(node) {}
    MemoryNetwork::Node& node() const { return node_; }
    absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                     Channel::Listener& listener,
                                                     const ConnectOptions& options) override {
      const uint64_t id = ++streams_.last_id_;
      const uint16_t port = options.local.port != 0 ? options.local.port : streams_.next_port_++;
      streams_.ends_[id] = {&node_, kind, {node_.address(), port}, remote, &listener};
      streams_.opened.push_back(absl::StrCat(ViaName(kind), " ", node_.address().ToString(), " ",
                                             ToString(remote), options.peer_name.empty() ? "" : " ",
                                             options.peer_name));
      const auto there = streams_.listeners_.find({kind, remote});
      MemoryNetwork::Node& other = there == streams_.listeners_.end() ? node_ : *there->second.node;
      streams_.At(other, streams_.delay_, [this, id] { streams_.Arrive(id); });
      return std::unique_ptr<Channel>(std::make_unique<Handle>(streams_, id));
    }
    absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int,
                                                      AcceptFn on_accept) override {
      const Endpoint at{node_.address(), local.port};
      streams_.listeners_[{kind, at}] = {&node_, std::move(on_accept)};
      return std::unique_ptr<Listening>(std::make_unique<Ear>(streams_, kind, at));
    }

   private:
    MemoryStreams& streams_;
    MemoryNetwork::Node& node_;
  };

  class Ear final : public TransportStack::Listening {
   public:
    Ear(MemoryStreams& streams, TransportKind kind, Endpoint at)
        : streams_(streams), kind_(kind), at_(at) {}
    ~Ear() override { streams_.listeners_.erase({kind_, at_}); }
    Endpoint local() const override { return at_; }
    void PauseAccepting() override {}
    void ResumeAccepting() override {}
    bool AcceptOne() override { return false; }

   private:
    MemoryStreams& streams_;
    const TransportKind kind_;
    const Endpoint at_;
  };

  struct Task final : tickwire::Event {
    Task(MemoryStreams& s, MemoryNetwork::Node& n, std::function<void()> r)
        : tickwire::Event(&Task::Run), streams(s), node(n), run(std::move(r)) {}
    static void Run(tickwire::Event& event) {
      auto& tasks = static_cast<Task&>(event).streams.tasks_;
      const auto own = tasks.find(&static_cast<Task&>(event));
      const std::unique_ptr<Task> task = std::move(own->second);
      tasks.erase(own);
      task->node.trace().set_cause({});
      task->run();
    }
    MemoryStreams& streams;
    MemoryNetwork::Node& node;
    std::function<void()> run;
  };

  // In an event of that node, scheduled by the one that is running.
  void At(MemoryNetwork::Node& node, Duration after, std::function<void()> run) {
    auto task = std::make_unique<Task>(*this, node, std::move(run));
    Task& event = *task;
    tasks_.emplace(&event, std::move(task));
    const EventKey key =
        Running(node).clock().NextKey(node.clock().node(), network_.loop().now() + after);
    network_.loop().queue().Insert(key, event);
  }
  MemoryNetwork::Node& Running(MemoryNetwork::Node& otherwise) const {
    for (const std::unique_ptr<Stack>& stack : stacks_) {
      if (stack->node().clock().node() == network_.loop().running()) return stack->node();
    }
    return otherwise;  // between events
  }
  // The SYN, so to speak, of that end is there.
  void Arrive(uint64_t id) {
    const auto found = listeners_.find({ends_[id].kind, ends_[id].remote});
    if (ends_[id].is_over) return;
    if (found == listeners_.end()) {
      Finish(id, CloseReason::kRefused, delay_);
      return;
    }
    const uint64_t other = ++last_id_;
    ends_[other] = {found->second.node,
                    ends_[id].kind,
                    ends_[id].remote,
                    ends_[id].local,
                    nullptr /* listener */,
                    nullptr,
                    id,
                    true};
    ends_[id].peer = other;
    auto handle = std::make_unique<Handle>(*this, other);
    Channel::Listener& listener = found->second.accept(std::move(handle));
    ends_[other].listener = &listener;
    At(*ends_[id].node, delay_, [this, id] {
      End& end = ends_[id];
      if (end.is_over || end.listener == nullptr) return;
      end.is_connected = true;
      end.listener->OnConnected(*end.channel);
    });
  }
  void Transmit(const End& from, std::string text) {
    const absl::string_view line = absl::string_view(text).substr(0, text.find('\r'));
    const absl::string_view what =
        line.substr(0, 4) == "SIP/" ? line.substr(8, 3) : line.substr(0, line.find(' '));
    log_.push_back(absl::StrCat(network_.loop().now().nanos() / 1'000'000, " ",
                                from.local.address.ToString(), " ", ViaName(from.kind), " ", what));
    texts.push_back(text);
    if (loss_ && loss_(text)) return;
    const uint64_t peer = from.peer;
    At(*ends_[peer].node, delay_, [this, peer, text = std::move(text)] {
      End& end = ends_[peer];
      if (end.is_over || end.listener == nullptr) return;
      end.listener->OnReceive(*end.channel,
                              {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    });
  }
  void Tell(End& end, CloseReason reason, Duration after) {
    if (end.listener == nullptr) return;
    Channel::Listener* const listener = end.listener;
    const uint64_t id = IdOf(end);
    At(*end.node, after, [this, id, listener, reason] {
      if (ends_[id].listener == listener) listener->OnClosed(*ends_[id].channel, reason);
    });
  }
  void Finish(uint64_t id, CloseReason reason, Duration after) {
    At(*ends_[id].node, after, [this, id, reason] {
      End& end = ends_[id];
      if (std::exchange(end.is_over, true) || end.listener == nullptr) return;
      end.listener->OnClosed(*end.channel, reason);
    });
  }
  uint64_t IdOf(const End& end) const {
    for (const auto& [id, one] : ends_) {
      if (&one == &end) return id;
    }
    return 0;
  }

  MemoryNetwork& network_;
  const Duration delay_;
  std::vector<std::unique_ptr<Stack>> stacks_;
  std::map<ListenKey, Listener> listeners_;
  std::map<uint64_t, End> ends_;
  std::map<const Task*, std::unique_ptr<Task>> tasks_;
  std::function<bool(absl::string_view)> loss_;
  std::vector<std::string> log_;
  uint64_t last_id_ = 0;
  uint16_t next_port_ = 40000;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_STREAMS_H_
