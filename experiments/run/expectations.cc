#include "experiments/run/expectations.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "topologies/build/literal_values.h"
#include "topologies/expand/network_builder.h"
#include "topologies/match/message_source.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/standard_fields.h"
#include "topologies/validate/network_index.h"

namespace tickwire {
namespace {

using scenario::Expect;

constexpr size_t kTimesShown = 12;

// One expectation while the trace goes by.
class Judge {
 public:
  Judge(const Expect& expect, const scenario::Scenario& effective, const NetworkIndex& network);

  // `packet` decodes the packet of the record, if it has one; `message` is the message of a
  // connection, if the record is about one.
  void See(const TraceReader& trace, const FileRecord& record, match::PacketSource* packet,
           const sip::SipMessage* message);
  ExpectationOutcome Conclude() const;

 private:
  bool IsAbout(const TraceReader& trace, const FileRecord& record, match::PacketSource* packet,
               const sip::SipMessage* message) const;
  bool IsOnLink(const TraceReader& trace, const FileRecord& record) const;
  bool MatchesLabel(const TraceReader& trace, const FileRecord& record, TraceKind kind,
                    const std::string& name) const;
  bool IsBecause(const TraceReader& trace, const FileRecord& record) const;
  std::string Statement() const;
  std::string Condition() const;
  bool Holds() const;
  bool HoldsTimes() const;
  std::string Found() const;

  const Expect& expect_;
  std::optional<match::Program> program_;
  // The ends of expect.link: (node, interface).
  std::vector<std::pair<std::string, std::string>> link_ends_;
  const SimTime from_, until_;
  const Duration within_;
  std::vector<SimTime> seen_;
};

Judge::Judge(const Expect& expect, const scenario::Scenario& effective, const NetworkIndex& network)
    : expect_(expect),
      from_(TimeOf(expect.from())),
      until_(TimeOf(expect.until())),
      within_(DurationOf(expect.within())) {
  const std::string* expression = nullptr;
  if (expect.what_case() == Expect::kSends) expression = &expect.sends();
  if (expect.what_case() == Expect::kReceives) expression = &expect.receives();
  if (expect.what_case() == Expect::kDrops) expression = &expect.drops();
  if (expression != nullptr) {
    auto compiled = match::Compile(
        *expression, match::StandardFieldTable(),
        {.addresses_of = [&](absl::string_view name) { return network.Addresses(name); }});
    TW_CHECK(std::holds_alternative<match::Program>(compiled));  // checked by the loader
    program_ = std::move(std::get<match::Program>(compiled));
  }
  for (const scenario::Link& link : effective.link()) {
    if (expect.link().empty() || link.name() != expect.link()) continue;
    for (const std::string& end : {link.a(), link.b()}) {
      link_ends_.emplace_back(NodeOfAttachment(end), InterfaceOfAttachment(end));
    }
  }
}

bool Judge::IsOnLink(const TraceReader& trace, const FileRecord& record) const {
  if (link_ends_.empty()) return true;
  return std::any_of(link_ends_.begin(), link_ends_.end(), [&](const auto& end) {
    return trace.node_name(NodeId{record.node}) == end.first &&
           trace.entity_name(NodeId{record.node}, record.entity) == end.second;
  });
}

bool Judge::MatchesLabel(const TraceReader& trace, const FileRecord& record, TraceKind kind,
                         const std::string& name) const {
  return record.kind == kind && trace.label_name(record.label) == name &&
         absl::StrContains(trace.entity_name(NodeId{record.node}, record.entity), expect_.of());
}

// The text of a note, or the reason for a state.
bool Judge::IsBecause(const TraceReader& trace, const FileRecord& record) const {
  if (expect_.because().empty()) return true;
  if (record.kind == TraceKind::kState) {
    return absl::StrContains(trace.label_name(record.reason), expect_.because());
  }
  const std::span<const uint8_t> text = trace.bytes(record);
  return absl::StrContains(
      absl::string_view(reinterpret_cast<const char*>(text.data()), text.size()),
      expect_.because());
}

bool Judge::IsAbout(const TraceReader& trace, const FileRecord& record, match::PacketSource* packet,
                    const sip::SipMessage* message) const {
  const auto matches = [&](TraceKind kind) {
    return record.kind == kind && packet != nullptr && program_->Matches(*packet);
  };
  // What is said of SIP means messages: over connections they are not packets.
  const auto means = [&](TraceKind kind, absl::string_view direction) {
    if (!match::IsAboutSip(*program_)) return matches(kind);
    if (message != nullptr) {
      match::MessageSource source(*message);
      return trace.label_name(record.label) == direction && program_->Matches(source);
    }
    return matches(kind) && packet->udp().has_value();
  };
  switch (expect_.what_case()) {
    case Expect::kSends:
      return means(TraceKind::kPacketSent, "sent");
    case Expect::kReceives:
      return means(TraceKind::kPacketDelivered, "received");
    case Expect::kDrops:
      return matches(TraceKind::kPacketDropped) && IsOnLink(trace, record) &&
             (expect_.cause().empty() || trace.label_name(record.label) == expect_.cause());
    case Expect::kFires:
      return MatchesLabel(trace, record, TraceKind::kTimerFired, expect_.fires());
    case Expect::kSets:
      return MatchesLabel(trace, record, TraceKind::kTimerSet, expect_.sets());
    case Expect::kCancels:
      return MatchesLabel(trace, record, TraceKind::kTimerCancelled, expect_.cancels());
    case Expect::kEnters:
      return MatchesLabel(trace, record, TraceKind::kState, expect_.enters()) &&
             IsBecause(trace, record);
    case Expect::kNotes:
      return MatchesLabel(trace, record, TraceKind::kNote, expect_.notes()) &&
             IsBecause(trace, record);
    case Expect::kSamples:
      return MatchesLabel(trace, record, TraceKind::kSample, expect_.samples()) &&
             (!expect_.has_least() || record.value >= expect_.least()) &&
             (!expect_.has_most() || record.value <= expect_.most());
    case Expect::WHAT_NOT_SET:
      break;
  }
  return false;
}

void Judge::See(const TraceReader& trace, const FileRecord& record, match::PacketSource* packet,
                const sip::SipMessage* message) {
  if (record.time() < from_ || record.time() > until_) return;
  if (!expect_.node().empty() && trace.node_name(NodeId{record.node}) != expect_.node()) return;
  if (IsAbout(trace, record, packet, message)) seen_.push_back(record.time());
}

bool Judge::HoldsTimes() const {
  if (static_cast<int>(seen_.size()) != expect_.times_size()) return false;
  std::vector<SimTime> wanted;
  for (const std::string& time : expect_.times()) wanted.push_back(TimeOf(time));
  std::sort(wanted.begin(), wanted.end());
  const Duration base = expect_.relative_to() == scenario::FIRST && !seen_.empty()
                            ? seen_.front().since_start
                            : Duration();
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Duration off = seen_[i] - (wanted[i] + base);
    if (off > within_ || -off > within_) return false;
  }
  return true;
}

bool Judge::Holds() const {
  const size_t n = seen_.size();
  if (expect_.times_size() > 0 && !HoldsTimes()) return false;
  if (!expect_.at().empty()) {
    const SimTime wanted = TimeOf(expect_.at());
    if (std::none_of(seen_.begin(), seen_.end(),
                     [&](SimTime t) { return t - wanted <= within_ && wanted - t <= within_; })) {
      return false;
    }
  }
  if (expect_.has_count() && n != expect_.count()) return false;
  if (expect_.has_at_least() && n < expect_.at_least()) return false;
  if (expect_.has_at_most() && n > expect_.at_most()) return false;
  if (expect_.never() && n > 0) return false;
  const bool has_condition = expect_.times_size() > 0 || !expect_.at().empty() ||
                             expect_.has_count() || expect_.has_at_least() ||
                             expect_.has_at_most() || expect_.never();
  return has_condition || n > 0;
}

std::string Judge::Condition() const {
  std::vector<std::string> parts;
  const std::string margin =
      within_ == Duration() ? "" : absl::StrCat(" (give or take ", ToString(within_), ")");
  if (!expect_.at().empty()) parts.push_back(absl::StrCat("at ", expect_.at(), margin));
  if (expect_.times_size() > 0) {
    parts.push_back(absl::StrCat("at exactly ", absl::StrJoin(expect_.times(), ", "),
                                 expect_.relative_to() == scenario::FIRST ? " after the first" : "",
                                 margin));
  }
  if (expect_.has_count()) parts.push_back(absl::StrCat("exactly ", expect_.count()));
  if (expect_.has_at_least()) parts.push_back(absl::StrCat("at least ", expect_.at_least()));
  if (expect_.has_at_most()) parts.push_back(absl::StrCat("at most ", expect_.at_most()));
  if (expect_.never()) parts.push_back("never");
  if (parts.empty()) parts.push_back("at least once");
  if (from_ > SimTime()) parts.push_back(absl::StrCat("from ", expect_.from()));
  if (until_ < SimTime::Infinite()) parts.push_back(absl::StrCat("until ", expect_.until()));
  return absl::StrJoin(parts, ", ");
}

std::string Judge::Statement() const {
  const std::string who = expect_.node().empty() ? "any node" : expect_.node();
  const auto packet = [](const std::string& match) {
    return match.empty() ? std::string("a packet") : match;
  };
  std::string what;
  switch (expect_.what_case()) {
    case Expect::kSends:
      what = absl::StrCat(who, " sends ", packet(expect_.sends()));
      break;
    case Expect::kReceives:
      what = absl::StrCat(who, " receives ", packet(expect_.receives()));
      break;
    case Expect::kDrops:
      what = absl::StrCat(packet(expect_.drops()), " is dropped",
                          expect_.link().empty() ? "" : absl::StrCat(" on ", expect_.link()),
                          expect_.node().empty() ? "" : absl::StrCat(" in ", expect_.node()),
                          expect_.cause().empty() ? "" : absl::StrCat(" (", expect_.cause(), ")"));
      break;
    case Expect::kFires:
      what = absl::StrCat("timer ", expect_.fires(), " of ", who, " fires");
      break;
    case Expect::kSets:
      what = absl::StrCat("timer ", expect_.sets(), " of ", who, " is set");
      break;
    case Expect::kCancels:
      what = absl::StrCat("timer ", expect_.cancels(), " of ", who, " is cancelled");
      break;
    case Expect::kEnters:
      what = absl::StrCat(who, " enters ", expect_.enters());
      break;
    case Expect::kNotes:
      what = absl::StrCat(who, " notes ", expect_.notes());
      break;
    case Expect::kSamples:
      what = absl::StrCat(who, " has a ", expect_.samples(),
                          expect_.has_least() ? absl::StrCat(" >= ", expect_.least()) : "",
                          expect_.has_most() ? absl::StrCat(" <= ", expect_.most()) : "");
      break;
    case Expect::WHAT_NOT_SET:
      break;
  }
  if (!expect_.because().empty()) absl::StrAppend(&what, " (", expect_.because(), ")");
  if (!expect_.of().empty()) absl::StrAppend(&what, " [", expect_.of(), "]");
  return absl::StrCat(what, ": ", Condition());
}

std::string Judge::Found() const {
  if (seen_.empty()) return "none";
  std::vector<std::string> times;
  for (size_t i = 0; i < std::min(seen_.size(), kTimesShown); ++i) {
    times.push_back(ToString(seen_[i].since_start));
  }
  if (seen_.size() > kTimesShown) times.push_back("...");
  return absl::StrCat(seen_.size(), " at ", absl::StrJoin(times, ", "));
}

ExpectationOutcome Judge::Conclude() const {
  return {.held = Holds(), .statement = Statement(), .rule = expect_.rule(), .found = Found()};
}

}  // namespace

std::vector<ExpectationOutcome> JudgeExpectations(const scenario::Scenario& effective,
                                                  const TraceReader& trace) {
  const NetworkIndex network(effective);
  std::vector<Judge> judges;
  for (const Expect& expect : effective.expect()) judges.emplace_back(expect, effective, network);
  for (size_t row = 0; row < trace.size() && !judges.empty(); ++row) {
    const FileRecord& record = trace[row];
    std::optional<match::PacketSource> packet;
    if (record.kind <= TraceKind::kPacketDropped) {
      // The bytes stand with the record itself if they are news, else with the one that it follows.
      const FileRecord* holder = &record;
      if (record.bytes_offset == kNoBytes) {
        const std::optional<size_t> sent = trace.Find(record.packet());
        if (sent) holder = &trace[*sent];
      }
      packet.emplace(trace.bytes(*holder), holder->virtual_tail);
    }
    // Parsed once for all judges.
    std::optional<sip::SipMessage> message;
    if (record.kind == TraceKind::kMessage &&
        absl::StartsWith(trace.entity_name(NodeId{record.node}, record.entity), "sip connection")) {
      const std::span<const uint8_t> wire = trace.bytes(record);
      message = sip::SipMessage::Parse(std::string(wire.begin(), wire.end())).message;
    }
    for (Judge& judge : judges) {
      judge.See(trace, record, packet ? &*packet : nullptr, message ? &*message : nullptr);
    }
  }
  std::vector<ExpectationOutcome> outcomes;
  for (const Judge& judge : judges) outcomes.push_back(judge.Conclude());
  return outcomes;
}

}  // namespace tickwire
