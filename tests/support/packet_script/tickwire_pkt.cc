// tickwire-pkt: runs packet scripts.
//
//   tickwire-pkt [--profile=RFC|LINUX|FREEBSD] [--trace] SCRIPT...
//
// Exit code: 0 if all scripts went as written, 1 if one did not, 2 if one could not be read.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/packet_script/runner.h"

namespace tickwire::packet_script {
namespace {

constexpr absl::string_view kUsage =
    "usage: tickwire-pkt [--profile=RFC|LINUX|FREEBSD] [--trace] SCRIPT...\n"
    "Runs packetdrill scripts against our TCP and SCTP, in virtual time; --trace shows what it "
    "records.\n"
    "The language and what is added to it: tests/support/packet_script/README.md.\n";

// Prints what the stack under test records, but for packets that go as they should.
class Printer : public TraceSink {
 public:
  void OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) override {
    if (event.kind == TraceKind::kPacketDelivered) return;
    static constexpr absl::string_view kKinds[] = {
        "?", "sent", "queued", "delivered", "drop", "set", "cancel", "fired", "state", "action"};
    const auto kind = static_cast<size_t>(event.kind);
    std::cout << "  " << ToSecondsString(event.time) << " "
              << (kind < std::size(kKinds)           ? kKinds[kind]
                  : event.kind == TraceKind::kSample ? "sample"
                                                     : "note")
              << " " << (event.label == nullptr ? "" : event.label->name);
    if (event.reason != nullptr) std::cout << " (" << event.reason->name << ")";
    if (event.kind == TraceKind::kTimerSet || event.kind == TraceKind::kSample) {
      std::cout << " " << event.value;
    }
    if (event.kind == TraceKind::kNote) {
      std::cout << " " << std::string(bytes.begin(), bytes.end());
    }
    std::cout << "\n";
  }
  void OnEntity(NodeId, uint32_t, absl::string_view) override {}
};

int Main(const std::vector<std::string>& arguments) {
  Printer printer;
  RunOptions options;
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    if (argument == "--profile=RFC") {
      options.profile = tcp::Profile::kRfc;
    } else if (argument == "--profile=LINUX") {
      options.profile = tcp::Profile::kLinux;
    } else if (argument == "--profile=FREEBSD") {
      options.profile = tcp::Profile::kFreeBsd;
    } else if (argument == "--trace") {
      options.sink = &printer;
    } else if (argument == "--help" || argument == "-h") {
      std::cout << kUsage;
      return 0;
    } else if (absl::StartsWith(argument, "-")) {
      std::cerr << "unknown argument " << argument << "\n" << kUsage;
      return 2;
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) {
    std::cerr << kUsage;
    return 2;
  }
  int exit_code = 0;
  int unsupported = 0;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::cerr << file << ": cannot be read\n";
      exit_code = 2;
      continue;
    }
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    auto parsed = ParseScript(file, text);
    if (const auto* error = std::get_if<ScriptError>(&parsed)) {
      std::cerr << file << ":" << error->line << ": " << error->text << "\n";
      exit_code = 2;
      continue;
    }
    const Script& script = std::get<Script>(parsed);
    for (const Line& line : script.lines) {
      if (const auto* other = std::get_if<UnsupportedLine>(&line.what)) {
        std::cout << file << ":" << line.number << ": not supported, left out: " << other->what
                  << "\n";
      }
    }
    unsupported += script.unsupported;
    if (const auto error = RunScript(script, options)) {
      std::cerr << file << ":" << error->line << ": " << error->text << "\n";
      exit_code = std::max(exit_code, 1);
      continue;
    }
    std::cout << file << ": ok";
    if (script.unsupported > 0) std::cout << ", but for " << script.unsupported << " lines";
    std::cout << "\n";
  }
  if (unsupported > 0) std::cout << unsupported << " lines were not supported\n";
  return exit_code;
}

}  // namespace
}  // namespace tickwire::packet_script

int main(int argc, char** argv) { return tickwire::packet_script::Main({argv + 1, argv + argc}); }
