#include "experiments/cli/command_line.h"

#include <algorithm>
#include <optional>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "experiments/cli/command_table.h"
#include "experiments/cli/help.h"
#include "topologies/match/suggest.h"

namespace tickwire::cli {

bool Arguments::Has(absl::string_view option) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const auto& entry) { return entry.first == option; });
}

std::string Arguments::Value(absl::string_view option, absl::string_view fallback) const {
  const std::vector<std::string> values = Values(option);
  return values.empty() ? std::string(fallback) : values.back();
}

std::vector<std::string> Arguments::Values(absl::string_view option) const {
  std::vector<std::string> out;
  for (const auto& [name, value] : options_) {
    if (name == option) out.push_back(value);
  }
  return out;
}

class CommandLineParser {
 public:
  CommandLineParser(const Command& command, const std::vector<std::string>& words)
      : command_(command), words_(words) {}
  std::variant<Arguments, UsageError> Run();

 private:
  const Option* Find(absl::string_view name) const;
  std::optional<UsageError> TakeOption(const std::string& word);
  std::optional<UsageError> CheckArguments() const;
  UsageError Wrong(std::string message, std::string hint = "") const {
    if (hint.empty()) hint = absl::StrCat("`tickwire ", command_.name, " --help` tells more");
    return {absl::StrCat("tickwire ", command_.name, ": ", message), std::move(hint)};
  }

  const Command& command_;
  const std::vector<std::string>& words_;
  size_t at_ = 0;
  Arguments out_;
};

const Option* CommandLineParser::Find(absl::string_view name) const {
  for (const std::vector<Option>* options : {&command_.options, &CommonOptions()}) {
    for (const Option& option : *options) {
      if (option.name == name || (!option.short_name.empty() && option.short_name == name)) {
        return &option;
      }
    }
  }
  return nullptr;
}

std::optional<UsageError> CommandLineParser::TakeOption(const std::string& word) {
  const size_t equals = absl::StartsWith(word, "--") ? word.find('=') : std::string::npos;
  const std::string name = word.substr(0, equals);
  const Option* option = Find(name);
  if (option == nullptr) {
    std::vector<absl::string_view> names;
    for (const Option& candidate : command_.options) names.push_back(candidate.name);
    for (const Option& candidate : CommonOptions()) names.push_back(candidate.name);
    const std::string nearest = Nearest(name, names);
    return Wrong(absl::StrCat("unknown option ", name),
                 nearest.empty() ? "" : absl::StrCat("did you mean ", nearest, "?"));
  }
  std::string value;
  if (option->value.empty()) {
    if (equals != std::string::npos) {
      return Wrong(absl::StrCat(option->name, " takes no value"));
    }
  } else if (equals != std::string::npos) {
    value = word.substr(equals + 1);
  } else if (at_ < words_.size()) {
    value = words_[at_++];
  } else {
    return Wrong(absl::StrCat(option->name, " needs a value: ", option->name, " ", option->value));
  }
  const auto& choices = option->choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
    const std::string nearest = Nearest(value, choices);
    return Wrong(absl::StrCat(option->name, " does not take \"", value, "\""),
                 nearest.empty() ? absl::StrCat("one of ", absl::StrJoin(choices, ", "))
                                 : absl::StrCat("did you mean ", nearest, "?"));
  }
  if (!option->is_repeatable && !option->value.empty() && out_.Has(option->name)) {
    return Wrong(absl::StrCat(option->name, " is given twice"));
  }
  out_.options_.emplace_back(std::string(option->name), std::move(value));
  return std::nullopt;
}

std::optional<UsageError> CommandLineParser::CheckArguments() const {
  size_t least = 0, most = 0;
  bool endless = false;
  for (const Argument& argument : command_.arguments) {
    ++most;
    if (!argument.is_optional) ++least;
    endless |= argument.is_repeatable;
  }
  if (out_.words_.size() < least) {
    const Argument& missing = command_.arguments[out_.words_.size()];
    return Wrong(absl::StrCat(missing.name, " is missing"),
                 absl::StrCat("usage: ", UsageLine(command_)));
  }
  if (!endless && out_.words_.size() > most) {
    return Wrong(absl::StrCat("too many arguments: ", out_.words_[most]),
                 absl::StrCat("usage: ", UsageLine(command_)));
  }
  for (size_t i = 0; i < out_.words_.size() && i < command_.arguments.size(); ++i) {
    const auto& choices = command_.arguments[i].choices;
    if (choices.empty() ||
        std::find(choices.begin(), choices.end(), out_.words_[i]) != choices.end()) {
      continue;
    }
    const std::string nearest = Nearest(out_.words_[i], choices);
    return Wrong(absl::StrCat("\"", out_.words_[i], "\" is not a ", command_.arguments[i].name),
                 nearest.empty() ? absl::StrCat("one of ", absl::StrJoin(choices, ", "))
                                 : absl::StrCat("did you mean ", nearest, "?"));
  }
  return std::nullopt;
}

std::variant<Arguments, UsageError> CommandLineParser::Run() {
  bool options_ended = false;
  while (at_ < words_.size()) {
    const std::string& word = words_[at_++];
    if (options_ended || word == "-" || !absl::StartsWith(word, "-")) {
      out_.words_.push_back(word);
    } else if (word == "--") {
      options_ended = true;
    } else if (std::optional<UsageError> error = TakeOption(word)) {
      return *error;
    }
  }
  if (out_.Has("--help")) return out_;  // whatever else is missing
  if (std::optional<UsageError> error = CheckArguments()) return *error;
  return out_;
}

std::variant<Arguments, UsageError> ParseCommandLine(const Command& command,
                                                     const std::vector<std::string>& words) {
  return CommandLineParser(command, words).Run();
}

const std::vector<Option>& CommonOptions() {
  static const std::vector<Option>& options = *new std::vector<Option>{
      {"--color",
       "",
       "WHEN",
       "colours in messages",
       WordKind::kChoice,
       {"auto", "always", "never"}},
      {"--help", "-h", "", "show this help"},
  };
  return options;
}

namespace {

int Complain(const UsageError& error, Console& console) {
  console.err << error.message << "\n";
  if (!error.hint.empty()) console.err << "  " << error.hint << "\n";
  return kUsage;
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& words, Console& console) {
  if (words.empty()) {
    console.out << Guide();
    return kGood;
  }
  std::string verb = words[0];
  if (verb == "--help" || verb == "-h") verb = "help";
  if (verb == "--version") verb = "version";
  const Command* command = FindCommand(verb);
  if (command == nullptr) {
    std::vector<absl::string_view> names;
    for (const Command& candidate : Commands()) names.push_back(candidate.name);
    const std::string nearest = Nearest(verb, names);
    return Complain({absl::StrCat("tickwire: unknown command \"", verb, "\""),
                     nearest.empty() ? "`tickwire help` lists the commands"
                                     : absl::StrCat("did you mean `tickwire ", nearest, "`?")},
                    console);
  }
  const auto parsed = ParseCommandLine(*command, {words.begin() + 1, words.end()});
  if (const auto* error = std::get_if<UsageError>(&parsed)) return Complain(*error, console);
  const auto& arguments = std::get<Arguments>(parsed);
  if (arguments.Has("--help")) {
    console.out << HelpFor(*command);
    return kGood;
  }
  const std::string color = arguments.Value("--color", "auto");
  if (color != "auto") console.color = color == "always";
  return command->run(arguments, console);
}

}  // namespace tickwire::cli
