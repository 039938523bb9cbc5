// TransactionLayer: what a user sees of whatever stands between it and the transport.
//
// TransactionTable is the layer of RFC 3261. BareTransactionLayer is what stacks did before it.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_LAYER_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_LAYER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "protocols/sip/transaction/labels.h"
#include "protocols/sip/transaction/transaction.h"

namespace tickwire::sip {

class TransactionLayer : public TransactionHost {
 public:
  using TransactionHost::TransactionHost;

  // Starts a client transaction and sends the request. It must have a top Via with a fresh branch,
  // and must not be an ACK. The reference is good until OnTerminated.
  virtual ClientTransaction& Start(SipMessage&& request, const Hop& hop, uint64_t context = 0) = 0;

  // From the transport layer. `reply_to` is where responses go (§18.2.2).
  virtual void OnRequest(SipMessage&& request, const Hop& reply_to) = 0;
  virtual void OnResponse(const SipMessage& response) = 0;
  // Nothing gets to `hop` (§18.4).
  virtual void OnTransportError(const Hop& hop) = 0;
  // One message of a transaction could not be handed over (§18.4).
  virtual void OnUndelivered(const Hop& hop, absl::string_view wire) = 0;

  // The INVITE that a CANCEL means (§9.2); null when there is none.
  virtual ServerTransaction* FindCancelled(const SipMessage& cancel) = 0;
  // By ClientTransaction::key() or ServerTransaction::key(); null when it is over.
  virtual ClientTransaction* FindClient(absl::string_view key) = 0;
  virtual ServerTransaction* FindServer(absl::string_view key) = 0;

  // Live now.
  virtual size_t client_count() const = 0;
  virtual size_t server_count() const = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_LAYER_H_
