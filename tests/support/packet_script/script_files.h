// Scripts from files and texts, for tests.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_FILES_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_FILES_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/packet_script/runner.h"

namespace tickwire::packet_script {

// All of a folder of the source tree, in order.
inline std::vector<std::string> ScriptFiles(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TICKWIRE_SOURCE_DIR) / folder)) {
    if (entry.path().extension() == ".pkt") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "LINE: what went wrong", or empty. Lines in other languages are wrong too.
inline std::string Outcome(const std::string& text) {
  auto parsed = ParseScript("script", text);
  if (const auto* error = std::get_if<ScriptError>(&parsed)) {
    return absl::StrCat(error->line, ": ", error->text);
  }
  if (std::get<Script>(parsed).unsupported > 0) return "0: lines that are not supported";
  const auto error = RunScript(std::get<Script>(parsed), {});
  return error ? absl::StrCat(error->line, ": ", error->text) : "";
}

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCRIPT_FILES_H_
