#include "protocols/sip/overload/overload_params.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace tickwire::sip {
namespace {

constexpr uint32_t kDefaultValidityMs = 500;  // §4.3
constexpr uint32_t kMaxValidityMs = 3'600'000;

}  // namespace

absl::string_view OverloadAlgorithmName(OverloadAlgorithm algorithm) {
  return algorithm == OverloadAlgorithm::kLoss ? "loss" : "rate";
}

std::optional<OverloadFeedback> OverloadFeedback::Of(const Via& via) {
  const std::optional<absl::string_view> oc = via.params.Find("oc");
  if (!oc.has_value() || oc->empty()) return std::nullopt;
  const std::optional<uint64_t> value = ParseDecimal(*oc, 1'000'000'000);
  if (!value.has_value()) return std::nullopt;
  OverloadFeedback feedback;
  feedback.value = static_cast<uint32_t>(*value);
  const std::string name = Unquote(via.params.Find("oc-algo").value_or("loss"));
  if (absl::EqualsIgnoreCase(name, "rate")) {
    feedback.algorithm = OverloadAlgorithm::kRate;
  } else if (!absl::EqualsIgnoreCase(name, "loss")) {
    return std::nullopt;
  }
  uint64_t validity = kDefaultValidityMs;
  if (const auto text = via.params.Find("oc-validity")) {
    const std::optional<uint64_t> read = ParseDecimal(*text, kMaxValidityMs);
    if (!read.has_value()) return std::nullopt;
    validity = *read;
  }
  feedback.validity = Duration::Millis(static_cast<int64_t>(validity));
  if (const auto text = via.params.Find("oc-seq")) {
    const size_t point = text->find('.');
    const std::optional<uint64_t> seconds = ParseDecimal(text->substr(0, point), 999'999'999'999);
    std::string fraction(point == absl::string_view::npos ? "0" : text->substr(point + 1));
    if (!seconds.has_value() || fraction.empty() || fraction.size() > 5) return std::nullopt;
    fraction.resize(5, '0');  // §10: up to five digits
    const std::optional<uint64_t> part = ParseDecimal(fraction, 99'999);
    if (!part.has_value()) return std::nullopt;
    feedback.sequence = *seconds * 1000 + *part / 100;
  }
  return feedback;
}

std::string OverloadFeedback::SequenceText() const {
  return absl::StrFormat("%d.%03d", sequence / 1000, sequence % 1000);
}

bool OffersOverloadControl(const Via& via, OverloadAlgorithm algorithm) {
  if (!via.params.Has("oc")) return false;
  const std::string offered = Unquote(via.params.Find("oc-algo").value_or("loss"));
  for (const absl::string_view name : absl::StrSplit(offered, ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(name),
                               OverloadAlgorithmName(algorithm))) {
      return true;
    }
  }
  return false;
}

}  // namespace tickwire::sip
