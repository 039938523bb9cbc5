// CallOptions: how one call is placed, beyond what the user agent does for every call.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_OPTIONS_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

namespace tickwire::sip {

// Names and values, in the order in which they go into a message.
using HeaderRows = std::vector<std::pair<std::string, std::string>>;

struct CallOptions {
  std::string target;          // Request-URI and To
  std::string user;            // identity that calls; empty: the agent's own
  bool delayed_offer = false;  // no session description in the INVITE (RFC 3261 §13.2.1)
  HeaderRows rows;             // more headers of the INVITE: Replaces, Referred-By, Subject
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_OPTIONS_H_
