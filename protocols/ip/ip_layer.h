// IpLayer: IPv4 and IPv6 of one node: sends, receives, forwards, fragments, reassembles, and speaks
// ICMP (RFC 791, 792, 1122, 1812; RFC 8200, 4443, 8201).
//
// Sits above the node's interfaces. Protocols above register by number. Addresses and routes are
// set up before the run. A router forwards; a host drops what is not for it (traced).
#ifndef TICKWIRE_PROTOCOLS_IP_IP_LAYER_H_
#define TICKWIRE_PROTOCOLS_IP_IP_LAYER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "protocols/ip/icmp.h"
#include "protocols/ip/ip_header.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/ip/reassembly.h"
#include "protocols/ip/routing_table.h"
#include "sim_core/net/link.h"
#include "sim_core/net/node.h"

namespace tickwire {

// An ICMP error about a datagram that this node sent.
struct IcmpReport {
  IcmpErrorKind kind;
  uint32_t mtu = 0;  // kPacketTooBig
  IpAddress source;  // of the datagram in error: ours
  IpAddress destination;
  std::span<const uint8_t> payload;  // what was quoted of it after its IP header
};

class IpLayer : public Interface::Upper, private Reassembly::User {
 public:
  class Protocol {
   public:
    virtual ~Protocol() = default;
    // `payload` begins after the IP header.
    virtual void OnDatagram(const IpDatagram& datagram, Packet payload) = 0;
    // Valid during the call.
    virtual void OnIcmpError(const IcmpReport& report) = 0;
    // Whether the datagram in error may be one that it sent: else nothing is learnt of it
    // (RFC 8201 section 4, RFC 5927 section 4.1).
    virtual bool MayHaveSent(const IcmpReport& report) const {
      static_cast<void>(report);
      return true;
    }
  };

  enum class Role { kHost, kRouter };
  // Takes over the node's interfaces. The node outlives this.
  IpLayer(Node& node, Role role);
  ~IpLayer() override;

  // --- Set-up ---
  void AddAddress(Interface& interface, const IpAddress& address);
  void AddRoute(const IpPrefix& prefix, Interface& out);
  // `protocol` outlives this.
  void Register(IpProtocol number, Protocol& protocol);

  // --- For the layers above ---
  // The address that a datagram to `destination` would carry; unspecified if there is no route.
  IpAddress SourceFor(const IpAddress& destination) const;
  bool IsLocal(const IpAddress& address) const;
  // What AddAddress was given, in that order.
  const std::vector<IpAddress>& LocalAddresses() const { return local_addresses_; }
  // The largest datagram that needs no fragmenting on the way, as far as is known (RFC 1191, 8201):
  // the interface's MTU until an ICMP error told otherwise. 0 if there is no route.
  size_t PathMtu(const IpAddress& destination) const;
  // What ICMP has said of it; nothing when nobody has complained yet.
  std::optional<size_t> LearntPathMtu(const IpAddress& destination) const {
    const auto known = path_mtus_.find(destination);
    return known == path_mtus_.end() ? std::nullopt : std::optional<size_t>(known->second);
  }
  enum class SendResult { kSent, kNoRoute, kTooBig };
  // Puts a header before `payload` and sends it, in fragments if need be and allowed. `source` is
  // of this node, but for forgeries of a scenario. REQUIRES: payload.wire_size() fits a datagram.
  SendResult Send(const IpAddress& source, const IpAddress& destination, IpProtocol protocol,
                  Packet payload, const IpSendOptions& options = {});
  // Tells the source of a datagram that reached OnDatagram that nobody wants it (RFC 1122 sections
  // 3.2.2.1 and 4.1.3.1). `payload` begins after the IP header.
  void SendUnreachable(IcmpErrorKind kind, const IpDatagram& datagram, const Packet& payload);

  Node& node() { return node_; }

 private:
  void OnPacket(Interface& from, Packet packet) override;
  void OnReassemblyTimeout(const Packet& quotation) override;
  void OnPacketV4(Interface& from, Packet packet);
  void OnPacketV6(Interface& from, Packet packet);
  void ForwardV4(const Ipv4Header& header, Packet packet, Interface& out);
  void ForwardV6(const Ipv6Header& header, Packet packet, Interface& out);
  bool IsForged(const Interface& from, const IpAddress& source) const;
  void Reassemble(const Reassembly::Key& key, Reassembly::Fragment fragment);
  void Deliver(const IpDatagram& datagram, Packet payload);
  void OnIcmp(const IpDatagram& datagram, Packet payload);
  void OnIcmpError(const IpDatagram& datagram, const IcmpMessage& message);

  void SendV4(const Ipv4Header& header, Packet payload, Interface& out);
  void SendV6(const Ipv6Header& header, Packet payload, Interface& out, size_t path_mtu);
  // Sends header and payload over `out` in pieces of at most `mtu`.
  void FragmentV4(const Ipv4Header& header, const Packet& payload, Interface& out);
  // `offending` is the packet in error from its IP header on.
  void SendIcmpError(IcmpErrorKind kind, const Packet& offending, uint32_t mtu = 0);
  bool MayAnswerWithError(const Packet& offending) const;
  void Drop(const Packet& packet, const TraceLabel& why);
  Interface& OutOf(const Route& route);

  Node& node_;
  const Role role_;
  const TraceEntity entity_;
  Interface& loopback_;
  std::unique_ptr<Link> loopback_link_;
  RoutingTable routes_;
  struct InterfaceAddresses {
    std::optional<IpAddress> v4, v6;  // the first of each, for source selection
  };
  std::vector<InterfaceAddresses> addresses_;  // by interface index
  std::vector<IpAddress> local_addresses_;
  std::array<Protocol*, 256> protocols_{};
  absl::btree_map<IpAddress, uint32_t> path_mtus_;  // learnt from ICMP
  Reassembly reassembly_;
  uint32_t identification_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_IP_LAYER_H_
