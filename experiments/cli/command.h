// One entry of the command table: a verb with all that help, completion and the man page say of it.
#ifndef TICKWIRE_EXPERIMENTS_CLI_COMMAND_H_
#define TICKWIRE_EXPERIMENTS_CLI_COMMAND_H_

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire {
class Registry;
}

namespace tickwire::cli {

// Exit statuses of every verb.
enum ExitStatus : int {
  kGood = 0,
  kFailed = 1,         // an expectation failed, a check said no
  kUsage = 2,          // the command line is wrong
  kInvalid = 3,        // a scenario is wrong
  kInterrupted = 130,  // by Ctrl-C, as shells have it
};

// What a word on the command line is, for completion.
enum class WordKind { kText, kScenario, kFile, kDirectory, kErrorId, kChoice };

struct Option {
  absl::string_view name;        // "--json"
  absl::string_view short_name;  // "-o", or ""
  absl::string_view value;       // name of its value ("DIR"), or "" for a flag
  absl::string_view doc;         // a few words, no full stop
  WordKind kind = WordKind::kText;
  std::vector<absl::string_view> choices = {};  // of a kChoice
  bool is_repeatable = false;
};

struct Argument {
  absl::string_view name;  // "SCENARIO"
  absl::string_view doc;
  WordKind kind = WordKind::kText;
  bool is_optional = false;
  bool is_repeatable = false;  // only the last one may be
  std::vector<absl::string_view> choices = {};
};

struct Example {
  absl::string_view command;  // "tickwire run sip/basic_call --ladder"
  absl::string_view doc;
};

// Where a verb writes: data to `out`, everything else to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool color = false;            // colours on `err`
  bool err_is_terminal = false;  // progress lines make sense
  // Roles and impairments beyond the shipped ones; null: Registry::Standard().
  const Registry* registry = nullptr;
};

// A command line that fits its command.
class Arguments {
 public:
  // Positional words, in order.
  const std::vector<std::string>& words() const { return words_; }
  std::string word(size_t i) const { return i < words_.size() ? words_[i] : ""; }
  bool Has(absl::string_view option) const;
  // The last value given, or `fallback`.
  std::string Value(absl::string_view option, absl::string_view fallback = "") const;
  std::vector<std::string> Values(absl::string_view option) const;

 private:
  friend class CommandLineParser;
  std::vector<std::string> words_;
  std::vector<std::pair<std::string, std::string>> options_;  // long name, value
};

struct Command {
  absl::string_view name;
  absl::string_view summary;      // a few words, no full stop
  absl::string_view description;  // sentences; paragraphs are parted by '\n'
  std::vector<Argument> arguments;
  std::vector<Option> options;
  std::vector<Example> examples;
  // What 0 and the others mean here, beyond ExitStatus; may be empty.
  std::vector<std::pair<int, absl::string_view>> statuses;
  int (*run)(const Arguments& arguments, Console& console);
};

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_COMMAND_H_
