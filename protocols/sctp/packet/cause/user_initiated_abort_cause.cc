#include "protocols/sctp/packet/cause/user_initiated_abort_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UserInitiatedAbortCause> UserInitiatedAbortCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  UserInitiatedAbortCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.reason = reader.TakeRest();
  return cause;
}

void UserInitiatedAbortCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(reason);
}

std::string UserInitiatedAbortCause::ToString() const {
  return absl::StrCat("User-Initiated Abort", " reason=", reason.size(), " B");
}

}  // namespace tickwire::sctp
