#include "protocols/sctp/packet/parameter/adaptation_layer_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AdaptationLayerParameter> AdaptationLayerParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  AdaptationLayerParameter parameter;
  ValueReader reader(view.value);
  parameter.indication = reader.Take32();
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void AdaptationLayerParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(indication);
}

std::string AdaptationLayerParameter::ToString() const {
  return absl::StrCat("Adaptation Layer Indication", " indication=", indication);
}

}  // namespace tickwire::sctp
