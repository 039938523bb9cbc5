// Nodes with a clock and datagram sockets on one event loop, without any network stack: a datagram
// takes a fixed delay, or is lost when the test says so.
#ifndef TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_NETWORK_H_
#define TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_NETWORK_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/event_loop.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sip {

class MemoryNetwork {
 public:
  // Of a datagram on its way: true if it is lost.
  using Loss = std::function<bool(const Endpoint& from, absl::string_view text)>;

  class Node final : public DatagramStack {
   public:
    Node(MemoryNetwork& network, uint32_t id, absl::string_view name, IpAddress address)
        : network_(network),
          trace_(NodeId{id}, name, network.loop_.now()),
          clock_(NodeId{id}, network.loop_, trace_),
          address_(address) {}

    NodeClock& clock() { return clock_; }
    NodeTrace& trace() { return trace_; }
    IpAddress address() const { return address_; }
    absl::StatusOr<std::unique_ptr<DatagramSocket>> Bind(
        Endpoint local, DatagramSocket::Listener& listener) override {
      return std::unique_ptr<DatagramSocket>(
          std::make_unique<Socket>(network_, *this, local, listener));
    }

   private:
    MemoryNetwork& network_;
    NodeTrace trace_;
    NodeClock clock_;
    IpAddress address_;
  };

  explicit MemoryNetwork(Duration delay = Duration::Millis(10)) : delay_(delay) {}

  Node& AddNode(absl::string_view name, IpAddress address) {
    nodes_.push_back(
        std::make_unique<Node>(*this, static_cast<uint32_t>(nodes_.size()) + 1, name, address));
    return *nodes_.back();
  }
  void set_loss(Loss loss) { loss_ = std::move(loss); }
  EventLoop& loop() { return loop_; }
  // All that happens until `ms` after the start, inclusively.
  void RunTo(int64_t ms) {
    loop_.RunBefore(SimTime::FromNanos(ms * 1'000'000 + 1));
    loop_.AdvanceTo(SimTime::FromNanos(ms * 1'000'000));
  }
  bool IsQuiet() { return loop_.queue().Next() == nullptr; }

  // Datagrams as they were sent: "1500 10.0.0.1 INVITE", "*" behind those that were lost.
  std::vector<std::string> TakeLog() { return std::exchange(log_, {}); }
  void set_logging(bool on) { is_logging_ = on; }
  std::vector<std::string> texts;  // while logging

 private:
  class Socket final : public DatagramSocket {
   public:
    Socket(MemoryNetwork& network, Node& node, Endpoint local, Listener& listener)
        : network_(network), node_(node), local_(local), listener_(listener) {
      network_.sockets_[Endpoint{node.address(), local.port}] = this;
    }
    ~Socket() override { network_.sockets_.erase(Endpoint{node_.address(), local_.port}); }
    void SendTo(Endpoint remote, std::span<const uint8_t> payload, uint32_t) override {
      network_.Transmit(node_, Endpoint{node_.address(), local_.port}, remote,
                        std::string(payload.begin(), payload.end()));
    }
    void set_options(const DatagramOptions&) override {}
    Endpoint local() const override { return local_; }
    IpAddress SourceFor(const IpAddress&) const override { return node_.address(); }

    MemoryNetwork& network_;
    Node& node_;
    Endpoint local_;
    Listener& listener_;
  };

  struct Flight final : tickwire::Event {
    Flight(MemoryNetwork& n, Endpoint f, Endpoint t, std::string s)
        : tickwire::Event(&Flight::Arrive), network(n), from(f), to(t), text(std::move(s)) {}
    static void Arrive(tickwire::Event& event) {
      auto& flights = static_cast<Flight&>(event).network.flights_;
      const auto own = flights.find(&static_cast<Flight&>(event));
      const std::unique_ptr<Flight> flight = std::move(own->second);
      flights.erase(own);
      const auto found = flight->network.sockets_.find(flight->to);
      if (found == flight->network.sockets_.end()) return;
      Socket& socket = *found->second;
      socket.node_.trace().set_cause({});
      socket.listener_.OnReceive(
          socket, flight->from, flight->to,
          {reinterpret_cast<const uint8_t*>(flight->text.data()), flight->text.size()}, 0);
    }
    MemoryNetwork& network;
    Endpoint from, to;
    std::string text;
  };

  void Transmit(Node& node, const Endpoint& from, const Endpoint& to, std::string text) {
    const bool is_lost = loss_ && loss_(from, text);
    if (is_logging_) {
      const absl::string_view line = absl::string_view(text).substr(0, text.find('\r'));
      const absl::string_view what =
          line.substr(0, 4) == "SIP/" ? line.substr(8, 3) : line.substr(0, line.find(' '));
      log_.push_back(absl::StrCat(loop_.now().nanos() / 1'000'000, " ", from.address.ToString(),
                                  " ", what, is_lost ? " *" : ""));
      texts.push_back(text);
    }
    if (is_lost) return;
    const auto found = sockets_.find(to);
    if (found == sockets_.end()) return;
    auto flight = std::make_unique<Flight>(*this, from, to, std::move(text));
    const EventKey key =
        node.clock().NextKey(found->second->node_.clock().node(), loop_.now() + delay_);
    loop_.queue().Insert(key, *flight);
    const Flight* const name = flight.get();
    flights_.emplace(name, std::move(flight));
  }

  EventLoop loop_;
  Duration delay_;
  Loss loss_;
  bool is_logging_ = true;
  std::vector<std::string> log_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<Endpoint, Socket*> sockets_;
  absl::flat_hash_map<const Flight*, std::unique_ptr<Flight>>
      flights_;  // under way; looked up only
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_TESTS_PROTOCOLS_SIP_SUPPORT_MEMORY_NETWORK_H_
