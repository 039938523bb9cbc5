// What a scripted peer does, step by step: the data behind topologies/roles/sip_scripted.proto.
//
// All texts of a send step may name what is known: "${invite.call_id}" (see variables.h).
#ifndef TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPT_H_
#define TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/sip/message/sip_message.h"
#include "protocols/transport/endpoint.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sip {

struct HeaderEdit {
  enum class Kind : uint8_t { kSet, kAdd, kRemove };
  Kind kind = Kind::kSet;
  std::string name;   // any; need not be a known header
  std::string value;  // as it is to stand there; not for kRemove
};

// One message. Without overrides it is what the RFC asks for; each override breaks or bends it.
struct ScriptSend {
  std::string method;      // a request ...
  int status = 0;          // ... or a response ...
  std::string raw;         // ... or this text, octet for octet (after variables)
  std::string reason;      // of a response; empty: the default phrase
  std::string relates_to;  // response: to that request; request: within the dialog of that message;
                           // empty: to the latest request received; outside any dialog
  std::optional<Endpoint> to;  // default: where the RFC says, else where relates_to came from

  // Overrides; empty or absent: as it should be.
  std::string uri, call_id, from_tag, to_tag, branch, cseq_method;
  std::string via_transport;  // "TCP": what the top Via says; it goes over UDP all the same
  std::optional<uint32_t> cseq;
  std::vector<HeaderEdit> edits;  // in this order, behind all else
  std::string body_type, body;
  std::optional<uint32_t> content_length;  // whatever the body has
  struct Replacement {
    std::string from, to;  // every occurrence
  };
  std::vector<Replacement> replacements;  // in the finished text, last of all

  std::string save_as;          // so that later steps can speak of it
  uint32_t copies = 1;          // of the same octets
  Duration every = Duration();  // between copies; they go out while later steps run
};

struct ScriptWait {
  // The first message that has come, or comes, and satisfies this; others are passed over.
  std::function<bool(const SipMessage&)> matches;
  std::string description;  // for the trace
  std::string save_as;
  std::optional<Duration> timeout;  // nothing: waits for ever
  bool goes_on = false;             // at the timeout: on with the next step; else the script fails
};

struct ScriptPause {
  Duration duration;
};

using ScriptStep = std::variant<ScriptSend, ScriptWait, ScriptPause>;

// What is answered without any step, whenever it comes.
struct ScriptReaction {
  std::function<bool(const SipMessage&)> matches;
  ScriptSend send;  // relates_to empty: to the message that matched
};

struct Script {
  enum class Retransmissions : uint8_t {
    kAbsorb,  // octet-for-octet repetitions are not shown to the steps
    kAnswer,  // and a repeated request gets the same response again, a repeated 2xx the same ACK
    kShow,    // they count as any message
  };
  Retransmissions retransmissions = Retransmissions::kAbsorb;
  std::vector<ScriptReaction> reactions;  // the first that matches
  std::vector<ScriptStep> steps;
  uint32_t rounds = 1;  // how often the steps run; 0: for ever
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPT_H_
