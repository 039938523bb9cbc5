// MemoryChannels: nodes with a clock and a TransportStack of reliable channels on one event loop,
// without any network stack. A channel is a byte stream (kTcp) or preserves messages (kSctp); what
// is sent takes a fixed delay, and may be cut and changed on the way.
#ifndef TICKWIRE_TESTS_SUPPORT_MEMORY_CHANNELS_H_
#define TICKWIRE_TESTS_SUPPORT_MEMORY_CHANNELS_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/transport/transport_stack.h"
#include "sim_core/event/event_loop.h"
#include "sim_core/event/node_clock.h"

namespace tickwire {

class MemoryChannels {
 public:
  // How many octets of the next `size` of a stream arrive together; at least 1.
  using Cut = std::function<size_t(size_t size)>;
  // Changes what a node sends, one Send() at a time.
  using Tamper = std::function<void(NodeId sender, std::vector<uint8_t>& bytes)>;
  struct Sent {
    int64_t at_ms;
    NodeId sender;
    std::vector<uint8_t> bytes;
  };

  explicit MemoryChannels(Duration delay = Duration::Millis(10)) : delay_(delay) {}

  class Node;
  Node& AddNode(absl::string_view name, TraceSink* sink = nullptr) {
    nodes_.push_back(
        std::make_unique<Node>(*this, static_cast<uint32_t>(nodes_.size()) + 1, name, sink));
    return *nodes_.back();
  }
  void set_cut(Cut cut) { cut_ = std::move(cut); }
  void set_tamper(Tamper tamper) { tamper_ = std::move(tamper); }
  // What one side may have under way or unread by the other.
  void set_room(uint64_t octets) { room_ = octets; }
  EventLoop& loop() { return loop_; }
  int64_t now_ms() const { return loop_.now().nanos() / 1'000'000; }
  // All that happens until `ms` after the start, inclusively.
  void RunTo(int64_t ms) {
    loop_.RunBefore(SimTime::FromNanos(ms * 1'000'000 + 1));
    loop_.AdvanceTo(SimTime::FromNanos(ms * 1'000'000));
  }
  bool IsQuiet() { return loop_.queue().Next() == nullptr; }
  // Neither end of a pair that has a handle or is not closed.
  size_t live_pairs() const {
    return static_cast<size_t>(std::ranges::count_if(
        pairs_, [](const auto& p) { return !p->ends[0].is_over || !p->ends[1].is_over; }));
  }
  std::vector<Sent> sent;

 private:
  struct Pair;
  struct End {
    Pair* pair = nullptr;
    int side = 0;
    Node* node = nullptr;
    Channel::Listener* listener = nullptr;
    Channel* handle = nullptr;
    Endpoint address;
    bool is_paused = false, wants_no_data = false, is_blocked = false, is_over = false;
    bool has_finished = false, peer_finished = false, told_finished = false, is_pumping = false;
    std::deque<std::vector<uint8_t>> inbox;
    uint64_t under_way = 0, position = 0;
  };
  struct Pair {
    TransportKind kind;
    End ends[2];
  };

  class Handle final : public Channel {
   public:
    Handle(MemoryChannels& network, End& end) : network_(network), end_(end) { end.handle = this; }
    ~Handle() override {
      end_.handle = nullptr;
      end_.listener = nullptr;
      Close();
    }
    uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros, const SendOptions&) override {
      std::vector<uint8_t> all(bytes.begin(), bytes.end());
      all.resize(all.size() + zeros);
      return network_.Send(end_, std::move(all));
    }
    void ShutdownSend() override { network_.Finish(end_); }
    void Close() override {
      end_.wants_no_data = true;
      network_.Finish(end_);
    }
    void Abort() override { network_.Abort(end_); }
    void PauseReceiving() override { end_.is_paused = true; }
    void ResumeReceiving() override {
      end_.is_paused = false;
      network_.Pump(end_, ~uint64_t{0});
    }
    uint64_t Receive(uint64_t limit) override { return network_.Pump(end_, limit); }
    Endpoint local() const override { return end_.address; }
    Endpoint remote() const override { return network_.Other(end_).address; }
    bool is_reliable() const override { return true; }
    bool preserves_messages() const override { return end_.pair->kind == TransportKind::kSctp; }
    uint64_t send_position() const override { return end_.position; }

   private:
    MemoryChannels& network_;
    End& end_;
  };

  struct Flight final : Event {
    Flight(MemoryChannels& n, NodeTrace& t, std::function<void()> w)
        : Event(&Flight::Arrive), network(n), trace(t), what(std::move(w)) {}
    static void Arrive(Event& event) {
      auto& flight = static_cast<Flight&>(event);
      auto& flights = flight.network.flights_;
      const auto own = flights.find(&flight);
      const std::unique_ptr<Flight> kept = std::move(own->second);
      flights.erase(own);
      kept->trace.set_cause({});
      kept->what();
    }
    MemoryChannels& network;
    NodeTrace& trace;
    std::function<void()> what;
  };

 public:
  class Node final : public TransportStack {
   public:
    Node(MemoryChannels& network, uint32_t id, absl::string_view name, TraceSink* sink)
        : network_(network),
          trace_(NodeId{id}, name, network.loop_.now()),
          clock_(NodeId{id}, network.loop_, trace_),
          address_(IpAddress::V4(0x0a000000 + id)) {
      trace_.set_sink(sink);
    }
    NodeClock& clock() { return clock_; }
    NodeTrace& trace() { return trace_; }
    IpAddress address() const { return address_; }
    // Runs `action` on this node, now.
    void Do(std::function<void()> action) {
      network_.After(*this, *this, Duration(), std::move(action));
      network_.RunTo(network_.now_ms());
    }

    absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                     Channel::Listener& listener,
                                                     const ConnectOptions&) override {
      return network_.Connect(*this, kind, remote, listener);
    }
    absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind, Endpoint local, int,
                                                      AcceptFn on_accept) override {
      return std::unique_ptr<Listening>(
          std::make_unique<Port>(*this, Endpoint{address_, local.port}, std::move(on_accept)));
    }

   private:
    friend class MemoryChannels;
    class Port final : public Listening {
     public:
      Port(Node& node, Endpoint local, AcceptFn on_accept)
          : node_(node), local_(local), on_accept_(std::move(on_accept)) {
        node.network_.ports_[local] = this;
      }
      ~Port() override { node_.network_.ports_.erase(local_); }
      Endpoint local() const override { return local_; }
      void PauseAccepting() override {}
      void ResumeAccepting() override {}
      bool AcceptOne() override { return false; }
      Node& node_;
      const Endpoint local_;
      const AcceptFn on_accept_;
    };
    MemoryChannels& network_;
    NodeTrace trace_;
    NodeClock clock_;
    IpAddress address_;
  };

 private:
  void After(Node& from, Node& to, Duration delay, std::function<void()> what) {
    auto flight = std::make_unique<Flight>(*this, to.trace(), std::move(what));
    const EventKey key = from.clock().NextKey(to.clock().node(), loop_.now() + delay);
    loop_.queue().Insert(key, *flight);
    const Flight* const name = flight.get();
    flights_.emplace(name, std::move(flight));
  }
  End& Other(const End& end) { return end.pair->ends[1 - end.side]; }

  absl::StatusOr<std::unique_ptr<Channel>> Connect(Node& node, TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener) {
    pairs_.push_back(std::make_unique<Pair>());
    Pair& pair = *pairs_.back();
    pair.kind = kind;
    End& client = pair.ends[0];
    End& server = pair.ends[1];
    client = {.pair = &pair, .side = 0, .node = &node, .listener = &listener};
    client.address = {node.address(), static_cast<uint16_t>(49152 + pairs_.size())};
    server = {.pair = &pair, .side = 1};
    server.address = remote;
    Node* const target = NodeAt(remote.address);
    if (target == nullptr) return absl::UnavailableError("no such node");
    server.node = target;
    auto handle = std::make_unique<Handle>(*this, client);
    After(node, *target, delay_, [this, &client, &server] { Arrive(client, server); });
    return handle;
  }

  void Arrive(End& client, End& server) {
    const auto port = ports_.find(server.address);
    if (port == ports_.end()) {
      server.is_over = true;
      return After(*server.node, *client.node, delay_,
                   [this, &client] { Over(client, CloseReason::kRefused); });
    }
    After(*server.node, *client.node, delay_, [&client] {
      if (client.listener != nullptr) client.listener->OnConnected(*client.handle);
    });
    Channel::Listener& user = port->second->on_accept_(std::make_unique<Handle>(*this, server));
    if (server.handle != nullptr) server.listener = &user;
  }

  uint64_t Send(End& end, std::vector<uint8_t> bytes) {
    if (end.has_finished || end.is_over) return 0;
    const uint64_t room = room_ - std::min(room_, end.under_way);
    const bool is_message = end.pair->kind == TransportKind::kSctp;
    uint64_t taken = std::min<uint64_t>(room, bytes.size());
    if (is_message && taken < bytes.size()) taken = 0;
    if (taken < bytes.size()) end.is_blocked = true;
    if (taken == 0) return 0;
    bytes.resize(taken);
    end.under_way += taken;
    end.position += is_message ? 1 : taken;
    sent.push_back({now_ms(), end.node->clock().node(), bytes});
    if (tamper_) tamper_(end.node->clock().node(), bytes);
    End& other = Other(end);
    After(*end.node, *other.node, delay_, [this, &other, bytes = std::move(bytes)]() mutable {
      if (other.is_over) return;
      Store(other, std::move(bytes));
      Pump(other, ~uint64_t{0});
    });
    return taken;
  }

  void Store(End& end, std::vector<uint8_t> bytes) {
    const bool cuts = cut_ && end.pair->kind != TransportKind::kSctp;
    for (size_t at = 0; at < bytes.size();) {
      const size_t size =
          cuts ? std::clamp<size_t>(cut_(bytes.size() - at), 1, bytes.size() - at) : bytes.size();
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      end.inbox.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
      at += size;
    }
  }

  uint64_t Pump(End& end, uint64_t limit) {
    if (end.is_pumping) return 0;
    end.is_pumping = true;
    const bool is_asked = limit != ~uint64_t{0};
    uint64_t given = 0;
    while (!end.inbox.empty() && given < limit && (is_asked || !end.is_paused)) {
      const std::vector<uint8_t> piece = std::move(end.inbox.front());
      end.inbox.pop_front();
      given += piece.size();
      End& other = Other(end);
      After(*end.node, *other.node, delay_, [&other, size = piece.size()] {
        other.under_way -= size;
        if (!std::exchange(other.is_blocked, false)) return;
        if (other.listener != nullptr && !other.is_over) other.listener->OnWritable(*other.handle);
      });
      if (end.listener != nullptr && !end.wants_no_data) {
        end.listener->OnReceive(*end.handle, piece, 0);
      }
    }
    end.is_pumping = false;
    if (end.inbox.empty() && end.peer_finished && !std::exchange(end.told_finished, true)) {
      if (end.listener != nullptr && !end.wants_no_data) {
        end.listener->OnPeerFinished(*end.handle);
      }
      if (end.pair->kind == TransportKind::kSctp) Finish(end);
      MaybeOver(end);
    }
    return given;
  }

  void Finish(End& end) {
    if (end.has_finished || end.is_over) return;
    end.has_finished = true;
    End& other = Other(end);
    After(*end.node, *other.node, delay_, [this, &other] {
      if (other.is_over) return;
      other.peer_finished = true;
      Pump(other, ~uint64_t{0});
    });
    MaybeOver(end);
  }
  void MaybeOver(End& end) {
    if (end.has_finished && end.told_finished) {
      After(*end.node, *end.node, Duration(), [this, &end] { Over(end, CloseReason::kLocal); });
    }
  }
  void Over(End& end, CloseReason reason) {
    if (std::exchange(end.is_over, true)) return;
    if (end.listener != nullptr) end.listener->OnClosed(*end.handle, reason);
  }
  void Abort(End& end) {
    if (end.is_over) return;
    End& other = Other(end);
    After(*end.node, *other.node, delay_, [this, &other] { Over(other, CloseReason::kReset); });
    Over(end, CloseReason::kLocal);
  }
  Node* NodeAt(const IpAddress& address) {
    for (const auto& node : nodes_) {
      if (node->address() == address) return node.get();
    }
    return nullptr;
  }

  EventLoop loop_;
  const Duration delay_;
  Cut cut_;
  Tamper tamper_;
  uint64_t room_ = 1 << 20;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::map<Endpoint, Node::Port*> ports_;
  std::map<const Flight*, std::unique_ptr<Flight>> flights_;  // looked up only
};

// Remembers what a channel tells.
struct ChannelDiary : Channel::Listener {
  void OnConnected(Channel&) override { Write("connected"); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    messages.emplace_back(bytes.begin(), bytes.end());
    text.append(bytes.begin(), bytes.end());
    text.append(zeros, '\0');
    if (on_receive) on_receive();
  }
  void OnWritable(Channel&) override {
    ++writable;
    if (on_writable) on_writable();
  }
  void OnPeerFinished(Channel&) override {
    Write("finished");
    if (on_finished) on_finished();
  }
  void OnError(Channel&, ChannelError) override { Write("error"); }
  void OnClosed(Channel&, CloseReason reason) override {
    Write("closed");
    closed.push_back(reason);
  }
  void Write(const std::string& what) {
    events.push_back(what);
    if (now_ms) times.push_back(now_ms());
  }
  std::vector<std::string> events;
  std::vector<int64_t> times;  // of the events, if there is a clock
  std::vector<std::string> messages;
  std::string text;
  std::vector<CloseReason> closed;
  int writable = 0;
  std::function<int64_t()> now_ms;
  std::function<void()> on_receive, on_writable, on_finished;
  std::unique_ptr<Channel> channel;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_MEMORY_CHANNELS_H_
