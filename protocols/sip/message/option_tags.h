// Whether a message supports or requires an extension (RFC 3261 §19.2, §20.32, §20.37).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_OPTION_TAGS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_OPTION_TAGS_H_

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// Header: Supported, Require or Proxy-Require.
template <class Header>
bool ListsOption(const SipMessage& message, absl::string_view tag) {
  if (!message.Has<Header>()) return false;
  for (const Header& header : message.GetAll<Header>()) {
    if (header.option_tag == tag) return true;
  }
  return false;
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_OPTION_TAGS_H_
