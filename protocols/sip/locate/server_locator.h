// ServerLocator: where a request for a URI goes, or a response when its sender is gone (RFC 3263).
//
// The answer is a list of hops in the order in which they are to be tried: the next one when the
// one before did not answer or could not be reached (§4.3). What is known already (an address, a
// table, a cache) is answered at once; else the locator asks and calls back, always in an event of
// its own, never inside Locate.
//
// MODEL: UDP is the only transport. A SIPS URI, or one whose transport parameter asks for another
// one, leads nowhere.
#ifndef TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_
#define TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/transport/message_transport.h"

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
  virtual bool Locate(absl::string_view uri, std::vector<Hop>& hops, Client& client,
                      uint64_t ticket) = 0;
  // What Locate would answer at once, without asking anybody; nothing when it would have to ask.
  virtual void LocateNow(absl::string_view uri, std::vector<Hop>& hops) {
    static_cast<void>(uri), static_cast<void>(hops);
  }
  // §5: where to send a response when what the Via says (maddr, received, sent-by) is a name, or
  // when the source of the request cannot be reached any more. `host` and `port` are of sent-by.
  virtual bool LocateSentBy(absl::string_view host, std::optional<uint16_t> port,
                            std::vector<Hop>& hops, Client& client, uint64_t ticket) = 0;
  // The client does not want the answer any more. No effect when there is nothing outstanding.
  virtual void Forget(Client& client, uint64_t ticket) = 0;
};

// What of a URI decides about its servers (§4): the target (maddr or the host), its port, and
// whether our only transport may be used. Views point into the text.
struct LocateTarget {
  absl::string_view host;        // a name, or an address with its brackets
  std::optional<uint16_t> port;  // absent: SRV may be asked (§4.2)
  bool names_transport = false;  // "transport=udp" is there: NAPTR is not asked (§4.1)

  // Nothing for a URI that is not SIP, and for one that needs another transport than UDP.
  static std::optional<LocateTarget> Of(absl::string_view uri);
};

// A host that is an address: IPv6 with or without its brackets.
std::optional<IpAddress> AddressOfHost(absl::string_view host);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_LOCATE_SERVER_LOCATOR_H_
