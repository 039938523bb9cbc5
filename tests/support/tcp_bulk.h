// TCP at work for benchmarks and theory: bulk transfers over one wire, and over a dumbbell.
#ifndef TICKWIRE_TESTS_SUPPORT_TCP_BULK_H_
#define TICKWIRE_TESTS_SUPPORT_TCP_BULK_H_

#include <malloc.h>
#include <sys/resource.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/drop_tail_queue.h"
#include "sim_core/net/jitter.h"
#include "sim_core/run/simulator.h"

namespace tickwire::tcp {

inline double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

struct BulkRun {
  int64_t bits_per_second = 100'000'000;
  Duration delay = Duration::Millis(10);  // one way
  uint32_t loss_per_mille = 0;
  uint32_t window = 1 << 20;  // both buffers
  int64_t bytes = 200'000'000;
  size_t queue_packets = 0;  // 0: unlimited
  TcpConfig config = {};
};

struct BulkResult {
  double user_seconds = 0;
  double virtual_seconds = 0;
  uint64_t link_packets = 0;
  SenderCounters counters;
};

// Sends zeros as long as there is room; the other end only counts.
class BulkEnd : public Channel::Listener {
 public:
  explicit BulkEnd(int64_t bytes) : left_(bytes) {}
  void OnConnected(Channel&) override { Write(); }
  void OnWritable(Channel&) override { Write(); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    received += static_cast<int64_t>(bytes.size() + zeros);
  }
  void OnPeerFinished(Channel& channel_in) override { channel_in.ShutdownSend(); }
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason) override {}
  void Write() {
    while (left_ > 0) {
      const uint64_t taken = channel->Send({}, static_cast<uint64_t>(left_));
      left_ -= static_cast<int64_t>(taken);
      if (taken == 0 || left_ > 0) return;
    }
    channel->ShutdownSend();
  }
  std::unique_ptr<Channel> channel;
  int64_t received = 0;

 private:
  int64_t left_;
};

inline TcpConfig BenchmarkConfig(uint32_t window) {
  TcpConfig config = TcpConfig::For(Profile::kLinux);
  config.congestion_control = CongestionControlKind::kReno;
  config.loss_recovery = LossRecoveryKind::kSack;
  config.send_buffer = config.receive_buffer = window;
  config.quick_acks = 0;
  return config;
}

inline LinkConfig BenchmarkLink(int64_t bits_per_second, Duration delay, uint32_t loss_per_mille,
                                size_t queue_packets) {
  LinkConfig link;
  link.rate = DataRate::BitsPerSecond(bits_per_second);
  link.propagation = delay;
  if (queue_packets > 0) link.queue = std::make_unique<DropTailQueue>(queue_packets, 0);
  if (loss_per_mille > 0) {
    link.impairments.push_back(std::make_unique<BernoulliLoss>(Ratio{loss_per_mille, 1000}));
  }
  return link;
}

// One connection over one wire; the loss is on the way of the data.
inline BulkResult RunBulk(const BulkRun& run, TraceSink* sink = nullptr) {
  Simulator simulator({.run = {}, .nodes = {"alice", "bob"}, .sink = sink});
  Node& alice = simulator.node("alice");
  Node& bob = simulator.node("bob");
  Interface& a = alice.AddInterface("eth0");
  Interface& b = bob.AddInterface("eth0");
  simulator.Connect(
      a, b, BenchmarkLink(run.bits_per_second, run.delay, run.loss_per_mille, run.queue_packets),
      BenchmarkLink(run.bits_per_second, run.delay, 0, run.queue_packets));
  IpLayer alice_ip(alice, IpLayer::Role::kHost), bob_ip(bob, IpLayer::Role::kHost);
  const IpAddress alice_address = IpAddress::V4(0x0a000001),
                  bob_address = IpAddress::V4(0x0a000002);
  alice_ip.AddAddress(a, alice_address);
  bob_ip.AddAddress(b, bob_address);
  alice_ip.AddRoute({bob_address, 32}, a);
  bob_ip.AddRoute({alice_address, 32}, b);
  TcpLayer alice_tcp(alice_ip, RunSeed{}), bob_tcp(bob_ip, RunSeed{});
  BulkEnd source(run.bytes), sink_end(0);
  std::unique_ptr<TcpListener> listener;
  simulator.ScheduleAction(SimTime(), bob, [&] {
    listener = *bob_tcp.ListenTcp(
        {IpAddress(), 80}, 4,
        [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          sink_end.channel = std::move(channel);
          return sink_end;
        },
        run.config);
  });
  simulator.ScheduleAction(SimTime::FromNanos(1), alice, [&] {
    source.channel = *alice_tcp.ConnectTcp({bob_address, 80}, source, {IpAddress(), 0}, run.config);
  });
  BulkResult result;
  const double begin = UserSeconds();
  simulator.RunUntil([&] { return sink_end.received >= run.bytes; }, Duration::Millis(100),
                     SimTime::FromNanos(Duration::Seconds(100'000).nanos()));
  result.user_seconds = UserSeconds() - begin;
  result.virtual_seconds = static_cast<double>(simulator.now().nanos()) / 1e9;
  for (TcpLayer* layer : {&alice_tcp, &bob_tcp}) {
    for (const TcpConnection* connection : layer->connections()) {
      result.link_packets += connection->counters().segments_sent;
    }
  }
  for (const TcpConnection* connection : alice_tcp.connections()) {
    result.counters = connection->sender().counters();
  }
  TW_CHECK(sink_end.received == run.bytes);
  return result;
}

// Opens `count` connections between two hosts (from two addresses, for the ports), sends a byte
// over each, and says how many bytes of memory one end of one idle connection holds: all objects,
// the socket and the layer's table.
inline double IdleConnectionBytes(int count) {
  Simulator simulator({.run = {}, .nodes = {"alice", "bob"}});
  Node& alice = simulator.node("alice");
  Node& bob = simulator.node("bob");
  Interface& a = alice.AddInterface("eth0");
  Interface& b = bob.AddInterface("eth0");
  simulator.Connect(a, b, BenchmarkLink(10'000'000'000, Duration::Millis(1), 0, 0),
                    BenchmarkLink(10'000'000'000, Duration::Millis(1), 0, 0));
  IpLayer alice_ip(alice, IpLayer::Role::kHost), bob_ip(bob, IpLayer::Role::kHost);
  bob_ip.AddAddress(b, IpAddress::V4(0x0a010001));
  alice_ip.AddRoute({IpAddress::V4(0x0a010000), 16}, a);
  bob_ip.AddRoute({IpAddress::V4(0x0a000000), 16}, b);
  constexpr int kPerAddress = 10'000;
  for (int i = 0; i * kPerAddress < count; ++i) {
    alice_ip.AddAddress(a, IpAddress::V4(0x0a000001u + static_cast<uint32_t>(i)));
  }
  TcpLayer alice_tcp(alice_ip, RunSeed{}), bob_tcp(bob_ip, RunSeed{});
  const TcpConfig config = TcpConfig::For(Profile::kRfc);
  BulkEnd quiet(0);
  struct Talker : Channel::Listener {
    void OnConnected(Channel& channel) override { channel.Send({}, 1); }
    void OnReceive(Channel&, std::span<const uint8_t>, uint64_t) override {}
    void OnWritable(Channel&) override {}
    void OnPeerFinished(Channel&) override {}
    void OnError(Channel&, ChannelError) override {}
    void OnClosed(Channel&, CloseReason) override {}
  } talker;
  std::vector<std::unique_ptr<Channel>> near, far;
  near.reserve(static_cast<size_t>(count));
  far.reserve(static_cast<size_t>(count));
  std::unique_ptr<TcpListener> listener;
  simulator.ScheduleAction(SimTime(), bob, [&] {
    listener = *bob_tcp.ListenTcp(
        {IpAddress(), 80}, count,
        [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          far.push_back(std::move(channel));
          return talker;
        },
        config);
  });
  simulator.RunUntil(SimTime::FromNanos(1));
  const auto in_use = [] {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
  };
  const double before = in_use();
  constexpr int kBatch = 1000;
  for (int first = 0; first < count; first += kBatch) {
    simulator.ScheduleAction(SimTime{Duration::Micros(10) * (first + 1)}, alice, [&, first] {
      for (int i = first; i < std::min(first + kBatch, count); ++i) {
        const auto address = IpAddress::V4(0x0a000001u + static_cast<uint32_t>(i / kPerAddress));
        near.push_back(
            *alice_tcp.ConnectTcp({IpAddress::V4(0x0a010001), 80}, talker, {address, 0}, config));
      }
    });
  }
  simulator.RunUntil(SimTime{Duration::Micros(10) * count + Duration::Seconds(10)});
  TW_CHECK(static_cast<int>(far.size()) == count);
  TW_CHECK(static_cast<int>(alice_tcp.live_connection_count()) == count);
  return (in_use() - before) / (2.0 * count);
}

struct DumbbellRun {
  int flows = 100;
  int64_t bits_per_second = 1'000'000'000;  // of the middle
  int64_t access_bits_per_second = 1'000'000'000;
  Duration middle_delay = Duration::Millis(10);
  Duration access_delay = Duration::Millis(1);
  Duration access_spread = Duration::Micros(17);  // each flow's access is this much longer
  Duration jitter;  // on each client's access, up to so much more, in order
  size_t queue_packets = 1000;
  TcpConfig config = BenchmarkConfig(1 << 20);
  Duration time = Duration::Seconds(60);
};
struct DumbbellResult {
  double user_seconds = 0;
  uint64_t link_packets = 0;
  double utilisation = 0;  // of the middle, by payload
  double fairness = 0;     // Jain's index of what the flows received
};

// `flows` hosts on each side of two routers.
inline DumbbellResult RunDumbbell(const DumbbellRun& run, TraceSink* sink = nullptr) {
  const auto name = [](const char* side, int i) { return absl::StrCat(side, 1000 + i); };
  std::vector<std::string> names = {"router-west", "router-east"};
  for (int i = 0; i < run.flows; ++i) {
    names.push_back(name("client", i));
    names.push_back(name("server", i));
  }
  Simulator simulator({.run = {}, .nodes = names, .sink = sink});
  Node& west = simulator.node("router-west");
  Node& east = simulator.node("router-east");
  Interface& west_plug = west.AddInterface("middle");
  Interface& east_plug = east.AddInterface("middle");
  simulator.Connect(west_plug, east_plug,
                    BenchmarkLink(run.bits_per_second, run.middle_delay, 0, run.queue_packets),
                    BenchmarkLink(run.bits_per_second, run.middle_delay, 0, run.queue_packets));
  struct Host {
    std::unique_ptr<IpLayer> ip;
    std::unique_ptr<TcpLayer> tcp;
  };
  std::vector<Host> clients(run.flows), servers(run.flows);
  std::vector<std::unique_ptr<BulkEnd>> sources, sinks;
  std::vector<std::unique_ptr<TcpListener>> listeners(run.flows);
  std::vector<std::pair<Interface*, IpAddress>> west_hosts, east_hosts;
  for (int i = 0; i < run.flows; ++i) {
    const auto host = [&](const char* side, Node& router, Host& out, uint32_t address,
                          std::vector<std::pair<Interface*, IpAddress>>& list) {
      Node& node = simulator.node(name(side, i));
      Interface& plug = node.AddInterface("eth0");
      Interface& port = router.AddInterface(name(side, i));
      // Equal round trips and a drop-tail queue would let the flows that came first keep what they
      // have: phase effects (Floyd and Jacobson, 1992).
      const Duration delay = run.access_delay + run.access_spread * i;
      simulator.Connect(plug, port, BenchmarkLink(run.access_bits_per_second, delay, 0, 0),
                        BenchmarkLink(run.access_bits_per_second, delay, 0, 0));
      out.ip = std::make_unique<IpLayer>(node, IpLayer::Role::kHost);
      out.ip->AddAddress(plug, IpAddress::V4(address));
      out.ip->AddRoute({IpAddress::V4(0), 0}, plug);
      out.tcp = std::make_unique<TcpLayer>(*out.ip, RunSeed{});
      list.emplace_back(&port, IpAddress::V4(address));
    };
    host("client", west, clients[i], 0x0a010001u + static_cast<uint32_t>(i), west_hosts);
    host("server", east, servers[i], 0x0a020001u + static_cast<uint32_t>(i), east_hosts);
  }
  IpLayer west_ip(west, IpLayer::Role::kRouter), east_ip(east, IpLayer::Role::kRouter);
  west_ip.AddAddress(west_plug, IpAddress::V4(0x0a000001));
  east_ip.AddAddress(east_plug, IpAddress::V4(0x0a000002));
  west_ip.AddRoute({IpAddress::V4(0x0a020000), 16}, west_plug);
  east_ip.AddRoute({IpAddress::V4(0x0a010000), 16}, east_plug);
  for (const auto& [port, address] : west_hosts) west_ip.AddRoute({address, 32}, *port);
  for (const auto& [port, address] : east_hosts) east_ip.AddRoute({address, 32}, *port);
  const TcpConfig& config = run.config;
  for (int i = 0; i < run.flows; ++i) {
    sources.push_back(std::make_unique<BulkEnd>(int64_t{1} << 50));
    sinks.push_back(std::make_unique<BulkEnd>(0));
    simulator.ScheduleAction(SimTime(), servers[i].ip->node(), [&, i] {
      listeners[i] = *servers[i].tcp->ListenTcp(
          {IpAddress(), 80}, 4,
          [&, i](std::unique_ptr<Channel> channel) -> Channel::Listener& {
            sinks[i]->channel = std::move(channel);
            return *sinks[i];
          },
          config);
    });
    simulator.ScheduleAction(SimTime{Duration::Millis(1 + 3 * i)}, clients[i].ip->node(), [&, i] {
      sources[i]->channel =
          *clients[i].tcp->ConnectTcp({IpAddress::V4(0x0a020001u + static_cast<uint32_t>(i)), 80},
                                      *sources[i], {IpAddress(), 0}, config);
    });
  }
  DumbbellResult result;
  const double begin = UserSeconds();
  simulator.RunUntil(SimTime{run.time});
  result.user_seconds = UserSeconds() - begin;
  double sum = 0, squares = 0;
  for (int i = 0; i < run.flows; ++i) {
    for (const Host* host : {&clients[i], &servers[i]}) {
      for (const TcpConnection* connection : host->tcp->connections()) {
        result.link_packets += 3 * connection->counters().segments_sent;
      }
    }
    const auto received = static_cast<double>(sinks[i]->received);
    sum += received;
    squares += received * received;
  }
  result.fairness = sum * sum / (squares * run.flows);
  result.utilisation =
      sum * 8 /
      (static_cast<double>(run.bits_per_second) * static_cast<double>(run.time.nanos()) / 1e9);
  return result;
}

}  // namespace tickwire::tcp

#endif  // TICKWIRE_TESTS_SUPPORT_TCP_BULK_H_
