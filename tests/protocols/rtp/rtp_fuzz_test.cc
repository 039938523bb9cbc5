// Replays the corpus of RTP, RTCP and bodies, and mutations of it.
#include <gtest/gtest.h>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

TEST(RtpFuzz, CorpusAndEveryPrefixPass) {
  const std::vector<std::string> corpus = ReadCorpus("media");
  EXPECT_GE(corpus.size(), 8u);
  for (const std::string& text : corpus) {
    for (size_t length = 0; length <= text.size(); ++length) Feed(text.substr(0, length));
  }
}

TEST(RtpFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("media");
  const std::string telling("\x80\xff\x00\x01\xc8\xc9<>&;\"-\r\n", 14);
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "media");
  for (int i = 0; i < 20'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng, telling));
  }
}

}  // namespace
}  // namespace tickwire
