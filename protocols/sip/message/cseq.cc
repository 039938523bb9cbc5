#include "protocols/sip/message/cseq.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {

std::optional<CSeq> CSeq::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  const std::optional<uint64_t> number = ParseDecimal(scanner.TakeWhile(kDigitChar), kMaxCSeq);
  if (!number.has_value() || !IsIn(scanner.Peek(), kLwsChar)) return std::nullopt;
  scanner.SkipLws();
  const absl::string_view method = scanner.Token();
  scanner.SkipLws();
  if (method.empty() || !scanner.at_end()) return std::nullopt;
  return CSeq{static_cast<uint32_t>(*number), method};
}

void CSeq::AppendTo(std::string& out) const { absl::StrAppend(&out, number, " ", method); }

std::optional<CallId> CallId::Parse(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const absl::string_view all = scanner.rest();
  if (scanner.TakeWhile(kWordChar).empty()) return std::nullopt;
  if (scanner.Consume('@') && scanner.TakeWhile(kWordChar).empty()) return std::nullopt;
  if (!scanner.at_end()) return std::nullopt;
  return CallId{all};
}

std::optional<InReplyTo> InReplyTo::Parse(absl::string_view value) {
  const std::optional<CallId> call_id = CallId::Parse(value);
  if (!call_id.has_value()) return std::nullopt;
  return InReplyTo{call_id->id};
}

}  // namespace tickwire::sip
