#include "protocols/sctp/packet/parameter/add_outgoing_streams_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AddOutgoingStreamsParameter> AddOutgoingStreamsParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  AddOutgoingStreamsParameter parameter;
  ValueReader reader(view.value);
  parameter.request_sequence_number = reader.Take32();
  parameter.new_streams = reader.Take16();
  reader.Take16();  // reserved
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void AddOutgoingStreamsParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(request_sequence_number).Put16(new_streams).Put16(0);
}

std::string AddOutgoingStreamsParameter::ToString() const {
  return absl::StrCat("Add Outgoing Streams Request",
                      " request sequence number=", request_sequence_number,
                      " new streams=", new_streams);
}

}  // namespace tickwire::sctp
