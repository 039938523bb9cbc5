#include "protocols/sip/dialog/dialog_table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire::sip {

DialogUsage* DialogEntry::UsageFor(const SipMessage& request) const {
  for (DialogUsage* const usage : usages) {
    if (usage->Takes(request)) return usage;
  }
  return nullptr;
}

DialogEntry* DialogTable::Add(Dialog&& dialog, DialogUsage& usage) {
  std::string key;
  AppendDialogKey(dialog.call_id(), dialog.local_tag(), dialog.remote_tag(), key);
  const auto [place, is_new] = dialogs_.try_emplace(std::move(key));
  if (!is_new) return nullptr;
  place->second = std::make_unique<DialogEntry>(DialogEntry{std::move(dialog), {&usage}});
  return place->second.get();
}

void DialogTable::Leave(DialogEntry& entry, const DialogUsage& usage) {
  const auto place = std::find(entry.usages.begin(), entry.usages.end(), &usage);
  TW_CHECK(place != entry.usages.end());
  entry.usages.erase(place);
  if (!entry.usages.empty()) return;
  scratch_.clear();
  AppendDialogKey(entry.dialog.call_id(), entry.dialog.local_tag(), entry.dialog.remote_tag(),
                  scratch_);
  dialogs_.erase(scratch_);
}

DialogEntry* DialogTable::Find(const SipMessage& request) {
  const std::optional<From> from = request.Get<From>();
  const std::optional<To> to = request.Get<To>();
  const std::optional<CallId> call_id = request.Get<CallId>();
  if (!from.has_value() || !to.has_value() || !call_id.has_value()) return nullptr;
  return Find(call_id->id, to->tag().value_or(""), from->tag().value_or(""));
}

DialogEntry* DialogTable::Find(absl::string_view call_id, absl::string_view local_tag,
                               absl::string_view remote_tag) {
  scratch_.clear();
  AppendDialogKey(call_id, local_tag, remote_tag, scratch_);
  const auto found = dialogs_.find(scratch_);
  return found == dialogs_.end() ? nullptr : found->second.get();
}

}  // namespace tickwire::sip
