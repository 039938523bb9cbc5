// MessageSource: the fields of one SIP message by itself; it has no others.
//
// For whoever has the message and not the packet: a scripted peer, an end of a connection. Over a
// stream messages are not packets: several share one, one fills several, and packets are sent
// again. So "alice sends sip.method==INVITE" is true of the message and not of what carries it.
#ifndef TICKWIRE_TOPOLOGIES_MATCH_MESSAGE_SOURCE_H_
#define TICKWIRE_TOPOLOGIES_MATCH_MESSAGE_SOURCE_H_

#include <optional>

#include "protocols/sip/message/sip_message.h"
#include "topologies/match/program.h"

namespace tickwire::match {

class MessageSource final : public FieldSource {
 public:
  // The message outlives this.
  explicit MessageSource(const sip::SipMessage& message) : message_(message) {}
  std::optional<FieldValue> Get(FieldId field) override;

 private:
  const sip::SipMessage& message_;
};

// Whether a program asks for something of a SIP message.
bool IsAboutSip(const Program& program);

// The value of a field of the standard table in a message; nothing when it is no field of SIP.
std::optional<FieldValue> SipValue(const sip::SipMessage& message, FieldId field);

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_MESSAGE_SOURCE_H_
