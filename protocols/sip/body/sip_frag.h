// message/sipfrag (RFC 3420): a piece of a SIP message, as NOTIFY carries it for REFER (RFC 3515
// §2.4.5).
#ifndef TICKWIRE_PROTOCOLS_SIP_BODY_SIP_FRAG_H_
#define TICKWIRE_PROTOCOLS_SIP_BODY_SIP_FRAG_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct SipFrag {
  int status = 0;             // of a status line; 0 when the fragment has none
  absl::string_view reason;   // its phrase
  absl::string_view method;   // of a request line; empty when it has none
  absl::string_view headers;  // whole lines, may be empty
  absl::string_view body;

  // sipfrag = [ start-line ] *message-header [ CRLF [ message-body ] ] (RFC 3420 §2.1). Lines end
  // with CR LF; a single line without its end is taken too. Nothing for anything else.
  static std::optional<SipFrag> Parse(absl::string_view text);
};

// "SIP/2.0 180 Ringing" with its line end; the default phrase when `reason` is empty.
std::string MakeStatusFrag(int status, absl::string_view reason = {});

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_BODY_SIP_FRAG_H_
