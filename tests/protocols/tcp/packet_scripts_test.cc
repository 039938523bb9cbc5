// The packet scripts of this folder, and the reader that runs them.
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/packet_script/script_files.h"

namespace tickwire::packet_script {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kFolder[] = "tests/protocols/tcp/scripts";

class TcpScript : public testing::TestWithParam<std::string> {};

TEST_P(TcpScript, GoesAsWritten) { EXPECT_EQ(Outcome(ReadFile(GetParam())), "") << GetParam(); }

INSTANTIATE_TEST_SUITE_P(All, TcpScript, testing::ValuesIn(ScriptFiles(kFolder)),
                         [](const testing::TestParamInfo<std::string>& script) {
                           return fs::path(script.param).stem().string();
                         });

TEST(TcpScripts, ThereAreAtLeastSixty) { EXPECT_GE(ScriptFiles(kFolder).size(), 60u); }

// --- The reader ---

constexpr char kHandshake[] = R"(--tcp=timestamps: false sack: false window_scaling: false
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+.1 < S 0:0(0) win 32000 <mss 1000>
+0 > S. 0:0(0) ack 1 win 65535 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32000
+0 accept(3, ..., ...) = 4
)";

std::string After(const std::string& more) { return absl::StrCat(kHandshake, more); }

TEST(PacketScript, RelativeTimesCountFromTheLineBefore) {
  EXPECT_EQ(Outcome(After("+.05 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n")), "");
  EXPECT_EQ(Outcome(After("0.25 write(4, ..., 100) = 100\n0.25 > P. 1:101(100) ack 1\n")), "");
  EXPECT_THAT(Outcome(After("0.15 write(4, ..., 100) = 100\n")), HasSubstr("time goes backwards"));
}

// What a script says and the stack does otherwise is found, each thing by itself.
TEST(PacketScript, EveryDifferenceIsFoundAtItsLine) {
  const std::string right = "+.1 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1 win 65535 <>\n";
  EXPECT_EQ(Outcome(After(right)), "");
  const struct {
    const char *from, *to, *what;
  } changes[] = {
      {"> P.", "> .", "flags: expected ., actual P."},
      {"1:101(100)", "2:102(100)", "seq: expected 2, actual 1"},
      {"1:101(100)", "1:100(99)", "length: expected 99, actual 100"},
      {"ack 1", "ack 2", "ack: expected 2, actual 1"},
      {"win 65535", "win 65534", "win: expected 65534, actual 65535"},
      {"<>", "<mss 5>", "options: expected <mss 5>, actual <>"},
      {"> P.", "> [ect0] P.", "ECN field: expected 2, actual 0"},
      {"> P.", "> [ect01] P.", "ECN field: expected ECT"},
      {"+0 >", "+.000001 >", "time: expected 0.300001 s, actual 0.300000 s"},
      {"= 100", "= 99", "write(): expected 99, actual 100"},
      {"= 100", "= -1 EPIPE", "write(): expected -1 EPIPE, actual 100"},
  };
  for (const auto& change : changes) {
    const std::string wrong = absl::StrReplaceAll(right, {{change.from, change.to}});
    ASSERT_NE(wrong, right);
    EXPECT_THAT(Outcome(After(wrong)), HasSubstr(change.what)) << wrong;
  }
}

TEST(PacketScript, APacketTooManyAndAPacketTooFewAreFound) {
  EXPECT_THAT(Outcome(After("+.1 write(4, ..., 100) = 100\n")),
              HasSubstr("a packet that the script does not expect, at 0.300000 s: P. 1:101(100)"));
  EXPECT_THAT(Outcome(After("+.1 > P. 1:101(100) ack 1\n")), HasSubstr("none came"));
}

TEST(PacketScript, RangesAndAnyTimeAndTolerance) {
  const std::string write = "+.1 write(4, ..., 100) = 100\n";
  const std::string first = "+0 > P. 1:101(100) ack 1\n";
  // The retransmission comes a second later.
  for (const char* time : {"+1.0", "+0.9~+1.1", "*"}) {
    EXPECT_EQ(Outcome(After(absl::StrCat(write, first, time, " > P. 1:101(100) ack 1\n"))), "")
        << time;
  }
  EXPECT_THAT(Outcome(After(write + first + "+0.2~+0.9 > P. 1:101(100) ack 1\n")),
              HasSubstr("none came"));
  EXPECT_THAT(Outcome(After(write + first + "+0.999 > P. 1:101(100) ack 1\n")),
              HasSubstr("none came"));
  EXPECT_EQ(
      Outcome("--tolerance_usecs=1000\n" + After(write + first + "+0.999 > P. 1:101(100) ack 1\n")),
      "");
}

TEST(PacketScript, BlockingCallsReturnWhenTheScriptSaysSo) {
  EXPECT_EQ(Outcome(After("0.2...0.400 read(4, ..., 10) = 5\n0.4 < P. 1:6(5) ack 1 win 32000\n")),
            "");
  EXPECT_THAT(Outcome(After("0.2...0.500 read(4, ..., 10) = 5\n0.4 < P. 1:6(5) ack 1 win 32000\n")),
              HasSubstr("read() returned at 0.400000 s"));
  EXPECT_THAT(Outcome(After("+0 read(4, ..., 10) = 5\n")), HasSubstr("read() blocks"));
  EXPECT_THAT(Outcome(After("+0...0.500 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n")),
              HasSubstr("returned at once"));
  EXPECT_THAT(Outcome(After("+0...0.500 read(4, ..., 10) = 5\n")), HasSubstr("still blocks"));
}

TEST(PacketScript, PythonAndShellAreCountedNotRun) {
  auto parsed = ParseScript("s", After("+0 `sysctl x=1`\n+0 %{ assert a == 1, a\n }%\n`echo`\n"));
  ASSERT_TRUE(std::holds_alternative<Script>(parsed));
  EXPECT_EQ(std::get<Script>(parsed).unsupported, 3);
  EXPECT_FALSE(RunScript(std::get<Script>(parsed), {}));
}

TEST(PacketScript, MistakesAreNamedWithTheirLine) {
  const struct {
    const char *text, *what;
  } mistakes[] = {
      {"0 > X 0:0(0)\n", "1: unknown flag \"X\""},
      {"\n0 > S 0:5(4)\n", "2: the sequence ends at 4, not 5"},
      {"0 > . 0:0(0)\n", "\"ack\" and the flag \".\" go together"},
      {"0 < S 0:0(0) <mss>\n", "expected the number of mss"},
      {"0 < S 0:0(0) <mss 1460\n", "expected \">\""},
      {"0 < S 0:0(0) <bogus 4>\n", "unknown TCP option \"bogus\""},
      {"0 < icmp nonsense\n", "unknown ICMP type"},
      {"0 < [blue] S 0:0(0)\n", "unknown packet prefix \"blue\""},
      {"listen(3, 1) = 0\n", "expected a time"},
      {"0 listen(3, 1)\n", "expected \"=\""},
      {"0 listen(3, 1) = zero\n", "expected the result"},
      {"0 `never ends\n", "without its end"},
      {"0 %{ never ends\n", "without its end"},
      {"0 ioctl(3) = 0\n", "ioctl(): not supported"},
      {"0 read(9, ..., 5) = 5\n", "actual -1 EBADF"},
      {"--colour=red\n", "unknown option"},
      {"--tcp=colour: RED\n", "not fields of TcpSettings"},
  };
  for (const auto& mistake : mistakes) {
    EXPECT_THAT(Outcome(mistake.text), HasSubstr(mistake.what)) << mistake.text;
  }
}

// Whatever a file holds, reading it ends, with a script or a mistake.
TEST(PacketScript, CutOffAnywhereItIsReadOrRefused) {
  const std::string whole = After(
      "+.1 < [ect0] P. 1:11(10) ack 1 win 5 urg 3 <nop,sack 1:2 3:4,TS val 1 ecr 2,raw 01 02>\n"
      "+0 < [1:2(1)] icmp unreachable frag_needed mtu 1200\n+0 `x`\n+0 %{ y }%\n"
      "+0...1 poll([{fd=4, events=POLLIN|POLLOUT, revents=0}], 1, 0x10) = -1 EINTR (text)\n");
  for (size_t size = 0; size <= whole.size(); ++size) {
    const auto parsed = ParseScript("s", whole.substr(0, size));
    EXPECT_TRUE(size < whole.size() || std::holds_alternative<Script>(parsed));
  }
}

}  // namespace
}  // namespace tickwire::packet_script
