#include "experiments/cli/man_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "experiments/cli/command_line.h"
#include "experiments/cli/command_table.h"
#include "experiments/cli/help.h"
#include "experiments/cli/version.h"

namespace tickwire::cli {
namespace {

// Text for troff: backslashes and hyphens escaped, no line that begins like a request.
std::string Troff(absl::string_view text) {
  std::string out = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  if (!out.empty() && (out[0] == '.' || out[0] == '\'')) out.insert(0, "\\&");
  return out;
}

void AppendOption(const Option& option, std::string& out) {
  std::string doc(option.doc);
  if (!option.choices.empty()) absl::StrAppend(&doc, ": ", absl::StrJoin(option.choices, ", "));
  absl::StrAppend(&out, ".TP\n.B ", Troff(OptionSyntax(option)), "\n", Troff(doc), ".",
                  option.is_repeatable ? " May be repeated." : "", "\n");
}

void AppendCommand(const Command& command, std::string& out) {
  absl::StrAppend(&out, ".SS ", Troff(UsageLine(command)), "\n");
  bool is_first = true;
  for (const absl::string_view paragraph : absl::StrSplit(command.description, '\n')) {
    absl::StrAppend(&out, is_first ? "" : ".PP\n", Troff(paragraph), "\n");
    is_first = false;
  }
  for (const Argument& argument : command.arguments) {
    absl::StrAppend(&out, ".TP\n.I ", Troff(argument.name), "\n", Troff(argument.doc), ".\n");
  }
  for (const Option& option : command.options) AppendOption(option, out);
  for (const Example& example : command.examples) {
    absl::StrAppend(&out, ".PP\n", Troff(example.doc), "\n.RS 4\n.nf\n", Troff(example.command),
                    "\n.fi\n.RE\n");
  }
}

}  // namespace

std::string ManPage() {
  std::string out = absl::StrCat(
      ".TH TICKWIRE 1 \"\" \"tickwire ", kVersion, "\" \"Tickwire\"\n.SH NAME\n",
      "tickwire \\- a deterministic discrete\\-event network simulator\n.SH SYNOPSIS\n",
      ".B tickwire\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n",
      "Runs networks of simulated machines that exchange real packets in virtual time. The same ",
      "scenario and seed give the same trace, bit for bit, on every machine.\n.PP\n",
      "Data goes to standard output, everything else to standard error.\n.SH COMMANDS\n");
  for (const Command& command : Commands()) AppendCommand(command, out);
  absl::StrAppend(&out, ".SH OPTIONS OF ALL COMMANDS\n");
  for (const Option& option : CommonOptions()) AppendOption(option, out);
  absl::StrAppend(&out, ".SH EXIT STATUS\n",
                  ".TP\n0\nGood.\n.TP\n1\nAn expectation or a check failed.\n.TP\n2\nThe command "
                  "line is wrong.\n",
                  ".TP\n3\nA scenario is wrong.\n.SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf set and not "
                  "empty, messages ",
                  "have no colours.\n.TP\n.B TICKWIRE_SCENARIOS\nThe folder of the scenarios that ",
                  "\\fBtickwire list\\fR names.\n");
  return out;
}

}  // namespace tickwire::cli
