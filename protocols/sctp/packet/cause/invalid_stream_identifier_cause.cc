#include "protocols/sctp/packet/cause/invalid_stream_identifier_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<InvalidStreamIdentifierCause> InvalidStreamIdentifierCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  InvalidStreamIdentifierCause cause;
  ValueReader reader(view.value);
  cause.stream = StreamId{reader.Take16()};
  reader.Take16();  // reserved
  if (!reader.done()) return std::nullopt;
  return cause;
}

void InvalidStreamIdentifierCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.Put16(stream.value).Put16(0);
}

std::string InvalidStreamIdentifierCause::ToString() const {
  return absl::StrCat("Invalid Stream Identifier", " stream=", stream.value);
}

}  // namespace tickwire::sctp
