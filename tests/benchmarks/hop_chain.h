// Ten hops of 1 Gbit/s and 100 us in a row, and a source that sends 100 bytes of UDP every 20 us
// from one end to the other.
#ifndef TICKWIRE_TESTS_BENCHMARKS_HOP_CHAIN_H_
#define TICKWIRE_TESTS_BENCHMARKS_HOP_CHAIN_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"

namespace tickwire {

class HopChain {
 public:
  static constexpr int kHops = 10;

  // Sends `packets` datagrams, or without end if that is 0.
  HopChain(TraceSink* sink, uint64_t packets) : simulator_(Options(sink)), packets_(packets) {
    for (Node& node : simulator_.nodes()) {
      node.AddInterface("left");
      node.AddInterface("right");
    }
    for (int i = 0; i < kHops; ++i) {
      simulator_.Connect(Right(i), Left(i + 1), Wire(), Wire());
    }
    for (int i = 0; i <= kHops; ++i) {
      layers_.push_back(std::make_unique<IpLayer>(simulator_.nodes()[i], IpLayer::Role::kRouter));
      if (i > 0) layers_[i]->AddRoute({kFirst, 32}, Left(i));
      if (i < kHops) layers_[i]->AddRoute({kLast, 32}, Right(i));
    }
    layers_[0]->AddAddress(Right(0), kFirst);
    layers_[kHops]->AddAddress(Left(kHops), kLast);
    from_ = std::make_unique<UdpLayer>(*layers_[0]);
    to_ = std::make_unique<UdpLayer>(*layers_[kHops]);
    sender_ = *from_->Bind({kFirst, 0}, counter_);
    receiver_ = *to_->Bind({kLast, 9}, counter_);
    simulator_.nodes()[0].clock().Schedule(source_, SimTime());
  }
  static std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (int i = 0; i <= kHops; ++i) names.push_back(absl::StrCat("n", 10 + i));
    return names;
  }
  Simulator& simulator() { return simulator_; }
  uint64_t hops_done() const { return counter_.received * kHops; }

 private:
  static constexpr IpAddress kFirst = IpAddress::V4(0x0a000001);
  static constexpr IpAddress kLast = IpAddress::V4(0x0a000002);

  struct Counter : DatagramSocket::Listener {
    void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>,
                   uint32_t) override {
      ++received;
    }
    void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
    uint64_t received = 0;
  };
  struct Source : Event {
    explicit Source(HopChain& owner) : Event(&OnRun), chain(owner) {}
    static void OnRun(Event& event) {
      HopChain& chain = static_cast<Source&>(event).chain;
      static constexpr uint8_t kPayload[100] = {};
      chain.sender_->SendTo({kLast, 9}, kPayload);
      NodeClock& clock = chain.simulator_.nodes()[0].clock();
      if (++chain.sent_ != chain.packets_)
        clock.Schedule(event, clock.now() + Duration::Micros(20));
    }
    HopChain& chain;
  };

  static Simulator::Options Options(TraceSink* sink) {
    Simulator::Options options;
    options.nodes = Names();
    options.sink = sink;
    return options;
  }
  static LinkConfig Wire() {
    LinkConfig config;
    config.rate = DataRate::BitsPerSecond(1'000'000'000);
    config.propagation = Duration::Micros(100);
    return config;
  }
  Interface& Left(int node) { return simulator_.nodes()[node].interfaces()[0]; }
  Interface& Right(int node) { return simulator_.nodes()[node].interfaces()[1]; }

  Simulator simulator_;
  std::vector<std::unique_ptr<IpLayer>> layers_;
  Counter counter_;
  std::unique_ptr<UdpLayer> from_, to_;
  std::unique_ptr<DatagramSocket> sender_, receiver_;
  const uint64_t packets_;
  uint64_t sent_ = 0;
  Source source_{*this};
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_HOP_CHAIN_H_
