// Replays the corpus of whole servers through the fuzz entry: as it is, mutated, and with its
// datagrams in another order.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim_core/random/rng.h"
#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tickwire::sip {
namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

// All datagrams of the corpus, those of message_fuzz too.
std::vector<std::string> Datagrams() {
  std::vector<std::string> all;
  for (const std::string& flow : ReadCorpus("sip_server")) {
    for (const absl::string_view one : absl::StrSplit(flow, '\x1e')) all.emplace_back(one);
  }
  for (const std::string& one : ReadCorpus("sip")) all.push_back(one);
  return all;
}

TEST(ServerFuzz, CorpusPassesInEveryConfiguration) {
  const std::vector<std::string> corpus = ReadCorpus("sip_server");
  EXPECT_GE(corpus.size(), 5u);
  for (const std::string& flow : corpus) {
    for (int choice = 0; choice < 60; ++choice) Feed(flow + static_cast<char>(choice));
  }
}

TEST(ServerFuzz, MutatedAndReorderedMessagesLeaveNothingBehind) {
  const std::vector<std::string> datagrams = Datagrams();
  const std::string telling("\r\n \t,;:<>\"\\=@%/[]()?&*SIP/2.0=BRANCH=");
  Rng rng = Rng::ForStream({.seed = 3}, "fuzz", "server");
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> pieces;
    for (uint64_t count = 1 + rng.Below(12); count > 0; --count) {
      std::string piece = datagrams[rng.Below(datagrams.size())];
      if (rng.Below(3) != 0) {
        piece = Mutate(piece, datagrams[rng.Below(datagrams.size())], rng, telling);
      }
      pieces.push_back(piece);
      if (rng.Below(4) == 0) pieces.push_back(piece);  // a repetition
    }
    Feed(absl::StrJoin(pieces, "\x1e") + static_cast<char>(rng.Below(256)));
  }
}

}  // namespace
}  // namespace tickwire::sip
