// Dialog: the relation of two user agents that a 101-299 response to an INVITE makes (RFC 3261
// §12): identifiers, sequence numbers, route set and remote target. Owns its texts.
//
// Knows nothing of calls, transactions or timers: it makes the requests of its side and judges the
// sequence numbers of the other. Each direction counts for itself (§12.2.2).
#ifndef TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_H_
#define TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

class Dialog {
 public:
  // Caller's side (§12.1.2), of its INVITE and a 101-299 response. Nothing without Contact or tag
  // in the response.
  static std::optional<Dialog> OfCaller(const SipMessage& invite, const SipMessage& response);
  // Called side (§12.1.1). Nothing without Contact in the INVITE.
  static std::optional<Dialog> OfCalled(const SipMessage& invite, absl::string_view local_tag);

  // Subscriber's side, made by the first NOTIFY (RFC 6665 §4.4.1); `local_number` is of the
  // SUBSCRIBE.
  static std::optional<Dialog> OfSubscriber(const SipMessage& notify, absl::string_view local_tag,
                                            uint32_t local_number);

  // A request within the dialog with the next sequence number (§12.2.1.1): start line, the value
  // `via` (none when empty: it is added when the hop is known), Route, Max-Forwards, From, To,
  // Call-ID, CSeq. The caller ends it.
  SipMessage MakeRequest(absl::string_view method, absl::string_view via);
  // The ACK to a 2xx (§13.2.2.4): the INVITE's number.
  SipMessage MakeAck(uint32_t invite_number, absl::string_view via) const;

  // The next sequence number, for a request that is made again (§8.1.3.5).
  uint32_t TakeNumber() { return ++local_number_; }

  enum class Order : uint8_t { kInOrder, kTooLow };
  // Takes note of the number of a request from the other side (§12.2.2): gaps are fine, lower or
  // equal is not.
  Order ObserveRemoteNumber(uint32_t number);
  // §12.2.1.2: a target refresh.
  void set_remote_target(absl::string_view uri) { remote_target_ = std::string(uri); }

  // The route set of an early dialog is computed again from the 2xx (§13.2.2.4). Caller only.
  void SetRouteSetFrom(const SipMessage& response);

  // Where requests go next: the first route, or the remote target (§12.2.1.1).
  const std::string& next_hop_uri() const {
    return route_set_.empty() ? remote_target_ : route_set_.front();
  }
  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  const std::string& remote_tag() const { return remote_tag_; }
  const std::string& remote_target() const { return remote_target_; }
  const std::vector<std::string>& route_set() const { return route_set_; }  // URIs
  uint32_t local_number() const { return local_number_; }

 private:
  Dialog() = default;
  SipMessage MakeNumbered(absl::string_view method, uint32_t number, absl::string_view via) const;

  std::string call_id_;
  std::string local_tag_;
  std::string remote_tag_;
  std::string local_address_;   // name-addr without the tag
  std::string remote_address_;  // the same
  std::string remote_target_;   // a URI
  std::vector<std::string> route_set_;
  uint32_t local_number_ = 0;
  std::optional<uint32_t> remote_number_;
};

// The key of the dialog that a request belongs to, seen from the side that received it (§12.2.2).
void AppendDialogKey(absl::string_view call_id, absl::string_view local_tag,
                     absl::string_view remote_tag, std::string& key);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_DIALOG_DIALOG_H_
