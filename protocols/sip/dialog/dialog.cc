#include "protocols/sip/dialog/dialog.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

std::string WithoutTag(const NameAddr& address) {
  std::string text;
  NameAddr{address.display_name, address.uri, {}}.AppendTo(text);
  return text;
}

std::vector<std::string> RouteSetOf(const SipMessage& message) {
  std::vector<std::string> routes;
  if (!message.Has<RecordRoute>()) return routes;
  for (const RecordRoute& route : message.GetAll<RecordRoute>()) routes.emplace_back(route.uri);
  return routes;
}

bool IsLooseRouter(absl::string_view uri) {
  const std::optional<SipUri> parsed = SipUri::Parse(uri);
  return parsed.has_value() && parsed->is_loose_router();
}

}  // namespace

std::optional<Dialog> Dialog::OfCaller(const SipMessage& invite, const SipMessage& response) {
  const std::optional<From> from = invite.Get<From>();
  const std::optional<To> to = response.Get<To>();
  const std::optional<CallId> call_id = invite.Get<CallId>();
  const std::optional<CSeq> cseq = invite.Get<CSeq>();
  const std::optional<Contact> contact = response.Get<Contact>();
  if (!from.has_value() || !to.has_value() || !call_id.has_value() || !cseq.has_value() ||
      !contact.has_value() || contact->is_star()) {
    return std::nullopt;
  }
  Dialog dialog;
  dialog.call_id_ = std::string(call_id->id);
  dialog.local_tag_ = std::string(from->tag().value_or(""));
  dialog.remote_tag_ = std::string(to->tag().value_or(""));  // §12.1.2: may be missing (RFC 2543)
  dialog.local_address_ = WithoutTag(*from);
  dialog.remote_address_ = WithoutTag(*to);
  dialog.remote_target_ = std::string(contact->uri);
  dialog.SetRouteSetFrom(response);
  dialog.local_number_ = cseq->number;
  return dialog;
}

std::optional<Dialog> Dialog::OfCalled(const SipMessage& invite, absl::string_view local_tag) {
  const std::optional<From> from = invite.Get<From>();
  const std::optional<To> to = invite.Get<To>();
  const std::optional<CallId> call_id = invite.Get<CallId>();
  const std::optional<CSeq> cseq = invite.Get<CSeq>();
  const std::optional<Contact> contact = invite.Get<Contact>();
  if (!from.has_value() || !to.has_value() || !call_id.has_value() || !cseq.has_value() ||
      (contact.has_value() && contact->is_star())) {
    return std::nullopt;
  }
  // A caller of RFC 2543, known by its From without a tag, may leave out Contact and is then
  // reached at the address of From.
  const bool is_old = !from->tag().has_value() && !invite.Has<Contact>();
  if (!contact.has_value() && !is_old) return std::nullopt;
  Dialog dialog;
  dialog.call_id_ = std::string(call_id->id);
  dialog.local_tag_ = std::string(local_tag);
  dialog.remote_tag_ = std::string(from->tag().value_or(""));  // §12.1.1: may be missing (RFC 2543)
  dialog.local_address_ = WithoutTag(*to);
  dialog.remote_address_ = WithoutTag(*from);
  dialog.remote_target_ = std::string(is_old ? from->uri : contact->uri);
  dialog.route_set_ = RouteSetOf(invite);
  dialog.remote_number_ = cseq->number;
  return dialog;
}

// As the called side of the NOTIFY (§12.1.1), which goes on counting from its SUBSCRIBE.
std::optional<Dialog> Dialog::OfSubscriber(const SipMessage& notify, absl::string_view local_tag,
                                           uint32_t local_number) {
  std::optional<Dialog> dialog = OfCalled(notify, local_tag);
  if (!dialog.has_value()) return dialog;
  const std::optional<To> to = notify.Get<To>();
  NameAddr local = *to;
  local.params = {};
  dialog->local_address_.clear();
  local.AppendTo(dialog->local_address_);
  dialog->local_number_ = local_number;
  return dialog;
}

// §12.1.2: the caller takes the Record-Route of the response from its end.
void Dialog::SetRouteSetFrom(const SipMessage& response) {
  route_set_ = RouteSetOf(response);
  std::reverse(route_set_.begin(), route_set_.end());
}

SipMessage Dialog::MakeRequest(absl::string_view method, absl::string_view via) {
  return MakeNumbered(method, ++local_number_, via);
}

SipMessage Dialog::MakeAck(uint32_t invite_number, absl::string_view via) const {
  return MakeNumbered("ACK", invite_number, via);
}

SipMessage Dialog::MakeNumbered(absl::string_view method, uint32_t number,
                                absl::string_view via) const {
  // §12.2.1.1: a strict router in front wants to be the Request-URI itself, and the target then
  // ends the list.
  const bool is_strict = !route_set_.empty() && !IsLooseRouter(route_set_.front());
  SipMessage request = SipMessage::Request(method, is_strict ? route_set_.front() : remote_target_);
  if (!via.empty()) request.AddRaw(Via::kName, via);
  for (size_t i = is_strict ? 1 : 0; i < route_set_.size(); ++i) {
    request.AddRaw(Route::kName, absl::StrCat("<", route_set_[i], ">"));
  }
  if (is_strict) request.AddRaw(Route::kName, absl::StrCat("<", remote_target_, ">"));
  request.Add(MaxForwards{});
  const auto with_tag = [](const std::string& address, const std::string& tag) {
    return tag.empty() ? address : absl::StrCat(address, ";tag=", tag);
  };
  request.AddRaw(From::kName, with_tag(local_address_, local_tag_));
  request.AddRaw(To::kName, with_tag(remote_address_, remote_tag_));
  request.Add(CallId{call_id_});
  request.Add(CSeq{number, method});
  return request;
}

Dialog::Order Dialog::ObserveRemoteNumber(uint32_t number) {
  if (remote_number_.has_value() && number <= *remote_number_) return Order::kTooLow;
  remote_number_ = number;
  return Order::kInOrder;
}

void AppendDialogKey(absl::string_view call_id, absl::string_view local_tag,
                     absl::string_view remote_tag, std::string& key) {
  absl::StrAppend(&key, call_id, " ", local_tag, " ", remote_tag);
}

}  // namespace tickwire::sip
