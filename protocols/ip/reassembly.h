// Reassembly: puts the fragments of datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5).
//
// A datagram that is not whole 60 s after its first fragment came is given up (RFC 1122 section
// 3.3.2, RFC 8200 section 4.5). Fragments that overlap others spoil the whole datagram (RFC 8200
// section 4.5; done for IPv4 too); an exact repetition is ignored. Memory is bounded: at most
// kMaximumDatagrams at a time (the oldest goes) and kMaximumFragments each.
#ifndef TICKWIRE_PROTOCOLS_IP_REASSEMBLY_H_
#define TICKWIRE_PROTOCOLS_IP_REASSEMBLY_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "protocols/ip/ip_header.h"
#include "sim_core/event/timer.h"
#include "sim_core/packet/packet.h"

namespace tickwire {

class Reassembly {
 public:
  static constexpr size_t kMaximumDatagrams = 64;
  static constexpr size_t kMaximumFragments = 64;
  // Payload of the whole datagram: RFC 791 section 3.1 counts the header in the 65,535 bytes, RFC
  // 8200 section 4.5 does not.
  static constexpr uint32_t kMaximumSizeV4 = 65535 - 20;
  static constexpr uint32_t kMaximumSizeV6 = 65535;
  static constexpr Duration kTimeout = Duration::Seconds(60);

  struct Key {
    IpAddress source;
    IpAddress destination;
    uint32_t identification;
    IpProtocol protocol;  // 0 in IPv6, where it is not part of the key
    auto operator<=>(const Key&) const = default;
  };
  struct Fragment {
    uint32_t offset;
    bool more;
    Packet packet;     // payload of the fragment alone
    Packet quotation;  // of the first fragment: as it came, for an ICMP error; else empty
    IpDatagram datagram;
  };
  class User {
   public:
    virtual ~User() = default;
    // `quotation` is empty unless the first fragment had come.
    virtual void OnReassemblyTimeout(const Packet& quotation) = 0;
  };
  struct Whole {
    Packet packet;
    IpDatagram datagram;  // of the first fragment; CE if any fragment had it (RFC 3168 5.3)
  };

  // All outlive this.
  Reassembly(NodeClock& clock, BufferPool& pool, User& user);
  ~Reassembly();

  // The datagram if this fragment was the last one missing. `*why` is set if the fragment, or all
  // of its datagram with it, was given up.
  std::optional<Whole> Add(const Key& key, Fragment fragment, const TraceLabel** why);
  size_t pending() const { return datagrams_.size(); }

 private:
  class Datagram;
  using Datagrams = absl::btree_map<Key, std::unique_ptr<Datagram>>;
  void OnTimeout(const Key& key);
  void Erase(Datagrams::iterator it);

  NodeClock& clock_;
  BufferPool& pool_;
  User& user_;
  const TraceEntity entity_;
  Datagrams datagrams_;
  uint64_t arrivals_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_REASSEMBLY_H_
