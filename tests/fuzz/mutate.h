// For the tests that replay fuzz corpora: reading one, and changing an input a little.
#ifndef TICKWIRE_TESTS_FUZZ_MUTATE_H_
#define TICKWIRE_TESTS_FUZZ_MUTATE_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim_core/random/rng.h"

namespace tickwire {

// tests/fuzz/corpus/NAME, in the order of the files' names.
inline std::vector<std::string> ReadCorpus(const std::string& name) {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder =
      std::filesystem::path(TICKWIRE_SOURCE_DIR) / "tests/fuzz/corpus" / name;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

// Bytes that mean something in headers.
inline const std::string& TellingBytes() {
  static const std::string& bytes = *new std::string("\x00\x01\x7f\x80\xff\xfe\x45\x60", 8);
  return bytes;
}

// A few edits: bytes changed (often to one of `telling`), removed, repeated, or a piece of another
// input put in.
inline std::string Mutate(std::string text, const std::string& other, Rng& rng,
                          const std::string& telling = TellingBytes()) {
  for (uint64_t edits = 1 + rng.Below(6); edits > 0 && !text.empty(); --edits) {
    const size_t at = rng.Below(text.size());
    const size_t length = std::min<size_t>(1 + rng.Below(20), text.size() - at);
    switch (rng.Below(6)) {
      case 0:
        text[at] = static_cast<char>(rng.Below(256));
        break;
      case 1:
        text[at] = telling[rng.Below(telling.size())];
        break;
      case 2:
        text[at] = static_cast<char>(text[at] ^ (1 << rng.Below(8)));
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(at, text.substr(at, length));
        break;
      default:
        if (!other.empty()) text.insert(at, other.substr(rng.Below(other.size()), length));
        break;
    }
  }
  return text;
}

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_FUZZ_MUTATE_H_
