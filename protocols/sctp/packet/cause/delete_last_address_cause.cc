#include "protocols/sctp/packet/cause/delete_last_address_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<DeleteLastAddressCause> DeleteLastAddressCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  DeleteLastAddressCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.request = reader.TakeRest();
  if (!AreParameters(cause.request)) return std::nullopt;
  return cause;
}

void DeleteLastAddressCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(request);
}

std::string DeleteLastAddressCause::ToString() const {
  return absl::StrCat("Request to Delete Last Remaining IP Address", " request=", request.size(),
                      " B");
}

}  // namespace tickwire::sctp
