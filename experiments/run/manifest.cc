#include "experiments/run/manifest.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace tickwire {
namespace {

using Json = nlohmann::ordered_json;

Json ExpectationsToJson(const Manifest& manifest) {
  Json list = Json::array();
  for (const ExpectationOutcome& outcome : manifest.expectations) {
    list.push_back({{"held", outcome.held},
                    {"statement", outcome.statement},
                    {"rule", outcome.rule},
                    {"found", outcome.found}});
  }
  return {{"held", manifest.held()}, {"failed", manifest.failed()}, {"outcomes", list}};
}

std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

int Manifest::held() const {
  return static_cast<int>(std::count_if(expectations.begin(), expectations.end(),
                                        [](const auto& outcome) { return outcome.held; }));
}

int Manifest::failed() const { return static_cast<int>(expectations.size()) - held(); }

std::string ManifestToJson(const Manifest& m) {
  Json nodes = Json::array();
  for (const Manifest::NodeDigest& node : m.nodes) {
    nodes.push_back({{"name", node.name}, {"records", node.records}, {"digest", node.digest}});
  }
  const Json json = {{"tool", m.tool},
                     {"commit", m.commit},
                     {"compiler", m.compiler},
                     {"scenario", m.scenario},
                     {"scenario_digest", m.scenario_digest},
                     {"seed", m.seed},
                     {"set", m.assignments},
                     {"random_generator", m.random_generator},
                     {"trace_version", m.trace_version},
                     {"digest", m.digest},
                     {"nodes", nodes},
                     {"events", m.events},
                     {"virtual_time_ns", m.virtual_time_ns},
                     {"stopped", m.stopped},
                     {"complete", m.complete},
                     {"expectations", ExpectationsToJson(m)},
                     {"counters", m.counters},
                     {"leftovers", m.leftovers},
                     {"action_errors", m.action_errors},
                     {"measured", {{"wall_time_s", m.wall_time_s}}}};
  return Dump(json, 2);
}

absl::StatusOr<Manifest> ManifestFromJson(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InvalidArgumentError("not a JSON object");
  Manifest m;
  // Takes what has the right type and leaves the rest at its default: an older or newer manifest is
  // still of use.
  const auto text_of = [](const Json& from, const char* key) {
    const auto it = from.find(key);
    return it != from.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto integer_of = [](const Json& from, const char* key) {
    const auto it = from.find(key);
    return it != from.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
  };
  const auto bool_of = [](const Json& from, const char* key) {
    const auto it = from.find(key);
    return it != from.end() && it->is_boolean() && it->get<bool>();
  };
  m.tool = text_of(json, "tool");
  m.commit = text_of(json, "commit");
  m.compiler = text_of(json, "compiler");
  m.scenario = text_of(json, "scenario");
  m.scenario_digest = text_of(json, "scenario_digest");
  m.seed = static_cast<uint64_t>(integer_of(json, "seed"));
  m.random_generator = text_of(json, "random_generator");
  m.trace_version = static_cast<uint32_t>(integer_of(json, "trace_version"));
  m.digest = text_of(json, "digest");
  m.events = static_cast<uint64_t>(integer_of(json, "events"));
  m.virtual_time_ns = integer_of(json, "virtual_time_ns");
  m.stopped = text_of(json, "stopped");
  m.complete = bool_of(json, "complete");
  if (m.digest.empty()) return absl::InvalidArgumentError("it names no digest");
  if (const auto nodes = json.find("nodes"); nodes != json.end() && nodes->is_array()) {
    for (const Json& node : *nodes) {
      if (!node.is_object()) continue;
      m.nodes.push_back({text_of(node, "name"), static_cast<uint32_t>(integer_of(node, "records")),
                         text_of(node, "digest")});
    }
  }
  const auto expectations = json.find("expectations");
  if (expectations != json.end() && expectations->is_object() &&
      expectations->contains("outcomes")) {
    for (const Json& outcome : (*expectations)["outcomes"]) {
      if (!outcome.is_object()) continue;
      m.expectations.push_back({bool_of(outcome, "held"), text_of(outcome, "statement"),
                                text_of(outcome, "rule"), text_of(outcome, "found")});
    }
  }
  return m;
}

absl::StatusOr<Manifest> ReadManifest(const std::string& run_directory) {
  const std::string path = run_directory + "/manifest.json";
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  absl::StatusOr<Manifest> manifest = ManifestFromJson(text);
  if (manifest.ok()) return manifest;
  return absl::Status(manifest.status().code(),
                      absl::StrCat(path, " is damaged: ", manifest.status().message()));
}

std::string SummaryToJson(const Manifest& m) {
  const Json json = {{"scenario", m.scenario},
                     {"seed", m.seed},
                     {"digest", m.digest},
                     {"events", m.events},
                     {"virtual_time_ns", m.virtual_time_ns},
                     {"wall_time_s", m.wall_time_s},
                     {"stopped", m.stopped},
                     {"complete", m.complete},
                     {"expectations", ExpectationsToJson(m)},
                     {"counters", m.counters},
                     {"leftovers", m.leftovers},
                     {"action_errors", m.action_errors}};
  return Dump(json, -1);
}

}  // namespace tickwire
