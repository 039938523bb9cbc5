#include "protocols/sctp/packet/parameter/random_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<RandomParameter> RandomParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  RandomParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.random = reader.TakeRest();
  return parameter;
}

void RandomParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(random);
}

std::string RandomParameter::ToString() const {
  return absl::StrCat("Random", " random=", random.size(), " B");
}

}  // namespace tickwire::sctp
