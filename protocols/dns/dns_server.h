// DnsServer: a name server over UDP (RFC 1034 §4.3, RFC 1035 §4.2.1).
//
// Answers each query at once from its zones. Needs a clock (for the trace) and a datagram stack.
#ifndef TICKWIRE_PROTOCOLS_DNS_DNS_SERVER_H_
#define TICKWIRE_PROTOCOLS_DNS_DNS_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "protocols/dns/zone_store.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::dns {

class DnsServer final : private DatagramSocket::Listener {
 public:
  struct Counters {
    uint64_t queries = 0;
    uint64_t name_errors = 0;  // NXDOMAIN
    uint64_t dropped = 0;      // not a query, or not readable enough to answer
  };

  // Both must outlive this. `name` is that of the server in the trace.
  DnsServer(NodeClock& clock, ZoneStore zones, absl::string_view name = "dns server");
  // Binds. Called once.
  absl::Status Open(DatagramStack& stack, const Endpoint& local);
  // Answers everything so from now on, whatever the zones say: a broken server.
  void set_always(std::optional<Rcode> rcode) { always_ = rcode; }
  const Counters& counters() const { return counters_; }

 private:
  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  void Drop(absl::string_view why);

  NodeClock& clock_;
  const ZoneStore zones_;
  TraceEntity entity_;
  std::optional<Rcode> always_;
  std::unique_ptr<DatagramSocket> socket_;
  Counters counters_;
};

}  // namespace tickwire::dns

#endif  // TICKWIRE_PROTOCOLS_DNS_DNS_SERVER_H_
