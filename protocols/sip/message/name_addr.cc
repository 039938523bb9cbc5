#include "protocols/sip/message/name_addr.h"

#include <cstring>

#include "protocols/sip/message/char_class.h"

namespace tickwire::sip {
namespace {

// display-name = *(token LWS): what stands before "<" when there are no quotes.
absl::string_view TakeDisplayTokens(Scanner& scanner) {
  const absl::string_view all = scanner.rest();
  scanner.TakeWhile(kTokenChar | kLwsChar);
  return TrimLws(all.substr(0, all.size() - scanner.rest().size()));
}

// The URI of an addr-spec without brackets: it ends where the header's own parameters begin.
absl::string_view TakeBareUri(Scanner& scanner) {
  const absl::string_view text = scanner.rest();
  size_t length = 0;
  while (length < text.size() && text[length] != ';' && !IsIn(text[length], kLwsChar)) ++length;
  scanner = Scanner(text.substr(length));
  return text.substr(0, length);
}

std::optional<absl::string_view> TakeBracketed(Scanner& scanner) {
  if (!scanner.Consume('<')) return std::nullopt;
  const absl::string_view text = scanner.rest();
  const size_t end = text.find('>');
  if (end == absl::string_view::npos || end == 0) return std::nullopt;
  scanner = Scanner(text.substr(end + 1));
  return text.substr(0, end);
}

}  // namespace

std::optional<NameAddr> NameAddr::Parse(absl::string_view value) {
  return internal::ParseAs<NameAddr>(value);
}

bool NameAddr::ParseFrom(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  std::optional<absl::string_view> bracketed;
  if (scanner.Peek() == '"') {
    const std::optional<absl::string_view> quoted = scanner.QuotedString();
    if (!quoted.has_value()) return false;
    display_name = *quoted;
    scanner.SkipLws();
    bracketed = TakeBracketed(scanner);
  } else {
    Scanner ahead = scanner;
    const absl::string_view tokens = TakeDisplayTokens(ahead);
    if (ahead.Peek() == '<') {
      display_name = tokens;
      scanner = ahead;
      bracketed = TakeBracketed(scanner);
    } else {
      bracketed = TakeBareUri(scanner);
      // §20: a URI with these must be in brackets, or nobody could tell whose they are.
      if (bracketed->find_first_of("?,<>\"") != absl::string_view::npos) return false;
    }
  }
  if (!bracketed.has_value() || !UriScheme(*bracketed).has_value()) return false;
  uri = *bracketed;
  if (!params.ParseFrom(scanner)) return false;
  scanner.SkipLws();
  if (!scanner.at_end()) return false;
  return true;
}

void NameAddr::AppendTo(std::string& out) const {
  if (!display_name.empty()) {
    out.append(display_name.data(), display_name.size());
    out.push_back(' ');
  }
  out.push_back('<');
  out.append(uri.data(), uri.size());
  out.push_back('>');
  params.AppendTo(out);
}

std::optional<Contact> Contact::Parse(absl::string_view value) {
  if (TrimLws(value) == "*") {
    std::optional<Contact> star(std::in_place);
    star->uri = TrimLws(value);
    return star;
  }
  return internal::ParseAs<Contact>(value);
}

void Contact::AppendTo(std::string& out) const {
  if (is_star()) {
    out.push_back('*');
  } else {
    NameAddr::AppendTo(out);
  }
}

namespace {
// Route and Record-Route are name-addr only: a bare URI is an error (§20.30, §20.34).
bool HasBrackets(absl::string_view value) { return value.find('<') != absl::string_view::npos; }
}  // namespace

std::optional<Route> Route::Parse(absl::string_view value) {
  if (!HasBrackets(value)) return std::nullopt;
  return internal::ParseAs<Route>(value);
}

std::optional<RecordRoute> RecordRoute::Parse(absl::string_view value) {
  if (!HasBrackets(value)) return std::nullopt;
  return internal::ParseAs<RecordRoute>(value);
}

}  // namespace tickwire::sip
