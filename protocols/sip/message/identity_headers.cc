#include "protocols/sip/message/identity_headers.h"

namespace tickwire::sip {

std::optional<Privacy> Privacy::Parse(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  Privacy result{scanner.rest()};
  do {
    if (scanner.Token().empty()) return std::nullopt;
  } while (scanner.ConsumeSeparator(';'));
  if (!scanner.at_end()) return std::nullopt;
  return result;
}
void Privacy::AppendTo(std::string& out) const { out.append(values.data(), values.size()); }

bool Privacy::Has(absl::string_view value) const {
  Scanner scanner(values);
  do {
    if (EqualsIgnoreCase(scanner.Token(), value)) return true;
  } while (scanner.ConsumeSeparator(';'));
  return false;
}

std::optional<PAssertedIdentity> PAssertedIdentity::Parse(absl::string_view value) {
  return internal::ParseAs<PAssertedIdentity>(value);
}
std::optional<PPreferredIdentity> PPreferredIdentity::Parse(absl::string_view value) {
  return internal::ParseAs<PPreferredIdentity>(value);
}

}  // namespace tickwire::sip
