#include <algorithm>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/error_catalogue.h"
#include "topologies/match/standard_fields.h"
#include "topologies/match/suggest.h"

namespace tickwire::cli {
namespace {

void PrintFields(Console& console) {
  size_t width = 0;
  const auto& fields = match::StandardFieldTable().fields();
  for (const match::FieldInfo& field : fields) width = std::max(width, field.name.size());
  for (const match::FieldInfo& field : fields) {
    constexpr absl::string_view kKinds[] = {"number ", "text   ", "bool   ", "address"};
    console.out << field.name << std::string(width - field.name.size() + 2, ' ')
                << kKinds[static_cast<int>(field.kind)] << "  " << field.doc << "\n";
  }
}

int Run(const Arguments& arguments, Console& console) {
  if (arguments.Has("--ids")) {
    for (const ErrorEntry& entry : ErrorCatalogue()) console.out << entry.id << "\n";
    console.out << "fields\n";
    return kGood;
  }
  if (arguments.words().empty()) {
    for (const ErrorEntry& entry : ErrorCatalogue()) {
      console.out << entry.id << "  " << entry.title << "\n";
    }
    console.err
        << "`tickwire explain ID` explains one; `tickwire explain fields` lists the fields of "
           "match expressions\n";
    return kGood;
  }
  const std::string word = arguments.word(0);
  if (word == "fields") {
    PrintFields(console);
    return kGood;
  }
  const std::string id = absl::AsciiStrToUpper(word);
  if (const ErrorEntry* entry = FindError(id)) {
    console.out << ExplainError(*entry);
    return kGood;
  }
  std::vector<absl::string_view> ids;
  for (const ErrorEntry& entry : ErrorCatalogue()) ids.push_back(entry.id);
  const std::string nearest = Nearest(id, ids);
  console.err << "tickwire explain: there is no error \"" << word << "\"\n  "
              << (nearest.empty() ? "`tickwire explain` lists all"
                                  : absl::StrCat("did you mean ", nearest, "?"))
              << "\n";
  return kUsage;
}

}  // namespace

Command ExplainCommand() {
  return {
      "explain",
      "explain an error, or list the fields of match expressions",
      "Every complaint about a scenario has an id. This tells what it means, with an example that "
      "is wrong and one that is right. Without an id it lists them all.",
      {{"ID", "an error id such as E0107, or `fields`", WordKind::kErrorId, true}},
      {{"--ids", "", "", "ids only"}},
      {{"tickwire explain E0107", "What an unknown field is."},
       {"tickwire explain fields", "What a match expression may name."}},
      {},
      Run};
}

}  // namespace tickwire::cli
