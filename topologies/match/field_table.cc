#include "topologies/match/field_table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "sim_core/base/check.h"
#include "topologies/match/suggest.h"

namespace tickwire::match {

FieldId FieldTable::Add(std::span<const FieldInfo> fields) {
  const FieldId first{static_cast<uint16_t>(fields_.size())};
  TW_CHECK(fields_.size() + fields.size() < 65'536);
  for (const FieldInfo& field : fields) {
    const bool is_new = by_name_.emplace(field.name, static_cast<uint16_t>(fields_.size())).second;
    TW_CHECK(is_new);
    fields_.push_back(field);
  }
  return first;
}

std::optional<FieldId> FieldTable::Find(absl::string_view name) const {
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return std::nullopt;
  return FieldId{it->second};
}

std::optional<FieldId> FieldTable::FirstOf(absl::string_view protocol) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    const absl::string_view name = fields_[i].name;
    if (absl::StartsWith(name, protocol) && name.substr(protocol.size(), 1) == ".") {
      return FieldId{static_cast<uint16_t>(i)};
    }
  }
  return std::nullopt;
}

std::string FieldTable::Nearest(absl::string_view name) const {
  std::vector<absl::string_view> names;
  for (const FieldInfo& field : fields_) names.push_back(field.name);
  std::string nearest = tickwire::Nearest(name, names);
  if (!nearest.empty()) return nearest;
  // "status" for "sip.status".
  for (const absl::string_view candidate : names) {
    const size_t dot = candidate.rfind('.');
    if (dot != absl::string_view::npos && candidate.substr(dot + 1) == name) {
      return std::string(candidate);
    }
  }
  return OfTheSameWord(name);
}

std::string FieldTable::OfTheSameWord(absl::string_view name) const {
  const size_t dot = name.find('.');
  if (dot == absl::string_view::npos) return "";
  const absl::string_view rest = name.substr(dot + 1);
  const absl::string_view word = rest.substr(0, rest.find('_'));
  if (word.size() < 3) return "";
  for (const FieldInfo& field : fields_) {
    if (!absl::StartsWith(field.name, name.substr(0, dot + 1))) continue;
    const absl::string_view own = field.name.substr(dot + 1);
    for (const absl::string_view text : {own, field.doc}) {
      for (const absl::string_view one : absl::StrSplit(text, absl::ByAnyChar("_ ,."))) {
        if (one == word) return std::string(field.name);
      }
    }
  }
  return "";
}

}  // namespace tickwire::match
