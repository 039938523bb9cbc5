// Loads a scenario file: reads it, applies `--set` assignments, checks all of it, expands it.
//
//   LoadResult loaded = LoadScenarioFile("basic_call.textproto", {});
//   if (!loaded.ok()) std::cerr << FormatDiagnostics(loaded.diagnostics, color);
//   else Build(loaded.effective);
//
// All mistakes are found in one pass over the file, syntax and meaning alike. Nothing of a scenario
// with errors may be run.
#ifndef TICKWIRE_TOPOLOGIES_SCENARIO_LOADER_H_
#define TICKWIRE_TOPOLOGIES_SCENARIO_LOADER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "topologies/diagnostic.h"
#include "topologies/match/field_table.h"
#include "topologies/scenario.pb.h"
#include "topologies/text/reader.h"

namespace tickwire {

inline constexpr size_t kMaxScenarioBytes = 16 << 20;

struct LoadOptions {
  // The fields that match expressions may name. Null: StandardFieldTable().
  const match::FieldTable* fields = nullptr;
  // "path=value", applied in order before anything is checked; see set_field.h.
  std::vector<std::string> assignments;
  text::ReaderOptions reader;
};

struct LoadResult {
  scenario::Scenario written;    // as in the file, with the assignments
  scenario::Scenario expanded;   // plain nodes and links with addresses; prints as valid text
  scenario::Scenario effective;  // expanded, with defaults filled in: every literal parses
  std::vector<Diagnostic> diagnostics;
  bool ok() const;  // no errors; there may be warnings
};

// `directory` is where the scenario's files are looked for; "" does not look.
LoadResult LoadScenarioText(std::string file_name, std::string text, const std::string& directory,
                            const LoadOptions& options);
// "-" is the standard input.
LoadResult LoadScenarioFile(const std::string& path, const LoadOptions& options);

// Reads at most kMaxScenarioBytes. On failure adds a diagnostic (E0101, E0901).
bool ReadScenarioFile(const std::string& path, std::string& text,
                      std::vector<Diagnostic>& diagnostics);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_SCENARIO_LOADER_H_
