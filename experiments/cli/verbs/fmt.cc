#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/scenario_loader.h"
#include "topologies/text/formatter.h"

namespace tickwire::cli {
namespace {

// Writes beside the file and moves it into place, so that a full disk cannot cost the scenario.
bool Replace(const std::string& path, const std::string& text) {
  const std::string beside = path + ".tickwire-fmt";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) return false;
  }
  std::error_code error;
  std::filesystem::permissions(beside, std::filesystem::status(path, error).permissions(), error);
  std::filesystem::rename(beside, path, error);
  if (error) std::remove(beside.c_str());
  return !error;
}

// Syntax errors of a text that the formatter refused.
std::vector<Diagnostic> ErrorsOf(const std::string& path, const std::string& text) {
  const SourceFile source(path, text);
  DiagnosticSink sink(source);
  scenario::Scenario scenario;
  text::LocationTree locations;
  text::ReadMessage(sink, {}, scenario, locations);
  return sink.Take();
}

int FormatOne(const std::string& path, const Arguments& arguments, Console& console) {
  std::string text;
  std::vector<Diagnostic> diagnostics;
  if (!ReadScenarioFile(path, text, diagnostics)) {
    console.err << FormatDiagnostics(diagnostics, console.color);
    return kUsage;
  }
  if (text.size() > kMaxScenarioBytes) {
    const LoadResult refused = LoadScenarioText(path, std::move(text), "", {});
    console.err << FormatDiagnostics(refused.diagnostics, console.color);
    return kInvalid;
  }
  const std::optional<std::string> formatted = text::Format(text);
  if (!formatted) {
    console.err << FormatDiagnostics(ErrorsOf(path, text), console.color);
    console.err << "tickwire fmt: " << path << " is left as it is\n";
    return kInvalid;
  }
  if (arguments.Has("--check")) {
    if (*formatted == text) return kGood;
    console.err << path << ": not formatted (`tickwire fmt -i " << path << "` does it)\n";
    return kFailed;
  }
  if (!arguments.Has("--in-place")) {
    console.out << *formatted;
    return kGood;
  }
  if (*formatted == text) return kGood;
  if (path == "-" || !Replace(path, *formatted)) {
    console.err << "tickwire fmt: cannot write " << path << "\n";
    return kUsage;
  }
  console.err << path << ": formatted\n";
  return kGood;
}

int Run(const Arguments& arguments, Console& console) {
  int status = kGood;
  for (const std::string& word : arguments.words()) {
    const auto path = FindScenario(word);
    const auto* found = std::get_if<std::string>(&path);
    const int one = FormatOne(found ? *found : word, arguments, console);
    status = std::max(status, one);
  }
  return status;
}

}  // namespace

Command FmtCommand() {
  return {
      "fmt",
      "lay out scenario files",
      "Indents, spaces and breaks lines uniformly. Comments, the order of fields and their meaning "
      "stay. Prints to standard output unless told otherwise.",
      {{"FILE", "a scenario file, or - for standard input", WordKind::kScenario, false, true}},
      {{"--check", "", "", "change nothing; exit with 1 if a file is not formatted"},
       {"--in-place", "-i", "", "write the files"}},
      {{"tickwire fmt -i my_scenario.textproto", "Format a file."},
       {"tickwire fmt --check experiments/scenarios/*/*.textproto", "As a check before a commit."}},
      {{kFailed, "with --check: a file is not formatted"}, {kInvalid, "a file cannot be read"}},
      Run};
}

}  // namespace tickwire::cli
