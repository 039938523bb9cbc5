#include "protocols/sip/registrar/qvalue.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sip {

std::optional<uint16_t> ParseQValue(absl::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  uint16_t value = text[0] == '1' ? 1000 : 0;
  text.remove_prefix(1);
  if (text.empty()) return value;
  if (text[0] != '.' || text.size() > 4) return std::nullopt;
  uint16_t unit = 100;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = static_cast<uint16_t>(value + (c - '0') * unit);
    unit = static_cast<uint16_t>(unit / 10);
  }
  if (value > 1000) return std::nullopt;
  return value;
}

std::string QValueText(uint16_t thousandths) {
  if (thousandths >= 1000) return "1";
  if (thousandths == 0) return "0";
  std::string text = absl::StrCat("0.", thousandths / 100, thousandths / 10 % 10, thousandths % 10);
  while (text.back() == '0') text.pop_back();
  return text;
}

}  // namespace tickwire::sip
