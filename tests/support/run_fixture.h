// RunFixture: runs the text of a scenario and gives what came of it: directory, trace, model.
#ifndef TICKWIRE_TESTS_SUPPORT_RUN_FIXTURE_H_
#define TICKWIRE_TESTS_SUPPORT_RUN_FIXTURE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "experiments/run/runner.h"
#include "experiments/view/run_model.h"
#include "sim_core/trace/trace_reader.h"
#include "topologies/scenario_loader.h"

namespace tickwire {

class RunFixture : public testing::Test {
 protected:
  RunFixture() {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(info->test_suite_name()) + info->name();
    std::replace(name.begin(), name.end(), '/', '_');
    directory = (std::filesystem::temp_directory_path() /
                 ("tickwire-" + name + "-" + std::to_string(getpid())))
                    .string();
    std::filesystem::create_directories(directory);
  }
  ~RunFixture() override { std::filesystem::remove_all(directory); }

  LoadResult Load(const std::string& text) {
    LoadResult read = LoadScenarioText("test", text, directory, {});
    EXPECT_TRUE(read.ok()) << FormatDiagnostics(read.diagnostics, /*color=*/false);
    return read;
  }
  // Runs, keeps the run directory, and opens the trace.
  void Run(const std::string& text) { Run(Load(text)); }
  void Run(LoadResult from) {
    loaded = std::move(from);
    ASSERT_TRUE(loaded.ok());
    const auto ran =
        RunScenario(loaded, {.scenario_name = "test", .directory = directory, .out = out()});
    ASSERT_TRUE(ran.ok()) << ran.status();
    result = *ran;
    auto opened = TraceReader::Open(out() + "/trace");
    ASSERT_TRUE(opened.ok()) << opened.status();
    trace = std::move(*opened);
    model = std::make_unique<RunModel>(*trace, loaded.effective);
  }
  std::string out() const { return directory + "/run"; }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  // The standard output of a shell command.
  static std::string Shell(const std::string& command) {
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    char block[4096];
    for (size_t n; (n = std::fread(block, 1, sizeof block, pipe)) > 0;) output.append(block, n);
    pclose(pipe);
    return output;
  }
  static bool Has(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
  }

  std::string directory;
  LoadResult loaded;
  RunResult result;
  std::unique_ptr<TraceReader> trace;
  std::unique_ptr<RunModel> model;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_RUN_FIXTURE_H_
