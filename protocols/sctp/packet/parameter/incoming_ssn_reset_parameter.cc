#include "protocols/sctp/packet/parameter/incoming_ssn_reset_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<IncomingSsnResetParameter> IncomingSsnResetParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  IncomingSsnResetParameter parameter;
  ValueReader reader(view.value);
  parameter.request_sequence_number = reader.Take32();
  if (!reader.ok() || reader.left() % 2 != 0) return std::nullopt;
  while (reader.left() > 0) parameter.streams.push_back(StreamId{reader.Take16()});
  return parameter;
}

void IncomingSsnResetParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(request_sequence_number);
  for (const StreamId one : streams) writer.Put16(one.value);
}

std::string IncomingSsnResetParameter::ToString() const {
  std::string text = absl::StrCat("Incoming SSN Reset Request",
                                  " request sequence number=", request_sequence_number);
  for (const auto one : streams) absl::StrAppend(&text, " ", one.value);
  return text;
}

}  // namespace tickwire::sctp
