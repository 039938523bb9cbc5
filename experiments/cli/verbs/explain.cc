#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/error_catalogue.h"
#include "topologies/match/standard_fields.h"
#include "topologies/match/suggest.h"
#include "topologies/schema_docs.h"

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
    for (const std::string& type : SchemaTypes()) console.out << type << "\n";
    return kGood;
  }
  if (arguments.words().empty()) {
    for (const ErrorEntry& entry : ErrorCatalogue()) {
      console.out << entry.id << "  " << entry.title << "\n";
    }
    console.err
        << "`tickwire explain ID` explains one; `tickwire explain fields` lists the fields of "
           "match expressions,\n`tickwire explain Scenario` the parts of a scenario\n";
    return kGood;
  }
  const std::string word = arguments.word(0);
  if (word == "fields") {
    PrintFields(console);
    return kGood;
  }
  const std::string id = absl::AsciiStrToUpper(word);
  if (FindError(id) == nullptr) {
    if (const std::optional<std::string> description = DescribeSchema(word)) {
      console.out << *description;
      return kGood;
    }
  }
  if (const ErrorEntry* entry = FindError(id)) {
    console.out << ExplainError(*entry);
    return kGood;
  }
  std::vector<absl::string_view> ids;
  for (const ErrorEntry& entry : ErrorCatalogue()) ids.push_back(entry.id);
  const std::vector<std::string> types = SchemaTypes();
  ids.insert(ids.end(), types.begin(), types.end());
  const std::string nearest = Nearest(word, ids);
  console.err << "tickwire explain: there is nothing to explain by the name of \"" << word
              << "\"\n  "
              << (nearest.empty() ? "`tickwire explain` lists all"
                                  : absl::StrCat("did you mean ", nearest, "?"))
              << "\n";
  return kUsage;
}

}  // namespace

Command ExplainCommand() {
  return {
      "explain",
      "explain an error, a part of a scenario, or match expressions",
      "Every complaint about a scenario has an id. This tells what it means, with an example that "
      "is wrong and one that is right. Without an id it lists them all.\n"
      "A part of a scenario (Link, Expect, sip_ua, ...) is explained by its fields with units, "
      "defaults and bounds, a choice (fork, surplus_2xx, transaction_layer, ...) by the words that "
      "it takes. Role and Action list what nodes can be and do.",
      {{"ID", "an error id such as E0107, a part of a scenario such as Link, or `fields`",
        WordKind::kErrorId, true}},
      {{"--ids", "", "", "ids only"}},
      {{"tickwire explain E0107", "What an unknown field is."},
       {"tickwire explain Link", "All that a link can have."},
       {"tickwire explain Role", "What a node can be."},
       {"tickwire explain fork", "In which orders a sip_server can fork."},
       {"tickwire explain fields", "What a match expression may name."}},
      {},
      Run};
}

}  // namespace tickwire::cli
