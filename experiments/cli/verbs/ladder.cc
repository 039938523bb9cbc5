#include <filesystem>
#include <optional>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "experiments/cli/load.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/cli/with_model.h"
#include "experiments/export/complete_file.h"
#include "experiments/export/svg_ladder.h"
#include "experiments/export/text_ladder.h"
#include "experiments/view/layered_ladder.h"
#include "topologies/literals.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::cli {
namespace {

bool ReadTime(const Arguments& arguments, absl::string_view option, SimTime& time,
              Console& console) {
  const std::string text = arguments.Value(option);
  if (text.empty()) return true;
  const auto value = ParseDuration(text);
  if (!value.ok()) {
    console.err << "tickwire ladder: " << option << ": " << text << " is no time; expected "
                << DurationSyntax() << "\n";
    return false;
  }
  time = SimTime{*value};
  return true;
}

// "none", "trouble", "all" or numbers of messages, as in "3,7".
bool ReadUnfold(const Arguments& arguments, Unfold& unfold, Console& console) {
  const std::string text = arguments.Value("--unfold", "trouble");
  if (text == "none") unfold.which = Unfold::Which::kNone;
  if (text == "trouble") unfold.which = Unfold::Which::kTrouble;
  if (text == "all") unfold.which = Unfold::Which::kAll;
  if (text == "none" || text == "trouble" || text == "all") return true;
  unfold.which = Unfold::Which::kThese;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    int number = 0;
    if (!absl::SimpleAtoi(word, &number) || number < 1) {
      console.err << "tickwire ladder: --unfold: \"" << word
                  << "\" is no number of a message; expected none, trouble, all or numbers\n";
      return false;
    }
    unfold.numbers.push_back(number);
  }
  return true;
}

// Both where there is SIP over connections, unless told otherwise; `layers` may be empty.
bool ReadLayers(const Arguments& arguments, std::optional<Layers>& layers, Console& console) {
  const std::string text = arguments.Value("--layers");
  if (text.empty()) return true;
  if (text == "sip") layers = Layers::kSip;
  if (text == "both") layers = Layers::kBoth;
  if (text == "transport") layers = Layers::kTransport;
  if (!layers) {
    console.err << "tickwire ladder: --layers: \"" << text
                << "\" is none; there are sip, both and transport\n";
  }
  return layers.has_value();
}

int Run(const Arguments& arguments, Console& console) {
  const std::string what = arguments.word(0);
  // What the name of the file says, unless told otherwise.
  const bool is_svg_file = absl::EndsWith(arguments.Value("--out", ""), ".svg");
  const std::string format = arguments.Value("--format", is_svg_file ? "svg" : "text");
  if (format != "text" && format != "ascii" && format != "svg") {
    console.err << "tickwire ladder: unknown format \"" << format
                << "\"; there are text, ascii and svg\n";
    return kUsage;
  }
  LadderOptions options;
  options.with_timers = !arguments.Has("--no-timers");
  if (!ReadTime(arguments, "--from", options.from, console) ||
      !ReadTime(arguments, "--until", options.until, console)) {
    return kUsage;
  }
  std::optional<Layers> layers;
  if (!ReadLayers(arguments, layers, console) || !ReadUnfold(arguments, options.unfold, console)) {
    return kUsage;
  }
  if (const std::string columns = arguments.Value("--columns"); !columns.empty()) {
    options.columns = absl::StrSplit(columns, ',');
  }
  std::optional<match::Program> wanted;
  if (const std::string expression = arguments.Value("--match"); !expression.empty()) {
    auto compiled = match::Compile(expression, match::StandardFieldTable());
    if (const auto* error = std::get_if<match::MatchError>(&compiled)) {
      console.err << "tickwire ladder: --match: " << error->message << " at character "
                  << error->offset + 1;
      if (!error->expected.empty()) console.err << "; expected " << error->expected;
      if (!error->suggestion.empty()) console.err << "; did you mean " << error->suggestion << "?";
      console.err << "\n";
      return kUsage;
    }
    wanted = std::move(std::get<match::Program>(compiled));
  }
  std::string drawn;
  std::string unknown_column;
  const auto draw = [&](const RunModel& model, const std::string& digest) {
    for (const std::string& column : options.columns) {
      bool known = false;
      for (const scenario::Node& node : model.scenario().node()) known |= node.name() == column;
      if (!known) unknown_column = column;
    }
    if (wanted) {
      options.wants = [&](const Journey& journey) {
        const RunModel::Bytes bytes = model.PacketBytes(model.trace()[journey.record]);
        match::PacketSource packet(bytes.stored, bytes.zeros);
        return wanted->Matches(packet);
      };
    }
    options.footer = absl::StrCat("tickwire ladder ", what, "   run ", digest);
    const DisplayList list = LayOutLayeredLadder(model, layers, options);
    drawn = format == "svg" ? SvgLadder(list) : TextLadder(list, {.ascii = format == "ascii"});
  };
  // With a filter the first thousands may not be wanted, so more has to be looked at.
  const RunModelLimits limits{.from = options.from,
                              .until = options.until,
                              .most_journeys = wanted ? 1'000'000 : options.most_arrows};
  RunToLookAt run{.name = what, .assignments = arguments.Values("--set"), .limits = limits};
  if (const std::string seed = arguments.Value("--seed"); !seed.empty()) {
    run.assignments.push_back(absl::StrCat("seed=", seed));
  }
  if (const int status = WithModel("ladder", run, console, draw); status != kGood) return status;
  if (!unknown_column.empty()) {
    console.err << "tickwire ladder: --columns: there is no node \"" << unknown_column << "\"\n";
    return kUsage;
  }
  const std::string out = arguments.Value("--out");
  if (out.empty() || out == "-") {
    console.out << drawn;
    return kGood;
  }
  CompleteFile file(out);
  file.out() << drawn;
  if (const absl::Status written = file.Commit(); !written.ok()) {
    console.err << "tickwire ladder: " << written.message() << "\n";
    return kFailed;
  }
  console.err << "wrote " << out << "\n";
  return kGood;
}

}  // namespace

Command LadderCommand() {
  return {
      "ladder",
      "draw a run as a ladder diagram",
      "Draws who sent what to whom: arrows slanted by true delay, lost packets ending in an X "
      "with the cause, repetitions numbered, timers as brackets on the lifelines. SIP messages "
      "over "
      "TCP, TLS, SCTP and WebSocket are arrows of their own, from handing over to receipt, with "
      "the "
      "packets that carried them as thin arrows beneath. Takes a run directory, or a scenario, "
      "which it runs first.",
      {{"RUN", "a run directory or a scenario", WordKind::kScenario}},
      {{"--format",
        "",
        "FORMAT",
        "text (default), ascii or svg",
        WordKind::kChoice,
        {"text", "ascii", "svg"}},
       {"--out", "-o", "FILE", "write there instead of to standard output", WordKind::kFile},
       {"--columns", "", "NODES", "these nodes from left to right, as in alice,proxy,bob"},
       {"--from", "", "TIME", "leave out what was sent before"},
       {"--layers",
        "",
        "LAYERS",
        "sip: SIP messages and their connections; both: the packets beneath them too (default for "
        "SIP over connections); transport: packets alone",
        WordKind::kChoice,
        {"sip", "both", "transport"}},
       {"--match", "", "EXPR", "only packets that match, as in sip.method==INVITE"},
       {"--until", "", "TIME", "leave out what was sent later"},
       {"--no-timers", "", "", "leave out the timers"},
       {"--unfold", "", "WHICH",
        "with both layers, the messages that show their packets: none, trouble (those of which one "
        "was lost or sent again; default), all, or numbers as in 3,7"},
       {"--seed", "", "N", "of a scenario: seed of all randomness"},
       SetOption()},
      {{"tickwire ladder sip/basic_call", "On the terminal."},
       {"tickwire ladder sip/lossy_call --format=svg -o lossy_call.svg", "For a lecture."},
       {"tickwire ladder sip/fork_serial --no-timers --format=svg -o fork_serial.svg",
        "With several nodes: only the messages, large enough to read."},
       {"tickwire ladder transport/lost_invite_tcp --unfold=all",
        "SIP over TCP, with every segment beneath its message."},
       {"tickwire ladder run1 --until 2s --columns alice,bob", "The beginning of a stored run."}},
      {{kFailed, "the run cannot be read or the file cannot be written"},
       {kInvalid, "the scenario is wrong"}},
      Run};
}

}  // namespace tickwire::cli
