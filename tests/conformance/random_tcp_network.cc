#include "tests/conformance/random_tcp_network.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/ip/ecn_marker.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/codel_queue.h"
#include "sim_core/net/corruption.h"
#include "sim_core/net/drop_tail_queue.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/reordering.h"
#include "sim_core/random/rng.h"
#include "sim_core/run/simulator.h"

namespace tickwire::tcp {
namespace {

constexpr int64_t kBlock = 997;  // bytes; whole blocks are stored or zeros alone
constexpr SimTime kStop = SimTime::FromNanos(Duration::Seconds(20).nanos());
constexpr SimTime kDeadline = SimTime::FromNanos(Duration::Seconds(4 * 3600).nanos());

class Dice {
 public:
  Dice(uint64_t seed, absl::string_view what)
      : rng_(Rng::ForStream({.seed = seed}, "soak", what)) {}
  uint64_t Below(uint64_t bound) { return rng_.Below(bound); }
  bool Percent(uint32_t percent) { return rng_.Chance({percent, 100}); }
  template <class T, size_t kCount>
  T OneOf(const T (&values)[kCount]) {
    return values[Below(kCount)];
  }

 private:
  Rng rng_;
};

uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// What one direction carries: a function of position.
struct Content {
  uint64_t key;
  bool is_zero_block(int64_t block) const {
    return Mix(key + static_cast<uint64_t>(block)) % 4 == 0;
  }
  uint8_t At(int64_t position) const {
    if (is_zero_block(position / kBlock)) return 0;
    return static_cast<uint8_t>(Mix(key ^ static_cast<uint64_t>(position)) | 1);
  }
};

// One end's application: writes `total` bytes as there is room, checks all that it reads.
class End : public Channel::Listener {
 public:
  End(std::string name, Content sends, int64_t total, Content expects, int64_t expected_total,
      bool closes_early)
      : name_(std::move(name)),
        sends_(sends),
        expects_(expects),
        total_(total),
        expected_total_(expected_total),
        closes_early_(closes_early) {}

  void OnConnected(Channel&) override {
    is_connected = true;
    Write(1 + total_ / 3);
  }
  void OnWritable(Channel&) override { Write(total_); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    for (const uint8_t byte : bytes) Expect(byte);
    for (uint64_t i = 0; i < zeros; ++i) Expect(0);
  }
  void OnPeerFinished(Channel&) override {
    if (finished_) Report("OnPeerFinished twice");
    finished_ = true;
    if (received_ != expected_total_) Report(absl::StrCat("finished after ", received_, " bytes"));
  }
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason reason) override {
    if (closed_) Report("OnClosed twice");
    closed_ = true;
    const bool is_good = reason == CloseReason::kLocal || reason == CloseReason::kPeer;
    if (!is_good) Report(absl::StrCat("closed, reason ", static_cast<int>(reason)));
    if (!finished_) Report("closed, but the peer never finished");
  }

  // Writes up to position `until`, then closes this direction if that was all.
  void Write(int64_t until) {
    if (channel == nullptr || closed_ || shut_) return;
    until = std::min(until, total_);
    while (written_ < until) {
      const int64_t block = written_ / kBlock;
      const int64_t size = std::min(until, (block + 1) * kBlock) - written_;
      uint64_t taken = 0;
      if (sends_.is_zero_block(block)) {
        taken = channel->Send({}, static_cast<uint64_t>(size));
      } else {
        std::vector<uint8_t> bytes;
        for (int64_t i = 0; i < size; ++i) bytes.push_back(sends_.At(written_ + i));
        taken = channel->Send(bytes, 0);
      }
      written_ += static_cast<int64_t>(taken);
      if (taken < static_cast<uint64_t>(size)) return;
    }
    // Closing while opening would be a story of its own: the connection is given up.
    if (is_connected && written_ == total_ && (closes_early_ || finished_ || may_close_)) {
      shut_ = true;
      channel->ShutdownSend();
    }
  }
  void AllowClose() {
    may_close_ = true;
    if (channel == nullptr || closed_) return;
    channel->ResumeReceiving();
    Write(total_);
  }
  bool is_done() const { return closed_; }
  int64_t received() const { return received_; }
  std::string Where() const {
    return absl::StrCat(name_, ": wrote ", written_, " of ", total_, ", read ", received_, " of ",
                        expected_total_, finished_ ? ", peer finished" : "",
                        closed_ ? ", closed" : "");
  }

  std::unique_ptr<Channel> channel;
  bool is_connected = false;
  std::string defect;

 private:
  void Expect(uint8_t byte) {
    if (received_ >= expected_total_) {
      Report("more bytes than were sent");
    } else if (expects_.At(received_) != byte) {
      Report(absl::StrCat("wrong byte at ", received_));
    }
    ++received_;
  }
  void Report(const std::string& what) {
    if (defect.empty()) defect = absl::StrCat(name_, ": ", what);
  }

  const std::string name_;
  const Content sends_, expects_;
  const int64_t total_, expected_total_;
  const bool closes_early_;
  int64_t written_ = 0;
  int64_t received_ = 0;
  bool finished_ = false;
  bool closed_ = false;
  bool shut_ = false;
  bool may_close_ = false;
};

// Looks at both TCPs whenever an event begins at any node: a packet arrives, a timer fires, the
// scenario acts.
class Auditor : public TraceSink {
 public:
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    if (is_printing) Print(event, bytes);
    if (event.kind != TraceKind::kPacketDelivered && event.kind != TraceKind::kTimerFired &&
        event.kind != TraceKind::kAction) {
      return;
    }
    for (TcpLayer* layer : layers) {
      // The timer that fires is not set any more, though its handler has not run.
      const bool is_its_own = layer->ip().node().id() == event.ref.node;
      if (is_its_own && event.kind == TraceKind::kTimerFired) continue;
      for (const TcpConnection* connection : layer->connections()) {
        if (connection->IsConsistent() || !defect.empty()) continue;
        defect = absl::StrCat("inconsistent at ", ToSecondsString(event.time), " s, ",
                              layer->ip().node().name());
      }
    }
  }
  void OnEntity(NodeId, uint32_t, absl::string_view) override {}
  std::vector<TcpLayer*> layers;
  std::string defect;
  bool is_printing = false;

 private:
  static void Print(const TraceEvent& event, std::span<const uint8_t> bytes) {
    std::string text = absl::StrCat(ToSecondsString(event.time), " node ", event.ref.node.value,
                                    " kind ", static_cast<int>(event.kind));
    if (event.label != nullptr) absl::StrAppend(&text, " ", event.label->name);
    if (event.reason != nullptr) absl::StrAppend(&text, " (", event.reason->name, ")");
    if (event.kind == TraceKind::kSample) absl::StrAppend(&text, " = ", event.value);
    if (event.kind == TraceKind::kNote) {
      text.append(" ").append(bytes.begin(), bytes.end());
    }
    if (event.kind == TraceKind::kPacketSent && bytes.size() >= 40 && bytes[9] == 6) {
      const auto header = TcpHeader::Read(bytes.subspan(20));
      absl::StrAppend(&text, " ", FlagNames(header->flags), " seq ", header->sequence, " ack ",
                      header->acknowledgment, " win ", header->window, " size ",
                      bytes.size() + event.virtual_tail - 20 - header->header_bytes());
    }
    std::puts(text.c_str());
  }
};

TcpConfig RandomConfig(Dice& dice) {
  TcpConfig config =
      TcpConfig::For(dice.OneOf({Profile::kRfc, Profile::kLinux, Profile::kFreeBsd}));
  using Recovery = LossRecoveryKind;
  using Congestion = CongestionControlKind;
  config.loss_recovery = dice.OneOf(
      {Recovery::kNone, Recovery::kReno, Recovery::kNewReno, Recovery::kSack, Recovery::kRack});
  config.congestion_control = dice.OneOf(
      {Congestion::kReno, Congestion::kCubic, Congestion::kBbr, Congestion::kFixedWindow});
  config.fixed_window = static_cast<uint32_t>(dice.Below(64 * 1024));
  config.timestamps = dice.Percent(60);
  config.window_scaling = dice.Percent(70);
  config.sack = dice.Percent(80);
  config.dsack = dice.Percent(70);
  config.ecn = dice.Percent(30);
  config.mss = dice.Percent(40) ? 100 + static_cast<uint32_t>(dice.Below(1360)) : 0;
  config.send_buffer = 1000 + static_cast<uint32_t>(dice.Below(dice.Percent(50) ? 5000 : 500'000));
  config.receive_buffer =
      1000 + static_cast<uint32_t>(dice.Below(dice.Percent(50) ? 5000 : 500'000));
  config.discard_out_of_order = dice.Percent(10);
  config.discard_sacked_data = dice.Percent(15);
  config.initial_window = 1 + static_cast<uint32_t>(dice.Below(12));
  config.dupthresh = 1 + static_cast<uint32_t>(dice.Below(5));
  config.limited_transmit = dice.Percent(70);
  config.early_retransmit = dice.Percent(40);
  config.prr = dice.Percent(60);
  config.frto = dice.Percent(40);
  config.undo = dice.Percent(50);
  config.keep_sack_after_rto = dice.Percent(40);
  config.tlp = dice.Percent(70);
  config.hystart = dice.Percent(50);
  config.pacing = dice.Percent(20);
  config.nagle = dice.Percent(60);
  config.slow_start_after_idle = dice.Percent(60);
  config.min_rto = dice.OneOf({Duration::Millis(30), Duration::Millis(200), Duration::Seconds(1)});
  config.max_rto = dice.OneOf({Duration::Seconds(2), Duration::Seconds(5), Duration::Seconds(10)});
  config.initial_rto = Duration::Seconds(1);
  config.syn_retries = config.synack_retries = config.data_retries = 500;
  config.delayed_ack =
      dice.OneOf({Duration(), Duration::Millis(1), Duration::Millis(40), Duration::Millis(400)});
  config.ack_every = 1 + static_cast<uint32_t>(dice.Below(4));
  config.empty_window_probe = dice.Percent(30);
  config.keep_alive = dice.Percent(20);
  config.challenge_acks_per_second = dice.Percent(80) ? 100 : 0;
  config.rfc5961 = dice.Percent(80);
  config.time_wait = Duration::Seconds(240);
  config.fin_wait_2 = Duration();
  using Cookies = TcpConfig::SynCookies;
  // Not kAlways: a listener that remembers nothing resets whoever's handshake ACK is overtaken by
  // data or lost before it; that is what cookies cost.
  config.syn_cookies = dice.OneOf({Cookies::kNever, Cookies::kWhenFull});
  return config;
}

std::string Describe(const TcpConfig& c) {
  return absl::StrCat(
      "profile ", static_cast<int>(c.profile), " recovery ", static_cast<int>(c.loss_recovery),
      " cc ", static_cast<int>(c.congestion_control), " sack ", c.sack, " ts ", c.timestamps,
      " prr ", c.prr, " frto ", c.frto, " undo ", c.undo, " tlp ", c.tlp, " mss ", c.mss,
      " buffers ", c.send_buffer, "/", c.receive_buffer, " discard ", c.discard_out_of_order,
      c.discard_sacked_data, " dupthresh ", c.dupthresh, " cookies ",
      static_cast<int>(c.syn_cookies), " delack ", ToString(c.delayed_ack));
}

struct Path {
  uint32_t loss = 0, duplication = 0, reordering = 0, corruption = 0;  // percent
  Duration delay = Duration::Micros(5);
  DataRate rate = DataRate::Infinite();
  size_t mtu = 1500;
  size_t queue_packets = 0;
  bool marks = false;
  std::vector<Outage> outages;
};

Path RandomPath(Dice& dice) {
  Path path;
  if (dice.Percent(70)) path.loss = static_cast<uint32_t>(dice.Below(dice.Percent(30) ? 31 : 6));
  if (dice.Percent(40)) path.duplication = static_cast<uint32_t>(dice.Below(20));
  if (dice.Percent(50)) path.reordering = static_cast<uint32_t>(dice.Below(30));
  if (dice.Percent(30)) path.corruption = static_cast<uint32_t>(dice.Below(5));
  path.delay = Duration::Micros(static_cast<int64_t>(10 + dice.Below(200'000)));
  if (dice.Percent(70)) {
    path.rate = DataRate::BitsPerSecond(static_cast<int64_t>(100'000 + dice.Below(100'000'000)));
    path.queue_packets = 2 + dice.Below(50);
    path.marks = dice.Percent(50);
  }
  if (dice.Percent(50)) path.mtu = 576 + dice.Below(925);
  if (dice.Percent(20)) {
    const SimTime from{Duration::Millis(static_cast<int64_t>(dice.Below(5000)))};
    path.outages.push_back(
        {from, from + Duration::Millis(static_cast<int64_t>(1 + dice.Below(20'000)))});
  }
  return path;
}

LinkConfig MakeLink(const Path& path) {
  LinkConfig link;
  link.rate = path.rate;
  link.propagation = path.delay;
  link.mtu = path.mtu;
  link.outages = path.outages;
  const Duration later = path.delay / 3 + Duration::Micros(50);
  auto& list = link.impairments;
  if (path.loss > 0) list.push_back(std::make_unique<BernoulliLoss>(Ratio{path.loss, 100}));
  if (path.duplication > 0) {
    list.push_back(std::make_unique<Duplication>(Ratio{path.duplication, 100}, later));
  }
  if (path.reordering > 0) {
    list.push_back(std::make_unique<Reordering>(Ratio{path.reordering, 100}, later));
  }
  // One bit: the Internet checksum finds it wherever it is.
  if (path.corruption > 0) {
    list.push_back(std::make_unique<Corruption>(Ratio{path.corruption, 100}, 1));
  }
  if (path.queue_packets > 0 && path.marks) {
    CodelQueue::Parameters parameters;
    parameters.limit_packets = path.queue_packets;
    link.queue = std::make_unique<CodelQueue>(parameters, std::make_unique<EcnMarker>());
  } else if (path.queue_packets > 0) {
    link.queue = std::make_unique<DropTailQueue>(path.queue_packets, 0);
  }
  return link;
}

std::string Describe(const Path& p) {
  return absl::StrCat("loss ", p.loss, " dup ", p.duplication, " reorder ", p.reordering,
                      " corrupt ", p.corruption, " delay ", ToString(p.delay), " mtu ", p.mtu,
                      " queue ", p.queue_packets, " outages ", p.outages.size());
}

}  // namespace

SoakResult RunRandomTcpNetwork(uint64_t seed, bool with_trace) {
  Dice dice(seed, "network");
  SoakResult result;
  Auditor auditor;
  // For whoever looks into a seed that failed.
  auditor.is_printing = with_trace && std::getenv("TICKWIRE_TCP_PRINT") != nullptr;
  Simulator simulator({.run = {.seed = seed},
                       .nodes = {"client", "router", "server"},
                       .sink = with_trace ? &auditor : nullptr});
  Node& client = simulator.node("client");
  Node& router = simulator.node("router");
  Node& server = simulator.node("server");
  Interface& client_plug = client.AddInterface("router");
  Interface& router_west = router.AddInterface("client");
  Interface& router_east = router.AddInterface("server");
  Interface& server_plug = server.AddInterface("router");
  Path near = RandomPath(dice);
  near.mtu = 1500;  // the smaller one lies behind the router: path MTU discovery has work
  const Path far = RandomPath(dice);
  Path far_back = RandomPath(dice);
  far_back.mtu = far.mtu;
  simulator.Connect(client_plug, router_west, MakeLink(near), MakeLink({}));
  simulator.Connect(router_east, server_plug, MakeLink(far), MakeLink(far_back));

  // A second way to the server, taken from some moment on: another MTU, loss and delay.
  Interface& router_detour = router.AddInterface("server-detour");
  Interface& server_detour = server.AddInterface("router-detour");
  Path detour = RandomPath(dice);
  detour.mtu = 400 + dice.Below(1101);
  Path detour_back = RandomPath(dice);
  detour_back.mtu = detour.mtu;
  simulator.Connect(router_detour, server_detour, MakeLink(detour), MakeLink(detour_back));

  IpLayer client_ip(client, IpLayer::Role::kHost);
  IpLayer router_ip(router, IpLayer::Role::kRouter);
  IpLayer server_ip(server, IpLayer::Role::kHost);
  const auto ip = [](absl::string_view text) { return *IpAddress::Parse(text); };
  client_ip.AddAddress(client_plug, ip("10.0.1.1"));
  router_ip.AddAddress(router_west, ip("10.0.1.2"));
  router_ip.AddAddress(router_east, ip("10.0.2.2"));
  server_ip.AddAddress(server_plug, ip("10.0.2.1"));
  client_ip.AddRoute(*IpPrefix::Parse("0.0.0.0/0"), client_plug);
  server_ip.AddRoute(*IpPrefix::Parse("0.0.0.0/0"), server_plug);
  router_ip.AddRoute(*IpPrefix::Parse("10.0.1.0/24"), router_west);
  router_ip.AddRoute(*IpPrefix::Parse("10.0.2.0/24"), router_east);

  if (dice.Percent(40)) {
    const SimTime at{Duration::Micros(static_cast<int64_t>(dice.Below(10'000'000)))};
    const bool both_ways = dice.Percent(50);
    simulator.ScheduleAction(
        at, router, [&] { router_ip.AddRoute(*IpPrefix::Parse("10.0.2.1/32"), router_detour); });
    if (both_ways) {
      simulator.ScheduleAction(
          at, server, [&] { server_ip.AddRoute(*IpPrefix::Parse("10.0.1.0/24"), server_detour); });
    }
  }

  TcpLayer client_tcp(client_ip, {.seed = seed});
  TcpLayer server_tcp(server_ip, {.seed = seed});
  auditor.layers = {&client_tcp, &server_tcp};
  const TcpConfig client_config = RandomConfig(dice);
  const TcpConfig server_config = RandomConfig(dice);
  const auto size = [&dice] {
    return static_cast<int64_t>(dice.Below(dice.Percent(20) ? 300'000 : 40'000));
  };
  const int64_t upward = size();
  const int64_t downward = size();
  const Content up{Mix(seed * 2)}, down{Mix(seed * 2 + 1)};
  End client_end("client", up, upward, down, downward, dice.Percent(50));
  End server_end("server", down, downward, up, upward, dice.Percent(50));
  result.description =
      absl::StrCat("seed ", seed, "\n  client ", Describe(client_config), "\n  server ",
                   Describe(server_config), "\n  near ", Describe(near), "\n  far ", Describe(far),
                   "\n  back ", Describe(far_back), "\n  detour ", Describe(detour));

  std::unique_ptr<TcpListener> listener;
  simulator.ScheduleAction(SimTime(), server, [&] {
    listener = *server_tcp.ListenTcp(
        {IpAddress(), 80}, 4,
        [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          server_end.channel = std::move(channel);
          server_end.is_connected = true;
          return server_end;
        },
        server_config);
  });
  simulator.ScheduleAction(SimTime::FromNanos(1), client, [&] {
    client_end.channel =
        *client_tcp.ConnectTcp({ip("10.0.2.1"), 80}, client_end, {IpAddress(), 0}, client_config);
  });
  for (int i = 0; i < 30; ++i) {
    End& end = dice.Percent(50) ? client_end : server_end;
    Node& node = &end == &client_end ? client : server;
    const SimTime at{Duration::Micros(static_cast<int64_t>(dice.Below(20'000'000)))};
    const uint64_t what = dice.Below(5);
    const auto amount = static_cast<int64_t>(dice.Below(60'000));
    simulator.ScheduleAction(at, node, [&end, what, amount] {
      if (end.channel == nullptr || end.is_done()) return;
      switch (what) {
        case 0:
          end.channel->PauseReceiving();
          break;
        case 1:
          end.channel->ResumeReceiving();
          break;
        case 2:
          end.channel->Receive(static_cast<uint64_t>(amount));
          break;
        default:
          end.Write(amount);
          break;
      }
    });
  }
  simulator.ScheduleAction(kStop, client, [&] { client_end.AllowClose(); });
  simulator.ScheduleAction(kStop, server, [&] { server_end.AllowClose(); });
  // An acceptance may come later than that.
  for (int second = 25; second < 600; second += 25) {
    const SimTime at{Duration::Seconds(second)};
    simulator.ScheduleAction(at, client, [&] { client_end.AllowClose(); });
    simulator.ScheduleAction(at, server, [&] { server_end.AllowClose(); });
  }
  const auto is_over = [&] {
    const bool is_defect =
        !auditor.defect.empty() || !client_end.defect.empty() || !server_end.defect.empty();
    return is_defect || (client_end.is_done() && server_end.is_done() &&
                         client_tcp.connection_count() + server_tcp.connection_count() == 0);
  };
  const auto count = [&result](const TcpLayer& layer) {
    for (const TcpConnection* connection : layer.connections()) {
      const SenderCounters& counters = connection->sender().counters();
      result.retransmissions =
          std::max<uint64_t>(result.retransmissions, counters.retransmitted_segments);
      result.timeouts = std::max<uint64_t>(result.timeouts, counters.timeouts);
      result.undone = std::max<uint64_t>(result.undone, counters.undone);
      result.probes = std::max<uint64_t>(result.probes, counters.tlp_probes);
    }
  };
  simulator.RunUntil(
      [&] {
        count(client_tcp);
        count(server_tcp);
        return is_over();
      },
      Duration::Seconds(1), kDeadline);
  result.delivered_bytes = static_cast<uint64_t>(client_end.received() + server_end.received());
  for (const std::string& defect : {auditor.defect, client_end.defect, server_end.defect}) {
    if (result.defect.empty()) result.defect = defect;
  }
  if (result.defect.empty() && !is_over()) {
    result.defect = absl::StrCat("stuck: ", client_end.Where(), "; ", server_end.Where(), "; ",
                                 client_tcp.connection_count(), " and ",
                                 server_tcp.connection_count(), " connections left");
  }
  return result;
}

}  // namespace tickwire::tcp
