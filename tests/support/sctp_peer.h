// SctpPeer: one real SCTP ("stack", 10.0.0.1:5000) and a peer that is nothing but hands ("peer",
// 10.0.0.2:6000): the test writes each packet of the peer and reads each that the stack sends.
#ifndef TICKWIRE_TESTS_SUPPORT_SCTP_PEER_H_
#define TICKWIRE_TESTS_SUPPORT_SCTP_PEER_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sctp/association/init_info.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/parameter/state_cookie_parameter.h"
#include "protocols/sctp/sctp_layer.h"
#include "tests/support/ip_world.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {

class SctpPeer : private Interface::Upper {
 public:
  static constexpr uint16_t kStackPort = 5000, kPeerPort = 6000;
  static constexpr uint32_t kPeerTag = 0x11223344, kPeerTsn = 4294967290u;  // wraps soon

  struct Sent {
    VerificationTag tag;
    std::vector<AnyChunk> chunks;
    std::vector<uint8_t> bytes;  // what the chunks point into
    std::string names;           // "SACK+DATA"
    uint8_t flags = 0;           // of the first chunk
    SimTime at;
  };

  SctpPeer() : world({"stack", "peer"}) {
    world.Connect("stack", "peer", 1500, Duration::Micros(1));
    world.AddIp("stack");
    world.Address("stack", "peer", "10.0.0.1");
    world.Route("stack", "10.0.0.0/24", "peer");
    world.Plug("peer", "stack").set_upper(this);
    sctp = std::make_unique<SctpLayer>(*world.ips["stack"], RunSeed{});
  }
  ~SctpPeer() override {
    if (endpoint != nullptr) endpoint->PowerOff();
    world.Plug("peer", "stack").set_upper(nullptr);
  }

  // --- The stack's user ---
  void Bind(bool listening) {
    world.Do("stack", [&] {
      endpoint = *sctp->Bind(kStackPort, {}, config, user);
      endpoint->set_listening(listening);
    });
  }
  void Connect() {
    world.Do("stack", [&] {
      const IpAddress peer[] = {Ip("10.0.0.2")};
      user.association = *endpoint->Connect(peer, kPeerPort, user);
    });
    Run();
  }
  template <class F>
  void Do(F action) {
    world.Do("stack", action);
    Run();
  }
  void SendData(size_t size) {
    Do([&] {
      OutgoingMessage message;
      message.data.assign(size, 'x');
      user.association->Send(std::move(message));
    });
  }
  Association* association() { return endpoint->Find({Ip("10.0.0.2"), kPeerPort}); }

  // --- The peer's hands ---
  void Send(VerificationTag tag, const std::vector<uint8_t>& chunks) {
    std::vector<uint8_t> bytes;
    CommonHeader{.source_port = kPeerPort, .destination_port = kStackPort, .tag = tag}.Begin(bytes);
    bytes.insert(bytes.end(), chunks.begin(), chunks.end());
    CommonHeader::Seal(bytes);
    world.Do("peer", [&] {
      world.Inject("peer", "stack",
                   V4Packet({.protocol = IpProtocol::kSctp,
                             .source = Ip("10.0.0.2"),
                             .destination = Ip("10.0.0.1")},
                            bytes));
    });
    Run();
  }
  template <class Chunk>
  void SendChunk(const Chunk& chunk) {
    SendChunk(stack_tag, chunk);
  }
  template <class Chunk>
  void SendChunk(VerificationTag tag, const Chunk& chunk) {
    std::vector<uint8_t> bytes;
    chunk.SerializeTo(bytes);
    Send(tag, bytes);
  }
  static InitChunk Init(std::span<const uint8_t> parameters = {}) {
    return {.initiate_tag = VerificationTag{kPeerTag},
            .a_rwnd = 100000,
            .outbound_streams = 10,
            .inbound_streams = 10,
            .initial_tsn = Tsn{kPeerTsn},
            .parameters = parameters};
  }
  void SendInitAck() {
    std::vector<uint8_t> parameters;
    const std::vector<uint8_t> cookie = {'c', 'o', 'o', 'k', 'i', 'e'};
    StateCookieParameter{.cookie = cookie}.SerializeTo(parameters);
    SendChunk(InitAckChunk{.initiate_tag = VerificationTag{kPeerTag},
                           .a_rwnd = 100000,
                           .outbound_streams = 10,
                           .inbound_streams = 10,
                           .initial_tsn = Tsn{kPeerTsn},
                           .parameters = parameters});
  }
  // From CLOSED to ESTABLISHED, begun by the stack.
  void OpenFromStack() {
    Bind(false);
    Connect();
    SendInitAck();
    SendChunk(CookieAckChunk());
    sent.clear();
  }
  // The same, begun by the peer.
  void OpenFromPeer() {
    Bind(true);
    SendChunk(VerificationTag{0}, Init());
    const std::vector<uint8_t> cookie = TakeCookie();
    SendChunk(CookieEchoChunk{.cookie = cookie});
    sent.clear();
  }
  // Of the INIT ACK that was sent last.
  std::vector<uint8_t> TakeCookie() {
    for (auto it = sent.rbegin(); it != sent.rend(); ++it) {
      std::span<const uint8_t> rest = std::span<const uint8_t>(it->bytes).subspan(12);
      const std::optional<ChunkView> chunk = TakeChunk(rest);
      if (!chunk || chunk->type != InitAckChunk::kType) continue;
      return InitInfo::Read(chunk->value)->cookie;
    }
    return {};
  }
  void Run(Duration time = Duration::Micros(10)) {
    world.simulator.ScheduleAction(world.simulator.now() + time, world.simulator.node("peer"),
                                   [] {});
    world.RunFor(time);
  }
  std::string SentNames() const {
    std::string all;
    for (const Sent& one : sent) all += (all.empty() ? "" : ", ") + one.names;
    return all;
  }

  IpWorld world;
  SctpConfig config;
  SctpUser user;
  std::unique_ptr<SctpLayer> sctp;
  std::unique_ptr<SctpEndpoint> endpoint;
  std::vector<Sent> sent;
  VerificationTag stack_tag;
  Tsn stack_tsn;  // initial

 private:
  void OnPacket(Interface&, Packet packet) override {
    const TraceLabel* why = nullptr;
    const auto ip = Ipv4Header::Parse(packet.bytes(), packet.wire_size(), &why);
    if (!ip || ip->protocol != IpProtocol::kSctp) return;
    packet.TrimFront(ip->header_size);
    Sent one;
    one.bytes.assign(packet.bytes().begin(), packet.bytes().end());
    const auto header = CommonHeader::Parse(one.bytes, &why);
    TW_CHECK(header.has_value());  // what the stack sends is right
    one.tag = header->tag;
    one.at = world.simulator.now();
    std::span<const uint8_t> rest = std::span<const uint8_t>(one.bytes).subspan(12);
    while (const std::optional<ChunkView> view = TakeChunk(rest)) {
      if (one.chunks.empty()) one.flags = view->flags;
      const std::optional<AnyChunk> chunk = ParseChunk(*view);
      TW_CHECK(chunk.has_value());
      one.names += (one.names.empty() ? "" : "+") + ChunkTypeName(view->type);
      if (view->type == InitChunk::kType || view->type == InitAckChunk::kType) {
        const auto info = InitInfo::Read(view->value);
        stack_tag = info->initiate_tag;
        stack_tsn = info->initial_tsn;
      }
      one.chunks.push_back(*chunk);
    }
    TW_CHECK(rest.empty());
    sent.push_back(std::move(one));
  }
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_TESTS_SUPPORT_SCTP_PEER_H_
