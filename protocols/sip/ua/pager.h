// Pager: requests outside dialogs that stand alone: MESSAGE (RFC 3428), OPTIONS (RFC 3261 §11).
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_PAGER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_PAGER_H_

#include <string>

#include "protocols/sip/ua/call_options.h"
#include "protocols/sip/ua/outgoing_request.h"

namespace tickwire::sip {

class UserAgent;

class Pager final : public RequestOwner {
 public:
  explicit Pager(UserAgent& agent) : agent_(agent) {}

  // Each with a Call-ID of its own; the answer goes to the agent's observer.
  void Send(absl::string_view method, const std::string& target, const HeaderRows& rows,
            absl::string_view body_type, absl::string_view body);

 private:
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  // §8.1.3.5: each of these began with 1.
  uint32_t TakeNumber() override { return ++number_; }

  UserAgent& agent_;
  uint32_t number_ = 1;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_PAGER_H_
