#include "topologies/error_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

using ::testing::IsEmpty;

std::set<std::string> IdsIn(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  std::set<std::string> out;
  // Quoted: a quote, E0 or W0, three digits, a quote.
  for (size_t i = 0; i + 7 <= all.size(); ++i) {
    const std::string id = all.substr(i + 1, 5);
    const bool is_id = (id[0] == 'E' || id[0] == 'W') && id[1] == '0' &&
                       id.find_first_not_of("0123456789", 1) == std::string::npos;
    if (all[i] == '"' && all[i + 6] == '"' && is_id) out.insert(id);
  }
  return out;
}

TEST(ErrorCatalogue, HoldsEveryIdThatTheSourcesUseAndNoOther) {
  std::set<std::string> used, listed;
  const std::filesystem::path root = TICKWIRE_SOURCE_DIR;
  for (const char* folder : {"topologies", "experiments/cli"}) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cc" || entry.path().filename() == "error_catalogue.cc")
        continue;
      used.merge(IdsIn(entry.path()));
    }
  }
  for (const ErrorEntry& entry : ErrorCatalogue()) listed.insert(std::string(entry.id));
  EXPECT_EQ(used, listed);
}

TEST(ErrorCatalogue, IsSortedAndWithoutRepetition) {
  const auto entries = ErrorCatalogue();
  for (size_t i = 1; i < entries.size(); ++i) EXPECT_LT(entries[i - 1].id, entries[i].id);
}

class CatalogueExample : public testing::TestWithParam<ErrorEntry> {};

TEST_P(CatalogueExample, WrongGivesTheErrorAndRightDoesNot) {
  const ErrorEntry& entry = GetParam();
  if (!entry.wrong.empty()) {
    const LoadResult wrong = LoadScenarioText("wrong", std::string(entry.wrong), ".", {});
    ASSERT_EQ(wrong.diagnostics.size(), 1u) << FormatDiagnostics(wrong.diagnostics, false);
    EXPECT_EQ(wrong.diagnostics[0].id, entry.id);
    EXPECT_GT(wrong.diagnostics[0].line, 0);
    EXPECT_GT(wrong.diagnostics[0].column, 0);
  }
  if (!entry.right.empty()) {
    const LoadResult right = LoadScenarioText("right", std::string(entry.right), ".", {});
    EXPECT_THAT(right.diagnostics, IsEmpty()) << FormatDiagnostics(right.diagnostics, false);
  }
}

INSTANTIATE_TEST_SUITE_P(All, CatalogueExample,
                         testing::ValuesIn(ErrorCatalogue().begin(), ErrorCatalogue().end()),
                         [](const auto& test) { return std::string(test.param.id); });

TEST(ErrorCatalogue, ExplainsWithExamples) {
  const ErrorEntry* entry = FindError("E0107");
  ASSERT_NE(entry, nullptr);
  EXPECT_THAT(ExplainError(*entry), testing::HasSubstr("Wrong:"));
  EXPECT_EQ(FindError("E9999"), nullptr);
}

}  // namespace
}  // namespace tickwire
