// ResponseContext: one request on its way through a stateful proxy (RFC 3261 §16.6, §16.7).
//
// Owns the target set, starts a branch for each target in the order that the policy says, tries the
// next server of a branch when one fails (RFC 3263 §4.3), forwards provisionals and 2xx at once,
// keeps the other final responses and sends the best one when no branch is left, and cancels what
// is no longer wanted. Lives until all its transactions are over.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CONTEXT_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CONTEXT_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/proxy/proxy_config.h"
#include "protocols/sip/proxy/response_choice.h"
#include "protocols/sip/proxy/target.h"
#include "protocols/sip/transaction/transaction.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ProxyCore;

class ResponseContext final : private ServerLocator::Client {
 public:
  // `request` has been through §16.4 and has its Max-Forwards already decremented; `breadth` is the
  // incoming Max-Breadth. A proxy that is not responsible for the Request-URI does not recurse.
  ResponseContext(ProxyCore& core, uint64_t id, ServerTransaction& server, SipMessage&& request,
                  std::string loop_hash, uint32_t breadth, bool is_responsible);
  ~ResponseContext() override;

  uint64_t id() const { return id_; }
  void Start(std::vector<Target> targets);
  // The caller's CANCEL (§16.10). `reason` is its Reason (RFC 3326), or empty.
  void Cancel(absl::string_view reason);

  // About the client transaction of a branch of ours.
  void OnResponse(uint64_t branch, ClientTransaction& transaction, const SipMessage& response);
  void OnTimeout(uint64_t branch);
  void OnTransportError(uint64_t branch);
  void OnClientTerminated() { --live_clients_; }
  void OnServerTerminated() { is_server_gone_ = true; }

  bool is_over() const { return is_server_gone_ && live_clients_ == 0 && active_ == 0; }

 private:
  class Branch;
  struct Pending {
    Target target;
    bool starts_group;  // waits until all branches before it have ended
  };

  void OnLocated(uint64_t ticket, std::span<const Hop> hops) override;

  bool MayStart() const;
  void Pump();
  void Conclude();
  void AddTargets(std::vector<Target> targets);
  void StartBranch(Target target, uint32_t breadth);
  void Attempt(Branch& branch);
  SipMessage Build(const Branch& branch, const Hop& hop);
  // The branch got nothing from the server it tried last; `status` stands for that.
  void FailOver(Branch& branch, int status);
  void Finish(Branch& branch, BranchResult result);

  void OnFinal(Branch& branch, ClientTransaction& transaction, const SipMessage& response);
  void OnSuccess(Branch& branch, ClientTransaction& transaction, const SipMessage& response);
  void OnSurplus(Branch& branch, ClientTransaction& transaction, const SipMessage& response);
  bool Recurse(SipMessage& redirect);  // true: on all of its contacts

  void CancelBranch(Branch& branch);
  void SendCancel(Branch& branch);
  void CancelAll(absl::string_view reason);
  void GiveUp(Branch& branch);  // may destroy this
  void OnTimerC(Branch& branch);
  void OnNoAnswer(Branch& branch);
  void OnCancelTimeout(Branch& branch);

  void Forward(const SipMessage& response);
  void SendBest();
  void SendLocal(int status);
  Branch* Find(uint64_t branch);

  ProxyCore& core_;
  const uint64_t id_;
  const std::string server_key_;
  const Hop server_hop_;
  const bool is_invite_;
  const bool is_responsible_;
  const std::string loop_hash_;
  const uint32_t breadth_;
  std::optional<SipMessage> request_;  // gone once no branch can start any more
  std::deque<Pending> pending_;
  std::vector<std::string> known_uris_;  // of all targets so far: none is tried twice (§16.5)
  std::vector<std::unique_ptr<Branch>> branches_;
  std::vector<BranchResult> results_;
  std::string winner_;         // branch and To tag of the 2xx that was forwarded first
  std::string cancel_reason_;  // for the CANCELs that are still to be sent
  uint32_t outgoing_breadth_ = 0;
  int active_ = 0;
  int live_clients_ = 0;
  bool is_final_sent_ = false;
  bool has_global_failure_ = false;  // 6xx
  bool is_cancelled_ = false;
  bool is_pumping_ = false;
  bool is_server_gone_ = false;
  bool is_throttled_ = false;  // a branch was not sent for the sake of its server
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_RESPONSE_CONTEXT_H_
