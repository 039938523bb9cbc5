// RegEventPackage: who is registered where, for those who subscribe to it (RFC 3680).
//
// The event package "reg" over the bindings of one registrar. A user agent beside the server speaks
// SUBSCRIBE and NOTIFY for it; the server sends such requests on to that agent. Each notification
// has the full state (RFC 3680 §5.1 allows that), with the version counting from 0 in each
// subscription.
//
// MODEL: everybody may watch (RFC 3680 §4.5 leaves the policy to the site).
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REG_EVENT_PACKAGE_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REG_EVENT_PACKAGE_H_

#include <string>

#include "protocols/sip/registrar/location_service.h"
#include "protocols/sip/ua/event_package.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sip {

class UserAgent;

class RegEventPackage final : public EventPackage, public LocationService::Observer {
 public:
  // All must outlive this. `domain` is that of the addresses that are watched; the agent is told of
  // this package by its owner.
  RegEventPackage(NodeClock& clock, const LocationService& locations, UserAgent& agent,
                  std::string domain);

  absl::string_view name() const override { return "reg"; }
  absl::string_view content_type() const override;
  uint32_t default_expires() const override { return 3761; }  // RFC 3680 §4.4
  Policy PolicyFor(absl::string_view resource, absl::string_view watcher) override;
  std::string StateOf(absl::string_view resource, uint32_t version) override;

  // LocationService::Observer
  void OnBindingsChanged(absl::string_view aor) override;
  void OnInstanceGone(absl::string_view, absl::string_view) override {}

 private:
  NodeClock& clock_;
  const LocationService& locations_;
  UserAgent& agent_;
  std::string domain_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_REG_EVENT_PACKAGE_H_
