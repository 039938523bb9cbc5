#include "protocols/sip/transaction/transaction.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kLowerMagicCookie = "z9hg4bk";  // as keys have it

// "client INVITE z9hg4bk7": readable, and unique within the node, because the key begins with the
// branch (or, for elements of RFC 2543, is all that stands for one).
TraceEntity NewEntity(TransactionHost& host, absl::string_view side, const SipMessage& request,
                      absl::string_view key) {
  if (absl::StartsWith(key, kLowerMagicCookie)) key = key.substr(0, key.find(' '));
  std::string& name = host.scratch();
  name.clear();
  absl::StrAppend(&name, side, " ", request.method_name(), " ", key);
  return host.trace().NewEntity(name);
}

}  // namespace

ClientTransaction::ClientTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                                     const Hop& hop)
    : host_(host),
      key_(std::move(key)),
      request_(std::move(request)),
      hop_(hop),
      entity_(NewEntity(host, "client", request_, key_)) {}

ServerTransaction::ServerTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                                     const Hop& hop)
    : host_(host),
      key_(std::move(key)),
      request_(std::move(request)),
      hop_(hop),
      entity_(NewEntity(host, "server", request_, key_)) {}

void ServerTransaction::SendResponse(SipMessage&& response) {
  last_status_ = response.status();
  last_response_ = std::move(response).TakeWire();
  ResendResponse();
}

}  // namespace tickwire::sip
