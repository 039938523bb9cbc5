#include "protocols/sctp/packet/parameter/outgoing_ssn_reset_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<OutgoingSsnResetParameter> OutgoingSsnResetParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  OutgoingSsnResetParameter parameter;
  ValueReader reader(view.value);
  parameter.request_sequence_number = reader.Take32();
  parameter.response_sequence_number = reader.Take32();
  parameter.last_assigned_tsn = Tsn{reader.Take32()};
  if (!reader.ok() || reader.left() % 2 != 0) return std::nullopt;
  while (reader.left() > 0) parameter.streams.push_back(StreamId{reader.Take16()});
  return parameter;
}

void OutgoingSsnResetParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(request_sequence_number)
      .Put32(response_sequence_number)
      .Put32(last_assigned_tsn.value);
  for (const StreamId one : streams) writer.Put16(one.value);
}

std::string OutgoingSsnResetParameter::ToString() const {
  std::string text = absl::StrCat("Outgoing SSN Reset Request",
                                  " request sequence number=", request_sequence_number,
                                  " response sequence number=", response_sequence_number,
                                  " last assigned tsn=", last_assigned_tsn.value);
  for (const auto one : streams) absl::StrAppend(&text, " ", one.value);
  return text;
}

}  // namespace tickwire::sctp
