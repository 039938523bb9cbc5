// BareTransactionLayer: no transactions, as in stacks that send and receive messages and leave the
// rest to the application (`transaction_layer: NONE`). It shows what RFC 3261 §17 is good for.
//
// What it does instead:
//  - a request that goes out is repeated after T1, doubling to T2, whatever its method, until the
//    first response or 64*T1;
//  - responses find their request by Call-ID and CSeq, not by branch; repetitions and all go up;
//  - a failure to an INVITE is acknowledged when it comes, and then the request is forgotten;
//  - a request that comes is a guessed repetition when its Call-ID, CSeq and method have been seen
//    within the last 32 s: it goes up with the mark (TransactionUser::OnRepetition), and the user
//    answers it anew from what it knows then;
//  - responses that were sent are not kept, and no failure is repeated.
// What it knows of a request ends with its final response, of an INVITE after 64*T1 more.
//
// MODEL: this one behaviour stands for all stacks of that kind.
// Bounded: kMaxRecentRequests are remembered, the oldest are forgotten first.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_BARE_TRANSACTION_LAYER_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_BARE_TRANSACTION_LAYER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "protocols/sip/transaction/transaction_layer.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

inline constexpr size_t kMaxRecentRequests = 10'000;

class BareTransactionLayer final : public TransactionLayer {
 public:
  // All must outlive the layer.
  BareTransactionLayer(NodeClock& clock, MessageTransport& transport, TransactionUser& user,
                       const TransactionTimers& timers);
  ~BareTransactionLayer() override;

  ClientTransaction& Start(SipMessage&& request, const Hop& hop, uint64_t context = 0) override;
  void OnRequest(SipMessage&& request, const Hop& reply_to) override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError(const Hop& hop) override;
  void OnUndelivered(const Hop& hop, absl::string_view wire) override;
  ServerTransaction* FindCancelled(const SipMessage& cancel) override;
  ClientTransaction* FindClient(absl::string_view key) override;
  ServerTransaction* FindServer(absl::string_view key) override;
  size_t client_count() const override { return clients_.size(); }
  size_t server_count() const override { return servers_.size(); }

  void Finish(ClientTransaction& transaction) override;
  void Finish(ServerTransaction& transaction) override;

  // Requests that were taken for repetitions.
  uint64_t guessed_count() const { return guessed_; }

 private:
  class Client;
  class Server;

  bool IsRecent(const std::string& key) const;

  // By Call-ID, CSeq and method; servers by these and a rank, since guesses get one each.
  std::map<std::string, std::unique_ptr<Client>, std::less<>> clients_;
  std::map<std::string, std::unique_ptr<Server>, std::less<>> servers_;
  std::map<std::string, SimTime> recent_;  // when it was first seen
  std::deque<std::string> recent_order_;   // oldest first
  uint64_t guessed_ = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_BARE_TRANSACTION_LAYER_H_
