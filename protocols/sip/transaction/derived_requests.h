// Requests that are made of an INVITE and share its branch: ACK to a failure, and CANCEL.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_DERIVED_REQUESTS_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_DERIVED_REQUESTS_H_

#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// RFC 3261 §17.1.1.3: the ACK that the transaction itself sends to a 300-699 response.
SipMessage MakeAckForFailure(const SipMessage& invite, const SipMessage& response);

// §9.1: goes where `request` went, hop by hop.
SipMessage MakeCancel(const SipMessage& request);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_DERIVED_REQUESTS_H_
