// OutgoingRequest: one request of a user agent on its way to a final answer (RFC 3261 §8.1).
//
// Walks the hops that its destination resolves to, each in a new transaction (RFC 3263 §4.3), takes
// a request that is too large for UDP to another transport and back (§18.1.1), adds
// credentials when challenged (RFC 3261 §22.2, §22.3) and follows redirections when told so
// (§8.1.3.4). Its owner sees only provisional responses, the last final one (each 2xx of an
// INVITE), or a failure. Owned by the UserAgent; destroyed with the end of its last transaction.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_OUTGOING_REQUEST_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_OUTGOING_REQUEST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transaction/transaction.h"

namespace tickwire::sip {

class OutgoingRequest;
class UserAgent;

// Where a request goes first. With hops it goes there; without any, `uri` is resolved (RFC 3263
// §4), which may take time.
struct Destination {
  std::string uri;
  std::vector<Hop> hops;
};

enum class RequestFailure : uint8_t {
  kTimeout,         // timer B or F at the last hop; counts as 408 (§8.1.3.1)
  kTransportError,  // the network refused the last hop; counts as 503
  kNowhere,         // the destination has no address
};

// Whoever sends requests and wants to hear of the answers. Its requests are let go when it dies.
class RequestOwner {
 public:
  RequestOwner() = default;
  RequestOwner(const RequestOwner&) = delete;
  RequestOwner& operator=(const RequestOwner&) = delete;
  virtual ~RequestOwner();

  virtual void OnResponse(OutgoingRequest& request, const SipMessage& response) = 0;
  virtual void OnFailure(OutgoingRequest& request, RequestFailure failure) = 0;
  // The sequence number for a repetition with credentials or another target (§8.1.3.5).
  virtual uint32_t TakeNumber() = 0;
  // The last callback: nothing can come for it any more.
  virtual void OnRequestOver(OutgoingRequest& request) { static_cast<void>(request); }

 private:
  friend class OutgoingRequest;
  OutgoingRequest* first_ = nullptr;  // its requests, a list through OutgoingRequest
};

class OutgoingRequest final : private ServerLocator::Client {
 public:
  // `context` is free for the owner.
  OutgoingRequest(UserAgent& agent, RequestOwner& owner, uint64_t id, uint64_t context);
  OutgoingRequest(const OutgoingRequest&) = delete;
  OutgoingRequest& operator=(const OutgoingRequest&) = delete;
  ~OutgoingRequest() override;

  uint64_t id() const { return id_; }
  uint64_t context() const { return context_; }
  Method method() const { return method_; }
  // As last sent. REQUIRES: transaction() != nullptr.
  const SipMessage& request() const { return transaction_->request(); }
  // Null while the destination is being resolved.
  const ClientTransaction* transaction() const { return transaction_; }
  bool has_provisional() const { return has_provisional_; }
  // The owner wants no further attempts: what comes next is the answer.
  void StopRetrying() { may_retry_ = false; }
  // CANCEL for the transaction under way (§9.1). REQUIRES: an INVITE with has_provisional().
  void SendCancel();
  // Ends the transaction under way without a final answer (§9.1). May destroy this.
  void Abandon();

  // --- From the user agent. ---
  void Start(SipMessage&& request, Destination&& destination);
  void OnResponse(const SipMessage& response);
  void OnFailure(RequestFailure failure);
  // The transaction is over. True: so is this request.
  bool OnTerminated(const ClientTransaction& transaction);

 private:
  void OnLocated(uint64_t ticket, std::span<const Hop> hops) override;
  void SendTo(SipMessage&& request, const Hop& hop);
  bool TrySmallTransport();
  bool TryNextHop();
  bool AnswerChallenge(const SipMessage& response);
  bool FollowRedirection(const SipMessage& response);
  SipMessage Repetition() const;
  void Fail(RequestFailure failure);
  void Unlink();

  friend class RequestOwner;

  UserAgent& agent_;
  RequestOwner* owner_;  // null: nobody listens any more
  OutgoingRequest* next_ = nullptr;
  uint64_t id_;
  uint64_t context_;
  Method method_ = Method::kOther;
  bool has_provisional_ = false;
  bool is_locating_ = false;
  bool may_retry_ = true;
  bool is_moved_for_size_ = false;  // the present attempt: not by the transport of its hop
  bool is_answered_ = false;        // the owner has heard of a final answer
  uint8_t challenges_ = 0;
  uint8_t redirections_ = 0;
  ClientTransaction* transaction_ = nullptr;
  std::vector<Hop> hops_;
  size_t hop_index_ = 0;
  std::vector<std::string> targets_;  // of redirections, not tried yet, best last
  std::string waiting_;               // the octets while the destination is being resolved
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_OUTGOING_REQUEST_H_
