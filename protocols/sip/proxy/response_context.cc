#include "protocols/sip/proxy/response_context.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/proxy/branch.h"
#include "protocols/sip/proxy/loop_check.h"
#include "protocols/sip/proxy/proxy_core.h"
#include "protocols/sip/proxy/proxy_labels.h"
#include "protocols/sip/proxy/route_rules.h"
#include "protocols/sip/registrar/qvalue.h"
#include "protocols/sip/transaction/derived_requests.h"
#include "protocols/sip/transport/size_rule.h"

namespace tickwire::sip {

ResponseContext::ResponseContext(ProxyCore& core, uint64_t id, ServerTransaction& server,
                                 SipMessage&& request, std::string loop_hash, uint32_t breadth,
                                 bool is_responsible)
    : core_(core),
      id_(id),
      server_key_(server.key()),
      server_hop_(server.hop()),
      is_invite_(server.method() == Method::kInvite),
      is_responsible_(is_responsible),
      loop_hash_(std::move(loop_hash)),
      breadth_(breadth),
      request_(std::move(request)) {}

ResponseContext::~ResponseContext() {
  for (const std::unique_ptr<Branch>& branch : branches_) {
    if (branch->is_locating) core_.locator().Forget(*this, branch->id);
    core_.ForgetBranch(branch->id);
  }
}

ResponseContext::Branch* ResponseContext::Find(uint64_t id) {
  for (const std::unique_ptr<Branch>& branch : branches_) {
    if (branch->id == id) return branch.get();
  }
  return nullptr;
}

// --- The target set (§16.5, §16.6). ---

void ResponseContext::Start(std::vector<Target> targets) {
  AddTargets(std::move(targets));
  TW_CHECK(!pending_.empty());
  // RFC 5393 §5.3.3: not enough to fork as wanted.
  const auto group_end = std::find_if(pending_.begin() + 1, pending_.end(),
                                      [](const Pending& pending) { return pending.starts_group; });
  if (core_.config().rejects_beyond_breadth &&
      static_cast<size_t>(group_end - pending_.begin()) > breadth_) {
    pending_.clear();
    SendLocal(440);
    return;
  }
  Pump();
}

void ResponseContext::AddTargets(std::vector<Target> targets) {
  std::stable_sort(targets.begin(), targets.end(),
                   [](const Target& a, const Target& b) { return a.q > b.q; });
  std::vector<Pending> fresh;
  const ForkMode mode = core_.config().fork_mode;
  for (Target& target : targets) {
    const bool is_known =
        std::any_of(known_uris_.begin(), known_uris_.end(),
                    [&](const std::string& uri) { return AreUrisEquivalent(uri, target.uri); });
    if (is_known) continue;
    known_uris_.push_back(target.uri);
    const bool is_first = fresh.empty();
    bool starts_group = mode == ForkMode::kSerial || target.is_only_for_gone;
    if (mode == ForkMode::kByQ && !is_first && target.q != fresh.back().target.q) {
      starts_group = true;
    }
    fresh.push_back({std::move(target), starts_group});
  }
  // Contacts of a redirection go before what is still waiting.
  pending_.insert(pending_.begin(), std::make_move_iterator(fresh.begin()),
                  std::make_move_iterator(fresh.end()));
  if (pending_.size() > fresh.size() && !fresh.empty()) pending_[fresh.size()].starts_group = true;
}

// §16.7 item 5: after a 2xx or 6xx no new branches; neither after a CANCEL.
bool ResponseContext::MayStart() const {
  return !pending_.empty() && !is_final_sent_ && !has_global_failure_ && !is_cancelled_ &&
         branches_.size() < core_.config().max_branches;
}

void ResponseContext::Pump() {
  if (is_pumping_) return;
  is_pumping_ = true;
  while (MayStart()) {
    if (pending_.front().starts_group && active_ > 0) break;
    if (outgoing_breadth_ >= breadth_) break;
    uint32_t wanted = 1;
    while (wanted < pending_.size() && !pending_[wanted].starts_group) ++wanted;
    const uint32_t available = breadth_ - outgoing_breadth_;
    const uint32_t starting = std::min(wanted, available);
    const uint32_t share = available / starting;
    uint32_t rest = available % starting;
    for (uint32_t i = 0; i < starting && MayStart(); ++i) {
      Target target = std::move(pending_.front().target);
      pending_.pop_front();
      if (!pending_.empty() && i + 1 < wanted) pending_.front().starts_group = false;
      const uint32_t extra = rest > 0 ? 1 : 0;
      rest -= extra;
      StartBranch(std::move(target), share + extra);
    }
  }
  is_pumping_ = false;
  Conclude();
}

void ResponseContext::Conclude() {
  if (active_ > 0 || MayStart()) return;
  if (!is_final_sent_) SendBest();
  request_.reset();
  pending_.clear();
}

// --- Branches. ---

void ResponseContext::StartBranch(Target target, uint32_t breadth) {
  auto made =
      std::make_unique<Branch>(*this, core_.NewBranchId(*this), std::move(target), breadth, core_);
  Branch& branch = *made;
  branches_.push_back(std::move(made));
  ++active_;
  outgoing_breadth_ += breadth;
  core_.Note(proxy_labels::kTarget, branch.target.uri);
  if (branch.target.flow.has_value()) {
    branch.hops = {*branch.target.flow};
    if (branch.target.flow->connection != 0) {  // else by a new one
      branch.hops.push_back(*branch.target.flow);
      branch.hops.back().connection = 0;
    }
  } else if (!core_.locator().Locate(NextHopUri(*request_, branch.target),
                                     core_.transport().transports(), branch.hops, *this,
                                     branch.id)) {
    branch.is_locating = true;
    return;
  }
  FailOver(branch, 503);
}

void ResponseContext::OnLocated(uint64_t ticket, std::span<const Hop> hops) {
  Branch* const branch = Find(ticket);
  TW_CHECK(branch != nullptr && branch->is_locating);
  branch->is_locating = false;
  branch->hops.assign(hops.begin(), hops.end());
  FailOver(*branch, 503);
  core_.Settle(id_);
}

void ResponseContext::FailOver(Branch& branch, int status) {
  const bool goes_on = branch.next_hop < branch.hops.size() && !is_final_sent_ && !is_cancelled_ &&
                       !has_global_failure_ && !branch.wants_cancel && request_.has_value();
  if (!goes_on) {
    Finish(branch, {status, std::nullopt});
    return;
  }
  if (branch.next_hop > 0) core_.Note(proxy_labels::kNextServer, branch.target.uri);
  if (!core_.Admits(branch.hops[branch.next_hop], *request_)) {
    ++branch.next_hop;
    is_throttled_ = true;
    FailOver(branch, 503);
    return;
  }
  Attempt(branch);
}

void ResponseContext::Attempt(Branch& branch) {
  const Hop hop = branch.hops[branch.next_hop++];
  branch.has_provisional = false;
  SipMessage copy = Build(branch, hop);
  branch.octets = copy.Wire().size();
  const Hop fit = FitRequest(core_.transport(), copy, hop);
  branch.is_moved_for_size = fit.transport != hop.transport;
  ++live_clients_;
  ++core_.counters().forwarded;
  branch.client_key = core_.table().Start(std::move(copy), fit, branch.id).key();
  if (!is_invite_) return;
  branch.timer_c.Set(core_.config().timer_c);
  if (core_.config().no_answer_after.has_value()) {
    branch.no_answer.Set(*core_.config().no_answer_after);
  }
}

// §16.6. Max-Forwards has been dealt with already.
SipMessage ResponseContext::Build(const Branch& branch, const Hop& hop) {
  SipMessage copy = *request_;
  core_.own_routes().AddPath(copy, hop);
  ApplyTarget(copy, branch.target);
  core_.own_routes().AddRecordRoute(copy, hop);
  copy.Set(MaxBreadth{branch.breadth});
  core_.AddVia(copy, hop, MakeBranch(core_.NewToken(), loop_hash_));
  return copy;
}

void ResponseContext::Finish(Branch& branch, BranchResult result) {
  TW_CHECK(!branch.is_finished);
  branch.is_finished = true;
  branch.timer_c.Cancel();
  branch.no_answer.Cancel();
  branch.cancelled.Cancel();
  --active_;
  outgoing_breadth_ -= branch.breadth;
  const int status = result.status;
  if (status >= 300 && !is_final_sent_) results_.push_back(std::move(result));
  if (status >= 600 && !is_final_sent_) {  // §16.7 item 5
    has_global_failure_ = true;
    CancelAll("");
  }
  // RFC 5627 §6.1: further contacts of the instance only if this one is gone.
  if (status != 408 && status != 430) {
    std::erase_if(pending_, [](const Pending& p) { return p.target.is_only_for_gone; });
  }
  Pump();
}

// --- What comes back (§16.7). ---

void ResponseContext::OnResponse(uint64_t id, ClientTransaction& transaction,
                                 const SipMessage& response) {
  Branch* const branch = Find(id);
  TW_CHECK(branch != nullptr);
  if (response.GetAll<Via>().size() < 2) {
    // §16.7 item 3: without a Via behind ours it is not for forwarding. A final one ends the branch
    // all the same: no other will come.
    core_.Note(proxy_labels::kResponseDropped, response.start_line());
    const bool is_last = response.status() >= 200 && branch->client_key == transaction.key();
    if (is_last && !branch->is_finished) Finish(*branch, {500, std::nullopt});
    return;
  }
  if (response.status() >= 200) {
    OnFinal(*branch, transaction, response);
    return;
  }
  if (branch->is_finished || branch->client_key != transaction.key()) return;
  branch->has_provisional = true;
  if (is_invite_ && response.status() != 100) branch->timer_c.Set(core_.config().timer_c);
  if (response.status() != 100 && !is_final_sent_) Forward(response);
  if (branch->wants_cancel) SendCancel(*branch);
}

void ResponseContext::OnFinal(Branch& branch, ClientTransaction& transaction,
                              const SipMessage& response) {
  const int status = response.status();
  if (status < 300) {
    OnSuccess(branch, transaction, response);
    return;
  }
  if (branch.is_finished || branch.client_key != transaction.key()) return;
  // RFC 3263 §4.3: 503 is a failure of that server.
  if (status == 503 && branch.next_hop < branch.hops.size()) {
    FailOver(branch, 503);
    return;
  }
  SipMessage kept = response;
  if (status < 400 && core_.config().recurses_on_redirect && is_responsible_ && !is_cancelled_ &&
      Recurse(kept)) {
    Finish(branch, {0, std::nullopt});
    return;
  }
  Finish(branch, {status, std::move(kept)});
}

// §16.7 item 4.
bool ResponseContext::Recurse(SipMessage& redirect) {
  std::vector<Target> targets;
  std::vector<std::string> left;
  for (const Contact& contact : redirect.GetAll<Contact>()) {
    const std::optional<SipUri> uri = contact.sip_uri();
    if (contact.is_star() || !uri.has_value()) {
      std::string text;
      contact.AppendTo(text);
      left.push_back(text);
      continue;
    }
    Target target;
    target.uri = AsRequestUri(contact.uri);
    if (const auto q = contact.params.Find("q")) target.q = ParseQValue(*q).value_or(1000);
    targets.push_back(std::move(target));
  }
  if (targets.empty()) return false;
  core_.Note(proxy_labels::kRecursion, redirect.start_line());
  redirect.Remove<Contact>();
  for (const std::string& contact : left) redirect.AddRaw(Contact::kName, contact);
  AddTargets(std::move(targets));
  return left.empty();
}

void ResponseContext::OnSuccess(Branch& branch, ClientTransaction& transaction,
                                const SipMessage& response) {
  const std::optional<To> to = response.Get<To>();
  const std::string who =
      absl::StrCat(branch.id, " ", to.has_value() ? to->tag().value_or("") : "");
  const bool is_first = !is_final_sent_;
  branch.has_success = true;
  if (is_first) {
    winner_ = who;
    is_final_sent_ = true;
    Forward(response);
    // §16.7 item 10; RFC 3326 §3.1.
    CancelAll("SIP ;cause=200 ;text=\"Call completed elsewhere\"");
  } else if (is_invite_) {
    if (who == winner_ || core_.config().surplus == SurplusPolicy::kForwardAll) {
      if (who != winner_) core_.Note(proxy_labels::kSurplusForwarded, response.start_line());
      Forward(response);
    } else {
      OnSurplus(branch, transaction, response);
    }
  }
  if (!branch.is_finished) Finish(branch, {response.status(), std::nullopt});
}

void ResponseContext::OnSurplus(Branch& branch, ClientTransaction& transaction,
                                const SipMessage& response) {
  if (core_.config().surplus == SurplusPolicy::kDropAfterFirst) {
    core_.Note(proxy_labels::kSurplusDropped, response.start_line());
    return;
  }
  core_.EndSurplus(branch.id, transaction, response);
}

void ResponseContext::OnTimeout(uint64_t id) {
  Branch* const branch = Find(id);
  TW_CHECK(branch != nullptr);
  if (branch->is_finished) return;
  // RFC 3263 §4.3: another server only if this one never said anything.
  if (branch->has_provisional) branch->next_hop = branch->hops.size();
  FailOver(*branch, 408);
}

void ResponseContext::OnTransportError(uint64_t id) {
  Branch* const branch = Find(id);
  TW_CHECK(branch != nullptr);
  if (branch->is_finished) return;
  // §18.1.1: the transport for large requests was refused there (and did not merely break): once
  // more by the one that was meant at first.
  if (branch->is_moved_for_size && !branch->has_provisional) {
    const Hop& hop = branch->hops[branch->next_hop - 1];
    if (core_.transport().ForSize(hop, branch->octets).transport == hop.transport) {
      core_.Note(proxy_labels::kOriginalTransport, branch->target.uri);
      --branch->next_hop;
    }
  }
  FailOver(*branch, 503);  // §16.9
}

// --- CANCEL (§16.10, §9.1). ---

void ResponseContext::Cancel(absl::string_view reason) {
  if (is_cancelled_ || is_final_sent_) return;
  is_cancelled_ = true;
  CancelAll(reason);
  Conclude();
}

void ResponseContext::CancelAll(absl::string_view reason) {
  cancel_reason_ = std::string(reason);
  pending_.clear();
  for (size_t i = 0; i < branches_.size(); ++i) {
    if (!branches_[i]->is_finished && !branches_[i]->has_success) CancelBranch(*branches_[i]);
  }
}

void ResponseContext::CancelBranch(Branch& branch) {
  if (branch.is_locating) {
    branch.is_locating = false;
    core_.locator().Forget(*this, branch.id);
    Finish(branch, {487, std::nullopt});
    return;
  }
  if (!is_invite_ || branch.wants_cancel) return;  // §9.1: other requests are over soon
  branch.wants_cancel = true;
  branch.no_answer.Cancel();
  if (branch.has_provisional) {
    SendCancel(branch);
  } else {
    core_.Note(proxy_labels::kCancelWaits, branch.target.uri);
  }
}

void ResponseContext::SendCancel(Branch& branch) {
  if (branch.is_cancel_sent) return;
  ClientTransaction* const invite = core_.table().FindClient(branch.client_key);
  if (invite == nullptr) return;
  branch.is_cancel_sent = true;
  branch.timer_c.Cancel();
  SipMessage cancel = MakeCancel(invite->request());
  if (!cancel_reason_.empty()) cancel.AddRaw(Reason::kName, cancel_reason_);
  core_.table().Start(std::move(cancel), invite->hop());
  // §9.1: without a final response within 64*T1 the INVITE counts as cancelled.
  branch.cancelled.Set(core_.timers().SixtyFourT1());
}

// Abandoning a transaction may be the end of this context, so nothing here is touched after it.
void ResponseContext::GiveUp(Branch& branch) {
  ProxyCore& core = core_;
  const uint64_t id = id_;
  ClientTransaction* const invite = core.table().FindClient(branch.client_key);
  Finish(branch, {408, std::nullopt});
  if (invite != nullptr) invite->Abandon();
  core.Settle(id);
}

void ResponseContext::OnTimerC(Branch& branch) {  // §16.8
  if (!branch.has_provisional) {
    GiveUp(branch);
    return;
  }
  CancelBranch(branch);
  core_.Settle(id_);
}

void ResponseContext::OnNoAnswer(Branch& branch) {
  core_.Note(proxy_labels::kNoAnswer, branch.target.uri);
  CancelBranch(branch);
  core_.Settle(id_);
}

void ResponseContext::OnCancelTimeout(Branch& branch) { GiveUp(branch); }

// --- Answers to the server transaction (§16.7 items 6 to 9). ---

void ResponseContext::Forward(const SipMessage& response) {
  SipMessage copy = response;
  copy.RemoveFirst<Via>();
  if (!copy.Has<Via>()) return;  // item 3: meant for us
  if (ServerTransaction* const server = core_.table().FindServer(server_key_)) {
    server->Respond(std::move(copy));
  } else {
    core_.transport().Send(server_hop_, copy.Wire());  // item 9: statelessly
  }
}

void ResponseContext::SendBest() {
  const std::optional<size_t> best = ChooseBest(results_);
  if (!best.has_value() || !results_[*best].response.has_value()) {
    int status = best.has_value() ? results_[*best].status : is_cancelled_ ? 487 : 408;
    // Item 6: what one server cannot do now is not to keep the caller from trying others here.
    // A request that was kept from an overloaded server is a 503 (RFC 7339 §5.10).
    if (status == 503 && !core_.config().forwards_503 && !is_throttled_) status = 500;
    SendLocal(status);
    return;
  }
  BranchResult& chosen = results_[*best];
  if (chosen.status == 503 && !core_.config().forwards_503) {
    SendLocal(500);
    return;
  }
  core_.Note(proxy_labels::kBest, chosen.response->start_line());
  if (chosen.status == 401 || chosen.status == 407) {
    AggregateChallenges(results_, *best, *chosen.response);
  }
  is_final_sent_ = true;
  Forward(*chosen.response);
  results_.clear();
}

void ResponseContext::SendLocal(int status) {
  is_final_sent_ = true;
  results_.clear();
  ServerTransaction* const server = core_.table().FindServer(server_key_);
  if (server == nullptr) return;
  if (status == 408 && !is_invite_) {
    // RFC 4320 §4.2: a 408 would come too late for anybody to use.
    core_.Note(proxy_labels::kNoLate408, server->request().start_line());
    core_.AbandonLater(server_key_);
    return;
  }
  server->Respond(core_.MakeOwnResponse(server->request(), status));
}

}  // namespace tickwire::sip
