#include "protocols/sctp/packet/parameter/reconfig_response_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ReconfigResponseParameter> ReconfigResponseParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  ReconfigResponseParameter parameter;
  ValueReader reader(view.value);
  parameter.response_sequence_number = reader.Take32();
  parameter.result = reader.Take32();
  if (reader.left() > 0) {
    const Tsn sender{reader.Take32()};
    const Tsn receiver{reader.Take32()};
    parameter.next_tsns = NextTsns{sender, receiver};
  }
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void ReconfigResponseParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(response_sequence_number).Put32(result);
  if (next_tsns) writer.Put32(next_tsns->sender.value).Put32(next_tsns->receiver.value);
}

std::string ReconfigResponseParameter::ToString() const {
  static const char* const kNames[] = {
      "nothing to do",       "performed",           "denied",     "wrong SSN",
      "request in progress", "bad sequence number", "in progress"};
  return absl::StrCat("Re-configuration Response request=", response_sequence_number, " ",
                      result < 7 ? kNames[result] : "unknown result");
}

}  // namespace tickwire::sctp
