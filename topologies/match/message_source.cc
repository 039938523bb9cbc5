#include "topologies/match/message_source.h"

#include <algorithm>

#include "protocols/sip/message/fields.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {

std::optional<FieldValue> MessageSource::Get(FieldId field) { return SipValue(message_, field); }

bool IsAboutSip(const Program& program) {
  return std::any_of(program.steps().begin(), program.steps().end(),
                     [](const Step& step) { return step.field.value >= PacketFields().size(); });
}

std::optional<FieldValue> SipValue(const sip::SipMessage& message, FieldId field) {
  const size_t packet_fields = PacketFields().size();
  if (field.value < packet_fields || field.value - packet_fields >= sip::AllFields().size()) {
    return std::nullopt;
  }
  const auto value = sip::Field(message, static_cast<sip::FieldId>(field.value - packet_fields));
  if (!value) return std::nullopt;
  switch (value->kind) {
    case sip::FieldKind::kNumber:
      return value->number;
    case sip::FieldKind::kText:
      return value->text;
    case sip::FieldKind::kBool:
      return value->number != 0;
  }
  return std::nullopt;
}

}  // namespace tickwire::match
