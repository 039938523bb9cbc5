// Tells the fuzz entry of whole connections stories that are drawn.
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

// A handshake at the beginning, so that stories get somewhere.
std::string Draw(Rng& rng) {
  std::string story;
  const auto put = [&](uint64_t byte) { story += static_cast<char>(byte); };
  for (int i = 0; i < 7; ++i) put(rng.Below(256));  // configuration
  const bool connects = rng.Below(2) == 0;
  put(connects ? 1 : 0);
  if (!connects) put(rng.Below(4) == 0 ? 1 : 0);
  const uint64_t options = rng.Below(16);
  const auto segment = [&](uint64_t flags, uint64_t with, uint64_t length) {
    put(0);   // a segment
    put(16);  // port 40000; the peer goes on after it
    put(flags);
    for (int i = 0; i < 6; ++i) put(0);  // seq and ack as they should be
    put(rng.Below(256));                 // window
    put(rng.Below(256));
    put(0);  // urgent
    put(with);
    if (with & 1) put(5), put(0xb4);
    if (with & 2) put(rng.Below(16));
    if (with & 8) {
      put(1);
      for (int i = 0; i < 3; ++i) put(0);
    }
    put(length);
  };
  if (rng.Below(8) != 0) {
    segment(connects ? 0x12 : 0x02, options, 0);
    if (!connects) segment(0x10, options & 8, 0);
  }
  const uint64_t rest = rng.Below(600);
  for (uint64_t i = 0; i < rest; ++i) {
    if (rng.Below(12) == 0) {
      segment(0x10 | (rng.Below(6) == 0 ? rng.Below(256) : 0), options & 8, rng.Below(256));
    } else {
      put(rng.Below(3) == 0 ? rng.Below(20) : rng.Below(256));
    }
  }
  return story;
}

TEST(TcpConnectionFuzz, DrawnStoriesEndAndStayConsistent) {
  Rng rng = Rng::ForStream({.seed = 1}, "fuzz", "tcp connection");
  for (int i = 0; i < 20'000; ++i) Feed(Draw(rng));
}

TEST(TcpConnectionFuzz, MutatedStoriesPass) {
  Rng rng = Rng::ForStream({.seed = 2}, "fuzz", "tcp connection");
  for (int i = 0; i < 10'000; ++i) Feed(Mutate(Draw(rng), Draw(rng), rng));
}

}  // namespace
}  // namespace tickwire
