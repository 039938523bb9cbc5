#include "protocols/sctp/packet/parameter/heartbeat_info_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<HeartbeatInfoParameter> HeartbeatInfoParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  HeartbeatInfoParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.info = reader.TakeRest();
  return parameter;
}

void HeartbeatInfoParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(info);
}

std::string HeartbeatInfoParameter::ToString() const {
  return absl::StrCat("Heartbeat Info", " info=", info.size(), " B");
}

}  // namespace tickwire::sctp
