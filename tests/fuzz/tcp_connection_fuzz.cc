// Fuzz entry for whole connections: the input is a story of segments, calls of the user, ICMP
// errors and time, told to a stack that listens or connects.
//
// Numbers in segments are near those of the connection, so that they get past the first check.
// Demands no crash, connections that are consistent after every event, an end to every story, and
// tables that do not grow beyond what the listener allows.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "protocols/ip/icmp.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tcp/tcp_options.h"
#include "sim_core/base/check.h"
#include "sim_core/run/simulator.h"

namespace tickwire {
namespace {

using tcp::TcpConfig;
using tcp::TcpHeader;

constexpr int kMostSteps = 200;
constexpr uint64_t kMostEvents = 2'000'000;
constexpr uint16_t kPort = 80;
constexpr uint32_t kBacklog = 4, kSynBacklog = 8;

class Story {
 public:
  explicit Story(std::span<const uint8_t> input) : input_(input) {}
  bool is_over() const { return input_.empty(); }
  uint8_t Byte() {
    if (input_.empty()) return 0;
    const uint8_t byte = input_.front();
    input_ = input_.subspan(1);
    return byte;
  }
  uint16_t Word() {
    const uint8_t high = Byte();
    return static_cast<uint16_t>(high << 8 | Byte());
  }
  // Small numbers mostly, either way.
  int32_t Offset() {
    const uint8_t shape = Byte();
    const int32_t value = static_cast<int16_t>(Word());
    return (shape & 3) == 0   ? 0
           : (shape & 3) == 1 ? value % 8
           : (shape & 3) == 2 ? value
                              : value << 15;
  }

 private:
  std::span<const uint8_t> input_;
};

TcpConfig ConfigFrom(Story& story) {
  const tcp::Profile profiles[] = {tcp::Profile::kRfc, tcp::Profile::kLinux,
                                   tcp::Profile::kFreeBsd};
  TcpConfig config = TcpConfig::For(profiles[story.Byte() % 3]);
  config.loss_recovery = static_cast<tcp::LossRecoveryKind>(story.Byte() % 5);
  config.congestion_control = static_cast<tcp::CongestionControlKind>(story.Byte() % 4);
  config.fixed_window = 20'000;
  const uint8_t flags = story.Byte(), more = story.Byte();
  config.timestamps = (flags & 1) != 0;
  config.window_scaling = (flags & 2) != 0;
  config.sack = (flags & 4) != 0;
  config.ecn = (flags & 8) != 0;
  config.frto = (flags & 16) != 0;
  config.undo = (flags & 32) != 0;
  config.prr = (flags & 64) != 0;
  config.rfc5961 = (flags & 128) != 0;
  config.keep_alive = (more & 1) != 0;
  config.nagle = (more & 2) != 0;
  config.early_retransmit = (more & 4) != 0;
  config.discard_out_of_order = (more & 8) != 0;
  config.discard_sacked_data = (more & 16) != 0;
  config.syn_cookies =
      (more & 32) != 0 ? TcpConfig::SynCookies::kAlways : TcpConfig::SynCookies::kWhenFull;
  config.keep_sack_after_rto = (more & 64) != 0;
  config.pacing = (more & 128) != 0;
  config.receive_buffer = 1000 + story.Byte() * 300u;
  config.send_buffer = 1000 + story.Byte() * 300u;
  config.syn_backlog = kSynBacklog;
  config.initial_sequence = 0xfffff000u;  // wraps soon
  return config;
}

class World : private Interface::Upper, private Channel::Listener {
 public:
  explicit World(Story& story)
      : story_(story),
        simulator_({.run = {}, .nodes = {"peer", "stack"}, .event_limit = kMostEvents}) {
    Interface& out = simulator_.node("stack").AddInterface("eth0");
    wire_ = &simulator_.node("peer").AddInterface("eth0");
    LinkConfig there, back;
    there.propagation = back.propagation = Duration::Micros(1);
    simulator_.Connect(out, *wire_, std::move(there), std::move(back));
    wire_->set_upper(this);
    ip_ = std::make_unique<IpLayer>(simulator_.node("stack"), IpLayer::Role::kHost);
    ip_->AddAddress(out, local_);
    ip_->AddRoute(*IpPrefix::Parse("10.0.0.0/24"), out);
    layer_ = std::make_unique<tcp::TcpLayer>(*ip_, RunSeed{});
    config_ = ConfigFrom(story);
  }
  ~World() override {
    Do([&] {
      sockets_.clear();
      listener_.reset();
    });
  }

  void Run() {
    const bool connects = (story_.Byte() & 1) != 0;
    Do([&] {
      if (connects) {
        auto socket = layer_->ConnectTcp({peer_, kPort}, *this, {}, config_);
        if (socket.ok()) sockets_.push_back(std::move(*socket));
        peer_port_ = kPort;
      } else {
        auto made = layer_->ListenTcp(
            {IpAddress(), kPort}, kBacklog,
            [this](std::unique_ptr<Channel> channel) -> Channel::Listener& {
              sockets_.push_back(std::move(channel));
              return *this;
            },
            config_);
        TW_CHECK(made.ok());
        listener_ = std::move(*made);
        if ((story_.Byte() & 1) != 0) listener_->PauseAccepting();
      }
    });
    Check();
    for (int step = 0; step < kMostSteps && !story_.is_over(); ++step) {
      Step();
      Check();
    }
    // The story is told: whatever is left ends by itself or waits for the user.
    Advance(Duration::Seconds(4000));
    Check();
    TW_CHECK(simulator_.events() < kMostEvents);
  }

 private:
  void Step() {
    switch (story_.Byte() % 16) {
      default:
        return SendSegment();
      case 8:
        return Advance(Duration::Micros(story_.Word()));
      case 9:
        return Advance(Duration::Millis(story_.Word()));
      case 10:
        return WithSocket([&](Channel& c) { c.Send({}, story_.Word()); });
      case 11:
        return WithSocket([&](Channel& c) { c.ShutdownSend(); });
      case 12:
        return EndSocket();
      case 13: {
        const uint8_t what = story_.Byte();
        return WithSocket([&](Channel& c) {
          if (what % 3 == 0) c.PauseReceiving();
          if (what % 3 == 1) c.ResumeReceiving();
          if (what % 3 == 2) c.Receive(story_.Word());
        });
      }
      case 14:
        return SendIcmp();
      case 15:
        return Do([&] {
          if (listener_ == nullptr) return;
          if ((story_.Byte() & 1) != 0) {
            listener_->AcceptOne();
          } else {
            listener_->ResumeAccepting();
          }
        });
    }
  }

  void SendSegment() {
    TcpHeader header;
    const uint8_t port = story_.Byte();
    header.source_port = connected_port(port);
    header.destination_port = stack_port_;
    header.flags = story_.Byte();
    if ((port & 8) != 0) header.flags |= TcpHeader::kAck;  // most real ones have it
    header.sequence = peer_next_ + static_cast<uint32_t>(story_.Offset());
    header.acknowledgment = stack_next_ + static_cast<uint32_t>(story_.Offset());
    header.window = story_.Word();
    header.urgent_pointer = story_.Byte();
    const std::vector<uint8_t> options = Options();
    const uint8_t length = story_.Byte();
    const size_t size = (length & 1) == 0 ? 0 : size_t{length} * 5;
    Packet packet = simulator_.node("peer").NewPacket(0);
    packet.set_virtual_tail(static_cast<uint32_t>(size));
    header.PrependTo(packet, options, peer_, local_);
    // A peer that goes on where it stopped, most of the time.
    if ((port & 16) != 0) {
      peer_next_ = header.sequence + static_cast<uint32_t>(size) +
                   (header.has(TcpHeader::kSyn) ? 1 : 0) + (header.has(TcpHeader::kFin) ? 1 : 0);
    }
    SendPacket(std::move(packet), IpProtocol::kTcp, static_cast<Ecn>(length >> 6));
  }
  uint16_t connected_port(uint8_t choice) const {
    return peer_port_ != 0 ? peer_port_ : static_cast<uint16_t>(40'000 + choice % 8);
  }

  std::vector<uint8_t> Options() {
    tcp::TcpOptions options;
    const uint8_t which = story_.Byte();
    if ((which & 1) != 0) options.mss = static_cast<uint16_t>(story_.Word() % 3000);
    if ((which & 2) != 0) options.window_scale = story_.Byte();
    if ((which & 4) != 0) options.sack_permitted = true;
    if ((which & 8) != 0) {
      options.timestamps = {
          {timestamp_ += story_.Byte(), echo_ + static_cast<uint32_t>(story_.Offset())}};
    }
    for (int i = 0; i < (which >> 4 & 3); ++i) {
      const uint32_t left = stack_next_ + static_cast<uint32_t>(story_.Offset());
      options.sack[options.sack_count++] = {left, left + story_.Word()};
    }
    std::vector<uint8_t> bytes(tcp::TcpOptions::kMaxSize);
    bytes.resize(options.Write(bytes, tcp::Profile::kLinux));
    if ((which & 0x80) != 0) {  // spoiled
      for (uint8_t& byte : bytes)
        byte = static_cast<uint8_t>(byte ^ (story_.Byte() & 1 ? story_.Byte() : 0));
    }
    return bytes;
  }

  void SendIcmp() {
    static constexpr IcmpErrorKind kKinds[] = {
        IcmpErrorKind::kNetworkUnreachable,  IcmpErrorKind::kHostUnreachable,
        IcmpErrorKind::kProtocolUnreachable, IcmpErrorKind::kPortUnreachable,
        IcmpErrorKind::kPacketTooBig,        IcmpErrorKind::kTtlExceeded};
    const IcmpErrorKind kind = kKinds[story_.Byte() % std::size(kKinds)];
    TcpHeader quoted;
    quoted.source_port = stack_port_;
    quoted.destination_port = connected_port(story_.Byte());
    quoted.sequence = stack_next_ + static_cast<uint32_t>(story_.Offset());
    Packet packet = simulator_.node("peer").NewPacket(0);
    quoted.PrependTo(packet, {}, local_, peer_);
    packet.Truncate(8);
    Ipv4Header{.total_length = 28,
               .ttl = 64,
               .protocol = IpProtocol::kTcp,
               .source = local_,
               .destination = peer_}
        .SerializeTo(packet.Prepend(Ipv4Header::kSize));
    packet.Prepend(IcmpMessage::kHeaderSize);
    IcmpMessage{
        .kind = IcmpMessage::Kind::kError, .error = kind, .rest = story_.Word(), .payload = {}}
        .WriteHeader(packet.mutable_bytes(), 0, peer_, local_);
    SendPacket(std::move(packet), IpProtocol::kIcmp, Ecn::kNotEct);
  }

  void SendPacket(Packet packet, IpProtocol protocol, Ecn ecn) {
    Ipv4Header{.ecn = ecn,
               .total_length = static_cast<uint16_t>(Ipv4Header::kSize + packet.wire_size()),
               .ttl = 64,
               .protocol = protocol,
               .source = peer_,
               .destination = local_}
        .SerializeTo(packet.Prepend(Ipv4Header::kSize));
    simulator_.ScheduleAction(simulator_.now(), simulator_.node("peer"),
                              [&] { wire_->Send(std::move(packet)); });
    Advance(Duration::Micros(2));
  }

  // What the stack says moves the story's numbers.
  void OnPacket(Interface&, Packet packet) override {
    const TraceLabel* why = nullptr;
    const auto ip = Ipv4Header::Parse(packet.bytes(), packet.wire_size(), &why);
    TW_CHECK(ip.has_value());
    packet.TrimFront(ip->header_size);
    if (ip->protocol != IpProtocol::kTcp) return;
    const auto header = TcpHeader::Parse(packet, ip->source, ip->destination, &why);
    TW_CHECK(header.has_value());
    const auto options = tcp::TcpOptions::Parse(
        packet.bytes().subspan(TcpHeader::kSize, header->header_bytes() - TcpHeader::kSize));
    TW_CHECK(options.malformed == nullptr);
    if (options.timestamps) echo_ = options.timestamps->value;
    if (header->has(TcpHeader::kRst)) return;
    stack_port_ = header->source_port;
    stack_next_ = header->sequence +
                  static_cast<uint32_t>(packet.wire_size() - header->header_bytes()) +
                  (header->has(TcpHeader::kSyn) ? 1 : 0) + (header->has(TcpHeader::kFin) ? 1 : 0);
    if (header->has(TcpHeader::kAck)) peer_next_ = header->acknowledgment;
  }

  template <class F>
  void Do(F what) {
    simulator_.ScheduleAction(simulator_.now(), simulator_.node("stack"), what);
    simulator_.RunUntil(simulator_.now());
  }
  void Advance(Duration time) { simulator_.RunUntil(simulator_.now() + time); }
  template <class F>
  void WithSocket(F what) {
    Do([&] {
      if (!sockets_.empty()) what(*sockets_[story_.Byte() % sockets_.size()]);
    });
  }
  void EndSocket() {
    const uint8_t how = story_.Byte();
    Do([&] {
      if (sockets_.empty()) return;
      const size_t which = story_.Byte() % sockets_.size();
      if (how % 3 == 0) sockets_[which]->Close();
      if (how % 3 == 1) sockets_[which]->Abort();
      if (how % 3 == 2) sockets_.erase(sockets_.begin() + static_cast<std::ptrdiff_t>(which));
    });
  }

  void Check() {
    for (const tcp::TcpConnection* connection : layer_->connections()) {
      TW_CHECK(connection->IsConsistent());
      TW_CHECK(connection->readable_bytes() <= int64_t{config_.receive_buffer});
    }
    TW_CHECK(listener_ == nullptr || listener_->half_open() <= kSynBacklog);
    TW_CHECK(listener_ == nullptr || listener_->waiting() <= kBacklog);
    TW_CHECK(simulator_.events() < kMostEvents);
  }

  void OnConnected(Channel&) override {}
  void OnReceive(Channel&, std::span<const uint8_t>, uint64_t) override {}
  void OnWritable(Channel&) override {}
  void OnPeerFinished(Channel& channel) override {
    if ((story_.Byte() & 1) != 0) channel.ShutdownSend();
  }
  void OnError(Channel&, ChannelError) override {}
  void OnClosed(Channel& channel, CloseReason) override {
    // Once; the channel may go within the call, or stay.
    const auto it = std::find_if(sockets_.begin(), sockets_.end(),
                                 [&](const auto& socket) { return socket.get() == &channel; });
    if (it != sockets_.end() && (story_.Byte() & 1) != 0) sockets_.erase(it);
  }

  Story& story_;
  Simulator simulator_;
  const IpAddress local_ = *IpAddress::Parse("10.0.0.1"), peer_ = *IpAddress::Parse("10.0.0.2");
  Interface* wire_ = nullptr;
  std::unique_ptr<IpLayer> ip_;
  std::unique_ptr<tcp::TcpLayer> layer_;
  TcpConfig config_;
  std::unique_ptr<tcp::TcpListener> listener_;
  std::vector<std::unique_ptr<Channel>> sockets_;
  uint16_t peer_port_ = 0;  // where the stack connects to
  uint16_t stack_port_ = kPort;
  uint32_t peer_next_ = 0x7ffffff0u;
  uint32_t stack_next_ = 0;
  uint32_t timestamp_ = 1;
  uint32_t echo_ = 0;
};

}  // namespace
}  // namespace tickwire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tickwire::Story story({data, size});
  tickwire::World(story).Run();
  return 0;
}
