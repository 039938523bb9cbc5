// The fields that a match expression may name, gathered from the protocols' tables.
//
//   constexpr FieldInfo kUdpFields[] = {{"udp.srcport", FieldKind::kNumber, "source port"}, ...};
//   FieldTable table;
//   table.Add(kUdpFields);
//
// A FieldId is the rank of the field in the order of addition: whoever implements FieldSource adds
// the tables itself and so knows where each begins (Add returns the first id).
#ifndef TICKWIRE_TOPOLOGIES_MATCH_FIELD_TABLE_H_
#define TICKWIRE_TOPOLOGIES_MATCH_FIELD_TABLE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "sim_core/base/strong_alias.h"

namespace tickwire::match {

enum class FieldKind : uint8_t {
  kNumber,  // int64; durations are in ns
  kText,    // compared byte by byte
  kBool,
  kAddress,  // text of an IP address in canonical form; may be compared with a node's name too
};

struct FieldInfo {
  absl::string_view name;  // "cseq.method"; static storage
  FieldKind kind;
  absl::string_view doc;  // a few words, for help and errors
  // kText: all that it may be compared with by == != in; empty: any text.
  std::span<const absl::string_view> values = {};
};

using FieldId = StrongAlias<struct FieldIdTag, uint16_t>;

// A field's value in one packet. Text is borrowed from the source, valid until its next Get().
using FieldValue = std::variant<int64_t, absl::string_view, bool>;

// One decoded packet. Stateless: asking twice gives the same answer.
class FieldSource {
 public:
  virtual ~FieldSource() = default;
  // nullopt: the packet has no such field. The value's type is that of the field's kind (text for
  // addresses).
  virtual std::optional<FieldValue> Get(FieldId field) = 0;
  // Whether `holds` is true of the value, or of one of the values where a field may occur more than
  // once in a packet (chunks of SCTP). Get() gives the first of them.
  virtual bool Any(FieldId field, absl::FunctionRef<bool(const FieldValue&)> holds) {
    const std::optional<FieldValue> value = Get(field);
    return value && holds(*value);
  }
};

class FieldTable {
 public:
  // Returns the id of the first. REQUIRES: no name given twice; at most 65,535 fields.
  FieldId Add(std::span<const FieldInfo> fields);

  std::optional<FieldId> Find(absl::string_view name) const;
  // The first field of a protocol: of "udp", the first that begins with "udp.".
  std::optional<FieldId> FirstOf(absl::string_view protocol) const;
  const FieldInfo& info(FieldId id) const { return fields_[id.value]; }
  const std::vector<FieldInfo>& fields() const { return fields_; }
  // The name that may have been meant: a similar one, else the first of the same protocol with the
  // same word in its name or description ("sctp.tag": sctp.verification_tag); "" if none is near.
  std::string Nearest(absl::string_view name) const;

 private:
  std::string OfTheSameWord(absl::string_view name) const;

  std::vector<FieldInfo> fields_;
  absl::flat_hash_map<absl::string_view, uint16_t> by_name_;  // looked up, never iterated
};

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_FIELD_TABLE_H_
