#include "protocols/sip/transaction/transaction_key.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

bool HasMagicCookie(absl::string_view branch) {
  return branch.size() > kMagicCookie.size() &&
         EqualsIgnoreCase(branch.substr(0, kMagicCookie.size()), kMagicCookie);
}

// Tokens compare without case (§7.3.1).
void AppendLower(absl::string_view text, std::string& out) {
  for (const char c : text) out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
}

}  // namespace

bool MakeClientKey(const SipMessage& message, std::string& key) {
  const std::optional<Via> via = message.Get<Via>();
  const std::optional<CSeq> cseq = message.Get<CSeq>();
  if (!via.has_value() || !cseq.has_value()) return false;
  const std::optional<absl::string_view> branch = via->branch();
  if (!branch.has_value()) return false;
  key.clear();
  AppendLower(*branch, key);
  absl::StrAppend(&key, " ", cseq->method);
  return true;
}

bool HasBranchOfRfc3261(const SipMessage& request) {
  const std::optional<Via> via = request.Get<Via>();
  return via.has_value() && HasMagicCookie(via->branch().value_or(absl::string_view()));
}

absl::string_view ToTagOf(const SipMessage& message) {
  const std::optional<To> to = message.Get<To>();
  return to.has_value() ? to->tag().value_or(absl::string_view()) : absl::string_view();
}

bool MakeServerKey(const SipMessage& request, std::string& key) {
  return MakeServerKey(request, request.method_name(),
                       HasBranchOfRfc3261(request) ? absl::string_view() : ToTagOf(request), key);
}

bool MakeServerKey(const SipMessage& request, absl::string_view method, absl::string_view to_tag,
                   std::string& key) {
  const std::optional<Via> via = request.Get<Via>();
  if (!via.has_value()) return false;
  if (method == "ACK") method = "INVITE";
  key.clear();
  const absl::string_view branch = via->branch().value_or(absl::string_view());
  if (HasMagicCookie(branch)) {
    AppendLower(branch, key);
    key.push_back(' ');
    AppendLower(via->host, key);
    absl::StrAppend(&key, ":", via->port_or_default(), " ", method);
    return true;
  }
  const std::optional<From> from = request.Get<From>();
  const std::optional<CallId> call_id = request.Get<CallId>();
  const std::optional<CSeq> cseq = request.Get<CSeq>();
  if (!from.has_value() || !call_id.has_value() || !cseq.has_value()) return false;
  absl::StrAppend(&key, "2543 ", request.request_uri(), " ", from->tag().value_or(""), " ", to_tag,
                  " ", call_id->id, " ", cseq->number, " ");
  via->AppendTo(key);
  absl::StrAppend(&key, " ", method);
  return true;
}

}  // namespace tickwire::sip
