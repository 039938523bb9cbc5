// TransactionTable: all transactions of one element; matches messages to them (RFC 3261 §17.1.3,
// §17.2.3) and owns them from start to end.
//
// What arrives is either for a transaction (which decides whether its user hears of it), a new
// request (a server transaction is made and the user told), an ACK to a 2xx (straight to the user),
// or a stray response (dropped, RFC 6026 §8.9). A finished transaction leaves nothing behind.
// MODEL: a request beyond kMaxServerTransactions is answered 503 without state, and noted in the
// trace.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_TABLE_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "protocols/sip/transaction/server_invite_transaction.h"
#include "protocols/sip/transaction/transaction_layer.h"

namespace tickwire::sip {

inline constexpr size_t kMaxServerTransactions = 1'000'000;

class TransactionTable final : public TransactionLayer {
 public:
  // All must outlive the table.
  TransactionTable(NodeClock& clock, MessageTransport& transport, TransactionUser& user,
                   const TransactionTimers& timers);
  ~TransactionTable() override;

  ClientTransaction& Start(SipMessage&& request, const Hop& hop, uint64_t context = 0) override;
  void OnRequest(SipMessage&& request, const Hop& reply_to) override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError(const Hop& hop) override;
  void OnUndelivered(const Hop& hop, absl::string_view wire) override;
  // A CANCEL has the branch of its request.
  ServerInviteTransaction* FindCancelled(const SipMessage& cancel) override;
  ClientTransaction* FindClient(absl::string_view key) override;
  ServerTransaction* FindServer(absl::string_view key) override;

  // Live now.
  size_t client_count() const override { return clients_.size(); }
  size_t server_count() const override { return servers_.size(); }
  // Since the start.
  uint64_t started_count() const { return started_; }

  void Finish(ClientTransaction& transaction) override;
  void Finish(ServerTransaction& transaction) override;

 private:
  template <class Transaction>
  struct List {  // in order of creation, for walks that must not depend on hashes
    Transaction* first = nullptr;
    Transaction* last = nullptr;
    void Append(Transaction& transaction);
    void Remove(Transaction& transaction);
    std::vector<std::string> KeysTo(const Hop& hop) const;
  };

  ServerTransaction* FindAcknowledged(const SipMessage& ack);
  void RefuseForOverload(const SipMessage& request, const Hop& reply_to);
  void Insert(std::unique_ptr<ServerTransaction> transaction);

  // By key; the text is the transaction's own.
  absl::flat_hash_map<absl::string_view, std::unique_ptr<ClientTransaction>> clients_;
  absl::flat_hash_map<absl::string_view, std::unique_ptr<ServerTransaction>> servers_;
  List<ClientTransaction> client_list_;
  List<ServerTransaction> server_list_;
  std::string scratch_key_;
  uint64_t started_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_TABLE_H_
