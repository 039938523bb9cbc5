// What Wireshark thinks of the captures of every shipped scenario.
#include "experiments/export/pcapng_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"

namespace tickwire {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

// Checks every checksum that tshark knows of here.
const std::string kTshark =
    "tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE "
    "-o sctp.checksum:CRC32C ";

class EveryCapture : public RunFixture, public testing::WithParamInterface<std::string> {
 protected:
  std::vector<std::string> Captures() {
    std::vector<std::string> paths = {out() + "/capture.pcapng"};
    for (const auto& entry : std::filesystem::directory_iterator(out() + "/captures")) {
      paths.push_back(entry.path().string());
    }
    return paths;
  }
};

TEST_P(EveryCapture, HasNoMalformedPacketAndNoBadChecksumButIntendedOnes) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(LoadShippedScenario(GetParam()));
  // Torture messages are malformed on purpose; their packets are not.
  const std::string malformed =
      GetParam().substr(0, 12) == "sip/torture_" ? "" : "_ws.malformed || ";
  for (const std::string& path : Captures()) {
    const std::string bad =
        Shell(kTshark + "-r " + path + " -Y '(" + malformed +
              "ip.checksum.status == 0 || udp.checksum.status == 0 || "
              "icmp.checksum.status == 0 || icmpv6.checksum.status == 0 || "
              // tshark verifies the checksum of a segment that an ICMP error quotes only in part.
              "(tcp.checksum.status == 0 && !icmp && !icmpv6) || "
              "((sctp.checksum.status == 0 || sctp.chunk_length.bad || "
              "sctp.parameter_length.bad || sctp.parameter_padding.expert || "
              "sctp.sack_gap_block_malformed) && !icmp && !icmpv6)) && "
              "!(frame.comment matches \"^intended:\")' 2>&1 | grep -v 'Running as user'");
    EXPECT_EQ(bad, "") << path;
  }
}
INSTANTIATE_TEST_SUITE_P(Scenarios, EveryCapture, testing::ValuesIn(ShippedScenarioNames()),
                         [](const auto& test) { return TestNameOf(test.param); });

class PcapngExport : public RunFixture {
 protected:
  std::vector<std::string> Fields(const std::string& capture, const std::string& filter,
                                  const std::string& field) {
    std::istringstream lines(Shell(kTshark + "-r " + out() + "/" + capture + " -Y '" + filter +
                                   "' -T fields -e " + field + " 2>/dev/null"));
    std::vector<std::string> values;
    for (std::string line; std::getline(lines, line);) values.push_back(line);
    return values;
  }
  std::vector<double> Times(const std::string& capture, const std::string& filter) {
    std::vector<double> times;
    for (const std::string& text : Fields(capture, filter, "frame.time_epoch")) {
      times.push_back(std::stod(text));
    }
    return times;
  }
};

// RFC 3261 section 13.3.1.4: the 200 is sent again after T1, doubling up to T2, until 64*T1; then
// the session is ended with a BYE.
TEST_F(PcapngExport, AckLostForeverHasElevenOkResponsesAndAByeAtTheirTimes) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(LoadShippedScenario("sip/ack_lost_forever"));
  constexpr double kT1 = 0.5, kT2 = 4, kGiveUp = 64 * kT1;
  std::vector<double> expected;
  double at = 0;
  for (double wait = kT1; at < kGiveUp; wait = std::min(2 * wait, kT2)) {
    expected.push_back(at);
    at += wait;
  }
  ASSERT_EQ(expected.size(), 11u);
  std::vector<double> times =
      Times("capture.pcapng", "sip.Status-Code == 200 && sip.CSeq.method == \"INVITE\"");
  ASSERT_FALSE(times.empty());
  const double first = times[0];
  for (double& time : times) time -= first;
  EXPECT_THAT(times, Pointwise(DoubleNear(1e-6), expected));
  const std::vector<double> byes = Times("capture.pcapng", "sip.Method == \"BYE\"");
  ASSERT_EQ(byes.size(), 1u);
  EXPECT_NEAR(byes[0] - first, kGiveUp, 1e-6);
}

constexpr char kThroughARouter[] = R"(
  node { name: "alice" } node { name: "bob" role { udp_sink {} } }
  chain { from: "alice" to: "bob" routers: 1 link { delay: "5ms" } }
  at { time: "1s" node: "alice" action { udp_send { to: "bob" text: "hello" } } }
)";

TEST_F(PcapngExport, ForwardingIsLeftOutOfTheMainCaptureOnly) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(kThroughARouter);
  EXPECT_THAT(Times("capture.pcapng", "udp"), ElementsAre(1.0));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(out() + "/captures")) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  ASSERT_EQ(names.size(), 4u);  // both ends and both sides of the router
  for (const std::string& name : names) {
    EXPECT_EQ(Times("captures/" + name, "udp").size(), 1u) << name;
  }
}

TEST_F(PcapngExport, ALostPacketAppearsAtItsSenderOnlyAndSaysWhy) {
  if (!Has("tshark")) GTEST_SKIP() << "no tshark";
  Run(R"(
    node { name: "alice" } node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" name: "wire" both { drop { nth: 1 } } }
    at { time: "0s" node: "alice" action { udp_send { to: "bob" text: "lost" } } }
    at { time: "1s" node: "alice" action { udp_send { to: "bob" text: "found" } } }
  )");
  EXPECT_EQ(Times("captures/alice-eth0.pcapng", "udp").size(), 2u);
  EXPECT_THAT(Times("captures/bob-eth0.pcapng", "udp"), testing::SizeIs(1));
  const auto comments = Fields("capture.pcapng", "udp", "frame.comment");
  ASSERT_EQ(comments.size(), 2u);
  EXPECT_THAT(comments[0], HasSubstr("lost: listed_loss on wire"));
  EXPECT_THAT(comments[0], HasSubstr("event alice:"));
  EXPECT_THAT(comments[0], HasSubstr("because: action of the scenario"));
}

TEST_F(PcapngExport, CaptureBlocksChooseTheInterfaces) {
  Run(std::string(kThroughARouter) + "capture { node: \"bob\" }");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(out() + "/captures")) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, ElementsAre("bob-eth0.pcapng"));
}

// A network has more interfaces than a process may have open files.
TEST_F(PcapngExport, ManyInterfacesNeedFewOpenFiles) {
  struct rlimit before;
  getrlimit(RLIMIT_NOFILE, &before);
  const struct rlimit few = {48, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  Run(R"(
    node { name: "leaf" count: 40 role { udp_source { to: "hub" packets: 1 } } }
    node { name: "hub" role { udp_sink {} } }
    star { hub: "hub" leaf: "leaf" }
  )");
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out() + "/captures"), {}), 80);
}

}  // namespace
}  // namespace tickwire
