// DatagramSocket: what SIP and applications see of UDP. Bound once; answers from the port on which
// it listens.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_DATAGRAM_SOCKET_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_DATAGRAM_SOCKET_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "protocols/transport/endpoint.h"

namespace tickwire {

// What the network reported about a datagram that was sent (RFC 1122 section 4.1.3.3: all ICMP
// errors reach the user).
enum class DatagramError {
  kNetworkUnreachable,
  kHostUnreachable,
  kProtocolUnreachable,
  kPortUnreachable,
  kTimeExceeded,
  kMessageTooBig,
  kNoRoute,  // local: nothing was sent
};

// How datagrams are sent.
struct DatagramOptions {
  uint8_t ttl = 64;  // hop limit in IPv6
  uint8_t dscp = 0;
  bool dont_fragment = false;
};

class DatagramSocket {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // `payload` is valid during the call; `zeros` more zero bytes followed it. `to` is the address
    // that the datagram was sent to.
    virtual void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                           std::span<const uint8_t> payload, uint32_t zeros) = 0;
    virtual void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) = 0;
  };

  // Unbinds. Allowed inside the listener's calls.
  virtual ~DatagramSocket() = default;
  // Copies the payload. `zeros` more zero bytes follow it, counted but not stored. Errors, even
  // local ones, come later through OnError, never during the call. REQUIRES: payload and zeros
  // together fit a datagram (max_payload()).
  virtual void SendTo(Endpoint remote, std::span<const uint8_t> payload, uint32_t zeros = 0) = 0;
  // For what is sent from now on.
  virtual void set_options(const DatagramOptions& options) = 0;
  // The bound endpoint; its address is unspecified if any local address will do.
  virtual Endpoint local() const = 0;
  // The source address that a datagram to `remote` would carry; unspecified if there is no route.
  virtual IpAddress SourceFor(const IpAddress& remote) const = 0;
  // The largest packet, IP header included, that is known to get to `remote` whole; nothing where
  // nobody has said so.
  virtual std::optional<size_t> PathMtu(const IpAddress& remote) const {
    static_cast<void>(remote);
    return std::nullopt;
  }
  static constexpr size_t max_payload() { return 65507; }
};

class DatagramStack {
 public:
  virtual ~DatagramStack() = default;
  // `local.address` may be unspecified; port 0 takes the next free ephemeral one (RFC 6335 section
  // 6: from 49152). Fails with ALREADY_EXISTS if taken. The listener outlives the socket; the
  // socket must not outlive the stack.
  virtual absl::StatusOr<std::unique_ptr<DatagramSocket>> Bind(
      Endpoint local, DatagramSocket::Listener& listener) = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_DATAGRAM_SOCKET_H_
