#include "protocols/sctp/packet/cause/delete_source_address_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<DeleteSourceAddressCause> DeleteSourceAddressCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  DeleteSourceAddressCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.request = reader.TakeRest();
  if (!AreParameters(cause.request)) return std::nullopt;
  return cause;
}

void DeleteSourceAddressCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(request);
}

std::string DeleteSourceAddressCause::ToString() const {
  return absl::StrCat("Request to Delete Source IP Address", " request=", request.size(), " B");
}

}  // namespace tickwire::sctp
