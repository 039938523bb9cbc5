#include "protocols/sip/scripted/message_builder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/transaction/derived_requests.h"

namespace tickwire::sip {
namespace {

// The value of From or To with another tag, or with none.
std::string WithTag(absl::string_view value, absl::string_view tag) {
  std::optional<NameAddr> address = NameAddr::Parse(value);
  if (!address.has_value()) return std::string(value);
  NameAddr changed;
  changed.display_name = address->display_name;
  changed.uri = address->uri;
  for (const Param& param : address->params) {
    if (!EqualsIgnoreCase(param.name, "tag")) changed.params.Set(param.name, param.value);
  }
  if (!tag.empty()) changed.params.Set("tag", tag);
  std::string out;
  changed.AppendTo(out);
  return out;
}

// One side of a dialog as a later request of ours needs it.
struct Side {
  std::string local, remote;  // values of From and To
  std::string target;
  std::vector<std::string> routes;
};

Side SideOf(const StoredMessage& stored, absl::string_view own_tag) {
  const SipMessage& message = stored.message;
  Side side;
  const std::string from(message.GetRaw<From>().value_or(absl::string_view()));
  const std::string to(message.GetRaw<To>().value_or(absl::string_view()));
  const std::optional<To> to_header = message.Get<To>();
  const bool has_to_tag = to_header.has_value() && to_header->tag().has_value();
  // Who asked is From. We asked when we sent the request or received the response.
  const bool is_ours = stored.is_received == message.is_response();
  side.local = is_ours ? from : has_to_tag ? to : WithTag(to, own_tag);
  side.remote = is_ours ? to : from;
  const std::optional<Contact> contact = message.Get<Contact>();
  if (stored.is_received && contact.has_value()) {
    side.target = std::string(contact->uri);
  } else if (message.is_request()) {
    side.target = std::string(message.request_uri());
  }
  for (const RecordRoute& route : message.GetAll<RecordRoute>()) {
    std::string text;
    route.AppendTo(text);
    side.routes.push_back(std::move(text));
  }
  if (message.is_response()) std::reverse(side.routes.begin(), side.routes.end());
  return side;
}

bool IsNamed(absl::string_view row, absl::string_view name) {
  const HeaderId id = FindHeader(name);
  return id == HeaderId::kOther ? EqualsIgnoreCase(row, name) : FindHeader(row) == id;
}

// A message as lines that can be bent in any way.
class Draft {
 public:
  explicit Draft(const SipMessage& message) : start_line_(message.start_line()) {
    for (size_t i = 0; i < message.row_count(); ++i) {
      rows_.push_back({std::string(message.row(i).name), std::string(message.row(i).value)});
    }
  }
  // Replaces the first row of that name in its place and removes the others, or adds one.
  void Set(absl::string_view name, std::string value) {
    SetFirst(name, std::move(value));
    bool is_first = true;
    std::erase_if(rows_, [&](const Row& row) {
      return IsNamed(row.name, name) && !std::exchange(is_first, false);
    });
  }
  // The same, but leaves further rows alone.
  void SetFirst(absl::string_view name, std::string value) {
    for (Row& row : rows_) {
      if (!IsNamed(row.name, name)) continue;
      row.value = std::move(value);
      return;
    }
    Add(name, std::move(value));
  }
  void Add(absl::string_view name, std::string value) {
    rows_.push_back({std::string(name), std::move(value)});
  }
  void Remove(absl::string_view name) {
    std::erase_if(rows_, [&](const Row& row) { return IsNamed(row.name, name); });
  }
  absl::string_view Value(absl::string_view name) const {
    for (const Row& row : rows_) {
      if (IsNamed(row.name, name)) return row.value;
    }
    return {};
  }
  std::string Text(absl::string_view body) const {
    std::string text = absl::StrCat(start_line_, "\r\n");
    for (const Row& row : rows_) absl::StrAppend(&text, row.name, ": ", row.value, "\r\n");
    absl::StrAppend(&text, "\r\n", body);
    return text;
  }

 private:
  struct Row {
    std::string name, value;
  };
  std::string start_line_;
  std::vector<Row> rows_;
};

void Override(const ScriptSend& send, Draft& draft) {
  if (!send.call_id.empty()) draft.Set(CallId::kName, send.call_id);
  if (!send.from_tag.empty()) {
    draft.Set(From::kName, WithTag(draft.Value(From::kName), send.from_tag));
  }
  if (!send.to_tag.empty()) draft.Set(To::kName, WithTag(draft.Value(To::kName), send.to_tag));
  if (send.cseq.has_value() || !send.cseq_method.empty()) {
    const std::string value(draft.Value(CSeq::kName));
    const std::optional<CSeq> cseq = CSeq::Parse(value);
    const uint32_t number = send.cseq.value_or(cseq.has_value() ? cseq->number : 1);
    const std::string method = !send.cseq_method.empty() ? send.cseq_method
                               : cseq.has_value()        ? std::string(cseq->method)
                                                         : send.method;
    draft.Set(CSeq::kName, absl::StrCat(number, " ", method));
  }
  if (!send.branch.empty() || !send.via_transport.empty()) {
    const std::string value(draft.Value(Via::kName));
    std::optional<Via> via = Via::Parse(value);
    if (via.has_value()) {
      if (!send.branch.empty()) via->params.Set("branch", send.branch);
      if (!send.via_transport.empty()) via->transport = send.via_transport;
      std::string changed;
      via->AppendTo(changed);
      draft.SetFirst(Via::kName, changed);
    }
  }
}

}  // namespace

MessageBuilder::MessageBuilder(RunSeed seed, absl::string_view stream_owner, std::string user)
    : tokens_(Rng::ForStream(seed, stream_owner, "sip.script")), user_(std::move(user)) {}

std::string MessageBuilder::Token() {
  constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
  uint64_t bits = tokens_.Next64();
  std::string token(12, '\0');
  for (char& c : token) {
    c = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return token;
}

MessageBuilder::Call& MessageBuilder::CallOf(const std::string& call_id) {
  const auto [found, is_new] = calls_.try_emplace(call_id);
  if (is_new) {
    found->second.own_tag = Token();
    order_.push_back(call_id);
    if (order_.size() > kMaxScriptCalls) {
      calls_.erase(order_.front());
      order_.pop_front();
    }
  }
  return found->second;
}

std::string MessageBuilder::Build(const ScriptSend& send, const StoredMessage* related,
                                  const Endpoint& own, const Endpoint& target) {
  std::string text;
  if (!send.raw.empty()) {
    text = send.raw;
  } else {
    if (send.status != 0 && (related == nullptr || !related->message.is_request())) return {};
    Draft draft(send.status != 0 ? BuildResponse(send, related->message, own)
                                 : BuildRequest(send, related, own, target));
    Override(send, draft);
    if (!send.body.empty()) {
      draft.Set(ContentType::kName, send.body_type.empty() ? "application/sdp" : send.body_type);
    }
    draft.Set(ContentLength::kName,
              absl::StrCat(send.content_length.value_or(static_cast<uint32_t>(send.body.size()))));
    for (const HeaderEdit& edit : send.edits) {
      switch (edit.kind) {
        case HeaderEdit::Kind::kSet:
          draft.Set(edit.name, edit.value);
          break;
        case HeaderEdit::Kind::kAdd:
          draft.Add(edit.name, edit.value);
          break;
        case HeaderEdit::Kind::kRemove:
          draft.Remove(edit.name);
          break;
      }
    }
    text = draft.Text(send.body);
  }
  for (const ScriptSend::Replacement& replacement : send.replacements) {
    if (replacement.from.empty()) continue;
    text = absl::StrReplaceAll(text, {{replacement.from, replacement.to}});
  }
  const SipMessage sent = SipMessage::Parse(text).message;
  if (sent.is_request() && sent.method() == Method::kInvite) {
    CallOf(std::string(sent.GetRaw<CallId>().value_or(absl::string_view()))).invite = text;
  }
  return text;
}

SipMessage MessageBuilder::BuildResponse(const ScriptSend& send, const SipMessage& request,
                                         const Endpoint& own) {
  const Call& call = CallOf(std::string(request.GetRaw<CallId>().value_or(absl::string_view())));
  SipMessage response = StartResponse(request, send.status, call.own_tag);
  if (!send.reason.empty()) {
    SipMessage renamed = SipMessage::Response(send.status, send.reason);
    for (size_t i = 0; i < response.row_count(); ++i) {
      renamed.AddRaw(response.row(i).name, response.row(i).value);
    }
    response = std::move(renamed);
  }
  // §12.1.1: what makes a dialog has Record-Route and a Contact.
  const Method method = request.method();
  const bool makes_dialog =
      method == Method::kInvite || method == Method::kSubscribe || method == Method::kRefer;
  if (makes_dialog && send.status > 100 && send.status < 300) {
    for (const RecordRoute& route : request.GetAll<RecordRoute>()) response.Add(route);
    response.AddRaw(Contact::kName,
                    absl::StrCat("<sip:", user_, user_.empty() ? "" : "@", ToString(own), ">"));
  }
  return response;
}

std::optional<SipMessage> MessageBuilder::BuildDerived(const ScriptSend& send,
                                                       const StoredMessage& related) {
  const SipMessage& message = related.message;
  const bool is_ack_to_failure =
      send.method == "ACK" && message.is_response() && message.status() >= 300;
  if (send.method != "CANCEL" && !is_ack_to_failure) return std::nullopt;
  const Call& call = CallOf(std::string(message.GetRaw<CallId>().value_or(absl::string_view())));
  if (call.invite.empty()) return std::nullopt;
  const SipMessage invite = SipMessage::Parse(call.invite).message;
  return is_ack_to_failure ? MakeAckForFailure(invite, message) : MakeCancel(invite);
}

SipMessage MessageBuilder::BuildRequest(const ScriptSend& send, const StoredMessage* related,
                                        const Endpoint& own, const Endpoint& target) {
  if (related != nullptr) {
    if (std::optional<SipMessage> derived = BuildDerived(send, *related)) {
      return std::move(*derived);
    }
  }
  const std::string call_id =
      related != nullptr
          ? std::string(related->message.GetRaw<CallId>().value_or(absl::string_view()))
          : absl::StrCat(Token(), "@", own.address.ToString());
  Call& call = CallOf(call_id);
  Side side;
  if (related != nullptr) {
    side = SideOf(*related, call.own_tag);
  } else {
    side.local = absl::StrCat("<sip:", user_, "@", ToString(own), ">;tag=", call.own_tag);
    side.target = absl::StrCat("sip:", ToString(target));
    side.remote = absl::StrCat("<", send.uri.empty() ? side.target : send.uri, ">");
  }
  SipMessage request = SipMessage::Request(send.method, send.uri.empty() ? side.target : send.uri);
  request.AddRaw(Via::kName,
                 absl::StrCat("SIP/2.0/UDP ", ToString(own), ";branch=", kMagicCookie, Token()));
  for (const std::string& route : side.routes) request.AddRaw(Route::kName, route);
  request.Add(MaxForwards{});
  request.AddRaw(From::kName, side.local);
  request.AddRaw(To::kName, side.remote);
  request.AddRaw(CallId::kName, call_id);
  uint32_t number = 0;
  if (send.method == "ACK" || send.method == "CANCEL") {
    const SipMessage invite = SipMessage::Parse(call.invite).message;
    const std::optional<CSeq> cseq = invite.Get<CSeq>();
    number = cseq.has_value() ? cseq->number : call.next_cseq - 1;
  } else {
    number = call.next_cseq++;
  }
  request.Add(CSeq{number, send.method});
  const Method method = ParseMethod(send.method);
  if (method == Method::kInvite || method == Method::kSubscribe || method == Method::kRefer ||
      method == Method::kUpdate || method == Method::kNotify || method == Method::kRegister) {
    request.AddRaw(Contact::kName,
                   absl::StrCat("<sip:", user_, user_.empty() ? "" : "@", ToString(own), ">"));
  }
  return request;
}

}  // namespace tickwire::sip
