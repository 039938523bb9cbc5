#include "protocols/sctp/packet/parameter/add_incoming_streams_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AddIncomingStreamsParameter> AddIncomingStreamsParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  AddIncomingStreamsParameter parameter;
  ValueReader reader(view.value);
  parameter.request_sequence_number = reader.Take32();
  parameter.new_streams = reader.Take16();
  reader.Take16();  // reserved
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void AddIncomingStreamsParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(request_sequence_number).Put16(new_streams).Put16(0);
}

std::string AddIncomingStreamsParameter::ToString() const {
  return absl::StrCat("Add Incoming Streams Request",
                      " request sequence number=", request_sequence_number,
                      " new streams=", new_streams);
}

}  // namespace tickwire::sctp
