// One branch of a response context: a target, the servers that lead there, and the client
// transaction with the one that is tried now. For response_context.cc only.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_BRANCH_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_BRANCH_H_

#include <string>
#include <utility>
#include <vector>

#include "protocols/sip/proxy/proxy_core.h"
#include "protocols/sip/proxy/proxy_labels.h"
#include "protocols/sip/proxy/response_context.h"

namespace tickwire::sip {

class ResponseContext::Branch {
 public:
  Branch(ResponseContext& owner, uint64_t branch_id, Target where, uint32_t share, ProxyCore& core)
      : id(branch_id),
        target(std::move(where)),
        breadth(share),
        context_(owner),
        timer_c(core.clock(), *this, proxy_labels::kTimerC, core.entity()),
        no_answer(core.clock(), *this, proxy_labels::kNoAnswerTimer, core.entity()),
        cancelled(core.clock(), *this, proxy_labels::kCancelledTimer, core.entity()) {}

  const uint64_t id;
  const Target target;
  const uint32_t breadth;  // its share of Max-Breadth, while it lives
  std::vector<Hop> hops;
  size_t next_hop = 0;             // the next to be tried
  std::string client_key;          // of the transaction with the present one
  size_t octets = 0;               // of the request in it
  bool is_moved_for_size = false;  // it went by another transport than that of its hop
  bool is_locating = false;
  bool has_provisional = false;
  bool wants_cancel = false;  // sent as soon as a provisional allows it (§9.1)
  bool is_cancel_sent = false;
  bool has_success = false;  // 2xx: never cancelled
  bool is_finished = false;

 private:
  void OnTimerC() { context_.OnTimerC(*this); }
  void OnNoAnswer() { context_.OnNoAnswer(*this); }
  void OnCancelTimeout() { context_.OnCancelTimeout(*this); }

  ResponseContext& context_;

 public:
  Timer<Branch, &Branch::OnTimerC> timer_c;
  Timer<Branch, &Branch::OnNoAnswer> no_answer;
  Timer<Branch, &Branch::OnCancelTimeout> cancelled;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_BRANCH_H_
