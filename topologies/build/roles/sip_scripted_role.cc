#include "topologies/build/roles/sip_scripted_role.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/scripted/scripted_peer.h"
#include "topologies/build/literal_values.h"
#include "topologies/match/message_source.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;
using Matcher = std::function<bool(const sip::SipMessage&)>;

absl::StatusOr<Matcher> MakeMatcher(const std::string& text) {
  auto compiled = match::Compile(text, match::StandardFieldTable());
  if (const auto* const error = std::get_if<match::MatchError>(&compiled)) {
    return absl::InvalidArgumentError(absl::StrCat("match \"", text, "\": ", error->message));
  }
  return Matcher(
      [program = std::get<match::Program>(std::move(compiled))](const sip::SipMessage& message) {
        match::MessageSource source(message);
        return program.Matches(source);
      });
}

// "Name: value"
absl::StatusOr<sip::HeaderEdit> MakeEdit(sip::HeaderEdit::Kind kind, const std::string& row) {
  const size_t colon = row.find(':');
  if (colon == std::string::npos || colon == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("header row \"", row, "\" is not \"Name: value\""));
  }
  return sip::HeaderEdit{kind, std::string(absl::StripAsciiWhitespace(row.substr(0, colon))),
                         std::string(absl::StripAsciiWhitespace(row.substr(colon + 1)))};
}

// G.711 both ways at `port` of this peer.
std::string SessionBody(uint32_t port) {
  return absl::StrCat(
      "v=0\r\no=- 1 1 IN IP4 ${own.address}\r\ns=-\r\nc=IN IP4 ${own.address}\r\nt=0 0\r\n"
      "m=audio ",
      port, " RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n");
}

absl::StatusOr<sip::ScriptSend> MakeSend(const RoleContext& context,
                                         const scenario::SipScriptSend& send) {
  sip::ScriptSend made;
  made.method = send.request();
  made.status = static_cast<int>(send.response());
  made.raw = send.raw();
  if (send.has_response() && (made.status < 100 || made.status > 699)) {
    return absl::InvalidArgumentError(
        absl::StrCat("response ", made.status, " is not in 100..699"));
  }
  made.relates_to = send.of();
  if (!send.to().empty()) {
    made.to = Endpoint{context.address_of(send.to()),
                       static_cast<uint16_t>(send.to_port() == 0 ? 5060 : send.to_port())};
  }
  made.uri = send.uri();
  if (send.has_cseq()) made.cseq = send.cseq();
  made.cseq_method = send.cseq_method();
  made.call_id = send.call_id();
  made.from_tag = send.from_tag();
  made.to_tag = send.to_tag();
  made.branch = send.branch();
  made.via_transport = send.via_transport();
  made.reason = send.reason();
  for (const auto& [rows, kind] : {std::pair{&send.set(), sip::HeaderEdit::Kind::kSet},
                                   std::pair{&send.add(), sip::HeaderEdit::Kind::kAdd}}) {
    for (const std::string& row : *rows) {
      auto edit = MakeEdit(kind, row);
      if (!edit.ok()) return edit.status();
      made.edits.push_back(*std::move(edit));
    }
  }
  for (const std::string& name : send.remove()) {
    made.edits.push_back({sip::HeaderEdit::Kind::kRemove, name, {}});
  }
  made.body_type = send.body_type();
  made.body = send.sdp_port() != 0 ? SessionBody(send.sdp_port()) : send.body();
  if (send.has_content_length()) made.content_length = send.content_length();
  for (const scenario::SipScriptReplace& replace : send.replace()) {
    made.replacements.push_back({replace.from(), replace.with()});
  }
  made.save_as = send.save_as();
  made.copies = send.copies();
  made.every = DurationOf(send.every());
  return made;
}

absl::StatusOr<sip::ScriptStep> MakeStep(const RoleContext& context,
                                         const scenario::SipScriptStep& step) {
  if (step.has_send()) {
    auto send = MakeSend(context, step.send());
    if (!send.ok()) return send.status();
    return sip::ScriptStep(*std::move(send));
  }
  if (!step.has_wait()) return sip::ScriptStep(sip::ScriptPause{DurationOf(step.pause())});
  sip::ScriptWait wait;
  auto matcher = MakeMatcher(step.wait().match());
  if (!matcher.ok()) return matcher.status();
  wait.matches = *std::move(matcher);
  wait.description = step.wait().match();
  wait.save_as = step.wait().save_as();
  const Duration timeout = DurationOf(step.wait().timeout());
  if (timeout != Duration::Infinite()) wait.timeout = timeout;
  wait.goes_on = step.wait().go_on();
  return sip::ScriptStep(std::move(wait));
}

absl::StatusOr<sip::Script> MakeScript(const RoleContext& context,
                                       const scenario::SipScripted& config) {
  sip::Script script;
  switch (config.retransmissions()) {
    case scenario::ANSWER:
      script.retransmissions = sip::Script::Retransmissions::kAnswer;
      break;
    case scenario::SHOW:
      script.retransmissions = sip::Script::Retransmissions::kShow;
      break;
    default:
      break;
  }
  for (const scenario::SipScriptReaction& reaction : config.always()) {
    auto matcher = MakeMatcher(reaction.match());
    if (!matcher.ok()) return matcher.status();
    auto send = MakeSend(context, reaction.send());
    if (!send.ok()) return send.status();
    script.reactions.push_back({*std::move(matcher), *std::move(send)});
  }
  for (const scenario::SipScriptStep& step : config.step()) {
    auto made = MakeStep(context, step);
    if (!made.ok()) return made.status();
    script.steps.push_back(*std::move(made));
  }
  script.rounds = config.rounds();
  return script;
}

class SipScriptedRole : public Role {
 public:
  SipScriptedRole(RoleContext& context, const scenario::SipScripted& config, sip::Script script)
      : peer_({context.host.node.clock(), context.host.udp, context.host.seed()},
              config.user().empty() ? context.host.node.name() : config.user(), std::move(script)) {
  }
  absl::Status Open(const scenario::SipScripted& config) {
    const absl::Status status = peer_.Open({IpAddress(), static_cast<uint16_t>(config.port())});
    if (status.ok()) peer_.Start(DurationOf(config.start()));
    return status;
  }

  Totals Counters() const override {
    const sip::ScriptedPeer::Counters& c = peer_.counters();
    return {{"script steps done", static_cast<int64_t>(c.steps_done)},
            {"script messages sent", static_cast<int64_t>(c.sent)},
            {"script messages received", static_cast<int64_t>(c.received)},
            {"script repetitions absorbed", static_cast<int64_t>(c.absorbed)},
            {"script messages passed over", static_cast<int64_t>(c.passed_over)},
            {"script failures", static_cast<int64_t>(c.failures)}};
  }

 private:
  sip::ScriptedPeer peer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> MakeSipScriptedRole(RoleContext& context,
                                                          const scenario::SipScripted& config) {
  absl::StatusOr<sip::Script> script = MakeScript(context, config);
  if (!script.ok()) return script.status();
  auto role = std::make_unique<SipScriptedRole>(context, config, *std::move(script));
  if (absl::Status s = role->Open(config); !s.ok()) return s;
  return role;
}

}  // namespace tickwire
