#include "protocols/sip/transaction/bare_transaction_layer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/transaction/derived_requests.h"
#include "protocols/sip/transaction/labels.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kTimerRepeat{"repeat", "no transaction layer: repeat until any response"};
constexpr TraceLabel kTimerGiveUp{"give up", "no transaction layer: no response for 64*T1"};
constexpr TraceLabel kTimerForget{"forget", "no transaction layer: the request is forgotten"};
constexpr TraceLabel kGuessed{"taken for a repetition, by Call-ID and CSeq",
                              "no transaction layer: the user has to ignore it"};

// "Call-ID CSeq METHOD"; ACK is on its own. Empty when a header is missing.
std::string KeyOf(const SipMessage& message) {
  const std::optional<CallId> call_id = message.Get<CallId>();
  const std::optional<CSeq> cseq = message.Get<CSeq>();
  if (!call_id.has_value() || !cseq.has_value()) return {};
  return absl::StrCat(call_id->id, " ", cseq->number, " ", cseq->method);
}

}  // namespace

// A request of ours that has no final response yet, or an INVITE that more 2xx may come for.
class BareTransactionLayer::Client final : public ClientTransaction {
 public:
  Client(TransactionHost& host, std::string key, SipMessage&& request, const Hop& hop)
      : ClientTransaction(host, std::move(key), std::move(request), hop),
        interval_(host.timers().t1),
        timer_repeat_(host.clock(), *this, kTimerRepeat, entity()),
        timer_give_up_(host.clock(), *this, kTimerGiveUp, entity()),
        timer_forget_(host.clock(), *this, kTimerForget, entity()) {}

  void Start() override {
    SendRequest();
    if (!hop().is_reliable()) timer_repeat_.Set(interval_);
    timer_give_up_.Set(host_.timers().SixtyFourT1());
  }
  void OnResponse(const SipMessage& response) override {
    timer_repeat_.Cancel();
    const bool is_invite = method() == Method::kInvite;
    if (IsFinal(response.status()) || is_invite) timer_give_up_.Cancel();
    if (is_invite && response.status() >= 300) {
      host_.transport().Send(hop(), MakeAckForFailure(request(), response).Wire());
    }
    if (IsFinal(response.status()) && !timer_forget_.is_set()) {
      const bool stays = is_invite && IsSuccess(response.status());
      timer_forget_.Set(stays ? host_.timers().SixtyFourT1() : Duration());
    }
    host_.user().OnResponse(*this, response);
  }
  void OnTransportError() override {
    if (timer_forget_.is_set()) return;
    host_.user().OnTransportError(*this);
    End();
  }
  void Abandon() override { End(); }

 private:
  void OnTimerRepeat() {
    interval_ = std::min(2 * interval_, host_.timers().t2);
    SendRequest();
    timer_repeat_.Set(interval_);
  }
  void OnTimerGiveUp() {
    host_.user().OnTimeout(*this);
    End();
  }
  void OnTimerForget() { End(); }
  void End() {
    timer_repeat_.Cancel();
    timer_give_up_.Cancel();
    timer_forget_.Cancel();
    host_.Finish(*this);
  }

  Duration interval_;
  Timer<Client, &Client::OnTimerRepeat> timer_repeat_;
  Timer<Client, &Client::OnTimerGiveUp> timer_give_up_;
  Timer<Client, &Client::OnTimerForget> timer_forget_;
};

// A request that the user has not answered finally, or an INVITE whose 2xx the user repeats.
class BareTransactionLayer::Server final : public ServerTransaction {
 public:
  Server(TransactionHost& host, std::string key, SipMessage&& request, const Hop& hop)
      : ServerTransaction(host, std::move(key), std::move(request), hop),
        timer_forget_(host.clock(), *this, kTimerForget, entity()) {}

  void Start() override {}
  void OnRequest(const SipMessage&) override {}  // nobody matches anything to this
  void OnTransportError() override { host_.user().OnTransportError(*this); }
  void Respond(SipMessage&& response) override {
    const int status = response.status();
    SendResponse(std::move(response));
    if (!IsFinal(status) || timer_forget_.is_set()) return;
    const bool stays = method() == Method::kInvite && IsSuccess(status);
    timer_forget_.Set(stays ? host_.timers().SixtyFourT1() : Duration());
  }
  void ResendSuccess() override { ResendResponse(); }
  void Abandon() override { End(); }

 private:
  void OnTimerForget() { End(); }
  void End() {
    timer_forget_.Cancel();
    host_.Finish(*this);
  }

  Timer<Server, &Server::OnTimerForget> timer_forget_;
};

BareTransactionLayer::BareTransactionLayer(NodeClock& clock, MessageTransport& transport,
                                           TransactionUser& user, const TransactionTimers& timers)
    : TransactionLayer(clock, transport, user, timers) {}

BareTransactionLayer::~BareTransactionLayer() = default;

ClientTransaction& BareTransactionLayer::Start(SipMessage&& request, const Hop& hop,
                                               uint64_t context) {
  std::string key = KeyOf(request);
  // An older request of that name can only be one that is over but for its time.
  if (const auto old = clients_.find(key); old != clients_.end()) old->second->Abandon();
  auto made = std::make_unique<Client>(*this, key, std::move(request), hop);
  Client& client = *made;
  client.set_context(context);
  clients_.emplace(std::move(key), std::move(made));
  client.Start();
  return client;
}

bool BareTransactionLayer::IsRecent(const std::string& key) const {
  const auto found = recent_.find(key);
  return found != recent_.end() && clock().now() - found->second <= timers().SixtyFourT1();
}

void BareTransactionLayer::OnRequest(SipMessage&& request, const Hop& reply_to) {
  if (request.method() == Method::kAck) {
    user().OnAck(nullptr, request);
    return;
  }
  std::string key = KeyOf(request);
  if (key.empty()) {
    trace().Note({}, labels::kIgnored, request.start_line());
    return;
  }
  const bool is_guess = IsRecent(key);
  if (!is_guess) {
    recent_.insert_or_assign(key, clock().now());
    recent_order_.push_back(key);
    if (recent_order_.size() > kMaxRecentRequests) {
      recent_.erase(recent_order_.front());
      recent_order_.pop_front();
    }
  }
  if (is_guess) {
    ++guessed_;
    trace().Note({}, kGuessed, request.start_line());
    absl::StrAppend(&key, " #", guessed_);
  }
  if (servers_.contains(key)) return;  // of long ago, and still not answered
  auto made = std::make_unique<Server>(*this, key, std::move(request), reply_to);
  Server& server = *made;
  servers_.emplace(std::move(key), std::move(made));
  server.Start();
  if (!is_guess) {
    user().OnRequest(server);
  } else if (!user().OnRepetition(server)) {
    server.Abandon();
  }
}

void BareTransactionLayer::OnResponse(const SipMessage& response) {
  const auto found = clients_.find(KeyOf(response));
  if (found == clients_.end()) {
    trace().Note({}, labels::kStrayResponse, response.start_line());
    return;
  }
  found->second->OnResponse(response);
}

void BareTransactionLayer::OnTransportError(const Hop& hop) {
  std::vector<std::string> keys;
  for (const auto& [key, client] : clients_) {
    if (Leads(hop, client->hop())) keys.push_back(key);
  }
  for (const std::string& key : keys) {
    if (ClientTransaction* const client = FindClient(key)) client->OnTransportError();
  }
}

// Nothing but the message names what it belonged to.
void BareTransactionLayer::OnUndelivered(const Hop&, absl::string_view wire) {
  const auto found = clients_.find(KeyOf(SipMessage::Parse(std::string(wire)).message));
  if (found != clients_.end()) found->second->OnTransportError();
}

// By Call-ID and number: the branch means nothing here.
ServerTransaction* BareTransactionLayer::FindCancelled(const SipMessage& cancel) {
  const std::optional<CallId> call_id = cancel.Get<CallId>();
  const std::optional<CSeq> cseq = cancel.Get<CSeq>();
  if (!call_id.has_value() || !cseq.has_value()) return nullptr;
  return FindServer(absl::StrCat(call_id->id, " ", cseq->number, " INVITE"));
}

ClientTransaction* BareTransactionLayer::FindClient(absl::string_view key) {
  const auto found = clients_.find(std::string(key));
  return found == clients_.end() ? nullptr : found->second.get();
}

ServerTransaction* BareTransactionLayer::FindServer(absl::string_view key) {
  const auto found = servers_.find(std::string(key));
  return found == servers_.end() ? nullptr : found->second.get();
}

void BareTransactionLayer::Finish(ClientTransaction& transaction) {
  user().OnTerminated(transaction);
  clients_.erase(transaction.key());
}

void BareTransactionLayer::Finish(ServerTransaction& transaction) {
  user().OnTerminated(transaction);
  servers_.erase(transaction.key());
}

}  // namespace tickwire::sip
