#include "protocols/sctp/packet/cause/unsupported_hmac_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UnsupportedHmacCause> UnsupportedHmacCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  UnsupportedHmacCause cause;
  ValueReader reader(view.value);
  cause.hmac_id = reader.Take16();
  if (!reader.done()) return std::nullopt;
  return cause;
}

void UnsupportedHmacCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.Put16(hmac_id);
}

std::string UnsupportedHmacCause::ToString() const {
  return absl::StrCat("Unsupported HMAC Identifier", " hmac id=", hmac_id);
}

}  // namespace tickwire::sctp
