// Fuzz entry for everything that reads scenario text: loader, formatter, match compiler, `--set`.
//
// Demands no crash, and that what is formatted stays formatted and what is shown reads back.
// With libFuzzer (clang): -fsanitize=fuzzer. Without, scenario_fuzz_test replays the corpus and
// mutations of it.
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "sim_core/base/check.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"
#include "topologies/scenario_loader.h"
#include "topologies/scenario_printer.h"
#include "topologies/text/formatter.h"
#include "topologies/text/reader.h"
#include "topologies/utf8.h"

namespace tickwire {
namespace {

using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;

// Not `strict`: forgives what protobuf does, a number that no enum value has (proto3 takes any) and
// a second value after an empty one.
std::optional<scenario::Scenario> Read(const std::string& text, bool strict = true) {
  const SourceFile source("fuzz", text);
  DiagnosticSink sink(source);
  scenario::Scenario scenario;
  text::LocationTree locations;
  text::ReadMessage(sink, {}, scenario, locations);
  for (const Diagnostic& diagnostic : sink.Take()) {
    if (strict || (diagnostic.id != "E0108" && diagnostic.id != "E0110")) return std::nullopt;
  }
  return scenario;
}

class Silence : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

// Our reader and protobuf's own accept the same texts and take the same meaning from them.
void CompareWithProtobuf(const std::string& text) {
  // We take shorter Any names and byte order marks, and tell what is not UTF-8.
  if (text.find("custom") != std::string::npos || text.find('\xEF') == 0) return;
  if (text.find("[type") != std::string::npos || text.find('\\') != std::string::npos) return;
  if (FindInvalidUtf8(text) != absl::string_view::npos) return;
  std::optional<scenario::Scenario> ours = Read(text);
  if (!ours && Read(text, /*strict=*/false)) return;
  scenario::Scenario theirs;
  TextFormat::Parser parser;
  Silence silence;
  parser.RecordErrorsTo(&silence);
  const bool accepted = parser.ParseFromString(text, &theirs);
  if (accepted != ours.has_value() || (ours && !MessageDifferencer::Equals(*ours, theirs))) {
    std::fprintf(stderr, "accepted by protobuf: %d, by us: %d\n%s\n", accepted, ours.has_value(),
                 text.c_str());
    TW_CHECK(false);
  }
}

}  // namespace
}  // namespace tickwire

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
    if (const std::optional<scenario::Scenario> meaning = Read(text)) {
      const std::optional<scenario::Scenario> after = Read(*formatted);
      TW_CHECK(after && MessageDifferencer::Equals(*meaning, *after));
    }
  }
  CompareWithProtobuf(text);
  (void)match::Compile(text, match::StandardFieldTable());
  return 0;
}
