// Replays the corpus, the shipped scenarios and mutations of both through the fuzz entry.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "topologies/error_catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::vector<std::string> Corpus() {
  std::vector<std::string> out;
  const std::filesystem::path root = TICKWIRE_SOURCE_DIR;
  for (const char* folder :
       {"tests/fuzz/scenario_corpus", "experiments/scenarios", "topologies/paper"}) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      std::ifstream in(path, std::ios::binary);
      std::stringstream text;
      text << in.rdbuf();
      out.push_back(text.str());
    }
  }
  for (const ErrorEntry& entry : ErrorCatalogue()) {
    out.emplace_back(entry.wrong);
    out.emplace_back(entry.right);
  }
  return out;
}

TEST(ScenarioFuzz, CorpusPasses) {
  for (const std::string& text : Corpus()) Feed(text);
}

TEST(ScenarioFuzz, EveryPrefixOfAScenarioPasses) {
  const std::vector<std::string> corpus = Corpus();
  for (const std::string& text : corpus) {
    if (text.size() > 1500) continue;
    for (size_t i = 0; i < text.size(); i += 3) Feed(text.substr(0, i));
  }
}

TEST(ScenarioFuzz, MutationsPass) {
  const std::vector<std::string> corpus = Corpus();
  // More on demand: TICKWIRE_FUZZ_ITERATIONS=1000000 TICKWIRE_FUZZ_SEED=7.
  const auto number = [](const char* name, unsigned long fallback) {
    const char* text = std::getenv(name);
    return text ? std::strtoul(text, nullptr, 10) : fallback;
  };
  const unsigned long iterations = number("TICKWIRE_FUZZ_ITERATIONS", 4000);
  std::mt19937 random(static_cast<uint32_t>(number("TICKWIRE_FUZZ_SEED", 1)));
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  constexpr char kInteresting[] = "{}[]<>\"'\\:;,#%-=&|!()0\n\xff. ";
  for (unsigned long i = 0; i < iterations; ++i) {
    std::string text = corpus[below(corpus.size())];
    for (size_t n = 1 + below(6); n > 0 && !text.empty(); --n) {
      const size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = kInteresting[below(sizeof kInteresting - 1)];
          break;
        case 1:
          text.erase(at, 1 + below(20));
          break;
        case 2:
          text.insert(at, 1, kInteresting[below(sizeof kInteresting - 1)]);
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), 1 + below(60)));
          break;
        default: {
          const std::string& other = corpus[below(corpus.size())];
          if (!other.empty()) text.insert(at, other.substr(below(other.size()), 1 + below(80)));
        }
      }
    }
    Feed(text);
  }
}

}  // namespace
}  // namespace tickwire
