// LwipHost: lwIP (Debian's liblwip) as the IP stack of a simulated node, in virtual time.
//
// lwIP is one per process: one LwipHost at a time. Its clock is the node's, its packets go over the
// node's only interface; no thread, no socket, no wall clock. It sends and expects kept bytes: byte
// i of a direction is PatternByte(seed, i).
#ifndef TICKWIRE_TESTS_SUPPORT_LWIP_HOST_H_
#define TICKWIRE_TESTS_SUPPORT_LWIP_HOST_H_

#include <cstdint>
#include <memory>
#include <string>

#include "protocols/transport/ip_address.h"
#include "sim_core/net/node.h"

namespace tickwire {

inline uint8_t PatternByte(uint64_t seed, uint64_t i) {
  const uint64_t mixed = (i + seed * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return static_cast<uint8_t>(mixed >> 56);
}

class LwipHost {
 public:
  // `interface` is connected. /24 around `address`, IPv4.
  LwipHost(Node& node, Interface& interface, const IpAddress& address);
  ~LwipHost();  // resets what is open

  struct Transfer {
    uint64_t send_seed = 0;
    uint64_t send_bytes = 0;
    uint64_t receive_seed = 0;
    uint64_t receive_bytes = 0;
  };
  // One connection: opened from here, or taken on `port`. Sends, shuts its side, and closes when
  // the peer has. REQUIRES: within an event of the node; once.
  void Connect(const IpAddress& remote, uint16_t port, const Transfer& transfer);
  void Listen(uint16_t port, const Transfer& transfer);

  // All was sent and taken by the stack; all that came was as expected, and the peer has finished.
  bool is_done() const;
  uint64_t received() const;
  // The first thing that went wrong; empty if nothing did.
  const std::string& error() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_LWIP_HOST_H_
