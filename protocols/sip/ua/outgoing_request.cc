#include "protocols/sip/ua/outgoing_request.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/transaction/derived_requests.h"
#include "protocols/sip/transport/size_rule.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

constexpr uint8_t kMaxRedirections = 5;  // a loop of redirections ends somewhere

// Which challenges can be answered, and redirections that can be followed: those outside dialogs
// (§12.2.1.2 leaves redirection within dialogs to the user).
bool IsWithinDialog(const SipMessage& request) {
  const std::optional<To> to = request.Get<To>();
  return to.has_value() && to->tag().has_value();
}

// q of a Contact in thousandths; absent means 1 (§8.1.3.4 leaves the order to us; §20.10).
int PreferenceOf(const Contact& contact) {
  const absl::string_view q = contact.params.Find("q").value_or("1");
  int thousandths = !q.empty() && q[0] == '1' ? 1000 : 0;
  int weight = 100;
  for (size_t i = 2; i < q.size() && weight > 0 && thousandths < 1000; ++i, weight /= 10) {
    if (q[i] >= '0' && q[i] <= '9') thousandths += (q[i] - '0') * weight;
  }
  return thousandths;
}

}  // namespace

RequestOwner::~RequestOwner() {
  while (first_ != nullptr) {
    OutgoingRequest& request = *first_;
    request.Unlink();
  }
}

OutgoingRequest::OutgoingRequest(UserAgent& agent, RequestOwner& owner, uint64_t id,
                                 uint64_t context)
    : agent_(agent), owner_(&owner), next_(owner.first_), id_(id), context_(context) {
  owner.first_ = this;
}

OutgoingRequest::~OutgoingRequest() {
  if (is_locating_) agent_.locator()->Forget(*this, id_);
  Unlink();
}

void OutgoingRequest::Unlink() {
  if (owner_ == nullptr) return;
  OutgoingRequest** link = &owner_->first_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
  owner_ = nullptr;
}

void OutgoingRequest::Start(SipMessage&& request, Destination&& destination) {
  method_ = request.method();
  hops_ = std::move(destination.hops);
  if (!hops_.empty()) {
    SendTo(std::move(request), hops_[0]);
    return;
  }
  ServerLocator* const locator = agent_.locator();
  const bool is_known =
      locator == nullptr ||
      locator->Locate(destination.uri, agent_.transport().transports(), hops_, *this, id_);
  waiting_ = std::move(request).TakeWire();
  if (is_known) {
    // Answered at once, and yet not known to whoever made the destination: nowhere to go. The owner
    // hears of it in an event of its own, as of any failure.
    agent_.FailLater(id_);
    return;
  }
  is_locating_ = true;
}

void OutgoingRequest::OnLocated(uint64_t, std::span<const Hop> hops) {
  const UserAgent::EventScope scope(agent_);
  is_locating_ = false;
  hops_.assign(hops.begin(), hops.end());
  hop_index_ = 0;
  if (hops_.empty()) {
    OnFailure(RequestFailure::kNowhere);
    return;
  }
  SendTo(SipMessage::Parse(std::exchange(waiting_, {})).message, hops_[0]);
}

// §8.1.1.7: each transaction has a branch of its own. A request that was made for this hop has its
// Via already.
void OutgoingRequest::SendTo(SipMessage&& request, const Hop& hop) {
  if (!request.Has<Via>()) {
    const std::string via = agent_.NewVia(hop);
    const std::optional<Via> parsed = Via::Parse(via);
    request.Prepend(*parsed);
  }
  has_provisional_ = false;
  const Hop fit = FitRequest(agent_.transport(), request, hop);
  is_moved_for_size_ = fit.transport != hop.transport;
  transaction_ = &agent_.StartTransaction(std::move(request), fit, id_);
}

SipMessage OutgoingRequest::Repetition() const {
  SipMessage copy = transaction_->request();
  copy.Remove<Via>();
  return copy;
}

void OutgoingRequest::OnResponse(const SipMessage& response) {
  const int status = response.status();
  if (IsProvisional(status)) {
    has_provisional_ = true;
    if (owner_ != nullptr) owner_->OnResponse(*this, response);
    return;
  }
  if (may_retry_ && owner_ != nullptr && !is_answered_) {
    if ((status == 401 || status == 407) && AnswerChallenge(response)) return;
    if (status == 503 && TryNextHop()) return;  // RFC 3263 §4.3
    if (status >= 300 && status < 400 && FollowRedirection(response)) return;
    if (status > 300 && !targets_.empty() && status < 600 && FollowRedirection(response)) return;
  }
  if (challenges_ > 0 && !is_answered_) {
    agent_.OnCredentialsAccepted(transaction_->request(), response);
  }
  is_answered_ = true;
  if (owner_ != nullptr) owner_->OnResponse(*this, response);
}

void OutgoingRequest::OnFailure(RequestFailure failure) {
  if (failure == RequestFailure::kNowhere) agent_.CountNowhere();
  if (owner_ == nullptr) {
    if (transaction_ == nullptr) agent_.EraseRequest(id_);
    return;
  }
  // RFC 3263 §4.3: a server that does not answer, or cannot be reached, makes room for the next.
  if (may_retry_ && !has_provisional_ && transaction_ != nullptr) {
    if (failure == RequestFailure::kTransportError && TrySmallTransport()) return;
    if (TryNextHop()) return;
  }
  is_answered_ = true;
  const uint64_t id = id_;
  UserAgent& agent = agent_;
  const bool is_over = transaction_ == nullptr;  // else its end comes by OnTerminated
  owner_->OnFailure(*this, failure);
  if (!is_over) return;
  // Nothing was ever sent, so that no transaction will tell of its end.
  if (OutgoingRequest* const request = agent.FindRequest(id); request != nullptr) {
    if (request->owner_ != nullptr) request->owner_->OnRequestOver(*request);
    agent.EraseRequest(id);
  }
}

// §18.1.1: the transport for large requests was refused there: once more by the one that was meant
// at first.
bool OutgoingRequest::TrySmallTransport() {
  if (!is_moved_for_size_) return false;
  const Hop hop = hops_[hop_index_];
  SipMessage request = Repetition();
  // Of any size: the repetition has no Via yet, and may seem small enough when it is not.
  constexpr size_t kAnySize = std::numeric_limits<size_t>::max();
  if (agent_.transport().ForSize(hop, kAnySize).transport != hop.transport) {
    return false;  // it was not refused, it broke
  }
  agent_.trace().Note(transaction_->entity(), labels::kOriginalTransport, ToString(hop.remote));
  SendTo(std::move(request), hop);
  return true;
}

bool OutgoingRequest::TryNextHop() {
  if (hop_index_ + 1 >= hops_.size()) return false;
  const Hop& hop = hops_[++hop_index_];
  agent_.trace().Note(transaction_->entity(), labels::kNextHop, ToString(hop.remote));
  SendTo(Repetition(), hop);
  return true;
}

// §22.2, §22.3: the same request with credentials, a new number and a new branch (§8.1.3.5).
bool OutgoingRequest::AnswerChallenge(const SipMessage& response) {
  constexpr uint8_t kMaxChallenges = 4;  // a proxy each and the server, each once stale
  if (challenges_ >= kMaxChallenges) return false;
  SipMessage request = Repetition();
  if (!agent_.AddCredentials(transaction_->request(), response, request)) return false;
  ++challenges_;
  request.Set(CSeq{owner_->TakeNumber(), request.method_name()});
  const Hop hop = hops_[hop_index_];
  SendTo(std::move(request), hop);
  return true;
}

// §8.1.3.4: the contacts of a 3xx are tried one after the other, the preferred ones first.
bool OutgoingRequest::FollowRedirection(const SipMessage& response) {
  if (!agent_.config().follows_redirections || IsWithinDialog(transaction_->request()))
    return false;
  if (response.status() < 400 && redirections_++ < kMaxRedirections) {
    std::vector<std::pair<int, std::string>> contacts;
    for (const Contact& contact : response.GetAll<Contact>()) {
      contacts.emplace_back(PreferenceOf(contact), std::string(contact.uri));
    }
    std::stable_sort(contacts.begin(), contacts.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto it = contacts.rbegin(); it != contacts.rend(); ++it) {
      targets_.push_back(std::move(it->second));
    }
  }
  while (!targets_.empty()) {
    const std::string target = std::move(targets_.back());
    targets_.pop_back();
    if (!SipUri::Parse(target).has_value()) continue;
    SipMessage request = Repetition();
    request.SetRequestUri(target);
    request.Remove<Route>();
    request.Set(CSeq{owner_->TakeNumber(), request.method_name()});
    agent_.trace().Note(transaction_->entity(), labels::kRedirected, target);
    Destination destination = agent_.DestinationOf(target);
    hops_ = std::move(destination.hops);
    hop_index_ = 0;
    if (!hops_.empty()) {
      SendTo(std::move(request), hops_[0]);
    } else {
      transaction_ = nullptr;
      Start(std::move(request), Destination{target, {}});
    }
    return true;
  }
  return false;
}

void OutgoingRequest::SendCancel() {
  TW_CHECK(method_ == Method::kInvite && transaction_ != nullptr && has_provisional_);
  may_retry_ = false;
  agent_.StartTransaction(MakeCancel(transaction_->request()), transaction_->hop(), 0);
}

void OutgoingRequest::Abandon() {
  may_retry_ = false;
  if (transaction_ == nullptr) {
    agent_.EraseRequest(id_);
    return;
  }
  agent_.AbandonTransaction(*transaction_);
}

bool OutgoingRequest::OnTerminated(const ClientTransaction& transaction) {
  if (&transaction != transaction_) return false;  // one of an earlier attempt
  transaction_ = nullptr;
  if (owner_ != nullptr) owner_->OnRequestOver(*this);
  return true;
}

}  // namespace tickwire::sip
