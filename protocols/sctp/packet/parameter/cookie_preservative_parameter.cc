#include "protocols/sctp/packet/parameter/cookie_preservative_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<CookiePreservativeParameter> CookiePreservativeParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  CookiePreservativeParameter parameter;
  ValueReader reader(view.value);
  parameter.life_span_increment = reader.Take32();
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void CookiePreservativeParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(life_span_increment);
}

std::string CookiePreservativeParameter::ToString() const {
  return absl::StrCat("Cookie Preservative", " life span increment=", life_span_increment);
}

}  // namespace tickwire::sctp
