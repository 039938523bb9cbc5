// Replays the corpus of Tls, every prefix of it, and mutations.
#include <gtest/gtest.h>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(TlsFuzz, CorpusAndEveryPrefixPass) {
  const std::vector<std::string> corpus = ReadCorpus("tls");
  EXPECT_GE(corpus.size(), 8u);
  for (const std::string& text : corpus) {
    for (size_t length = 0; length <= text.size(); ++length) Feed(text.substr(0, length));
  }
}

TEST(TlsFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("tls");
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "tls");
  for (int i = 0; i < 20'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng));
  }
}

}  // namespace
}  // namespace tickwire
