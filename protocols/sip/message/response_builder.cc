#include "protocols/sip/message/response_builder.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tickwire::sip {

SipMessage StartResponse(const SipMessage& request, int status, absl::string_view to_tag) {
  SipMessage response = SipMessage::Response(status);
  for (size_t i = 0; i < request.row_count(); ++i) {
    const SipMessage::Row row = request.row(i);
    if (row.id == IdOf<Via>()) response.AddRaw(Via::kName, row.value);
  }
  if (const auto from = request.GetRaw<From>()) response.AddRaw(From::kName, *from);
  if (const auto raw = request.GetRaw<To>()) {
    const std::optional<To> to = to_tag.empty() || status == 100 ? std::nullopt : request.Get<To>();
    if (to.has_value() && !to->tag().has_value()) {
      // A bare addr-spec or a bracketed one: either way a parameter may follow.
      response.AddRaw(To::kName, absl::StrCat(*raw, ";tag=", to_tag));
    } else {
      response.AddRaw(To::kName, *raw);
    }
  }
  if (const auto call_id = request.GetRaw<CallId>()) response.AddRaw(CallId::kName, *call_id);
  if (const auto cseq = request.GetRaw<CSeq>()) response.AddRaw(CSeq::kName, *cseq);
  if (status == 100) {  // §8.2.6.1
    if (const auto time = request.GetRaw<Timestamp>()) response.AddRaw(Timestamp::kName, *time);
  }
  return response;
}

SipMessage MakeResponse(const SipMessage& request, int status, absl::string_view to_tag) {
  SipMessage response = StartResponse(request, status, to_tag);
  response.Add(ContentLength{0});
  return response;
}

}  // namespace tickwire::sip
