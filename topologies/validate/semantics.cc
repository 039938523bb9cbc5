#include "topologies/validate/semantics.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "protocols/transport/ip_address.h"
#include "topologies/expand/network_builder.h"
#include "topologies/literals.h"

namespace tickwire {
namespace {

using scenario::At;
using scenario::Capture;
using scenario::Effect;
using scenario::Expect;
using scenario::Interface;
using scenario::Link;
using scenario::Node;
using scenario::Scenario;
using text::Where;

constexpr uint32_t kLeastIpv6Mtu = 1280;  // RFC 8200 §5

// The literal's value, or the default for an empty or bad one (reported elsewhere).
Duration DurationOr(const std::string& text, Duration fallback) {
  const LiteralOr<Duration> value = ParseDuration(text);
  return value.ok() ? *value : fallback;
}

class Semantics {
 public:
  Semantics(const Scenario& written, const Expansion& expansion, const NetworkIndex& network,
            const Where& root, DiagnosticSink& sink)
      : written_(written), expansion_(expansion), network_(network), root_(root), sink_(sink) {
    stop_ = DurationOr(written.stop_at(), Duration::Seconds(3600));
  }

  void Run() {
    CheckFormat();
    ReportProblems();
    CheckNodes();
    CheckAddresses();
    CheckTemplates();
    for (int i = 0; i < expansion_.scenario.link_size() && !sink_.is_full(); ++i) {
      if (expansion_.links[i].exact)
        CheckLink(expansion_.scenario.link(i), PlaceOf(expansion_.links[i]));
    }
    for (int i = 0; i < expansion_.scenario.at_size() && !sink_.is_full(); ++i) {
      CheckAction(expansion_.scenario.at(i), PlaceOf(expansion_.actions[i]));
    }
    for (int i = 0; i < written_.expect_size() && !sink_.is_full(); ++i) {
      CheckExpectation(written_.expect(i), root_.Inside(Scenario::kExpectFieldNumber, i));
    }
    for (int i = 0; i < written_.capture_size() && !sink_.is_full(); ++i) {
      CheckCapture(written_.capture(i), root_.Inside(Scenario::kCaptureFieldNumber, i));
    }
  }

 private:
  Where PlaceOf(const Origin& origin) const { return root_.Inside(origin.field, origin.index); }
  void CheckFormat();
  void ReportProblems();
  void CheckNodes();
  void CheckAddresses();
  void CheckTemplates();
  void CheckLink(const Link& link, const Where& where);
  void CheckLinkBody(const Link& link, const Where& where);
  void CheckEffects(const google::protobuf::RepeatedPtrField<Effect>& effects, int field,
                    const Where& link);
  void CheckEffect(const Effect& effect, const Where& where);
  void CheckAction(const At& at, const Where& where);
  void CheckExpectation(const Expect& expect, const Where& where);
  void CheckCapture(const Capture& capture, const Where& where);
  void CheckOrder(const std::string& from, const std::string& until, Span span);
  void Contradiction(Span span, std::string message, std::string expected = "") {
    sink_.Error(span, {"E0311", std::move(message), std::move(expected), "", ""});
  }

  const Scenario& written_;
  const Expansion& expansion_;
  const NetworkIndex& network_;
  const Where& root_;
  DiagnosticSink& sink_;
  Duration stop_;
};

void Semantics::CheckFormat() {
  if (written_.format() <= kNewestFormat) return;
  sink_.Error(root_.Value(Scenario::kFormatFieldNumber),
              {"E0118", absl::StrCat("this file is written in format ", written_.format()),
               absl::StrCat("format ", kNewestFormat, " or older"), "",
               "a newer tickwire reads it; other complaints about this file may be its echo"});
}

void Semantics::ReportProblems() {
  for (const Problem& problem : expansion_.problems) {
    const Where where = PlaceOf(problem.origin);
    sink_.Error(problem.subfield != 0 ? where.Value(problem.subfield) : where.span,
                problem.finding);
  }
}

void Semantics::CheckNodes() {
  for (int i = 0; i < expansion_.scenario.node_size() && !sink_.is_full(); ++i) {
    if (!expansion_.nodes[i].exact) continue;
    const Node& node = expansion_.scenario.node(i);
    const Where where = PlaceOf(expansion_.nodes[i]);
    absl::flat_hash_map<std::string, int> seen;
    for (int j = 0; j < node.interface_size(); ++j) {
      if (node.interface(j).name().empty() || seen.emplace(node.interface(j).name(), j).second) {
        continue;
      }
      sink_.Error(where.Inside(Node::kInterfaceFieldNumber, j).Value(Interface::kNameFieldNumber),
                  {"E0318",
                   absl::StrCat("\"", node.name(), "\" has two interfaces named \"",
                                node.interface(j).name(), "\""),
                   "a name of its own", "", ""});
    }
    const bool is_complete = expansion_.problems.empty() && !network_.has_loose_ends();
    if (is_complete && !network_.IsLinked(node.name()) && expansion_.scenario.node_size() > 1) {
      sink_.Warning(where.Value(Node::kNameFieldNumber),
                    {"W0601", absl::StrCat("no link leads to \"", node.name(), "\""), "", "",
                     "it can neither send nor receive"});
    }
  }
}

void Semantics::CheckAddresses() {
  absl::flat_hash_map<std::string, std::string> owners;
  for (int i = 0; i < expansion_.scenario.node_size() && !sink_.is_full(); ++i) {
    const Node& node = expansion_.scenario.node(i);
    for (int j = 0; j < node.interface_size(); ++j) {
      for (int k = 0; k < node.interface(j).address_size(); ++k) {
        const std::optional<IpPrefix> prefix = IpPrefix::Parse(node.interface(j).address(k));
        if (!prefix) continue;
        const std::string name = absl::StrCat(node.name(), "/", node.interface(j).name());
        const auto [owner, is_new] = owners.emplace(prefix->address.ToString(), name);
        if (is_new) continue;
        const Where interface = PlaceOf(expansion_.nodes[i]).Inside(Node::kInterfaceFieldNumber, j);
        sink_.Error(
            interface.Value(Interface::kAddressFieldNumber, k),
            {"E0306", absl::StrCat(owner->first, " is already the address of ", owner->second),
             "an address of its own", "", "leave `address` out and one is assigned"});
      }
    }
  }
}

void Semantics::CheckOrder(const std::string& from, const std::string& until, Span span) {
  const Duration begin = DurationOr(from, Duration());
  if (begin < DurationOr(until, Duration::Infinite())) return;
  sink_.Error(span, {"E0315",
                     absl::StrCat("the time from ", from.empty() ? "0s" : from, " until ", until,
                                  " is empty"),
                     "`from` before `until`", "", ""});
}

void Semantics::CheckEffect(const Effect& effect, const Where& where) {
  if (effect.has_outage()) {
    CheckOrder(effect.outage().from(), effect.outage().until(), where.span);
  } else if (effect.has_drop()) {
    CheckOrder(effect.drop().from(), effect.drop().until(), where.span);
  } else if (effect.has_jitter() && effect.jitter().delay().has_uniform()) {
    const scenario::Uniform& uniform = effect.jitter().delay().uniform();
    if (DurationOr(uniform.min(), Duration()) > DurationOr(uniform.max(), Duration::Infinite())) {
      sink_.Error(where.span, {"E0320", "`min` is above `max`", "", "", ""});
    }
  }
}

void Semantics::CheckEffects(const google::protobuf::RepeatedPtrField<Effect>& effects, int field,
                             const Where& link) {
  // What a direction can have only one of.
  absl::flat_hash_map<int, int> seen;
  for (int i = 0; i < effects.size(); ++i) {
    const Where where = link.Inside(field, i);
    CheckEffect(effects.Get(i), where);
    const Effect::KindCase kind = effects.Get(i).kind_case();
    if (kind != Effect::kRate && kind != Effect::kDelay && kind != Effect::kQueue) continue;
    if (seen.emplace(kind, i).second) continue;
    sink_.Error(where.span, {"E0321", "this direction has that already", "one of a kind", "",
                             "a rate that changes over time is a `rate_change`"});
  }
}

void Semantics::CheckLink(const Link& link, const Where& where) {
  for (const int field : {Link::kAFieldNumber, Link::kBFieldNumber}) {
    const std::string& end = field == Link::kAFieldNumber ? link.a() : link.b();
    if (end.empty() && !where.Has(field)) {
      sink_.Error(
          where.span,
          {"E0116", absl::StrCat("`Link` lacks `", field == Link::kAFieldNumber ? "a" : "b", "`"),
           "the name of a node", "", ""});
    }
  }
  if (!link.a().empty() && NodeOfAttachment(link.a()) == NodeOfAttachment(link.b())) {
    sink_.Error(
        where.Value(Link::kBFieldNumber),
        {"E0308", absl::StrCat("this link joins \"", NodeOfAttachment(link.a()), "\" to itself"),
         "two nodes", "", ""});
  }
  CheckLinkBody(link, where);
}

// The links inside shorthands, once each and not once for every link that they make.
void Semantics::CheckTemplates() {
  const google::protobuf::Reflection& reflection = *written_.GetReflection();
  for (int i = 0; i < Scenario::descriptor()->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* list = Scenario::descriptor()->field(i);
    if (!list->is_repeated() || !list->message_type()) continue;
    const google::protobuf::Descriptor& type = *list->message_type();
    for (int f = 0; f < type.field_count(); ++f) {
      const google::protobuf::FieldDescriptor* field = type.field(f);
      if (field->message_type() != Link::descriptor()) continue;
      for (int j = 0; j < reflection.FieldSize(written_, list); ++j) {
        const google::protobuf::Message& shorthand =
            reflection.GetRepeatedMessage(written_, list, j);
        const google::protobuf::Reflection& inner = *shorthand.GetReflection();
        const Where where = root_.Inside(list->number(), j);
        const int count = field->is_repeated() ? inner.FieldSize(shorthand, field)
                                               : inner.HasField(shorthand, field);
        for (int k = 0; k < count; ++k) {
          const auto& link = static_cast<const Link&>(
              field->is_repeated() ? inner.GetRepeatedMessage(shorthand, field, k)
                                   : inner.GetMessage(shorthand, field));
          CheckLinkBody(link, where.Inside(field->number(), k));
        }
      }
    }
  }
}

void Semantics::CheckLinkBody(const Link& link, const Where& where) {
  CheckEffects(link.both(), Link::kBothFieldNumber, where);
  CheckEffects(link.a_to_b(), Link::kAToBFieldNumber, where);
  CheckEffects(link.b_to_a(), Link::kBToAFieldNumber, where);
  const bool v6 = expansion_.scenario.ip() != scenario::IPV4;
  if (v6 && link.mtu() != 0 && link.mtu() < kLeastIpv6Mtu) {
    sink_.Error(where.Value(Link::kMtuFieldNumber),
                {"E0316", absl::StrCat("IPv6 cannot use an MTU of ", link.mtu(), " bytes"),
                 "at least 1280 (RFC 8200 §5)", "", ""});
  }
}

void Semantics::CheckAction(const At& at, const Where& where) {
  if (at.has_action() && at.node().empty()) {
    sink_.Error(where.span,
                {"E0319", "this action does not say who acts", "`node: \"...\"`", "", ""});
  }
  if (DurationOr(at.time(), Duration()) >= stop_) {
    sink_.Warning(where.Value(At::kTimeFieldNumber),
                  {"W0602",
                   absl::StrCat("this never happens: the run stops at ",
                                written_.stop_at().empty() ? "1h" : written_.stop_at()),
                   "", "", ""});
  }
}

void Semantics::CheckExpectation(const Expect& expect, const Where& where) {
  CheckOrder(expect.from(), expect.until(), where.Value(Expect::kUntilFieldNumber));
  const int counts = expect.has_count() + (expect.has_at_least() || expect.has_at_most()) +
                     expect.never() + !expect.at().empty() + (expect.times_size() > 0);
  if (counts > 1) {
    Contradiction(where.span, "this expectation says how often in two ways",
                  "one of at, times, count, never, or at_least and at_most");
  }
  if (expect.has_at_least() && expect.has_at_most() && expect.at_least() > expect.at_most()) {
    Contradiction(where.Value(Expect::kAtMostFieldNumber), "`at_least` is above `at_most`");
  }
  const Duration within = DurationOr(expect.within(), Duration());
  const auto too_late = [&](const std::string& text) {
    const Duration time = DurationOr(text, Duration());
    return time > stop_ && time - within > stop_;
  };
  if (too_late(expect.at())) {
    Contradiction(where.Value(Expect::kAtFieldNumber),
                  absl::StrCat("this cannot hold: the run stops before ", expect.at()));
  }
  for (int i = 0; i < expect.times_size(); ++i) {
    if (too_late(expect.times(i))) {
      Contradiction(where.Value(Expect::kTimesFieldNumber, i),
                    absl::StrCat("this cannot hold: the run stops before ", expect.times(i)));
    }
  }
  const bool about_drops = expect.what_case() == Expect::kDrops;
  if (!about_drops && (!expect.link().empty() || !expect.cause().empty())) {
    Contradiction(where.span, "`link` and `cause` speak of drops", "`drops: \"...\"` with them");
  }
  if (expect.relative_to() == scenario::FIRST && expect.times_size() == 0) {
    Contradiction(where.Value(Expect::kRelativeToFieldNumber), "`relative_to: FIRST` needs `times`",
                  "`times: [\"0s\", ...]`");
  }
  if (within > Duration() && expect.at().empty() && expect.times_size() == 0) {
    Contradiction(where.Value(Expect::kWithinFieldNumber), "`within` needs `at` or `times`",
                  "`from` and `until` for a stretch of time");
  }
}

void Semantics::CheckCapture(const Capture& capture, const Where& where) {
  if (capture.interface().empty() || !network_.HasNode(capture.node())) return;
  if (network_.HasInterface(capture.node(), capture.interface())) return;
  sink_.Error(
      where.Value(Capture::kInterfaceFieldNumber),
      {"E0303",
       absl::StrCat("\"", capture.node(), "\" has no interface \"", capture.interface(), "\""), "",
       network_.NearestInterface(capture.node(), capture.interface()), ""});
}

}  // namespace

void CheckSemantics(const Scenario& written, const Expansion& expansion,
                    const NetworkIndex& network, const Where& root, DiagnosticSink& sink) {
  Semantics(written, expansion, network, root, sink).Run();
}

}  // namespace tickwire
