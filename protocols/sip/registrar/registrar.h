// Registrar: what a REGISTER does to the location service, and how it is answered (RFC 3261 §10.3;
// Path: RFC 3327, Service-Route: RFC 3608, GRUU: RFC 5627).
//
// One request in, one response out, all within one event. Checks of the proxy's kind (Request-URI,
// passwords) are the caller's; who may register what is decided here.
// MODEL: responses carry no Date: virtual time has no calendar (§10.3 step 8 has it as SHOULD).
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REGISTRAR_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REGISTRAR_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/registrar/gruu_table.h"
#include "protocols/sip/registrar/location_service.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

struct RegistrarConfig {
  std::vector<std::string> domains;  // in lower case
  // Users that exist; empty: every user of the domains does.
  std::set<std::string, std::less<>> users;
  uint32_t default_expires = 3600;  // seconds
  uint32_t min_expires = 60;
  uint32_t max_expires = 7200;
  // What happens below the minimum: 423 (RFC 3261 §10.3 step 7), or the minimum is taken instead,
  // as some products do.
  bool raises_short_expires = false;
  // RFC 3327 §5.3: a Path although the client does not support it: 420.
  bool demands_path_support = true;
  bool offers_gruu = true;
  // An authenticated user may register other addresses than its own.
  bool allows_third_party = false;
  std::vector<std::string> service_route;  // URIs (RFC 3608 §6.1)
};

class Registrar final : private LocationService::Observer {
 public:
  struct Counters {
    uint64_t accepted = 0;
    uint64_t rejected = 0;
  };

  // All must outlive this. Takes the observer's place of the location service, and passes on to
  // `observer`. `owner` names the random stream.
  Registrar(NodeClock& clock, LocationService& locations, RegistrarConfig config,
            const RunSeed& seed, absl::string_view owner);

  // The response to a REGISTER for one of our domains. `source` is where it came from,
  // `authenticated` the user whose password it had, empty without a password, `to_tag` a new tag.
  SipMessage Process(const SipMessage& request, const Hop& source, absl::string_view authenticated,
                     absl::string_view to_tag);

  // What a Request-URI of one of our domains leads to.
  struct Lookup {
    int status = 0;  // 0: see bindings; 404: no such user or GRUU; 480: nobody there
    std::vector<const Binding*> bindings;  // good until the next change
    bool is_gruu = false;  // one instance: the latest binding first, the others only if it is gone
  };
  Lookup Find(const SipUri& uri) const;
  // Adds a binding that never expires.
  void AddPermanent(absl::string_view aor, absl::string_view contact, uint16_t q);

  bool IsOurDomain(absl::string_view host) const;
  const RegistrarConfig& config() const { return config_; }
  const Counters& counters() const { return counters_; }
  void set_observer(LocationService::Observer* observer) { observer_ = observer; }

 private:
  struct Update {  // of one REGISTER
    const SipMessage& request;
    std::string aor;
    std::string call_id;
    uint32_t cseq;
    Hop source;
    std::vector<std::string> path;
    std::vector<Binding> bindings;  // as they would be
    std::vector<std::string> new_instances;
  };

  void OnBindingsChanged(absl::string_view aor) override;
  void OnInstanceGone(absl::string_view aor, absl::string_view instance) override;

  // 0, or the status with which the request is refused; nothing is changed then.
  int RemoveAll(Update& update) const;
  int ApplyContact(Update& update, const Contact& contact) const;
  std::optional<uint32_t> SecondsFor(const Update& update, const Contact& contact) const;
  bool IsNewer(const Update& update, const Binding& binding) const;
  void IssueGruus(const Update& update, const std::vector<Binding>& before);
  void AppendContacts(const Update& update, const std::vector<Binding>& bindings,
                      SipMessage& response) const;
  SipMessage Reject(const SipMessage& request, int status, absl::string_view to_tag);

  NodeClock& clock_;
  LocationService& locations_;
  const RegistrarConfig config_;
  GruuTable gruus_;
  LocationService::Observer* observer_ = nullptr;
  uint32_t updates_ = 0;
  Counters counters_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REGISTRAR_H_
