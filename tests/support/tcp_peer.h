// TcpWorld: one real TCP ("stack", 10.0.0.1) and a peer that is nothing but hands ("peer",
// 10.0.0.2): the test writes each segment of the peer itself and reads each that the stack sends.
//
// Sequence numbers of the peer are relative to its initial one (kPeerIsn), those of the stack to
// the one seen in its SYN. 1 us of delay either way.
#ifndef TICKWIRE_TESTS_SUPPORT_TCP_PEER_H_
#define TICKWIRE_TESTS_SUPPORT_TCP_PEER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tcp/tcp_options.h"
#include "tests/support/ip_world.h"

namespace tickwire::tcp {

// A segment as tests see it; `seq` and `ack` relative.
struct Seg {
  uint8_t flags = 0;
  int64_t seq = 0;
  int64_t ack = 0;
  int64_t size = 0;  // of the payload
  uint16_t window = 0;
  TcpOptions options;
  Ecn ecn = Ecn::kNotEct;
  SimTime at;
  std::string text;  // the payload that is not zeros by definition
  bool is(int f) const { return flags == f; }
  bool has(int f) const { return (flags & f) == f; }
};

// What a user is told, in order: "connected", "data 5", "finished", "closed reset", ...
struct User : Channel::Listener {
  void OnConnected(Channel&) override { told.emplace_back("connected"); }
  void OnReceive(Channel&, std::span<const uint8_t> bytes, uint64_t zeros) override {
    received += bytes.size() + zeros;
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    text.append(zeros, '\0');
  }
  void OnWritable(Channel&) override { told.emplace_back("writable"); }
  void OnPeerFinished(Channel&) override { told.emplace_back("finished"); }
  void OnError(Channel&, ChannelError) override { told.emplace_back("error"); }
  void OnClosed(Channel&, CloseReason reason) override {
    static const char* const kNames[] = {"local",   "peer",    "reset",
                                         "refused", "timeout", "unreachable"};
    told.push_back(std::string("closed ") + kNames[static_cast<size_t>(reason)]);
  }
  std::vector<std::string> told;
  uint64_t received = 0;
  std::string text;
};

class TcpWorld : private Interface::Upper {
 public:
  static constexpr uint32_t kPeerIsn = 4294967000u;  // wraps soon: nothing may mind
  static constexpr uint16_t kPort = 80, kPeerPort = 4000;
  static constexpr uint8_t kFin = TcpHeader::kFin, kSyn = TcpHeader::kSyn, kRst = TcpHeader::kRst,
                           kAck = TcpHeader::kAck, kPsh = TcpHeader::kPsh;

  TcpWorld() : world({"stack", "peer"}) {
    world.Connect("stack", "peer", 1500, Duration::Micros(1));
    world.AddIp("stack");
    world.Address("stack", "peer", "10.0.0.1");
    world.Route("stack", "10.0.0.0/24", "peer");
    world.Plug("peer", "stack").set_upper(this);
    tcp = std::make_unique<TcpLayer>(*world.ips["stack"], RunSeed{});
    // A plain handshake: what a test wants more of, it sets.
    config.timestamps = config.window_scaling = config.sack = false;
    config.receive_buffer = 10000;
    config.delayed_ack = Duration();
    config.nagle = false;
  }
  ~TcpWorld() override { world.Plug("peer", "stack").set_upper(nullptr); }

  // --- The stack's user ---
  void Listen(int backlog = 5) {
    world.Do("stack", [&] {
      listener = *tcp->ListenTcp(
          {IpAddress(), kPort}, backlog,
          [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
            channels.push_back(std::move(channel));
            return user;
          },
          config);
    });
  }
  void Connect() {
    world.Do("stack", [&] {
      channels.push_back(
          *tcp->ConnectTcp({Ip("10.0.0.2"), kPeerPort}, user, {IpAddress(), kPort}, config));
    });
    Run();
  }
  template <class F>
  void Do(F action) {
    world.Do("stack", action);
    Run();
  }
  Channel& channel() { return *channels.back(); }
  TcpSocket& socket() { return static_cast<TcpSocket&>(channel()); }
  const TcpConnection* connection() const {
    return tcp->Find({{Ip("10.0.0.1"), kPort}, {Ip("10.0.0.2"), kPeerPort}});
  }

  // --- The peer's hands ---
  // `seg.window` counts as it is; the stack's answers are in `sent` after it.
  void Send(const Seg& seg) {
    TcpHeader header{.source_port = kPeerPort,
                     .destination_port = kPort,
                     .sequence = Wrap(seg.seq, kPeerIsn),
                     .acknowledgment = Wrap(seg.ack, stack_isn),
                     .flags = seg.flags,
                     .window = seg.window};
    Packet packet = world.simulator.node("peer").NewPacket(seg.text.size());
    std::copy(seg.text.begin(), seg.text.end(), packet.mutable_bytes().begin());
    packet.set_virtual_tail(static_cast<uint32_t>(seg.size) -
                            static_cast<uint32_t>(seg.text.size()));
    uint8_t bytes[TcpOptions::kMaxSize];
    const size_t size = seg.options.Write(bytes, Profile::kRfc);
    header.PrependTo(packet, {bytes, size}, Ip("10.0.0.2"), Ip("10.0.0.1"));
    Ipv4Header ip{.ecn = seg.ecn,
                  .total_length = static_cast<uint16_t>(Ipv4Header::kSize + packet.wire_size()),
                  .ttl = 64,
                  .protocol = IpProtocol::kTcp,
                  .source = Ip("10.0.0.2"),
                  .destination = Ip("10.0.0.1")};
    ip.SerializeTo(packet.Prepend(Ipv4Header::kSize));
    world.Do("peer", [&] { world.Plug("peer", "stack").Send(std::move(packet)); });
    Run();
  }
  // The peer's segment without options: flags, seq, ack, payload bytes, window.
  void Send(uint8_t flags, int64_t seq, int64_t ack, int64_t size = 0, uint16_t window = 65535) {
    Seg seg;
    seg.flags = flags;
    seg.seq = seq;
    seg.ack = ack;
    seg.size = size;
    seg.window = window;
    Send(seg);
  }
  // Opens from the peer's side: SYN, then the ACK.
  void OpenFromPeer(TcpOptions options = {}) {
    Seg syn;
    syn.flags = kSyn;
    syn.window = 65535;
    syn.options = options;
    if (!syn.options.mss) syn.options.mss = 1000;
    Send(syn);
    Seg ack;
    ack.flags = kAck;
    ack.seq = ack.ack = 1;
    ack.window = 65535;
    if (options.timestamps) ack.options.timestamps = {{options.timestamps->value, 0}};
    Send(ack);
    sent.clear();
  }
  void Run(Duration time = Duration::Micros(10)) {
    // Time moves only where something happens.
    world.simulator.ScheduleAction(world.simulator.now() + time, world.simulator.node("peer"),
                                   [] {});
    world.RunFor(time);
  }
  // All that the stack sent since the last call.
  std::vector<Seg> Take() { return std::exchange(sent, {}); }

  IpWorld world;
  TcpConfig config;
  User user;
  std::unique_ptr<TcpLayer> tcp;
  std::unique_ptr<TcpListener> listener;
  std::vector<std::unique_ptr<Channel>> channels;
  std::vector<Seg> sent;
  uint32_t stack_isn = 0;

 private:
  void OnPacket(Interface&, Packet packet) override {
    const TraceLabel* why = nullptr;
    const auto ip = Ipv4Header::Parse(packet.bytes(), packet.wire_size(), &why);
    if (!ip || ip->protocol != IpProtocol::kTcp) return;
    packet.TrimFront(ip->header_size);
    const auto header = TcpHeader::Parse(packet, ip->source, ip->destination, &why);
    TW_CHECK(header.has_value());  // what the stack sends is right
    if (header->has(TcpHeader::kSyn)) stack_isn = header->sequence;
    Seg seg;
    seg.flags = header->flags;
    seg.seq = static_cast<int32_t>(header->sequence - stack_isn);
    seg.ack = static_cast<int32_t>(header->acknowledgment - kPeerIsn);
    seg.size = static_cast<int64_t>(packet.wire_size() - header->header_bytes());
    seg.window = header->window;
    seg.options = TcpOptions::Parse(
        packet.bytes().subspan(TcpHeader::kSize, header->header_bytes() - TcpHeader::kSize));
    seg.ecn = ip->ecn;
    seg.at = world.simulator.now();
    const auto data = packet.bytes().subspan(header->header_bytes());
    seg.text.assign(data.begin(), data.end());
    sent.push_back(seg);
  }
};

// "SYN|ACK seq 0 ack 1 size 0"; for messages.
inline std::string ToText(const Seg& seg) {
  return FlagNames(seg.flags) + " seq " + std::to_string(seg.seq) + " ack " +
         std::to_string(seg.ack) + " size " + std::to_string(seg.size);
}
inline std::string ToText(const std::vector<Seg>& segs) {
  std::string text;
  for (const Seg& seg : segs) text += (text.empty() ? "" : "; ") + ToText(seg);
  return text.empty() ? "nothing" : text;
}

}  // namespace tickwire::tcp

#endif  // TICKWIRE_TESTS_SUPPORT_TCP_PEER_H_
