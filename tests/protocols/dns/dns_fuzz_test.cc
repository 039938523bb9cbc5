// Replays the DNS corpus and mutations of it through the fuzz entry.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim_core/random/rng.h"
#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire::dns {
namespace {

void Feed(const std::string& octets) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(octets.data()), octets.size());
}

TEST(DnsFuzz, CorpusAndEveryPrefixPass) {
  const std::vector<std::string> corpus = ReadCorpus("dns");
  EXPECT_GE(corpus.size(), 5u);
  for (const std::string& octets : corpus) {
    for (size_t size = 0; size <= octets.size(); ++size) Feed(octets.substr(0, size));
  }
}

TEST(DnsFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("dns");
  const std::string telling("\x00\x01\x0c\xc0\xff\x3f\x05\x21\x23", 9);
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "dns");
  for (int i = 0; i < 50'000; ++i) {
    Feed(Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng, telling));
  }
}

}  // namespace
}  // namespace tickwire::dns
