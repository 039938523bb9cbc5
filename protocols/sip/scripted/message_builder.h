// Builds the messages of a script: what the RFC asks for, then the overrides.
//
// MODEL: routes are loose ones, and targets are where the related message came from (no DNS).
// Keeps what one needs for that of each Call-ID: own tag, sequence numbers, the latest INVITE. The
// oldest Call-IDs are forgotten beyond kMaxScriptCalls.
#ifndef TICKWIRE_PROTOCOLS_SIP_SCRIPTED_MESSAGE_BUILDER_H_
#define TICKWIRE_PROTOCOLS_SIP_SCRIPTED_MESSAGE_BUILDER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/scripted/script.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

inline constexpr size_t kMaxScriptCalls = 1024;

// A message that a script knows by name.
struct StoredMessage {
  SipMessage message = SipMessage::Response(100);
  bool is_received = false;
  Endpoint peer;  // where it came from, or went to
};

class MessageBuilder {
 public:
  // `own` is the address and port for Via and Contact, `user` the user part of From and Contact.
  MessageBuilder(RunSeed seed, absl::string_view stream_owner, std::string user);

  // The finished octets of `send`, all variables already replaced. `related`: the message that it
  // answers or whose dialog it belongs to; null when there is none (a response is then impossible:
  // empty text). `own`: this peer's address towards `target`.
  std::string Build(const ScriptSend& send, const StoredMessage* related, const Endpoint& own,
                    const Endpoint& target);

  // A token of this peer's: 12 letters and digits.
  std::string NewToken() { return Token(); }

 private:
  struct Call {
    std::string own_tag;
    uint32_t next_cseq = 1;
    std::string invite;  // the latest of ours, as sent
  };

  std::string Token();
  Call& CallOf(const std::string& call_id);
  SipMessage BuildResponse(const ScriptSend& send, const SipMessage& request, const Endpoint& own);
  SipMessage BuildRequest(const ScriptSend& send, const StoredMessage* related, const Endpoint& own,
                          const Endpoint& target);
  // CANCEL, and ACK to a failure: they copy what matches them to our INVITE (RFC 3261 §9.1,
  // §17.1.1.3).
  std::optional<SipMessage> BuildDerived(const ScriptSend& send, const StoredMessage& related);

  Rng tokens_;
  std::string user_;
  std::map<std::string, Call> calls_;
  std::deque<std::string> order_;  // of calls_, oldest first
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_SCRIPTED_MESSAGE_BUILDER_H_
