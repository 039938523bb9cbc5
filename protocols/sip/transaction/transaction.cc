#include "protocols/sip/transaction/transaction.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

// "client INVITE z9hG4bK7": unique within the node by the branch, and readable.
std::string EntityName(absl::string_view side, const SipMessage& request) {
  const std::optional<Via> via = request.Get<Via>();
  const absl::string_view branch =
      via.has_value() ? via->branch().value_or("without branch") : "without Via";
  return absl::StrCat(side, " ", request.method_name(), " ", branch);
}

}  // namespace

ClientTransaction::ClientTransaction(TransactionHost& host, std::string key, SipMessage request,
                                     const Hop& hop)
    : host_(host),
      key_(std::move(key)),
      request_(std::move(request)),
      hop_(hop),
      entity_(host.trace().NewEntity(EntityName("client", request_))) {}

ServerTransaction::ServerTransaction(TransactionHost& host, std::string key, SipMessage request,
                                     const Hop& hop)
    : host_(host),
      key_(std::move(key)),
      request_(std::move(request)),
      hop_(hop),
      entity_(host.trace().NewEntity(EntityName("server", request_))) {}

void ServerTransaction::SendResponse(SipMessage response) {
  last_status_ = response.status();
  last_response_ = std::move(response).TakeWire();
  ResendResponse();
}

}  // namespace tickwire::sip
