// IpWorld: a few nodes with IP and UDP on plain links, and a sink that remembers the trace.
#ifndef TICKWIRE_TESTS_SUPPORT_IP_WORLD_H_
#define TICKWIRE_TESTS_SUPPORT_IP_WORLD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/transport/datagram_socket.h"
#include "protocols/udp/udp_header.h"
#include "protocols/udp/udp_layer.h"
#include "sim_core/run/simulator.h"
#include "tests/support/recorder.h"

namespace tickwire {

inline IpAddress Ip(absl::string_view text) { return *IpAddress::Parse(text); }

class IpWorld {
 public:
  explicit IpWorld(std::vector<std::string> nodes)
      : simulator({.run = {}, .nodes = std::move(nodes), .sink = &recorder}) {}

  // Wires `a` to `b`; the interfaces are named after the other end.
  void Connect(const std::string& a, const std::string& b, size_t mtu = 1500,
               Duration delay = Duration::Millis(1)) {
    Interface& at_a = simulator.node(a).AddInterface(b);
    Interface& at_b = simulator.node(b).AddInterface(a);
    LinkConfig there, back;
    there.mtu = back.mtu = mtu;
    there.propagation = back.propagation = delay;
    simulator.Connect(at_a, at_b, std::move(there), std::move(back));
  }
  // After all links of the node.
  void AddIp(const std::string& node, IpLayer::Role role = IpLayer::Role::kHost) {
    ips[node] = std::make_unique<IpLayer>(simulator.node(node), role);
    udps[node] = std::make_unique<UdpLayer>(*ips[node]);
  }
  Interface& Plug(const std::string& node, const std::string& towards) {
    for (Interface& interface : simulator.node(node).interfaces()) {
      if (interface.name() == towards) return interface;
    }
    TW_CHECK(false);
    __builtin_unreachable();
  }
  void Address(const std::string& node, const std::string& towards, absl::string_view address) {
    ips[node]->AddAddress(Plug(node, towards), Ip(address));
  }
  void Route(const std::string& node, absl::string_view prefix, const std::string& towards) {
    ips[node]->AddRoute(*IpPrefix::Parse(prefix), Plug(node, towards));
  }
  // Puts bytes onto the wire from `node` towards `towards`, past its own IP layer.
  void Inject(const std::string& node, const std::string& towards,
              const std::vector<uint8_t>& bytes) {
    Packet packet = simulator.node(node).NewPacket(bytes.size());
    std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
    Plug(node, towards).Send(std::move(packet));
  }
  void RunFor(Duration time) { simulator.RunUntil(simulator.now() + time); }
  // Runs `action` on `node` now, as the scenario would.
  template <class F>
  void Do(const std::string& node, F action) {
    simulator.ScheduleAction(simulator.now(), simulator.node(node), std::move(action));
    simulator.RunUntil(simulator.now());
  }

  Recorder recorder;  // before the simulator, which it outlives
  Simulator simulator;
  std::map<std::string, std::unique_ptr<IpLayer>> ips;
  std::map<std::string, std::unique_ptr<UdpLayer>> udps;
};

// Remembers what a socket is told.
struct Mailbox : DatagramSocket::Listener {
  struct Letter {
    Endpoint from, to;
    std::string text;
    uint32_t zeros;
  };
  void OnReceive(DatagramSocket&, Endpoint from, Endpoint to, std::span<const uint8_t> payload,
                 uint32_t zeros) override {
    letters.push_back({from, to, {payload.begin(), payload.end()}, zeros});
  }
  void OnError(DatagramSocket&, Endpoint remote, DatagramError error) override {
    errors.emplace_back(remote, error);
  }
  std::vector<Letter> letters;
  std::vector<std::pair<Endpoint, DatagramError>> errors;
};

inline std::span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// An IPv4 packet with `payload`, its lengths and checksum set right.
inline std::vector<uint8_t> V4Packet(Ipv4Header header, const std::vector<uint8_t>& payload) {
  header.total_length = static_cast<uint16_t>(Ipv4Header::kSize + payload.size());
  if (header.ttl == 0) header.ttl = 64;
  std::vector<uint8_t> bytes(Ipv4Header::kSize);
  header.SerializeTo(bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

inline std::vector<uint8_t> V6Packet(Ipv6Header header, const std::vector<uint8_t>& payload) {
  header.payload_length = static_cast<uint16_t>(payload.size());
  if (header.hop_limit == 0) header.hop_limit = 64;
  std::vector<uint8_t> bytes(Ipv6Header::kSize);
  header.SerializeTo(bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

// A UDP datagram with a right checksum.
inline std::vector<uint8_t> UdpBytes(const IpAddress& source, const IpAddress& destination,
                                     uint16_t from, uint16_t to, const std::string& text) {
  BufferPool pool;
  Packet packet = Packet::Allocate(pool, Packet::kHeadroom, text.size());
  std::copy(text.begin(), text.end(), packet.mutable_bytes().begin());
  UdpHeader::PrependTo(packet, from, to, source, destination);
  return {packet.bytes().begin(), packet.bytes().end()};
}

inline std::vector<uint8_t> IcmpBytes(const IcmpMessage& message, const IpAddress& source,
                                      const IpAddress& destination,
                                      const std::vector<uint8_t>& data) {
  std::vector<uint8_t> bytes(IcmpMessage::kHeaderSize);
  bytes.insert(bytes.end(), data.begin(), data.end());
  message.WriteHeader(bytes, 0, source, destination);
  return bytes;
}

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_IP_WORLD_H_
