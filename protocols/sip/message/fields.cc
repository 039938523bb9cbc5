#include "protocols/sip/message/fields.h"

#include <cstddef>

namespace tickwire::sip {
namespace {

using enum FieldKind;

constexpr FieldInfo kFields[] = {
    {FieldId::kIsRequest, "sip.is_request", kBool, "the message is a request"},
    {FieldId::kIsResponse, "sip.is_response", kBool, "the message is a response"},
    {FieldId::kMethod, "sip.method", kText, "method of a request (INVITE, ACK, ...)"},
    {FieldId::kStatus, "sip.status", kNumber, "status code of a response (100 to 699)"},
    {FieldId::kReason, "sip.reason", kText, "reason phrase of a response"},
    {FieldId::kRequestUri, "sip.request_uri", kText, "Request-URI of a request"},
    {FieldId::kStartLine, "sip.start_line", kText, "the whole first line"},
    {FieldId::kVersion, "sip.version", kText, "SIP-Version of the first line"},
    {FieldId::kCallId, "sip.call_id", kText, "Call-ID"},
    {FieldId::kBodySize, "sip.body_size", kNumber, "octets of the body"},
    {FieldId::kMaxForwards, "sip.max_forwards", kNumber, "Max-Forwards"},
    {FieldId::kExpires, "sip.expires", kNumber, "Expires, in seconds"},
    {FieldId::kContentType, "sip.content_type", kText, "Content-Type as written"},
    {FieldId::kCSeqNumber, "cseq.number", kNumber, "sequence number of CSeq"},
    {FieldId::kCSeqMethod, "cseq.method", kText, "method of CSeq: also in responses"},
    {FieldId::kViaBranch, "via.branch", kText, "branch of the top Via"},
    {FieldId::kViaHost, "via.host", kText, "sent-by host of the top Via"},
    {FieldId::kViaTransport, "via.transport", kText, "transport of the top Via"},
    {FieldId::kViaCount, "via.count", kNumber, "number of Via values"},
    {FieldId::kFromTag, "from.tag", kText, "tag of From"},
    {FieldId::kFromUri, "from.uri", kText, "URI of From"},
    {FieldId::kToTag, "to.tag", kText, "tag of To; absent before a dialog"},
    {FieldId::kToUri, "to.uri", kText, "URI of To"},
    {FieldId::kContactUri, "contact.uri", kText, "URI of the first Contact"},
};

constexpr bool IsInOrder() {
  for (size_t i = 0; i < std::size(kFields); ++i) {
    if (static_cast<size_t>(kFields[i].id) != i) return false;
  }
  return std::size(kFields) == static_cast<size_t>(FieldId::kContactUri) + 1;
}
static_assert(IsInOrder());

FieldValue Text(absl::string_view text) { return {kText, 0, text}; }
FieldValue Number(int64_t number) { return {kNumber, number, {}}; }
FieldValue Bool(bool value) { return {kBool, value ? 1 : 0, {}}; }

std::optional<FieldValue> OptionalText(std::optional<absl::string_view> text) {
  if (!text.has_value()) return std::nullopt;
  return Text(*text);
}

std::optional<FieldValue> StartLineField(const SipMessage& message, FieldId id) {
  switch (id) {
    case FieldId::kIsRequest:
      return Bool(message.is_request());
    case FieldId::kIsResponse:
      return Bool(message.is_response());
    case FieldId::kMethod:
      if (message.is_request()) return Text(message.method_name());
      return std::nullopt;
    case FieldId::kRequestUri:
      if (message.is_request()) return Text(message.request_uri());
      return std::nullopt;
    case FieldId::kStatus:
      if (message.is_response()) return Number(message.status());
      return std::nullopt;
    case FieldId::kReason:
      if (message.is_response()) return Text(message.reason());
      return std::nullopt;
    case FieldId::kVersion:
      return Text(message.version());
    default:
      return Text(message.start_line());
  }
}

std::optional<FieldValue> ViaField(const SipMessage& message, FieldId id) {
  if (id == FieldId::kViaCount) return Number(static_cast<int64_t>(message.GetAll<Via>().size()));
  const std::optional<Via> via = message.Get<Via>();
  if (!via.has_value()) return std::nullopt;
  if (id == FieldId::kViaBranch) return OptionalText(via->branch());
  return Text(id == FieldId::kViaHost ? via->host : via->transport);
}

template <class Header>
std::optional<FieldValue> Tag(const SipMessage& message) {
  const std::optional<Header> header = message.Get<Header>();
  if (!header.has_value()) return std::nullopt;
  return OptionalText(header->tag());
}
template <class Header>
std::optional<FieldValue> UriOf(const SipMessage& message) {
  const std::optional<Header> header = message.Get<Header>();
  if (!header.has_value()) return std::nullopt;
  return Text(header->uri);
}

}  // namespace

std::span<const FieldInfo> AllFields() { return kFields; }

std::optional<FieldId> FindField(absl::string_view name) {
  for (const FieldInfo& field : kFields) {
    if (field.name == name) return field.id;
  }
  return std::nullopt;
}

std::optional<FieldValue> Field(const SipMessage& message, FieldId id) {
  switch (id) {
    case FieldId::kCallId:
      return OptionalText(message.GetRaw<CallId>());
    case FieldId::kContentType:
      return OptionalText(message.GetRaw<ContentType>());
    case FieldId::kBodySize:
      return Number(static_cast<int64_t>(message.body().size()));
    case FieldId::kMaxForwards:
      if (const auto value = message.Get<MaxForwards>()) return Number(value->hops);
      return std::nullopt;
    case FieldId::kExpires:
      if (const auto value = message.Get<Expires>()) return Number(value->seconds);
      return std::nullopt;
    case FieldId::kCSeqNumber:
      if (const auto value = message.Get<CSeq>()) return Number(value->number);
      return std::nullopt;
    case FieldId::kCSeqMethod:
      if (const auto value = message.Get<CSeq>()) return Text(value->method);
      return std::nullopt;
    case FieldId::kViaBranch:
    case FieldId::kViaHost:
    case FieldId::kViaTransport:
    case FieldId::kViaCount:
      return ViaField(message, id);
    case FieldId::kFromTag:
      return Tag<From>(message);
    case FieldId::kFromUri:
      return UriOf<From>(message);
    case FieldId::kToTag:
      return Tag<To>(message);
    case FieldId::kToUri:
      return UriOf<To>(message);
    case FieldId::kContactUri:
      return UriOf<Contact>(message);
    default:
      return StartLineField(message, id);
  }
}

}  // namespace tickwire::sip
