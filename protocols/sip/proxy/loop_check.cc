#include "protocols/sip/proxy/loop_check.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/transport/transport_names.h"
#include "sim_core/trace/digest.h"

namespace tickwire::sip {

std::string LoopHash(const SipMessage& request) {
  std::string text(request.request_uri());
  for (size_t i = 0; i < request.row_count(); ++i) {
    const SipMessage::Row row = request.row(i);
    if (row.id == IdOf<Route>()) absl::StrAppend(&text, "\n", row.value);
  }
  const std::optional<CSeq> cseq = request.Get<CSeq>();
  const std::optional<From> from = request.Get<From>();
  absl::StrAppend(&text, "\n", request.GetRaw<CallId>().value_or(""), "\n",
                  cseq.has_value() ? cseq->number : 0, "\n",
                  from.has_value() ? from->tag().value_or("") : "");
  return absl::StrCat(
      absl::Hex(static_cast<uint32_t>(StableHash64(absl::string_view(text))), absl::kZeroPad8));
}

std::string MakeBranch(absl::string_view unique, absl::string_view loop_hash) {
  return absl::StrCat(kMagicCookie, unique, ".", loop_hash);
}

bool HasLooped(const SipMessage& request, absl::string_view loop_hash, const ServerIdentity& me) {
  const std::string second_part = absl::StrCat(".", loop_hash);
  if (!absl::StrContains(request.text(), second_part)) return false;  // by far the most frequent
  for (const Via& via : request.GetAll<Via>()) {
    const std::optional<absl::string_view> branch = via.branch();
    if (!branch.has_value() || !absl::EndsWith(*branch, second_part)) continue;
    if (me.IsMe(via.host, via.port_or_default(), TransportOfVia(via.transport))) return true;
  }
  return false;
}

}  // namespace tickwire::sip
