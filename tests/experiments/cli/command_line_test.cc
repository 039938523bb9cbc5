#include "experiments/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "experiments/cli/command_table.h"
#include "experiments/cli/completion.h"
#include "experiments/cli/help.h"
#include "experiments/cli/man_page.h"

namespace tickwire::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Command Sample() {
  return {"sample",
          "does things",
          "Does things.",
          {{"FILE", "a file", WordKind::kFile}, {"MORE", "more", WordKind::kText, true, true}},
          {{"--out", "-o", "DIR", "where to"},
           {"--json", "", "", "as JSON"},
           {"--set", "", "PATH=VALUE", "change", WordKind::kText, {}, true},
           {"--format", "", "KIND", "how", WordKind::kChoice, {"text", "svg"}}},
          {},
          {},
          nullptr};
}

Arguments Parse(const std::vector<std::string>& words) {
  const Command command = Sample();
  auto parsed = ParseCommandLine(command, words);
  if (const auto* error = std::get_if<UsageError>(&parsed)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Arguments>(parsed);
}

UsageError Fail(const std::vector<std::string>& words) {
  const Command command = Sample();
  auto parsed = ParseCommandLine(command, words);
  if (const auto* error = std::get_if<UsageError>(&parsed)) return *error;
  ADD_FAILURE();
  return {};
}

TEST(CommandLine, TakesValuesInEverySpelling) {
  EXPECT_EQ(Parse({"f", "--out", "d"}).Value("--out"), "d");
  EXPECT_EQ(Parse({"f", "--out=d"}).Value("--out"), "d");
  EXPECT_EQ(Parse({"-o", "d", "f"}).Value("--out"), "d");
  EXPECT_EQ(Parse({"f", "--out="}).Value("--out", "x"), "");
  EXPECT_EQ(Parse({"f"}).Value("--out", "x"), "x");
  EXPECT_THAT(Parse({"f", "--set", "a=b", "--set=c=d"}).Values("--set"), ElementsAre("a=b", "c=d"));
  EXPECT_TRUE(Parse({"--json", "f"}).Has("--json"));
}

TEST(CommandLine, EndsOptionsWithTwoDashesAndTakesOneAsAWord) {
  EXPECT_THAT(Parse({"-", "--", "--json", "-x"}).words(), ElementsAre("-", "--json", "-x"));
}

TEST(CommandLine, SaysWhatIsWrongAndWhatWasMeant) {
  EXPECT_THAT(Fail({"f", "--jsno"}).hint, HasSubstr("did you mean --json?"));
  EXPECT_THAT(Fail({"f", "--out"}).message, HasSubstr("needs a value"));
  EXPECT_THAT(Fail({"f", "--json=yes"}).message, HasSubstr("takes no value"));
  EXPECT_THAT(Fail({"f", "--format", "sgv"}).hint, HasSubstr("did you mean svg?"));
  EXPECT_THAT(Fail({"f", "-o", "a", "--out=b"}).message, HasSubstr("twice"));
  EXPECT_THAT(Fail({}).message, HasSubstr("FILE is missing"));
}

int RunWords(const std::vector<std::string>& words, std::string* out, std::string* err) {
  std::ostringstream o, e;
  Console console{o, e};
  const int status = RunCommandLine(words, console);
  if (out) *out = o.str();
  if (err) *err = e.str();
  return status;
}

TEST(CommandLine, WithoutArgumentsPrintsAGuideOfTenLines) {
  std::string out;
  EXPECT_EQ(RunWords({}, &out, nullptr), kGood);
  EXPECT_LE(std::count(out.begin(), out.end(), '\n'), 11);
  EXPECT_THAT(out, HasSubstr("tickwire list"));
}

TEST(CommandLine, UnknownCommandSuggestsAndIsAUsageError) {
  std::string out, err;
  EXPECT_EQ(RunWords({"validat"}, &out, &err), kUsage);
  EXPECT_EQ(out, "");
  EXPECT_THAT(err, HasSubstr("did you mean `tickwire validate`?"));
}

// Everything that help, completion and man page need is in the table, for every command.
TEST(CommandTable, IsComplete) {
  std::set<absl::string_view> names;
  for (const Command& command : Commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_FALSE(command.summary.empty());
    EXPECT_FALSE(command.description.empty());
    EXPECT_FALSE(command.examples.empty()) << command.name;
    EXPECT_NE(command.run, nullptr);
    for (const Option& option : command.options) {
      EXPECT_EQ(option.name.substr(0, 2), "--");
      EXPECT_FALSE(option.doc.empty()) << option.name;
    }
    std::string out;
    EXPECT_EQ(RunWords({std::string(command.name), "--help"}, &out, nullptr), kGood);
    EXPECT_THAT(out, HasSubstr("usage: tickwire " + std::string(command.name)));
    EXPECT_THAT(out, HasSubstr("Examples:"));
  }
}

TEST(CommandTable, IsTheSourceOfCompletionAndManPage) {
  const std::string man = ManPage();
  for (const Command& command : Commands()) {
    const std::string name(command.name);
    EXPECT_THAT(BashCompletion(), HasSubstr("    " + name + ")\n"));
    EXPECT_THAT(ZshCompletion(), HasSubstr("'" + name + ":"));
    EXPECT_THAT(FishCompletion(), HasSubstr("-a " + name + " -d"));
    // A hyphen of a name is no minus of the text's (groff_char(7)).
    EXPECT_THAT(man, HasSubstr(".SS tickwire " + absl::StrReplaceAll(name, {{"-", "\\-"}})));
  }
}

}  // namespace
}  // namespace tickwire::cli
