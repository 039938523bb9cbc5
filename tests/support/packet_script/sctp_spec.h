// SctpSpec: an SCTP packet as a script writes it: chunks, parameters and causes by name, each with
// fields by name. What the names mean on the wire only sctp_dialect knows.
//
//   INIT_ACK[flgs=0, tag=2, a_rwnd=..., os=..., is=..., tsn=1, STATE_COOKIE[len=..., val=...], ...]
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SPEC_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::packet_script {

struct SctpItem;

struct SctpValue {
  // "..." | 7 | BE | "text" | [1, 2:3, {4, 5}] | NAME[...]
  enum class Kind { kAny, kNumber, kWord, kText, kList, kItem };
  Kind kind = Kind::kAny;
  int64_t number = 0;
  std::string text;             // kWord, kText
  std::vector<SctpValue> list;  // kList: 2:3 and {4, 5} are lists in it
  std::vector<SctpItem> item;   // kItem: one
};

struct SctpField {
  std::string name;
  SctpValue value;
};

// A chunk, a parameter or a cause.
struct SctpItem {
  std::string name;
  std::vector<SctpField> fields;
  std::vector<SctpItem> items;  // those written in it without a field's name
  bool and_more = false;        // "..." at the end: more items may follow

  const SctpValue* Find(absl::string_view field) const {
    for (const SctpField& one : fields) {
      if (field == one.name) return &one.value;
    }
    return nullptr;
  }
  // Absent or "...": none.
  std::optional<int64_t> Number(absl::string_view field) const {
    const SctpValue* const value = Find(field);
    if (value == nullptr || value->kind != SctpValue::Kind::kNumber) return std::nullopt;
    return value->number;
  }
};

struct SctpSpec {
  std::optional<uint32_t> tag;  // of the common header; not given: the one that RFC 9260 wants
  bool bad_crc = false;
  std::vector<SctpItem> chunks;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_SPEC_H_
