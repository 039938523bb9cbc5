#include "topologies/scenario_loader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "topologies/defaults.h"
#include "topologies/expand/expander.h"
#include "topologies/match/standard_fields.h"
#include "topologies/set_field.h"
#include "topologies/validate/field_check.h"
#include "topologies/validate/semantics.h"

namespace tickwire {
namespace {

Diagnostic FileDiagnostic(const std::string& path, absl::string_view id, std::string message,
                          std::string note) {
  Diagnostic out;
  out.id = std::string(id);
  out.file = path;
  out.message = std::move(message);
  out.note = std::move(note);
  return out;
}

void FillStructure(scenario::Scenario& scenario) {
  for (scenario::Link& link : *scenario.mutable_link()) {
    if (!link.has_queue()) link.mutable_queue()->mutable_drop_tail();
    const auto limit = [](scenario::Queue& queue) {
      if (queue.has_drop_tail() && queue.drop_tail().limit_case() == 0) {
        queue.mutable_drop_tail()->set_packets(1000);
      }
    };
    limit(*link.mutable_queue());
    for (auto* effects : {link.mutable_both(), link.mutable_a_to_b(), link.mutable_b_to_a()}) {
      for (scenario::Effect& effect : *effects) {
        if (effect.has_queue()) limit(*effect.mutable_queue());
      }
    }
  }
}

}  // namespace

bool LoadResult::ok() const {
  return std::none_of(diagnostics.begin(), diagnostics.end(),
                      [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

LoadResult LoadScenarioText(std::string file_name, std::string text, const std::string& directory,
                            const LoadOptions& options) {
  LoadResult out;
  if (text.size() > kMaxScenarioBytes) {
    out.diagnostics.push_back(
        FileDiagnostic(file_name, "E0901",
                       absl::StrCat("the file is larger than ", kMaxScenarioBytes >> 20, " MiB"),
                       "groups (`count`) and shorthands make many nodes out of few lines"));
    return out;
  }
  const SourceFile source(std::move(file_name), std::move(text));
  DiagnosticSink sink(source);
  text::LocationTree locations;
  text::ReadMessage(sink, options.reader, out.written, locations);
  const text::Where root{&locations, Span()};

  const match::FieldTable& fields = options.fields ? *options.fields : match::StandardFieldTable();
  FieldCheckContext context{fields, nullptr, directory, options.reader};
  context.has_assignments = !options.assignments.empty();
  for (const std::string& assignment : options.assignments) {
    scenario::Scenario before = out.written;
    std::vector<Diagnostic> wrong = SetField(out.written, assignment, context);
    if (!wrong.empty()) out.written = std::move(before);  // told once is enough
    out.diagnostics.insert(out.diagnostics.end(), wrong.begin(), wrong.end());
  }
  Expansion expansion;
  if (!sink.is_full()) expansion = Expand(out.written);
  if (!sink.is_full()) {
    const NetworkIndex network(expansion.scenario);
    context.network = &network;
    CheckFields(out.written, root, context, sink);
    CheckSemantics(out.written, expansion, network, root, sink);
  }
  out.expanded = std::move(expansion.scenario);
  std::vector<Diagnostic> found = sink.Take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
  if (out.ok()) {
    out.effective = out.expanded;
    FillStructure(out.effective);
    FillDefaults(out.effective);
  }
  return out;
}

bool ReadScenarioFile(const std::string& path, std::string& text,
                      std::vector<Diagnostic>& diagnostics) {
  const bool from_stdin = path == "-";
  std::FILE* file = from_stdin ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    diagnostics.push_back(
        FileDiagnostic(path, "E0101", absl::StrCat("cannot read this file: ", std::strerror(errno)),
                       "`tickwire list` names the scenarios that come along"));
    return false;
  }
  char buffer[1 << 16];
  size_t count = 0;
  while (text.size() <= kMaxScenarioBytes &&
         (count = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
    text.append(buffer, count);
  }
  const bool failed = std::ferror(file) != 0;
  const int error = errno;
  if (!from_stdin) std::fclose(file);
  if (failed) {
    diagnostics.push_back(FileDiagnostic(
        path, "E0101", absl::StrCat("cannot read this file: ", std::strerror(error)), ""));
  }
  return !failed;
}

LoadResult LoadScenarioFile(const std::string& path, const LoadOptions& options) {
  LoadResult out;
  std::string text;
  if (!ReadScenarioFile(path, text, out.diagnostics)) return out;
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : path.substr(0, slash);
  return LoadScenarioText(path == "-" ? "<stdin>" : path, std::move(text), directory, options);
}

}  // namespace tickwire
