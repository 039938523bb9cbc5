#include "protocols/sip/ua/pager.h"

#include <utility>

#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

void Pager::Send(absl::string_view method, const std::string& target, const HeaderRows& rows,
                 absl::string_view body_type, absl::string_view body) {
  Destination destination = agent_.DestinationFor(target);
  SipMessage request =
      agent_.StartOutside(method, target, destination, agent_.NewCallId(destination),
                          agent_.NewTag(), 1, agent_.config().user);
  // RFC 3428 §4: no Contact in a MESSAGE; §11.1: OPTIONS may have one, and says what it takes.
  if (method == "OPTIONS") {
    agent_.AddContact(request, destination);
    request.AddRaw(Accept::kName, Negotiation::kContentType);
  }
  for (const auto& [name, value] : rows) request.AddRaw(name, value);
  agent_.AddProduct(request);
  request.SetBody(body_type, body);
  agent_.PrepareCredentials(request);
  agent_.SendRequest(std::move(request), std::move(destination), *this);
}

void Pager::OnResponse(OutgoingRequest&, const SipMessage& response) {
  if (!IsProvisional(response.status())) agent_.ReportAnswer(nullptr, response);
}

void Pager::OnFailure(OutgoingRequest& request, RequestFailure failure) {
  agent_.ReportFailure(request, failure);
}

}  // namespace tickwire::sip
