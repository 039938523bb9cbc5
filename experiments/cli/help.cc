#include "experiments/cli/help.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "experiments/cli/command_line.h"
#include "experiments/cli/command_table.h"

namespace tickwire::cli {
namespace {

std::string Padded(absl::string_view text, size_t width) {
  return absl::StrCat(text, std::string(text.size() < width ? width - text.size() : 1, ' '));
}

std::string Table(const std::vector<std::pair<std::string, std::string>>& rows) {
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  width = std::min<size_t>(width, 30) + 2;
  std::string out;
  for (const auto& [left, right] : rows) {
    std::string text = Wrap(right, width + 2);
    text.replace(0, width + 2, absl::StrCat("  ", Padded(left, width)));
    out += text;
  }
  return out;
}

std::string DocOf(const Option& option) {
  std::string doc(option.doc);
  if (!option.choices.empty()) absl::StrAppend(&doc, ": ", absl::StrJoin(option.choices, ", "));
  if (option.is_repeatable) absl::StrAppend(&doc, " (may be repeated)");
  return doc;
}

}  // namespace

std::string Wrap(absl::string_view text, size_t indent, size_t width) {
  std::string out;
  for (const absl::string_view paragraph : absl::StrSplit(text, '\n')) {
    std::string line(indent, ' ');
    bool is_first = true;
    for (const absl::string_view word : absl::StrSplit(paragraph, ' ', absl::SkipEmpty())) {
      if (!is_first && line.size() + 1 + word.size() > width) {
        absl::StrAppend(&out, line, "\n");
        line.assign(indent, ' ');
        is_first = true;
      }
      absl::StrAppend(&line, is_first ? "" : " ", word);
      is_first = false;
    }
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

std::string OptionSyntax(const Option& option) {
  const std::string value = option.value.empty() ? "" : absl::StrCat(" ", option.value);
  std::string out = absl::StrCat(option.name, value);
  if (!option.short_name.empty()) absl::StrAppend(&out, ", ", option.short_name, value);
  return out;
}

std::string UsageLine(const Command& command) {
  std::string out = absl::StrCat("tickwire ", command.name);
  for (const Argument& argument : command.arguments) {
    const absl::string_view dots = argument.is_repeatable ? "..." : "";
    if (argument.is_optional) {
      absl::StrAppend(&out, " [", argument.name, dots, "]");
    } else {
      absl::StrAppend(&out, " ", argument.name, dots);
    }
  }
  for (const Option& option : command.options) {
    absl::StrAppend(&out, " [", option.name, option.value.empty() ? "" : " ", option.value, "]",
                    option.is_repeatable ? "..." : "");
  }
  return out;
}

std::vector<std::pair<int, std::string>> StatusesOf(const Command& command) {
  std::vector<std::pair<int, std::string>> out = {{kGood, "all is well"},
                                                  {kUsage, "the command line is wrong"}};
  for (const auto& [status, meaning] : command.statuses) {
    const auto same =
        std::find_if(out.begin(), out.end(), [s = status](const auto& e) { return e.first == s; });
    if (same != out.end()) {
      same->second = std::string(meaning);
    } else {
      out.emplace_back(status, std::string(meaning));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string Guide() {
  std::string out = "tickwire: a deterministic network simulator. To begin with:\n\n";
  const auto line = [&](absl::string_view command, absl::string_view doc) {
    absl::StrAppend(&out, "  ", Padded(command, 40), doc, "\n");
  };
  line("tickwire list", "the scenarios that come along");
  if (FindCommand("run")) line("tickwire run sip/basic_call --ladder", "run one, watch the call");
  line("tickwire show sip/basic_call", "its nodes, links and addresses");
  line("tickwire validate FILE", "check a scenario of your own");
  line("tickwire explain E0107", "what an error means");
  line("tickwire COMMAND --help", "a command, with examples");
  absl::StrAppend(&out, "\n`tickwire help` lists all commands.\n");
  return out;
}

std::string Overview() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : Commands()) {
    rows.emplace_back(std::string(command.name), std::string(command.summary));
  }
  return absl::StrCat("usage: tickwire COMMAND [ARGUMENTS]\n\n", Table(rows),
                      "\n`tickwire COMMAND --help` shows one of them, with examples.\n",
                      "Data goes to standard output, everything else to standard error.\n",
                      "Exit status: 0 good, 1 an expectation or check failed, 2 usage, "
                      "3 invalid scenario.\n");
}

std::string HelpFor(const Command& command) {
  std::string out =
      absl::StrCat("usage: ", UsageLine(command), "\n\n", Wrap(command.description, 0));
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Argument& argument : command.arguments) {
    rows.emplace_back(std::string(argument.name), std::string(argument.doc));
  }
  if (!rows.empty()) absl::StrAppend(&out, "\nArguments:\n", Table(rows));
  rows.clear();
  for (const std::vector<Option>* options : {&command.options, &CommonOptions()}) {
    for (const Option& option : *options) rows.emplace_back(OptionSyntax(option), DocOf(option));
  }
  absl::StrAppend(&out, "\nOptions:\n", Table(rows));
  rows.clear();
  for (const auto& [status, meaning] : StatusesOf(command)) {
    rows.emplace_back(absl::StrCat(status), meaning);
  }
  absl::StrAppend(&out, "\nExit status:\n", Table(rows));
  if (!command.examples.empty()) absl::StrAppend(&out, "\nExamples:\n");
  for (const Example& example : command.examples) {
    absl::StrAppend(&out, "  ", example.command, "\n", Wrap(example.doc, 6));
  }
  return out;
}

}  // namespace tickwire::cli
