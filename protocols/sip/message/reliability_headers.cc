#include "protocols/sip/message/reliability_headers.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

constexpr uint64_t kMaxRSeq = std::numeric_limits<uint32_t>::max();

std::optional<uint32_t> TakeNumber(Scanner& scanner, uint64_t max) {
  const std::optional<uint64_t> number = ParseDecimal(scanner.TakeWhile(kDigitChar), max);
  if (!number.has_value()) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

}  // namespace

std::optional<RSeq> RSeq::Parse(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const std::optional<uint32_t> number = TakeNumber(scanner, kMaxRSeq);
  // §7.1: numbers start at 1.
  if (!number.has_value() || *number == 0 || !scanner.at_end()) return std::nullopt;
  return RSeq{*number};
}
void RSeq::AppendTo(std::string& out) const { absl::StrAppend(&out, number); }

std::optional<RAck> RAck::Parse(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const std::optional<uint32_t> rseq = TakeNumber(scanner, kMaxRSeq);
  if (!rseq.has_value() || *rseq == 0 || !IsIn(scanner.Peek(), kLwsChar)) return std::nullopt;
  scanner.SkipLws();
  const std::optional<uint32_t> cseq = TakeNumber(scanner, kMaxCSeq);
  if (!cseq.has_value() || !IsIn(scanner.Peek(), kLwsChar)) return std::nullopt;
  scanner.SkipLws();
  const absl::string_view method = scanner.Token();
  if (method.empty() || !scanner.at_end()) return std::nullopt;
  return RAck{*rseq, *cseq, method};
}
void RAck::AppendTo(std::string& out) const { absl::StrAppend(&out, rseq, " ", cseq, " ", method); }

}  // namespace tickwire::sip
