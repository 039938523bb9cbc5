#include "protocols/sctp/packet/cause/resource_shortage_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ResourceShortageCause> ResourceShortageCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  ResourceShortageCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.request = reader.TakeRest();
  if (!AreParameters(cause.request)) return std::nullopt;
  return cause;
}

void ResourceShortageCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(request);
}

std::string ResourceShortageCause::ToString() const {
  return absl::StrCat("Operation Refused Due to Resource Shortage", " request=", request.size(),
                      " B");
}

}  // namespace tickwire::sctp
