#include "protocols/sip/message/warning.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sip {

std::optional<Warning> Warning::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  Warning result;
  const absl::string_view code = scanner.TakeWhile(kDigitChar);
  const std::optional<uint64_t> number = ParseDecimal(code, 999);
  if (code.size() != 3 || !number.has_value() || !scanner.Consume(' ')) return std::nullopt;
  result.code = static_cast<uint16_t>(*number);
  result.agent = scanner.TakeWhile(kParamValueChar);
  if (result.agent.empty() || !scanner.Consume(' ')) return std::nullopt;
  const std::optional<absl::string_view> text = scanner.QuotedString();
  scanner.SkipLws();
  if (!text.has_value() || !scanner.at_end()) return std::nullopt;
  result.text = *text;
  return result;
}

void Warning::AppendTo(std::string& out) const {
  absl::StrAppend(&out, absl::Dec(code, absl::kZeroPad3), " ", agent, " ", text);
}

std::optional<Reason> Reason::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  Reason result;
  result.protocol = scanner.Token();
  if (result.protocol.empty() || !result.params.ParseFrom(scanner)) return std::nullopt;
  if (result.params.Has("cause") && !result.cause().has_value()) return std::nullopt;
  scanner.SkipLws();
  if (!scanner.at_end()) return std::nullopt;
  return result;
}

void Reason::AppendTo(std::string& out) const {
  absl::StrAppend(&out, protocol);
  params.AppendTo(out);
}

std::optional<uint16_t> Reason::cause() const {
  const std::optional<absl::string_view> text = params.Find("cause");
  if (!text.has_value()) return std::nullopt;
  const std::optional<uint64_t> number = ParseDecimal(*text, 65535);
  if (!number.has_value()) return std::nullopt;
  return static_cast<uint16_t>(*number);
}

}  // namespace tickwire::sip
