// DialogTable: the dialogs of one user agent, each shared by its usages (RFC 5057): an INVITE
// session, subscriptions. A dialog lives as long as somebody uses it.
#ifndef TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_TABLE_H_
#define TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "protocols/sip/dialog/dialog.h"

namespace tickwire::sip {

class ServerTransaction;

class DialogUsage {
 public:
  virtual ~DialogUsage() = default;
  // Whether a request of this kind within the dialog is for this usage.
  virtual bool Takes(const SipMessage& request) const = 0;
  // Such a request; its sequence number is in order (§12.2.2).
  virtual void OnRequest(ServerTransaction& transaction) = 0;
  // The number of the call that this usage is the session of; nothing for others.
  virtual std::optional<uint64_t> call() const { return std::nullopt; }
  // An ACK to a 2xx of this usage.
  virtual void OnAck(const SipMessage& ack) { static_cast<void>(ack); }
};

struct DialogEntry {
  Dialog dialog;
  absl::InlinedVector<DialogUsage*, 1> usages;  // in order of joining

  // The first usage that takes the request; null if there is none.
  DialogUsage* UsageFor(const SipMessage& request) const;
};

class DialogTable {
 public:
  // A new dialog with its first usage; null if there is one with the same identifiers.
  DialogEntry* Add(Dialog&& dialog, DialogUsage& usage);
  void Join(DialogEntry& entry, DialogUsage& usage) { entry.usages.push_back(&usage); }
  // The dialog dies with its last usage.
  void Leave(DialogEntry& entry, const DialogUsage& usage);

  // The dialog that a request from the other side belongs to (§12.2.2); null if there is none.
  DialogEntry* Find(const SipMessage& request);
  // By the identifiers as this side sees them.
  DialogEntry* Find(absl::string_view call_id, absl::string_view local_tag,
                    absl::string_view remote_tag);
  size_t size() const { return dialogs_.size(); }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<DialogEntry>> dialogs_;
  std::string scratch_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_TABLE_H_
