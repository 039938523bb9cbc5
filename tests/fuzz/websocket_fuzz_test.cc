// Replays the corpus of WebSocket, every prefix of it, and mutations.
#include <gtest/gtest.h>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(WebSocketFuzz, CorpusAndEveryPrefixPass) {
  const std::vector<std::string> corpus = ReadCorpus("websocket");
  EXPECT_GE(corpus.size(), 8u);
  for (const std::string& text : corpus) {
    for (size_t length = 0; length <= text.size(); ++length) Feed(text.substr(0, length));
  }
}

TEST(WebSocketFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("websocket");
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "websocket");
  for (int i = 0; i < 20'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng));
  }
}

}  // namespace
}  // namespace tickwire
