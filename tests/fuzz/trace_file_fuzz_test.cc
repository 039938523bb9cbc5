// Replays trace files and mutations of them through the fuzz entry.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_core/random/rng.h"
#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

TEST(TraceFileFuzz, CorpusPasses) {
  const std::vector<std::string> corpus = ReadCorpus("trace");
  EXPECT_GE(corpus.size(), 3u);
  for (const std::string& input : corpus) Feed(input);
}

TEST(TraceFileFuzz, PrefixesPass) {
  for (const std::string& input : ReadCorpus("trace")) {
    for (size_t size = 0; size < input.size(); size += 1 + input.size() / 400) {
      Feed(input.substr(0, size));
    }
  }
}

TEST(TraceFileFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("trace");
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "trace");
  for (int i = 0; i < 15'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng));
  }
}

}  // namespace
}  // namespace tickwire
