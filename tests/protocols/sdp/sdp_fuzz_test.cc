// Replays the corpus of session descriptions and mutations of it.
#include <gtest/gtest.h>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire::sdp {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(SdpFuzz, CorpusAndEveryPrefixPass) {
  const std::vector<std::string> corpus = ReadCorpus("sdp");
  EXPECT_GE(corpus.size(), 9u);
  for (const std::string& text : corpus) {
    for (size_t length = 0; length <= text.size(); ++length) Feed(text.substr(0, length));
  }
}

TEST(SdpFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("sdp");
  const std::string telling("\r\n =:/0189amvct", 16);
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "sdp");
  for (int i = 0; i < 20'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng, telling));
  }
}

}  // namespace
}  // namespace tickwire::sdp
