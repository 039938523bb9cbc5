#include "experiments/cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "experiments/cli/command_line.h"
#include "experiments/cli/command_table.h"

namespace tickwire::cli {
namespace {

constexpr absl::string_view kListNames = "tickwire list --names 2>/dev/null";
constexpr absl::string_view kListIds = "tickwire explain --ids 2>/dev/null";

template <class Visit>
void ForEachOption(const Command& command, Visit visit) {
  for (const Option& option : command.options) visit(option);
  for (const Option& option : CommonOptions()) visit(option);
}

std::string CommandNames(absl::string_view separator) {
  return absl::StrJoin(Commands(), separator, [](std::string* out, const Command& command) {
    absl::StrAppend(out, command.name);
  });
}

// The bash statement that completes one word.
std::string BashWord(WordKind kind, const std::vector<absl::string_view>& choices) {
  switch (kind) {
    case WordKind::kScenario:
      return absl::StrCat("COMPREPLY=($(compgen -W \"$(", kListNames,
                          ")\" -- \"$cur\") $(compgen -f -- \"$cur\"))");
    case WordKind::kErrorId:
      return absl::StrCat("COMPREPLY=($(compgen -W \"$(", kListIds, ")\" -- \"$cur\"))");
    case WordKind::kFile:
      return "COMPREPLY=($(compgen -f -- \"$cur\"))";
    case WordKind::kDirectory:
      return "COMPREPLY=($(compgen -d -- \"$cur\"))";
    case WordKind::kChoice:
      return absl::StrCat("COMPREPLY=($(compgen -W \"", absl::StrJoin(choices, " "),
                          "\" -- \"$cur\"))");
    case WordKind::kText:
      return "COMPREPLY=()";
  }
  return "COMPREPLY=()";
}

std::string ZshAction(WordKind kind, const std::vector<absl::string_view>& choices) {
  switch (kind) {
    case WordKind::kScenario:
      return "_tickwire_scenarios";
    case WordKind::kErrorId:
      return "_tickwire_ids";
    case WordKind::kFile:
      return "_files";
    case WordKind::kDirectory:
      return "_files -/";
    case WordKind::kChoice:
      return absl::StrCat("(", absl::StrJoin(choices, " "), ")");
    case WordKind::kText:
      return " ";
  }
  return " ";
}

std::string ZshQuoted(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string FishArguments(WordKind kind, const std::vector<absl::string_view>& choices) {
  switch (kind) {
    case WordKind::kScenario:
      return absl::StrCat(" -a '(", kListNames, ")' -F");
    case WordKind::kErrorId:
      return absl::StrCat(" -f -a '(", kListIds, ")'");
    case WordKind::kFile:
      return " -F";
    case WordKind::kDirectory:
      return " -f -a '(__fish_complete_directories)'";
    case WordKind::kChoice:
      return absl::StrCat(" -f -a '", absl::StrJoin(choices, " "), "'");
    case WordKind::kText:
      return " -f";
  }
  return "";
}

}  // namespace

std::string BashCompletion() {
  std::string out =
      "# bash completion for tickwire; made by `tickwire completion bash`\n"
      "_tickwire() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
  absl::StrAppend(&out, "    COMPREPLY=($(compgen -W \"", CommandNames(" "), "\" -- \"$cur\"))\n",
                  "    return\n  fi\n  case \"${COMP_WORDS[1]}\" in\n");
  for (const Command& command : Commands()) {
    absl::StrAppend(&out, "    ", command.name, ")\n      case \"$prev\" in\n");
    std::string names;
    ForEachOption(command, [&](const Option& option) {
      absl::StrAppend(&names, names.empty() ? "" : " ", option.name);
      if (option.value.empty()) return;
      absl::StrAppend(&out, "        ", option.name,
                      option.short_name.empty() ? "" : absl::StrCat("|", option.short_name), ") ",
                      BashWord(option.kind, option.choices), "; return ;;\n");
    });
    absl::StrAppend(&out,
                    "      esac\n      case \"$cur\" in\n        -*) COMPREPLY=($(compgen -W \"",
                    names, "\" -- \"$cur\")); return ;;\n      esac\n");
    if (!command.arguments.empty()) {
      const Argument& argument = command.arguments.front();
      absl::StrAppend(&out, "      ", BashWord(argument.kind, argument.choices), "\n");
    }
    absl::StrAppend(&out, "      ;;\n");
  }
  return absl::StrCat(out, "  esac\n}\ncomplete -F _tickwire tickwire\n");
}

std::string ZshCompletion() {
  std::string out = absl::StrCat(
      "#compdef tickwire\n# zsh completion for tickwire; made by `tickwire completion zsh`\n"
      "_tickwire_scenarios() { compadd -- ${(f)\"$(",
      kListNames, ")\"}; _files }\n_tickwire_ids() { compadd -- ${(f)\"$(", kListIds,
      ")\"} }\n_tickwire() {\n  if (( CURRENT == 2 )); then\n    local -a commands=(\n");
  for (const Command& command : Commands()) {
    absl::StrAppend(&out, "      '", command.name, ":", ZshQuoted(command.summary), "'\n");
  }
  absl::StrAppend(&out, "    )\n    _describe command commands\n    return\n  fi\n",
                  "  local verb=$words[2]\n  shift words; (( CURRENT-- ))\n  case $verb in\n");
  for (const Command& command : Commands()) {
    absl::StrAppend(&out, "    ", command.name, ")\n      _arguments");
    ForEachOption(command, [&](const Option& option) {
      const std::string value =
          option.value.empty()
              ? ""
              : absl::StrCat(":", option.value, ":", ZshAction(option.kind, option.choices));
      for (const absl::string_view name : {option.name, option.short_name}) {
        if (name.empty()) continue;
        absl::StrAppend(&out, " \\\n        '", option.is_repeatable ? "*" : "", name, "[",
                        ZshQuoted(option.doc), "]", value, "'");
      }
    });
    for (const Argument& argument : command.arguments) {
      absl::StrAppend(&out, " \\\n        '", argument.is_repeatable ? "*" : "",
                      argument.is_optional && !argument.is_repeatable ? ":" : "", ":",
                      argument.name, ":", ZshAction(argument.kind, argument.choices), "'");
    }
    absl::StrAppend(&out, "\n      ;;\n");
  }
  return absl::StrCat(out,
                      "  esac\n}\nif [ \"$funcstack[1]\" = _tickwire ]; then\n  _tickwire \"$@\"\n",
                      "else\n  compdef _tickwire tickwire\nfi\n");
}

std::string FishCompletion() {
  std::string out = "# fish completion for tickwire; made by `tickwire completion fish`\n";
  for (const Command& command : Commands()) {
    absl::StrAppend(&out, "complete -c tickwire -f -n __fish_use_subcommand -a ", command.name,
                    " -d '", absl::StrReplaceAll(command.summary, {{"'", "\\'"}}), "'\n");
  }
  for (const Command& command : Commands()) {
    const std::string when =
        absl::StrCat("complete -c tickwire -n '__fish_seen_subcommand_from ", command.name, "'");
    ForEachOption(command, [&](const Option& option) {
      absl::StrAppend(&out, when, " -l ", option.name.substr(2));
      if (!option.short_name.empty()) absl::StrAppend(&out, " -s ", option.short_name.substr(1));
      if (!option.value.empty()) {
        absl::StrAppend(&out, " -r", FishArguments(option.kind, option.choices));
      }
      absl::StrAppend(&out, " -d '", absl::StrReplaceAll(option.doc, {{"'", "\\'"}}), "'\n");
    });
    if (!command.arguments.empty()) {
      const Argument& argument = command.arguments.front();
      absl::StrAppend(&out, when, FishArguments(argument.kind, argument.choices), "\n");
    }
  }
  return out;
}

}  // namespace tickwire::cli
