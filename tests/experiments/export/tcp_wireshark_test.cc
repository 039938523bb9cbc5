// Wireshark's own sequence analysis against our trace, over every tcp scenario. On the capture of
// one interface alone tshark flags each retransmission, duplicate ACK, zero window and D-SACK that
// our trace knows, and nothing else; where it differs, one of kHeuristics has to explain it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "experiments/export/pcapng_export.h"
#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"
#include "tests/support/tcp_capture.h"

namespace tickwire {
namespace {

// What is compared. Of tshark's many kinds of retransmission each will do.
enum class Claim { kRetransmission, kDuplicateAck, kZeroWindow, kDsack, kOther };

struct Difference {
  Claim claim;
  bool is_theirs = false;  // tshark flags it and our trace does not, or the other way round
  std::string flag;        // tshark's
};

// Why tshark differs, and when that may be said.
struct Heuristic {
  const char* name;
  bool (*explains)(const TcpFrame& frame, const Difference& difference);
};
constexpr Heuristic kHeuristics[] = {
    {"the original was lost before this interface, so the repetition is the first one seen here",
     [](const TcpFrame& f, const Difference& d) {
       return d.claim == Claim::kRetransmission && !d.is_theirs && !f.was_seen && !f.is_behind;
     }},
    {"a repetition that closes a gap soon after what follows it is called out of order",
     [](const TcpFrame& f, const Difference& d) {
       return f.is_retransmission && f.is_behind &&
              ((d.claim == Claim::kRetransmission && !d.is_theirs &&
                f.flags.contains("out_of_order")) ||
               d.flag == "out_of_order");
     }},
    {"a segment that was overtaken, or lies below a forged one, looks like a repetition",
     [](const TcpFrame& f, const Difference& d) {
       return d.is_theirs && !f.is_retransmission && f.is_behind && !f.was_seen &&
              (d.claim == Claim::kRetransmission || d.flag == "out_of_order");
     }},
    {"a gap: what comes before it has not passed here yet",
     [](const TcpFrame& f, const Difference& d) {
       return d.flag == "lost_segment" && f.has_gap_before;
     }},
    {"an ACK counts as duplicate though nothing is outstanding (RFC 5681 section 2 (a))",
     [](const TcpFrame& f, const Difference& d) {
       return d.claim == Claim::kDuplicateAck && d.is_theirs && f.repeats_ack;
     }},
    {"the answer to a window probe has a flag of its own instead of duplicate ACK",
     [](const TcpFrame& f, const Difference& d) {
       return f.answers_probe &&
              (d.flag == "zero_window_probe_ack" ||
               (d.claim == Claim::kDuplicateAck && f.flags.contains("zero_window_probe_ack")));
     }},
    {"one byte into a closed window has a flag of its own, repeated or not",
     [](const TcpFrame& f, const Difference& d) {
       return f.is_probe_of_zero_window &&
              (d.flag == "zero_window_probe" || d.claim == Claim::kRetransmission);
     }},
    {"the byte of a window probe does not count as sent",
     [](const TcpFrame& f, const Difference& d) {
       return d.claim == Claim::kRetransmission && !d.is_theirs && f.was_only_probed;
     }},
    {"a frame with flipped bits is taken at its word, though its checksum is wrong",
     [](const TcpFrame& f, const Difference&) { return f.is_spoiled; }},
    {"keep-alives have flags of their own",
     [](const TcpFrame& f, const Difference& d) {
       return (d.flag == "keep_alive" && f.is_keep_alive) ||
              (d.flag == "keep_alive_ack" && f.answers_probe);
     }},
    {"a window that changes alone is worth a flag",
     [](const TcpFrame& f, const Difference& d) {
       return d.flag == "window_update" && f.changes_window_only;
     }},
    {"a segment that fills the window is worth a flag",
     [](const TcpFrame& f, const Difference& d) {
       return d.flag == "window_full" && f.fills_window;
     }},
};

constexpr size_t kLargeRun = 100'000;  // records

constexpr const char* kFlags[] = {
    "retransmission",        "fast_retransmission", "spurious_retransmission",
    "out_of_order",          "duplicate_ack",       "lost_segment",
    "ack_lost_segment",      "zero_window",         "zero_window_probe",
    "zero_window_probe_ack", "keep_alive",          "keep_alive_ack",
    "window_full",           "window_update",       "reused_ports"};

std::vector<Difference> DifferencesOf(const TcpFrame& frame) {
  std::vector<Difference> differences;
  const auto compare = [&](Claim claim, bool ours, bool theirs) {
    if (ours != theirs) differences.push_back({claim, theirs, ""});
  };
  bool retransmission = false;
  for (const std::string& flag : frame.flags) {
    if (absl::EndsWith(flag, "retransmission")) {
      retransmission = true;
    } else if (flag != "duplicate_ack" && flag != "zero_window" && flag != "dsack") {
      differences.push_back({Claim::kOther, true, flag});
    }
  }
  compare(Claim::kRetransmission, frame.is_retransmission, retransmission);
  compare(Claim::kDuplicateAck, frame.is_duplicate_ack, frame.flags.contains("duplicate_ack"));
  compare(Claim::kZeroWindow, frame.is_zero_window, frame.flags.contains("zero_window"));
  compare(Claim::kDsack, frame.is_dsack, frame.flags.contains("dsack"));
  return differences;
}

class TcpWireshark : public RunFixture, public testing::WithParamInterface<std::string> {
 protected:
  // The captures of the run: name of the file, and its frames with what tshark says of them.
  std::map<std::string, std::vector<TcpFrame>> AskTshark() {
    // Of a large run the ends alone; routers see the same packets once more.
    std::set<std::string> left_out;
    if (trace->size() > kLargeRun) {
      for (const scenario::Node& node : loaded.effective.node()) {
        if (node.router()) {
          left_out.insert(node.name());
        } else {
          loaded.effective.add_capture()->set_node(node.name());
        }
      }
    }
    std::map<std::string, std::vector<TcpFrame>> captures;
    EXPECT_TRUE(ExportInterfaceCaptures(*model, "test", out() + "/captures").ok());
    std::set<std::pair<uint32_t, uint32_t>> interfaces;
    for (size_t row = 0; row < trace->size(); ++row) {
      const FileRecord& record = (*trace)[row];
      if (record.kind == TraceKind::kPacketSent || record.kind == TraceKind::kPacketDelivered) {
        interfaces.insert({record.node, record.entity});
      }
    }
    for (const auto& [node, entity] : interfaces) {
      if (left_out.contains(std::string(trace->node_name(NodeId{node})))) continue;
      const std::string name = absl::StrCat(trace->node_name(NodeId{node}), "-",
                                            trace->entity_name(NodeId{node}, entity));
      std::vector<TcpFrame>& frames = captures[name];
      frames = TcpFramesOf(*model, NodeId{node}, entity);
      AddFlags(out() + "/captures/" + name + ".pcapng", frames);
    }
    return captures;
  }

 private:
  void AddFlags(const std::string& file, std::vector<TcpFrame>& frames) {
    std::string command =
        absl::StrCat("tshark -r ", file, " -T fields -E separator='|' -e frame.number",
                     " -e tcp.options.sack.dsack");
    for (const char* flag : kFlags) absl::StrAppend(&command, " -e tcp.analysis.", flag);
    size_t count = 0;
    for (absl::string_view line :
         absl::StrSplit(Shell(command + " 2>/dev/null"), '\n', absl::SkipEmpty())) {
      const std::vector<std::string> cells = absl::StrSplit(line, '|');
      ASSERT_EQ(cells.size(), std::size(kFlags) + 2);
      ASSERT_LT(count, frames.size());
      TcpFrame& frame = frames[count++];
      if (!cells[1].empty()) frame.flags.insert("dsack");
      for (size_t i = 0; i < std::size(kFlags); ++i) {
        if (!cells[i + 2].empty()) frame.flags.insert(kFlags[i]);
      }
    }
    EXPECT_EQ(count, frames.size()) << file;
  }
};

TEST_P(TcpWireshark, FlagsWhatOurTraceKnowsAndNothingElse) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(LoadShippedScenario(GetParam()));
  std::map<std::string, int> explained;
  for (const auto& [name, frames] : AskTshark()) {
    for (size_t i = 0; i < frames.size(); ++i) {
      const TcpFrame& frame = frames[i];
      for (const Difference& difference : DifferencesOf(frame)) {
        const auto why = std::find_if(
            std::begin(kHeuristics), std::end(kHeuristics),
            [&](const Heuristic& heuristic) { return heuristic.explains(frame, difference); });
        if (why != std::end(kHeuristics)) {
          ++explained[why->name];
          continue;
        }
        ADD_FAILURE() << name << " frame " << i + 1 << " at " << ToString(frame.time.since_start)
                      << ": " << frame.summary
                      << "\n  ours:" << (frame.is_retransmission ? " retransmission" : "")
                      << (frame.is_duplicate_ack ? " duplicate_ack" : "")
                      << (frame.is_zero_window ? " zero_window" : "")
                      << (frame.is_dsack ? " dsack" : "")
                      << "\n  tshark: " << absl::StrJoin(frame.flags, " ");
      }
    }
  }
  for (const auto& [name, count] : explained) RecordProperty(name, count);
}

// What makes a run uneventful is known from the scenario: nothing is lost, delayed out of turn,
// injected or refused, nobody stops reading, and no address is narrow.
class TcpWiresharkUneventful : public TcpWireshark {};

TEST_P(TcpWiresharkUneventful, SaysNothingAboutAnUneventfulRun) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(LoadShippedScenario(GetParam()));
  for (const auto& [name, frames] : AskTshark()) {
    for (const TcpFrame& frame : frames) {
      EXPECT_THAT(frame.flags, testing::IsEmpty()) << name << ": " << frame.summary;
    }
  }
}

std::vector<std::string> TcpScenarios() {
  std::vector<std::string> names;
  for (const std::string& name : ShippedScenarioNames()) {
    if (absl::StartsWith(name, "tcp/")) names.push_back(name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, TcpWireshark, testing::ValuesIn(TcpScenarios()),
                         [](const testing::TestParamInfo<std::string>& scenario) {
                           return TestNameOf(scenario.param);
                         });

INSTANTIATE_TEST_SUITE_P(All, TcpWiresharkUneventful,
                         testing::Values("tcp/half_close", "tcp/keystrokes", "tcp/on_off",
                                         "tcp/pmtu", "tcp/request_response",
                                         "tcp/simultaneous_close"),
                         [](const testing::TestParamInfo<std::string>& scenario) {
                           return TestNameOf(scenario.param);
                         });

}  // namespace
}  // namespace tickwire
