#include "topologies/expand/expander.h"

#include "absl/strings/str_cat.h"
#include "topologies/expand/network_builder.h"
#include "topologies/literals.h"

namespace tickwire {
namespace {

using scenario::At;
using scenario::Scenario;

// A time as a literal again, in the largest unit that is exact.
std::string DurationLiteral(Duration duration) {
  struct Unit {
    int64_t nanos;
    const char* name;
  };
  for (const Unit& unit : {Unit{1'000'000'000, "s"}, Unit{1'000'000, "ms"}, Unit{1'000, "us"}}) {
    if (duration.nanos() % unit.nanos == 0) {
      return absl::StrCat(duration.nanos() / unit.nanos, unit.name);
    }
  }
  return absl::StrCat(duration.nanos(), "ns");
}

void ExpandActions(const Scenario& written, Expansion& out) {
  for (int i = 0; i < written.at_size(); ++i) {
    const At& at = written.at(i);
    const Origin origin{Scenario::kAtFieldNumber, i, true};
    const LiteralOr<Duration> start = ParseDuration(at.time());
    const LiteralOr<Duration> every = ParseDuration(at.every());
    // Bad literals are reported by the check of single fields.
    const uint32_t count = start.ok() && every.ok() ? std::max<uint32_t>(at.count(), 1) : 1;
    if (count > 1 && ((*every).nanos() < 0 || (*start).nanos() < 0 ||
                      (*every).nanos() > (INT64_MAX - (*start).nanos()) / count)) {
      out.problems.push_back({origin,
                              At::kEveryFieldNumber,
                              {"E0206", "the last of the repetitions lies beyond all time",
                               "a shorter interval or a smaller count", "", ""}});
      continue;
    }
    for (uint32_t n = 0; n < count; ++n) {
      if (out.scenario.at_size() >= kMaxActions) {
        out.problems.push_back(
            {origin,
             At::kCountFieldNumber,
             {"E0904", absl::StrCat("more than ", kMaxActions, " actions"), "", "", ""}});
        return;
      }
      At* copy = out.scenario.add_at();
      *copy = at;
      copy->clear_every();
      copy->clear_count();
      out.actions.push_back(origin);
      if (n > 0) copy->set_time(DurationLiteral(*start + *every * n));
    }
  }
}

}  // namespace

Expansion Expand(const Scenario& written) {
  Expansion out;
  Scenario& scenario = out.scenario;
  scenario.set_format(written.format());
  scenario.set_title(written.title());
  scenario.set_description(written.description());
  *scenario.mutable_rfc() = written.rfc();
  if (written.has_seed()) scenario.set_seed(written.seed());
  scenario.set_stop_at(written.stop_at());
  scenario.set_ip(written.ip());
  *scenario.mutable_expect() = written.expect();
  *scenario.mutable_capture() = written.capture();

  NetworkBuilder network(out);
  for (int i = 0; i < written.node_size() && network.has_room(); ++i) {
    network.AddWrittenNode(written.node(i), i);
  }
  for (int i = 0; i < written.link_size() && network.has_room(); ++i) {
    network.AddWrittenLink(written.link(i), i);
  }
  ExpandShorthands(written, network);
  AssignAddresses(out);
  ExpandActions(written, out);
  return out;
}

}  // namespace tickwire
