#include "protocols/sip/transaction/transaction_table.h"

#include <utility>

#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/transaction/client_invite_transaction.h"
#include "protocols/sip/transaction/client_non_invite_transaction.h"
#include "protocols/sip/transaction/server_non_invite_transaction.h"
#include "protocols/sip/transaction/transaction_key.h"

namespace tickwire::sip {

template <class Transaction>
void TransactionTable::List<Transaction>::Append(Transaction& transaction) {
  transaction.previous_ = last;
  (last != nullptr ? last->next_ : first) = &transaction;
  last = &transaction;
}

template <class Transaction>
void TransactionTable::List<Transaction>::Remove(Transaction& transaction) {
  (transaction.previous_ != nullptr ? transaction.previous_->next_ : first) = transaction.next_;
  (transaction.next_ != nullptr ? transaction.next_->previous_ : last) = transaction.previous_;
}

// Keys, not pointers: what a user does about one error may end another transaction.
template <class Transaction>
std::vector<std::string> TransactionTable::List<Transaction>::KeysTo(const Hop& hop) const {
  std::vector<std::string> keys;
  for (const Transaction* t = first; t != nullptr; t = t->next_) {
    if (Leads(hop, t->hop())) keys.push_back(t->key());
  }
  return keys;
}

TransactionTable::TransactionTable(NodeClock& clock, MessageTransport& transport,
                                   TransactionUser& user, const TransactionTimers& timers)
    : TransactionLayer(clock, transport, user, timers) {}

TransactionTable::~TransactionTable() {
  // Nobody is told: the node itself goes away.
  while (client_list_.first != nullptr) {
    ClientTransaction& transaction = *client_list_.first;
    client_list_.Remove(transaction);
    clients_.erase(clients_.find(transaction.key()));
  }
  while (server_list_.first != nullptr) {
    ServerTransaction& transaction = *server_list_.first;
    server_list_.Remove(transaction);
    servers_.erase(servers_.find(transaction.key()));
  }
}

ClientTransaction& TransactionTable::Start(SipMessage&& request, const Hop& hop, uint64_t context) {
  TW_CHECK(request.is_request() && request.method() != Method::kAck);
  std::string key;
  TW_CHECK(MakeClientKey(request, key));
  std::unique_ptr<ClientTransaction> made;
  if (request.method() == Method::kInvite) {
    made =
        std::make_unique<ClientInviteTransaction>(*this, std::move(key), std::move(request), hop);
  } else {
    made = std::make_unique<ClientNonInviteTransaction>(*this, std::move(key), std::move(request),
                                                        hop);
  }
  ClientTransaction& transaction = *made;
  transaction.set_context(context);
  const bool is_new = clients_.emplace(transaction.key(), std::move(made)).second;
  TW_CHECK(is_new);  // the branch was not fresh
  client_list_.Append(transaction);
  ++started_;
  transaction.Start();
  return transaction;
}

void TransactionTable::OnRequest(SipMessage&& request, const Hop& reply_to) {
  if (!MakeServerKey(request, scratch_key_)) {
    trace().Note({}, labels::kIgnored, request.start_line());
    return;
  }
  const bool is_ack = request.method() == Method::kAck;
  ServerTransaction* const known = is_ack ? FindAcknowledged(request) : FindServer(scratch_key_);
  if (known != nullptr) {
    known->OnRequest(request);
    return;
  }
  if (is_ack) {
    user().OnAck(nullptr, request);
    return;
  }
  if (servers_.size() >= kMaxServerTransactions) {
    RefuseForOverload(request, reply_to);
    return;
  }
  const bool is_invite = request.method() == Method::kInvite;
  std::unique_ptr<ServerTransaction> made;
  if (is_invite) {
    made = std::make_unique<ServerInviteTransaction>(*this, scratch_key_, std::move(request),
                                                     reply_to);
  } else {
    made = std::make_unique<ServerNonInviteTransaction>(*this, scratch_key_, std::move(request),
                                                        reply_to);
  }
  ServerTransaction& transaction = *made;
  Insert(std::move(made));
  transaction.Start();
  user().OnRequest(transaction);
}

// §17.2.3: by branch; of an RFC 2543 element by what else the INVITE and its ACK have in common,
// and the To tag that our response had.
ServerTransaction* TransactionTable::FindAcknowledged(const SipMessage& ack) {
  if (HasBranchOfRfc3261(ack)) return FindServer(scratch_key_);
  const absl::string_view to_tag = ToTagOf(ack);
  for (const absl::string_view tag_of_invite : {absl::string_view(), to_tag}) {
    if (!MakeServerKey(ack, MethodName(Method::kInvite), tag_of_invite, scratch_key_)) break;
    ServerTransaction* const found = FindServer(scratch_key_);
    if (found == nullptr) continue;
    const SipMessage response = SipMessage::Parse(found->last_response_).message;
    if (found->last_status() != 0 && ToTagOf(response) == to_tag) return found;
  }
  return nullptr;
}

// A stateless answer: it leaves nothing behind, and its repetition gets the same.
void TransactionTable::RefuseForOverload(const SipMessage& request, const Hop& reply_to) {
  trace().Note({}, labels::kTableFull, request.start_line());
  transport().Send(reply_to, MakeResponse(request, 503).Wire());
}

void TransactionTable::Insert(std::unique_ptr<ServerTransaction> transaction) {
  server_list_.Append(*transaction);
  ++started_;
  const bool is_new = servers_.emplace(transaction->key(), std::move(transaction)).second;
  TW_CHECK(is_new);
}

void TransactionTable::OnResponse(const SipMessage& response) {
  ClientTransaction* const transaction =
      MakeClientKey(response, scratch_key_) ? FindClient(scratch_key_) : nullptr;
  if (transaction == nullptr) {
    trace().Note({}, labels::kStrayResponse, response.start_line());
    return;
  }
  transaction->OnResponse(response);
}

void TransactionTable::OnTransportError(const Hop& hop) {
  for (const std::string& key : client_list_.KeysTo(hop)) {
    if (ClientTransaction* const transaction = FindClient(key)) transaction->OnTransportError();
  }
  // Responses find other ways when a connection has ended (§18.2.2); what becomes of each is told
  // by OnUndelivered.
  if (hop.is_reliable()) return;
  for (const std::string& key : server_list_.KeysTo(hop)) {
    if (ServerTransaction* const transaction = FindServer(key)) transaction->OnTransportError();
  }
}

// Of a response to an RFC 2543 element, whose key has more in it than a response says, nobody
// hears: its transaction ends by its timers.
void TransactionTable::OnUndelivered(const Hop&, absl::string_view wire) {
  const SipMessage message = SipMessage::Parse(std::string(wire)).message;
  if (message.is_request()) {
    ClientTransaction* const client =
        MakeClientKey(message, scratch_key_) ? FindClient(scratch_key_) : nullptr;
    if (client != nullptr) client->OnTransportError();
    return;
  }
  const std::optional<CSeq> cseq = message.Get<CSeq>();
  if (!cseq.has_value() || !MakeServerKey(message, cseq->method, ToTagOf(message), scratch_key_)) {
    return;
  }
  if (ServerTransaction* const server = FindServer(scratch_key_)) server->OnTransportError();
}

ServerInviteTransaction* TransactionTable::FindCancelled(const SipMessage& cancel) {
  const absl::string_view to_tag =
      HasBranchOfRfc3261(cancel) ? absl::string_view() : ToTagOf(cancel);
  if (!MakeServerKey(cancel, MethodName(Method::kInvite), to_tag, scratch_key_)) return nullptr;
  // The key ends with the method, so that what is found under it is an INVITE.
  return static_cast<ServerInviteTransaction*>(FindServer(scratch_key_));
}

ClientTransaction* TransactionTable::FindClient(absl::string_view key) {
  const auto found = clients_.find(key);
  return found == clients_.end() ? nullptr : found->second.get();
}

ServerTransaction* TransactionTable::FindServer(absl::string_view key) {
  const auto found = servers_.find(key);
  return found == servers_.end() ? nullptr : found->second.get();
}

void TransactionTable::Finish(ClientTransaction& transaction) {
  user().OnTerminated(transaction);
  client_list_.Remove(transaction);
  const auto found = clients_.find(transaction.key());
  TW_CHECK(found != clients_.end());
  clients_.erase(found);
}

void TransactionTable::Finish(ServerTransaction& transaction) {
  user().OnTerminated(transaction);
  server_list_.Remove(transaction);
  const auto found = servers_.find(transaction.key());
  TW_CHECK(found != servers_.end());
  servers_.erase(found);
}

}  // namespace tickwire::sip
