// Tells the fuzz entry of whole associations stories that are drawn, and mutations of them.
#include <gtest/gtest.h>

#include <string>

#include "sim_core/random/rng.h"
#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire {
namespace {

void Feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// Zeros let packets pass and users be quiet, so that stories get somewhere.
std::string Draw(Rng& rng) {
  std::string story;
  const auto put = [&](uint64_t byte) { story += static_cast<char>(byte); };
  for (int i = 0; i < 12; ++i) put(rng.Below(256));  // configurations
  put(rng.Below(2));                                 // addresses of the peer
  put(rng.Below(8) == 0 ? 1 : 0);                    // simultaneous set-up
  put(7);
  for (int i = 0; i < 8; ++i) put(0);
  const uint64_t calm = 1 + rng.Below(8);
  const uint64_t rest = rng.Below(700);
  for (uint64_t i = 0; i < rest; ++i) put(rng.Below(calm) == 0 ? rng.Below(256) : 0);
  return story;
}

TEST(SctpAssociationFuzz, DrawnStoriesEndAndStayConsistent) {
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "sctp association");
  for (int i = 0; i < 10'000; ++i) Feed(Draw(rng));
}

TEST(SctpAssociationFuzz, MutatedStoriesPass) {
  Rng rng = Rng::ForStream({.seed = 2}, "fuzz", "sctp association");
  for (int i = 0; i < 5000; ++i) Feed(Mutate(Draw(rng), Draw(rng), rng));
}

}  // namespace
}  // namespace tickwire
