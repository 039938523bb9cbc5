// Fuzz entry for the SIP message layer: parser, validator, tree, fields, typed access and changes.
//
// Demands no crash, places inside the text, and that what is written reads back as the same.
// With libFuzzer (clang): -fsanitize=fuzzer. Without, sip_fuzz_test replays the corpus and
// mutations of it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocols/sip/message/describe.h"
#include "protocols/sip/message/fields.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/validate.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {

template <class... Headers>
void ReadAll(const SipMessage& message, HeaderList<Headers...>) {
  const auto round_trip = [](const auto& value) {
    using Header = std::decay_t<decltype(value)>;
    std::string written;
    value.AppendTo(written);
    TW_CHECK(Header::Parse(written).has_value());
  };
  const auto read = [&](const auto& all) {
    for (const auto& value : all) round_trip(value);
  };
  (read(message.GetAll<Headers>()), ...);
}

void CheckPlaces(const SipMessage& message) {
  for (const TreeLine& line : DescribeTree(message)) {
    TW_CHECK(line.offset + line.length <= message.text().size());
  }
  for (const Violation& violation : Validate(message)) {
    TW_CHECK(violation.offset <= message.text().size());
  }
  for (const FieldInfo& field : AllFields()) (void)Field(message, field.id);
}

void CheckChanges(SipMessage message) {
  message.Set(MaxForwards{7});
  message.Prepend(CSeq{1, "INVITE"});
  message.RemoveFirst<Via>();
  message.RemoveFirst<Contact>();
  message.Remove<Route>();
  const std::string before = message.Serialize();
  TW_CHECK(message.Wire() == before);
  TW_CHECK(message.Serialize() == before);
  const ParseResult again = SipMessage::Parse(before);
  TW_CHECK(again.message.Get<MaxForwards>() == MaxForwards{7});
}

}  // namespace
}  // namespace tickwire::sip

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire::sip;  // NOLINT: an entry point, not a library
  const ParseResult parsed =
      SipMessage::Parse(std::string(reinterpret_cast<const char*>(data), size));
  for (const Violation& violation : parsed.violations) {
    TW_CHECK(violation.offset <= parsed.message.text().size());
  }
  CheckPlaces(parsed.message);
  ReadAll(parsed.message, KnownHeaders{});
  if (parsed.message.is_request()) {
    (void)MakeResponse(parsed.message, 400, "tag").TakeWire();
    if (parsed.violations.empty()) CheckChanges(parsed.message);
  }
  if (parsed.violations.empty()) {
    const std::string written = parsed.message.Serialize();
    const ParseResult again = SipMessage::Parse(written);
    TW_CHECK(again.violations.empty());
    TW_CHECK(again.message.row_count() == parsed.message.row_count());
    TW_CHECK(again.message.body() == parsed.message.body());
    TW_CHECK(again.message.Serialize() == written);
  }
  return 0;
}
