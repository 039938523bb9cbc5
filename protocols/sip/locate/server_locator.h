// ServerLocator: where a request for a URI goes, or a response when its sender is gone (RFC 3263).
//
// The answer is a list of hops in the order in which they are to be tried: the next one when the
// one before did not answer or could not be reached (§4.3). What is known already (an address, a
// table, a cache) is answered at once; else the locator asks and calls back, always in an event of
// its own, never inside Locate.
//
// `transports` are those of the caller: a URI or record that asks for another one leads nowhere,
// and so does a SIPS URI without any that TLS protects. Under TLS a hop says for which domain the
// certificate must be (RFC 5922 §7.1: the host of the URI, before any DNS).
//
// Local policy: where §4.1 falls back on UDP (numeric hosts, explicit ports, domains without
// records of their own) a SIP URI is taken to the preferred transport of the caller, and a SIPS URI
// to the secure counterpart of that one, else to TLS, else to another secure one. Whoever prefers
// UDP does what the RFC says.
#ifndef TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_
#define TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/transport/message_transport.h"
#include "protocols/sip/transport/transport_names.h"

namespace tickwire::sip {

class ServerLocator {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    // The answer to one Locate that returned false. Empty: nothing was found, which is what a 503
    // would say (RFC 3261 §8.1.3.1, §16.9). `hops` is valid during the call.
    virtual void OnLocated(uint64_t ticket, std::span<const Hop> hops) = 0;
  };
  virtual ~ServerLocator() = default;

  // §4: the servers of `uri` (a Request-URI, or the URI of a topmost Route). True: answered in
  // `hops`, which may be empty; the client is not called. False: the client will be called once,
  // with its ticket, which it may choose freely but not use twice at a time.
  virtual bool Locate(absl::string_view uri, const Transports& transports, std::vector<Hop>& hops,
                      Client& client, uint64_t ticket) = 0;
  // What Locate would answer at once, without asking anybody; nothing when it would have to ask.
  virtual void LocateNow(absl::string_view uri, const Transports& transports,
                         std::vector<Hop>& hops) = 0;
  // §5: where to send a response when what the Via says (maddr, received, sent-by) is a name, or
  // when the source of the request cannot be reached any more. `transport`, `host` and `port` are
  // those of the Via.
  virtual bool LocateSentBy(TransportKind transport, absl::string_view host,
                            std::optional<uint16_t> port, const Transports& transports,
                            std::vector<Hop>& hops, Client& client, uint64_t ticket) = 0;
  // The client does not want the answer any more. No effect when there is nothing outstanding.
  virtual void Forget(Client& client, uint64_t ticket) = 0;
};

// What of a URI decides about its servers (§4): the target (maddr or the host), its port, and the
// transport if the URI names one. Views point into the text.
struct LocateTarget {
  absl::string_view host;                  // a name, or an address with its brackets
  std::optional<uint16_t> port;            // absent: SRV may be asked (§4.2)
  std::optional<TransportKind> transport;  // named: NAPTR is not asked (§4.1)
  bool is_secure = false;                  // SIPS
  absl::string_view domain;                // the host of the URI when it is a name; else empty

  // Nothing for a URI that is not SIP, and for one that asks for a transport that nobody knows, or
  // for UDP under SIPS.
  static std::optional<LocateTarget> Of(absl::string_view uri);
  // Of the sent-by of a Via (§5).
  static LocateTarget OfSentBy(TransportKind transport, absl::string_view host,
                               std::optional<uint16_t> port);

  // The one to be taken when no record says anything: the named one, else the local policy above.
  // Nothing when `transports` has none that will do.
  std::optional<TransportKind> Transport(const Transports& transports) const;
  // A hop there; with the port of the URI, else `default_port`.
  Hop HopTo(const IpAddress& address, TransportKind by, uint16_t default_port) const;
  // The answer for a host that is an address; nothing for one that is a name, and for an address
  // that none of `transports` leads to.
  std::optional<Hop> Numeric(const Transports& transports) const;
};

bool IsSipsUri(absl::string_view uri);

// RFC 3261 §8.1.2, §16.6 item 7: `uri` as a SIPS URI if `request_uri` is one and it is not, since a
// request for a secure resource is secure on each hop.
std::string SecuredAs(absl::string_view uri, absl::string_view request_uri);

// A host that is an address: IPv6 with or without its brackets.
std::optional<IpAddress> AddressOfHost(absl::string_view host);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_
