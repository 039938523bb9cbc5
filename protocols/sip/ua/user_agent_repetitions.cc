// UserAgent without a transaction layer: what it does with what may be a repetition.
//
// There is no stored response to send again. The answer is made anew from what is known now, and
// that may be the wrong one: a BYE whose 200 was lost meets no dialog any more and gets 481, an
// INVITE whose 486 was lost looks like a new call and rings once more.
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/transaction/bare_transaction_layer.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

std::unique_ptr<TransactionLayer> UserAgent::MakeTransactionLayer() {
  TransactionUser& user = *this;  // privately so
  if (config_.has_transaction_layer) {
    return std::make_unique<TransactionTable>(clock_, transport_, user, config_.timers);
  }
  return std::make_unique<BareTransactionLayer>(clock_, transport_, user, config_.timers);
}

bool UserAgent::OnRepetition(ServerTransaction& transaction) {
  const EventScope scope(*this);
  ++counters_.guessed_repetitions;
  const SipMessage& request = transaction.request();
  if (request.method() == Method::kCancel) {
    const ServerTransaction* const invite = table_->FindCancelled(request);
    Call* const call = invite == nullptr ? nullptr : FindByContext(invite->context());
    transaction.Respond(call == nullptr ? MakeResponse(request, 481, NewTag())
                                        : MakeResponse(request, 200, call->local_tag()));
    return false;
  }
  const std::optional<To> to = request.Get<To>();
  if (to.has_value() && to->tag().has_value()) {
    // Not shown to the session again, and answered as if it had gone well then.
    Respond(transaction, dialogs_.Find(request) == nullptr ? 481 : 200);
    return false;
  }
  if (request.method() != Method::kInvite) {
    Respond(transaction, 200);
    return false;
  }
  return OnRepeatedInvite(transaction);
}

// True: it became a call of its own.
bool UserAgent::OnRepeatedInvite(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  const ServerTransaction* const first = FindMerged(request);
  Call* const call = first == nullptr ? nullptr : FindByContext(first->context());
  if (call == nullptr) {  // nothing is left of the first one
    ++counters_.ghost_calls;
    OnInvite(transaction);
    return true;
  }
  // The 2xx is repeated by the session's own timer.
  if (!call->was_answered()) transaction.Respond(MakeResponse(request, 180, call->local_tag()));
  return false;
}

}  // namespace tickwire::sip
