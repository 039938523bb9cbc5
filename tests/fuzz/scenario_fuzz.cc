// Fuzz entry for everything that reads scenario text: loader, formatter, match compiler, `--set`.
//
// Demands no crash, and that what is formatted stays formatted and what is shown reads back.
// With libFuzzer (clang): -fsanitize=fuzzer. Without, scenario_fuzz_test replays the corpus and
// mutations of it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "sim_core/base/check.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"
#include "topologies/scenario_loader.h"
#include "topologies/scenario_printer.h"
#include "topologies/text/formatter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tickwire;  // NOLINT: an entry point, not a library
  if (size > 1 << 16) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // `count` makes large networks out of few bytes; that is meant, but slow here.
  const bool is_large = text.find("count") != std::string::npos ||
                        text.find("routers") != std::string::npos ||
                        text.find("hops") != std::string::npos;
  if (!is_large) {
    LoadOptions options;
    const size_t line = text.find('\n');
    if (line != std::string::npos && line < 80) options.assignments = {text.substr(0, line)};
    (void)LoadScenarioText("fuzz", text, "", options);
    const LoadResult loaded = LoadScenarioText("fuzz", text, "", {});
    (void)FormatDiagnostics(loaded.diagnostics, /*color=*/true);
    (void)DiagnosticsToJson(loaded.diagnostics);
    if (loaded.ok()) {
      const std::string shown = PrintScenario(loaded.expanded);
      const LoadResult again = LoadScenarioText("shown", shown, "", {});
      if (!again.ok() || PrintScenario(again.expanded) != shown) {
        std::fprintf(stderr, "written:\n%s\nshown:\n%s\nread again:\n%s\n%s\n", text.c_str(),
                     shown.c_str(), PrintScenario(again.expanded).c_str(),
                     FormatDiagnostics(again.diagnostics, /*color=*/false).c_str());
        TW_CHECK(again.ok());
        TW_CHECK(false);
      }
    }
  }
  if (const std::optional<std::string> formatted = text::Format(text)) {
    TW_CHECK(text::Format(*formatted) == formatted);
  }
  (void)match::Compile(text, match::StandardFieldTable());
  return 0;
}
