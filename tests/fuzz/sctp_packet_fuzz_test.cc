// Replays the corpus of SCTP packets and mutations of it through the fuzz entry.
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

TEST(SctpPacketFuzz, CorpusAndEveryPrefixOfItPass) {
  const std::vector<std::string> corpus = ReadCorpus("sctp");
  EXPECT_GE(corpus.size(), 20u);
  for (std::string input : corpus) {
    for (char flags = 0; flags < 4; ++flags) {
      input[0] = flags;
      for (size_t size = 0; size <= input.size(); ++size) Feed(input.substr(0, size));
    }
  }
}

TEST(SctpPacketFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("sctp");
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "sctp");
  for (int i = 0; i < 60'000; ++i) {
    std::string input =
        Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng);
    if (!input.empty()) input[0] = static_cast<char>(2 | rng.Below(2));
    Feed(input);
  }
}

}  // namespace
}  // namespace tickwire
