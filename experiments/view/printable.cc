#include "experiments/view/printable.h"

#include <algorithm>
#include <cstdint>

#include "topologies/utf8.h"

namespace tickwire {
namespace {

bool IsPrintable(absl::string_view character) {
  const uint8_t first = static_cast<uint8_t>(character[0]);
  const uint8_t last = static_cast<uint8_t>(character[character.size() - 1]);
  switch (character.size()) {
    case 1:
      return first >= 0x20 && first != 0x7f;
    case 2:
      return first != 0xc2 || last >= 0xa0;  // C1 controls
    case 3:                                  // U+FFFE and U+FFFF are no characters of XML
      return first != 0xef || static_cast<uint8_t>(character[1]) != 0xbf || last < 0xbe;
    default:
      return true;
  }
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t size = Utf8Length(text);
    if (size == 0 || !IsPrintable(text.substr(0, size))) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text.data(), size);
    }
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return out;
}

}  // namespace tickwire
