// DnsLocator: RFC 3263 over a DnsResolver.
//
// NAPTR, then SRV, then A and AAAA, each only where §4.1 and §4.2 ask for it. Without NAPTR the SRV
// records of the transports that will do are asked for one after the other, the preferred one first
// and then in the order of kSipTransports, until there are some: of those that a server supports
// the client takes which it likes (§4.1). TLS is among them for a SIP URI only if it is the
// preferred one. The order among equal SRV records is drawn by weight from the stream "NODE/NAME",
// "sip.srv", in the branch that the ticket names: the same ticket gives the same choice as long as
// the records are the same, which is what a stateless proxy needs (§4.4). LocateNow, which has no
// ticket, draws anew each time.
#ifndef TICKWIRE_PROTOCOLS_SIP_LOCATE_DNS_LOCATOR_H_
#define TICKWIRE_PROTOCOLS_SIP_LOCATE_DNS_LOCATOR_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "protocols/dns/dns_resolver.h"
#include "protocols/sip/locate/server_locator.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class DnsLocator final : public ServerLocator, private dns::DnsResolver::Client {
 public:
  using ServerLocator::Client;
  struct Config {
    bool uses_ipv4 = true;   // A records
    bool uses_ipv6 = false;  // AAAA records, behind them
    std::string name = "dns";
  };
  // More servers than these are left out.
  static constexpr size_t kMaxServers = 32;

  // All must outlive this.
  DnsLocator(NodeClock& clock, dns::DnsResolver& resolver, const RunSeed& seed,
             const Config& config);
  ~DnsLocator() override;

  bool Locate(absl::string_view uri, const Transports& transports, std::vector<Hop>& hops,
              Client& client, uint64_t ticket) override;
  void LocateNow(absl::string_view uri, const Transports& transports,
                 std::vector<Hop>& hops) override;
  bool LocateSentBy(TransportKind transport, absl::string_view host, std::optional<uint16_t> port,
                    const Transports& transports, std::vector<Hop>& hops, Client& client,
                    uint64_t ticket) override;
  void Forget(Client& client, uint64_t ticket) override;

  size_t open_lookups() const { return lookups_.size(); }

 private:
  class Lookup;

  void OnAnswer(uint64_t ticket, const dns::DnsAnswer& answer) override;
  // As Locate.
  bool Begin(const LocateTarget& target, const Transports& transports, std::vector<Hop>& hops,
             Client& client, uint64_t ticket);
  void Report(absl::string_view host, const std::vector<Hop>& hops);

  NodeClock& clock_;
  dns::DnsResolver& resolver_;
  const Config config_;
  TraceEntity entity_;
  const Rng weights_;
  std::map<uint64_t, std::unique_ptr<Lookup>> lookups_;
  uint64_t last_lookup_ = 0;
  uint64_t last_now_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_LOCATE_DNS_LOCATOR_H_
