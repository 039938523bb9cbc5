// StaticLocator: a ServerLocator without DNS. Addresses mean themselves; names come from a table.
//
// The table is filled before the run and shared by all nodes of it. A name that is not in it leads
// nowhere. Everything is answered at once.
#ifndef TICKWIRE_PROTOCOLS_SIP_LOCATE_STATIC_LOCATOR_H_
#define TICKWIRE_PROTOCOLS_SIP_LOCATE_STATIC_LOCATOR_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "protocols/sip/locate/server_locator.h"

namespace tickwire::sip {

// Host and domain names with their servers in the order of preference. Names are compared without
// regard to case, and to a dot at their end.
class NameTable {
 public:
  // One more server of that name, behind the others. Without a transport it speaks whatever it is
  // asked for: UDP, TCP and SCTP at this port, TLS one above (5060 and 5061, as SipTransport
  // listens), WebSocket at the default ports. With one it speaks that one at this port, and an
  // entry without for the same address does not count then. Port 0: the default port. The port of a
  // URI, when it has one, takes the place of all these. The same server twice is kept once.
  void Add(absl::string_view name, const Endpoint& server,
           std::optional<TransportKind> transport = std::nullopt);
  // Appends the hops: of the transport that the target names or the local policy prefers
  // (server_locator.h). When no server has the preferred one: by those transports that they have.
  void Find(const LocateTarget& target, const Transports& transports, std::vector<Hop>& hops) const;
  bool Has(absl::string_view name) const;

 private:
  struct Server {
    Endpoint at;
    std::optional<TransportKind> transport;
    bool operator==(const Server&) const = default;
  };
  static void FindBy(TransportKind by, const LocateTarget& target,
                     const std::vector<Server>& servers, std::vector<Hop>& hops);

  absl::flat_hash_map<std::string, std::vector<Server>> servers_;  // by name in lower case
};

class StaticLocator final : public ServerLocator {
 public:
  // The table must outlive this.
  explicit StaticLocator(const NameTable& names) : names_(names) {}

  bool Locate(absl::string_view uri, const Transports& transports, std::vector<Hop>& hops,
              Client& client, uint64_t ticket) override;
  void LocateNow(absl::string_view uri, const Transports& transports,
                 std::vector<Hop>& hops) override;
  bool LocateSentBy(TransportKind transport, absl::string_view host, std::optional<uint16_t> port,
                    const Transports& transports, std::vector<Hop>& hops, Client& client,
                    uint64_t ticket) override;
  void Forget(Client&, uint64_t) override {}

 private:
  void Answer(const LocateTarget& target, const Transports& transports,
              std::vector<Hop>& hops) const;

  const NameTable& names_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_LOCATE_STATIC_LOCATOR_H_
