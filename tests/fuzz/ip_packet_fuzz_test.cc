// Replays the corpus of packets and mutations of it through the fuzz entry.
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

TEST(IpPacketFuzz, CorpusPasses) {
  const std::vector<std::string> corpus = ReadCorpus("ip");
  EXPECT_GE(corpus.size(), 20u);
  for (const std::string& input : corpus) Feed(input);
}

TEST(IpPacketFuzz, EveryPrefixPasses) {
  for (std::string input : ReadCorpus("ip")) {
    if (input.size() > 300) continue;
    for (const char flags : {'\0', '\1'}) {
      input[0] = flags;
      for (size_t size = 0; size < input.size(); ++size) Feed(input.substr(0, size));
    }
  }
}

TEST(IpPacketFuzz, MutationsPass) {
  const std::vector<std::string> corpus = ReadCorpus("ip");
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "ip");
  for (int i = 0; i < 60'000; ++i) {
    std::string input =
        Mutate(corpus[rng.Below(corpus.size())], corpus[rng.Below(corpus.size())], rng);
    if (!input.empty()) input[0] = static_cast<char>(rng.Below(4) != 0);
    Feed(input);
  }
}

// Fragments of one datagram with any offsets and lengths, checksums right.
TEST(IpPacketFuzz, AnyFragmentsPass) {
  Rng rng = Rng::ForStream({.seed = 2}, "fuzz", "fragments");
  for (int i = 0; i < 3'000; ++i) {
    std::string input(1, '\1');
    for (uint64_t n = 2 + rng.Below(6); n > 0; --n) {
      const size_t size = 8 * rng.Below(6) + (rng.Below(3) == 0 ? rng.Below(8) : 0);
      const uint64_t offset = rng.Below(3) == 0 ? rng.Below(8192) : rng.Below(12);
      const uint64_t word = offset | (rng.Below(2) << 13);
      const char header[] = {0x45,
                             0,
                             0,
                             static_cast<char>(20 + size),
                             0,
                             1,
                             static_cast<char>(word >> 8),
                             static_cast<char>(word),
                             64,
                             static_cast<char>(rng.Below(2) == 0 ? 17 : 1),
                             0,
                             0,
                             10,
                             0,
                             0,
                             1,
                             10,
                             0,
                             0,
                             2};
      input += '\0';
      input += static_cast<char>(20 + size);
      input.append(header, sizeof header);
      input.append(size, '\1');
    }
    Feed(input);
  }
}

}  // namespace
}  // namespace tickwire
