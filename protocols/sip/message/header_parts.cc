#include "protocols/sip/message/header_parts.h"

#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip::internal {
namespace {

bool ParseParamsToEnd(Scanner& scanner, Params& params) {
  if (!params.ParseFrom(scanner)) return false;
  scanner.SkipLws();
  return scanner.at_end();
}

}  // namespace

std::optional<absl::string_view> ParseToken(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const absl::string_view token = scanner.Token();
  if (token.empty() || !scanner.at_end()) return std::nullopt;
  return token;
}

bool ParseTokenAndParams(absl::string_view value, absl::string_view& token, Params& params) {
  Scanner scanner(value);
  scanner.SkipLws();
  token = scanner.Token();
  return !token.empty() && ParseParamsToEnd(scanner, params);
}

bool ParseSecondsAndParams(absl::string_view value, uint32_t& seconds, Params& params) {
  Scanner scanner(value);
  scanner.SkipLws();
  const auto number = ParseDecimal(scanner.TakeWhile(kDigitChar), kMaxDeltaSeconds);
  if (!number.has_value()) return false;
  seconds = static_cast<uint32_t>(*number);
  return ParseParamsToEnd(scanner, params);
}

bool ParseBracketedUri(absl::string_view value, absl::string_view& uri, Params& params) {
  Scanner scanner(value);
  scanner.SkipLws();
  if (!scanner.Consume('<')) return false;
  const absl::string_view text = scanner.rest();
  const size_t end = text.find('>');
  if (end == absl::string_view::npos) return false;
  uri = text.substr(0, end);
  if (!IsUri(uri)) return false;
  scanner = Scanner(text.substr(end + 1));
  return ParseParamsToEnd(scanner, params);
}

std::optional<uint64_t> NumberParam(const Params& params, absl::string_view name, uint64_t max) {
  const std::optional<absl::string_view> text = params.Find(name);
  return text.has_value() ? ParseDecimal(*text, max) : std::nullopt;
}

bool IsNumberParamOrAbsent(const Params& params, absl::string_view name, uint64_t max) {
  return !params.Has(name) || NumberParam(params, name, max).has_value();
}

void AppendText(std::string& out, absl::string_view text, const Params& params) {
  out.append(text.data(), text.size());
  params.AppendTo(out);
}

}  // namespace tickwire::sip::internal
