// Holds the tree to its own rules: who may include whom, what may not be named, what stands at the
// top. The table is the one in sim_core/README.md and its neighbours.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path kRoot = TICKWIRE_SOURCE_DIR;

// Module -> the modules whose headers it may include, besides its own.
const std::map<std::string, std::vector<std::string>>& Table() {
  static const auto& table = *new std::map<std::string, std::vector<std::string>>{
      {"sim_core/base", {}},
      {"sim_core/time", {"sim_core/base"}},
      {"sim_core/packet", {"sim_core/base"}},
      {"sim_core/random", {"sim_core/base", "sim_core/time"}},
      {"sim_core/trace", {"sim_core/base", "sim_core/time"}},
      {"sim_core/event", {"sim_core/base", "sim_core/time", "sim_core/trace"}},
      {"sim_core/net",
       {"sim_core/base", "sim_core/time", "sim_core/event", "sim_core/packet", "sim_core/random",
        "sim_core/trace"}},
      {"sim_core/run",
       {"sim_core/base", "sim_core/time", "sim_core/event", "sim_core/packet", "sim_core/random",
        "sim_core/trace", "sim_core/net"}},
      {"protocols/transport", {"sim_core/base", "sim_core/time"}},
      {"protocols/transport/layered",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/trace"}},
      {"protocols/tls",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"protocols/websocket",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"protocols/ip",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace", "sim_core/net"}},
      {"protocols/udp",
       {"protocols/ip", "protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace", "sim_core/net"}},
      {"protocols/tcp",
       {"protocols/ip", "protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace", "sim_core/net"}},
      {"protocols/sctp",
       {"protocols/ip", "protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace", "sim_core/net"}},
      {"protocols/sdp", {"protocols/transport", "sim_core/base"}},
      {"protocols/dns",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"protocols/sip",
       {"protocols/dns", "protocols/sdp", "protocols/transport", "sim_core/base", "sim_core/time",
        "sim_core/event", "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"protocols/rtp",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"protocols/apps",
       {"protocols/transport", "sim_core/base", "sim_core/time", "sim_core/event",
        "sim_core/packet", "sim_core/random", "sim_core/trace"}},
      {"topologies", {"sim_core", "protocols", "topologies"}},
      {"experiments/view", {"topologies", "protocols", "sim_core"}},
      {"experiments/export", {"experiments/view", "topologies", "protocols/rtp", "sim_core"}},
      {"experiments/run", {"experiments/view", "experiments/export", "topologies", "sim_core"}},
      {"experiments/studies", {"experiments/export", "topologies", "protocols", "sim_core"}},
      {"experiments/cli", {"experiments", "topologies", "protocols", "sim_core"}},
      {"experiments/examples", {"experiments", "topologies", "protocols", "sim_core"}},
      {"gui", {"experiments", "sim_core/trace", "sim_core/base", "sim_core/time"}},
      {"tests", {"sim_core", "protocols", "topologies", "experiments", "gui"}},
  };
  return table;
}

bool IsWithin(const std::string& path, const std::string& folder) {
  return path == folder || absl::StartsWith(path, folder + "/");
}

// The longest module that `path` lies in.
std::string ModuleOf(const std::string& path) {
  std::string best;
  for (const auto& [module, allowed] : Table()) {
    if (IsWithin(path, module) && module.size() > best.size()) best = module;
  }
  return best;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Source {
  std::string path;  // from the root
  std::string text;
};
const std::vector<Source>& Sources() {
  static const auto& sources = *[] {
    auto* found = new std::vector<Source>;
    for (const char* top : {"sim_core", "protocols", "topologies", "experiments", "gui", "tests"}) {
      if (!fs::exists(kRoot / top)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cc") continue;
        found->push_back({fs::relative(entry.path(), kRoot).string(), ReadFile(entry.path())});
      }
    }
    std::sort(found->begin(), found->end(),
              [](const Source& a, const Source& b) { return a.path < b.path; });
    return found;
  }();
  return sources;
}

std::vector<std::string> IncludesOf(const Source& source) {
  std::vector<std::string> includes;
  for (const absl::string_view line : absl::StrSplit(source.text, '\n')) {
    if (!absl::StartsWith(line, "#include \"")) continue;
    const size_t end = line.find('"', 10);
    includes.emplace_back(line.substr(10, end - 10));
  }
  return includes;
}

TEST(Architecture, ThereAreSourcesToLookAt) { EXPECT_GT(Sources().size(), 100u); }

TEST(Architecture, ModulesIncludeOnlyWhatTheTableAllows) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    const std::string module = ModuleOf(source.path);
    if (module.empty()) {
      wrong.push_back(source.path + " is in no module of the table");
      continue;
    }
    for (const std::string& include : IncludesOf(source)) {
      const std::string theirs = ModuleOf(include);
      if (theirs.empty() || theirs == module) continue;  // a library, or its own
      const std::vector<std::string>& allowed = Table().at(module);
      if (std::none_of(allowed.begin(), allowed.end(),
                       [&](const std::string& folder) { return IsWithin(include, folder); })) {
        wrong.push_back(absl::StrCat(source.path, " includes ", include));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Architecture, OnlyTopologiesAndExperimentsKnowProtobuf) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (!absl::StartsWith(source.path, "sim_core/") &&
        !absl::StartsWith(source.path, "protocols/")) {
      continue;
    }
    if (absl::StrContains(source.text, "google/protobuf") ||
        absl::StrContains(source.text, ".pb.h\"")) {
      wrong.push_back(source.path);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Architecture, SimCoreNamesNoProtocol) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (!absl::StartsWith(source.path, "sim_core/")) continue;
    for (const char* name : {"Sip", "Tcp", "Sctp", "Udp", "Ipv4", "Ipv6", "Icmp"}) {
      if (absl::StrContains(source.text, std::string("class ") + name) ||
          absl::StrContains(source.text, std::string("struct ") + name)) {
        wrong.push_back(absl::StrCat(source.path, " names ", name));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// What would make two runs differ. sim_core/README.md, "Determinism", says what to use instead.
TEST(Architecture, NothingInTheEngineOrTheProtocolsCanSeeTheWorldOutside) {
  const std::vector<std::string> banned = {"system_clock",
                                           "steady_clock",
                                           "high_resolution_clock",
                                           "gettimeofday",
                                           "clock_gettime",
                                           "std::random_device",
                                           "std::mt19937",
                                           "std::uniform_",
                                           "std::normal_",
                                           "std::exponential_",
                                           "absl::BitGen",
                                           "rand()",
                                           "srand(",
                                           "getenv",
                                           "setlocale",
                                           "std::locale",
                                           "std::this_thread",
                                           "std::hash<",
                                           "std::unordered_",
                                           "<cmath>",
                                           "std::shared_ptr",
                                           "dynamic_cast",
                                           "using namespace"};
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (!absl::StartsWith(source.path, "sim_core/") &&
        !absl::StartsWith(source.path, "protocols/")) {
      continue;
    }
    for (const std::string& word : banned) {
      if (absl::StrContains(source.text, word)) {
        wrong.push_back(absl::StrCat(source.path, " has ", word));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Architecture, HeadersHaveTheGuardOfTheirPath) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (!absl::EndsWith(source.path, ".h")) continue;
    std::string guard = "TICKWIRE_";
    for (const char c : source.path) {
      guard += c == '/' || c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(c));
    }
    if (!absl::StrContains(source.text, "#ifndef " + guard + "_\n")) wrong.push_back(source.path);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Architecture, TheTopLevelHoldsWhatTheCustomerFixed) {
  const std::set<std::string> allowed = {
      "CMakeLists.txt", "sim_core",  "protocols", "topologies",        "gui",  "experiments",
      "tests",          "README.md", "LICENSE",   "CMakePresets.json", "build"};
  std::vector<std::string> wrong;
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename().string();
    if (name[0] != '.' && !allowed.contains(name)) wrong.push_back(name);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Architecture, EachTopLevelFolderHasAReadme) {
  for (const char* top : {"sim_core", "protocols", "topologies", "gui", "experiments", "tests"}) {
    EXPECT_TRUE(fs::exists(kRoot / top / "README.md")) << top;
  }
}

// Deliberate simplifications are findable: each is marked where it is made and listed in a README.
TEST(Architecture, FoldersWithModelMarksListThemInTheirReadme) {
  std::set<std::string> unlisted;
  for (const Source& source : Sources()) {
    if (absl::StartsWith(source.path, "tests/") || !absl::StrContains(source.text, "// MODEL:")) {
      continue;
    }
    fs::path folder = fs::path(source.path).parent_path();
    bool listed = false;
    for (; !folder.empty() && !listed; folder = folder.parent_path()) {
      const fs::path readme = kRoot / folder / "README.md";
      listed = fs::exists(readme) && absl::StrContains(ReadFile(readme), "MODEL");
    }
    if (!listed) unlisted.insert(source.path);
  }
  EXPECT_THAT(unlisted, IsEmpty());
}

}  // namespace
}  // namespace tickwire
