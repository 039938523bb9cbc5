// What the transport under SIP costs: the calls of sip_proxy_benchmark.cc over UDP, TCP, SCTP and
// TLS on both hops, with connections that stay open; and what an idle connection keeps.
#include <malloc.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/socket/sctp_transport.h"
#include "protocols/sip/locate/static_locator.h"
#include "protocols/sip/proxy/sip_server.h"
#include "protocols/sip/ua/user_agent.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tls/tls_stack.h"
#include "protocols/transport/transport_fan.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"

namespace tickwire {
namespace {

constexpr IpAddress kAlice = IpAddress::V4(0x0a000001);
constexpr IpAddress kBob = IpAddress::V4(0x0a000002);
constexpr IpAddress kProxyA = IpAddress::V4(0x0a000064);  // towards alice
constexpr IpAddress kProxyB = IpAddress::V4(0x0a000065);

size_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// A node with everything that SIP stands on.
struct Host {
  explicit Host(Node& n)
      : node(n),
        ip(n, IpLayer::Role::kHost),
        udp(ip),
        tcp(ip, {}),
        sctp_layer(ip, {}),
        sctp(sctp_layer),
        tls(n.clock(), streams, {}, TlsConfigOf(n)) {
    tcp::TcpConfig config = tcp.config();
    config.nagle = false;  // as the roles of scenarios have it
    tcp.set_config(config);
    streams.Set(TransportKind::kTcp, tcp);
    streams.Set(TransportKind::kSctp, sctp);
    streams.Set(TransportKind::kTls, tls);
  }
  static tls::TlsConfig TlsConfigOf(const Node& node) {
    tls::TlsConfig config;
    tls::Certificate certificate;
    certificate.subject_alternative_names = {node.name()};
    certificate.issuer = "CA";
    config.identities.push_back({std::move(certificate), {}});
    config.trusted_issuers = {"CA"};
    config.verify_peer = false;
    return config;
  }
  Node& node;
  IpLayer ip;
  UdpLayer udp;
  tcp::TcpLayer tcp;
  sctp::SctpLayer sctp_layer;
  sctp::SctpTransport sctp;
  TransportFan streams;
  tls::TlsStack tls;
};

// alice -- proxy -- bob, 1 ms each.
class ThreeHosts {
 public:
  ThreeHosts() : simulator_(Options()) {
    for (Node& node : simulator_.nodes()) {
      node.AddInterface("eth0");
      if (node.name() == "proxy") node.AddInterface("eth1");
      hosts_.emplace_back(node);
    }
    Join("alice", kAlice, 0, kProxyA);
    Join("bob", kBob, 1, kProxyB);
  }
  Simulator& simulator() { return simulator_; }
  Host& host(absl::string_view name) { return hosts_[simulator_.node(name).id().value - 1]; }
  void Run(Duration time) { simulator_.RunUntil(simulator_.now() + time); }

 private:
  static Simulator::Options Options() {
    Simulator::Options options;
    options.nodes = {"alice", "bob", "proxy"};
    return options;
  }
  void Join(const char* party, IpAddress address, size_t port, IpAddress proxy_address) {
    LinkConfig wire, back;
    wire.rate = back.rate = DataRate::BitsPerSecond(1'000'000'000);
    wire.propagation = back.propagation = Duration::Millis(1);
    Interface& left = host(party).node.interfaces()[0];
    Interface& right = host("proxy").node.interfaces()[port];
    simulator_.Connect(left, right, std::move(wire), std::move(back));
    host(party).ip.AddAddress(left, address);
    host(party).ip.AddRoute({IpAddress(), 0}, left);
    host("proxy").ip.AddAddress(right, proxy_address);
    host("proxy").ip.AddRoute({address, 32}, right);
  }

  Simulator simulator_;
  std::deque<Host> hosts_;
};

sip::SipTransportConfig Over(TransportKind kind) {
  sip::SipTransportConfig config;
  config.transports.Add(kind);
  config.transports.set_preferred(kind);
  config.connections.max_connections = 1'000'000;
  return config;
}

class CallsOver {
 public:
  explicit CallsOver(TransportKind kind)
      : caller_(EnvOf("alice"), Party("alice", kind)),
        called_(EnvOf("bob"), Party("bob", kind)),
        proxy_({hosts_.host("proxy").node.clock(),
                hosts_.host("proxy").udp,
                locator_,
                {},
                &hosts_.host("proxy").streams},
               ProxyConfig(kind)) {
    TW_CHECK(caller_.Open({kAlice, 5060}).ok());
    TW_CHECK(called_.Open({kBob, 5060}).ok());
    TW_CHECK(proxy_.Open({IpAddress(), 5060}).ok());
    options_.target = "sip:bob@example.com";
  }
  void PlaceOne() {
    caller_.PlaceCall(options_);
    hosts_.Run(Duration::Millis(100));
  }
  uint64_t answered() const { return caller_.counters().answered; }
  uint64_t acks() const { return proxy_.core().counters().acks; }
  // Of all three: nothing is opened again.
  uint64_t opened() const {
    uint64_t count = 0;
    for (const sip::SipTransport* transport :
         {&caller_.transport(), &called_.transport(), &proxy_.transport()}) {
      count += transport->connections()->counters().opened;
    }
    return count;
  }

 private:
  sip::UserAgent::Env EnvOf(absl::string_view name) {
    Host& host = hosts_.host(name);
    return {host.node.clock(), host.udp, {}, &locator_, &host.streams};
  }
  static sip::UserAgentConfig Party(const char* user, TransportKind kind) {
    sip::UserAgentConfig config;
    config.user = user;
    config.domain = "example.com";
    config.transport = Over(kind);
    config.behaviour.answer_after = Duration::Millis(10);
    config.routes = {absl::StrCat("sip:10.0.0.100", sip::TransportParam(kind, false), ";lr")};
    if (config.user == "alice") config.behaviour.hang_up_after = Duration::Millis(10);
    return config;
  }
  static sip::SipServerConfig ProxyConfig(TransportKind kind) {
    sip::SipServerConfig config;
    config.me.addresses = {kProxyA, kProxyB};
    config.me.domains = {"example.com"};
    config.transport = Over(kind);
    config.places = {
        {"bob", absl::StrCat("sip:bob@10.0.0.2", sip::TransportParam(kind, false)), 1000}};
    return config;
  }

  ThreeHosts hosts_;
  sip::NameTable names_;
  sip::StaticLocator locator_{names_};
  sip::CallOptions options_;
  sip::UserAgent caller_, called_;
  sip::SipServer proxy_;
};

void BM_CallOver(benchmark::State& state, TransportKind kind) {
  CallsOver calls(kind);
  for (int i = 0; i < 1000; ++i) calls.PlaceOne();
  const uint64_t before = calls.answered(), acks = calls.acks(), opened = calls.opened();
  for (auto _ : state) calls.PlaceOne();
  const uint64_t answered = calls.answered() - before;
  TW_CHECK(answered == static_cast<uint64_t>(state.iterations()));
  TW_CHECK(calls.acks() - acks == answered);  // the proxy stayed on the path
  TW_CHECK(calls.opened() == opened);         // connections are warm
  TW_CHECK((opened > 0) == (kind != TransportKind::kUdp));
  state.SetItemsProcessed(static_cast<int64_t>(answered));
}
BENCHMARK_CAPTURE(BM_CallOver, udp, TransportKind::kUdp)->Name("sip_call/through_proxy/over/udp");
BENCHMARK_CAPTURE(BM_CallOver, tcp, TransportKind::kTcp)->Name("sip_call/through_proxy/over/tcp");
BENCHMARK_CAPTURE(BM_CallOver, sctp, TransportKind::kSctp)
    ->Name("sip_call/through_proxy/over/sctp");
BENCHMARK_CAPTURE(BM_CallOver, tls, TransportKind::kTls)->Name("sip_call/through_proxy/over/tls");

// --- Memory. ---

struct Nobody final : sip::SipTransport::Listener, Channel::Listener {
  void OnRequest(sip::SipMessage&&, const sip::Hop&) override {}
  void OnResponse(const sip::SipMessage&) override {}
  void OnTransportError(const sip::Hop&) override {}
  void OnUndelivered(const sip::Hop&, absl::string_view) override {}
  void OnConnected(Channel&) override {}
  void OnReceive(Channel&, std::span<const uint8_t>, uint64_t) override {}
  void OnWritable(Channel&) override {}
  void OnPeerFinished(Channel&) override {}
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel&, CloseReason) override {}
};

constexpr int kConnections = 2000;

// What one connection keeps at both ends together, with SIP on it.
double BytesWithSip(TransportKind kind) {
  ThreeHosts hosts;
  Nobody nobody;
  sip::SipTransport alice(hosts.host("alice").node.clock(), nobody, "x");
  sip::SipTransport proxy(hosts.host("proxy").node.clock(), nobody, "x");
  Host &a = hosts.host("alice"), &p = hosts.host("proxy");
  TW_CHECK(alice.Open({a.udp, &a.streams}, {kAlice, 5060}, Over(kind)).ok());
  TW_CHECK(proxy.Open({p.udp, &p.streams}, {kProxyA, 5060}, Over(kind)).ok());
  const size_t before = HeapInUse();
  for (int i = 0; i < kConnections; ++i) {
    // Each for a domain of its own: else they would be one.
    alice.Connect({{kProxyA, alice.port(kind)}, kind, 0, absl::StrCat("d", i)});
    hosts.Run(Duration::Millis(20));
  }
  hosts.Run(Duration::Seconds(5));
  const size_t after = HeapInUse();
  TW_CHECK(alice.connections()->size() == kConnections);
  TW_CHECK(proxy.connections()->size() == kConnections);
  return static_cast<double>(after - before) / kConnections;
}

// The same without.
double BytesWithout(TransportKind kind) {
  ThreeHosts hosts;
  Nobody nobody;
  std::vector<std::unique_ptr<Channel>> channels;
  channels.reserve(2 * kConnections);
  auto listening = *hosts.host("proxy").streams.Listen(
      kind, {kProxyA, 5060}, 128, [&](std::unique_ptr<Channel> made) -> Channel::Listener& {
        channels.push_back(std::move(made));
        return nobody;
      });
  const size_t before = HeapInUse();
  for (int i = 0; i < kConnections; ++i) {
    channels.push_back(*hosts.host("alice").streams.Connect(kind, {kProxyA, 5060}, nobody,
                                                            {.peer_name = absl::StrCat("d", i)}));
    hosts.Run(Duration::Millis(20));
  }
  hosts.Run(Duration::Seconds(5));
  const size_t after = HeapInUse();
  TW_CHECK(channels.size() == 2 * kConnections);
  return static_cast<double>(after - before) / kConnections;
}

// Not a speed: both ends of a connection on which nothing was sent, in one node each.
void BM_IdleConnection(benchmark::State& state, TransportKind kind) {
  double whole = 0, below = 0;
  for (auto _ : state) {
    whole = BytesWithSip(kind);
    below = BytesWithout(kind);
  }
  state.counters["bytes_per_end"] = whole / 2;
  state.counters["of_them_sip"] = (whole - below) / 2;
}
BENCHMARK_CAPTURE(BM_IdleConnection, tcp, TransportKind::kTcp)
    ->Name("memory/idle_sip_connection/tcp")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_IdleConnection, sctp, TransportKind::kSctp)
    ->Name("memory/idle_sip_connection/sctp")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_IdleConnection, tls, TransportKind::kTls)
    ->Name("memory/idle_sip_connection/tls")
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwire
