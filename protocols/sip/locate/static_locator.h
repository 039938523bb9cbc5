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
  // One more server of that name, behind the others. Port 0: the default port (5060). The port of a
  // URI, when it has one, takes the place of this one. The same server twice is kept once.
  void Add(absl::string_view name, const Endpoint& server);
  // Appends the hops.
  void Find(absl::string_view name, std::optional<uint16_t> port, std::vector<Hop>& hops) const;
  bool Has(absl::string_view name) const;

 private:
  absl::flat_hash_map<std::string, std::vector<Endpoint>> servers_;  // by name in lower case
};

class StaticLocator final : public ServerLocator {
 public:
  // The table must outlive this.
  explicit StaticLocator(const NameTable& names) : names_(names) {}

  bool Locate(absl::string_view uri, std::vector<Hop>& hops, Client& client,
              uint64_t ticket) override;
  bool LocateSentBy(absl::string_view host, std::optional<uint16_t> port, std::vector<Hop>& hops,
                    Client& client, uint64_t ticket) override;
  void LocateNow(absl::string_view uri, std::vector<Hop>& hops) override;
  void Forget(Client&, uint64_t) override {}

 private:
  const NameTable& names_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_LOCATE_STATIC_LOCATOR_H_
