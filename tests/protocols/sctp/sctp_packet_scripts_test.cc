// The packet scripts of this folder, and the dialect that they are written in.
#include <filesystem>
#include <string>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/any_parameter.h"
#include "tests/support/packet_script/script_files.h"
#include "tests/support/packet_script/sctp_compare.h"
#include "tests/support/packet_script/sctp_wire.h"

namespace tickwire::packet_script {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kFolder[] = "tests/protocols/sctp/scripts";

class SctpScript : public testing::TestWithParam<std::string> {};

TEST_P(SctpScript, GoesAsWritten) { EXPECT_EQ(Outcome(ReadFile(GetParam())), "") << GetParam(); }

INSTANTIATE_TEST_SUITE_P(All, SctpScript, testing::ValuesIn(ScriptFiles(kFolder)),
                         [](const testing::TestParamInfo<std::string>& script) {
                           return fs::path(script.param).stem().string();
                         });

TEST(SctpScripts, ThereAreAtLeastSixty) { EXPECT_GE(ScriptFiles(kFolder).size(), 60u); }

// --- The dialect ---

constexpr char kSetUp[] = R"(0 socket(..., SOCK_STREAM, IPPROTO_SCTP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+.1 < sctp: INIT[flgs=0, tag=1, a_rwnd=65536, os=10, is=10, tsn=1]
+0 > sctp: INIT_ACK[flgs=0, tag=2, os=10, tsn=1, STATE_COOKIE[val=...], ...]
+0 < sctp: COOKIE_ECHO[flgs=0, val=...]
+0 > sctp: COOKIE_ACK[flgs=0]
+.1 accept(3, ..., ...) = 4
)";

TEST(SctpDialect, FindsEveryDifferenceAtItsLine) {
  const std::string right = absl::StrCat(
      kSetUp,
      "+.1 < sctp: DATA[flgs=BE, len=26, tsn=1, sid=0, ssn=0, ppid=0]; "
      "DATA[flgs=BE, len=26, tsn=3, sid=0, ssn=2, ppid=0]\n"
      "+0 > sctp: SACK[flgs=0, len=20, cum_tsn=1, a_rwnd=1048556, gaps=[2:2], dups=[]]\n"
      "+.1 write(4, ..., 10) = 10\n"
      "+0 > sctp: DATA[flgs=BE, len=26, tsn=1, sid=0, ssn=0, ppid=0]\n"
      "+.1 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n"
      "+0 close(4) = 0\n"
      "+0 > sctp: ABORT[flgs=0, USER_INITIATED_ABORT[info=\"\"]]\n");
  EXPECT_EQ(Outcome(right), "");
  const struct {
    const char *from, *to, *what;
  } changes[] = {
      {"> sctp: SACK[flgs=0,", "> sctp: SACK[flgs=1,", "10: SACK: flgs: expected 1, actual 0"},
      {"cum_tsn=1", "cum_tsn=2", "10: SACK: cum_tsn: expected 2, actual 1"},
      {"a_rwnd=1048556", "a_rwnd=5", "10: SACK: a_rwnd: expected 5, actual 1048556"},
      {"gaps=[2:2]", "gaps=[2:3]", "10: SACK: gaps: expected [[2, 3]], actual [[2, 2]]"},
      {"gaps=[2:2]", "gaps=[]", "10: SACK: gaps: expected [], actual [[2, 2]]"},
      {"dups=[]", "dups=[1]", "10: SACK: dups: expected [1], actual []"},
      {"len=20", "len=16", "10: SACK: len: expected 16, actual 20"},
      {"> sctp: SACK[", "> sctp: HEARTBEAT[]; SACK[", "10: expected HEARTBEAT, actual SACK"},
      {"dups=[]]\n", "dups=[]]; ABORT[]\n", "10: no ABORT"},
      {"> sctp: DATA[flgs=BE", "> sctp: DATA[flgs=B", "12: DATA: flgs: expected B, actual BE"},
      {"> sctp: DATA[", "> sctp(tag=9): DATA[", "12: verification tag: expected 9, actual 1"},
      {"> sctp: DATA[", "> [path 1] sctp: DATA[", "12: address: expected 192.0.2.2"},
      {"> sctp: DATA[flgs=BE, len=26, tsn=1", "> sctp: DATA[flgs=BE, len=26, tsn=7",
       "12: DATA: tsn: expected 7, actual 1"},
      {"info=\"\"", "info=\"why\"", "15: ABORT: USER_INITIATED_ABORT: info: expected \"why\""},
      {", USER_INITIATED_ABORT[info=\"\"]", "", "15: ABORT: also there: USER_INITIATED_ABORT"},
      {"USER_INITIATED_ABORT[", "PROTOCOL_VIOLATION[", "15: ABORT: expected PROTOCOL_VIOLATION"},
      {"sctp: ABORT[", "sctp: ABORT[nonsense=1, ", "15: ABORT has no field nonsense"},
      {"+.1 write", "+.2 write", ""},  // what is relative moves along
  };
  for (const auto& change : changes) {
    const std::string wrong = absl::StrReplaceAll(right, {{change.from, change.to}});
    ASSERT_NE(wrong, right) << change.from;
    EXPECT_THAT(Outcome(wrong), HasSubstr(change.what)) << change.to;
    EXPECT_EQ(Outcome(wrong).empty(), change.what[0] == '\0') << change.to;
  }
}

TEST(SctpDialect, SaysWhatItCannotRead) {
  EXPECT_THAT(Outcome("0 < sctp: INIT[tag=]\n"), HasSubstr("expected a value"));
  EXPECT_THAT(Outcome("0 < sctp: INIT[tag=1\n"), HasSubstr("expected \"]\""));
  EXPECT_THAT(Outcome("0 < sctp: NONSENSE[tag=1]\n"), HasSubstr("NONSENSE: unknown"));
  EXPECT_THAT(Outcome("0 < sctp: DATA[flgs=X]\n"), HasSubstr("no flag X"));
  EXPECT_THAT(Outcome("0 < sctp: DATA[flags=BE]\n"), HasSubstr("DATA has no field flags"));
  EXPECT_THAT(Outcome("0 < sctp(port=1): DATA[]\n"), HasSubstr("expected tag=NUMBER"));
  EXPECT_THAT(Outcome("0 < sctp: COOKIE_ECHO[val=...]\n"), HasSubstr("no such cookie"));
}

// The dialect is a second writing of the wire format: it must agree with the first.
TEST(SctpDialect, ReadsWhatOurCodecsWrite) {
  const auto as_it_is = [](SctpFieldShape::Kind, uint32_t value) { return value; };
  const std::vector<uint8_t> data(5, 7);
  sctp::SackChunk sack{.cumulative_tsn_ack = sctp::Tsn(41), .a_rwnd = 1500};
  sack.gap_ack_blocks = {{2, 3}};
  sack.duplicate_tsns = {sctp::Tsn(40)};
  const std::pair<sctp::AnyChunk, const char*> chunks[] = {
      {sctp::DataChunk{.unordered = true,
                       .begin = true,
                       .tsn = sctp::Tsn(9),
                       .stream = sctp::StreamId(2),
                       .ssn = sctp::Ssn(3),
                       .ppid = sctp::Ppid(4),
                       .data = data},
       "DATA[flgs=UB, len=21, tsn=9, sid=2, ssn=3, ppid=4, val=[7, 7, 7, 7, 7]]"},
      {sack, "SACK[flgs=0, len=24, cum_tsn=41, a_rwnd=1500, gaps=[[2, 3]], dups=[40]]"},
      {sctp::InitChunk{sctp::VerificationTag(1), 2000, 3, 4, sctp::Tsn(5)},
       "INIT[flgs=0, len=20, tag=1, a_rwnd=2000, os=3, is=4, tsn=5]"},
      {sctp::ShutdownCompleteChunk{.tag_reflected = true}, "SHUTDOWN_COMPLETE[flgs=T, len=4]"},
      {sctp::IDataChunk{.end = true,
                        .tsn = sctp::Tsn(9),
                        .stream = sctp::StreamId(2),
                        .mid = sctp::Mid(70000),
                        .ppid_or_fsn = 4,
                        .data = data},
       "I_DATA[flgs=E, len=25, tsn=9, sid=2, mid=70000, fsn=4, val=[7, 7, 7, 7, 7]]"}};
  for (const auto& [chunk, text] : chunks) {
    std::vector<uint8_t> bytes;
    sctp::SerializeTo(chunk, bytes);
    const std::vector<SctpItem> items = Decode(SctpLevel::kChunk, bytes, as_it_is);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(ToString(items[0]), text);
    // And back.
    std::vector<uint8_t> again;
    EXPECT_EQ(Encode(SctpLevel::kChunk, items[0], as_it_is, again), "");
    EXPECT_EQ(again, bytes);
  }
}

}  // namespace
}  // namespace tickwire::packet_script
