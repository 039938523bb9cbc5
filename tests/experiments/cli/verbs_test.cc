// The verbs as a user meets them: words in; output, messages and exit status out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiments/cli/command_line.h"

namespace tickwire::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int status;
  std::string out, err;
};

Outcome Tickwire(const std::vector<std::string>& words) {
  std::ostringstream out, err;
  Console console{out, err};
  const int status = RunCommandLine(words, console);
  return {status, out.str(), err.str()};
}

class Verbs : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("tickwire_verbs_" + std::to_string(getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "group");
    setenv("TICKWIRE_SCENARIOS", folder_.c_str(), 1);
    Write("group/good.textproto", kGoodText);
  }
  void TearDown() override {
    unsetenv("TICKWIRE_SCENARIOS");
    std::filesystem::remove_all(folder_);
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }
  static std::string Read(const std::string& path) {
    std::stringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }

  static constexpr char kGoodText[] =
      "title: \"Two nodes\"\npair{a:\"alice\" b:\"bob\"}\nexpect { drops: \"\" never: true }\n";
  std::filesystem::path folder_;
};

TEST_F(Verbs, ListNamesScenariosWithTheirTitles) {
  EXPECT_EQ(Tickwire({"list"}).out, "group/good  Two nodes\n");
  EXPECT_EQ(Tickwire({"list", "--names"}).out, "group/good\n");
  EXPECT_THAT(Tickwire({"list", "--json"}).out,
              HasSubstr("{\"name\": \"group/good\", \"title\": \"Two nodes\", \"path\": "));
}

TEST_F(Verbs, ListTakesTheBeginningOfNames) {
  Write("grouse/other.textproto", kGoodText);
  EXPECT_EQ(Tickwire({"list", "group", "--names"}).out, "group/good\n");
  EXPECT_EQ(Tickwire({"list", "group/", "--names"}).out, "group/good\n");
  EXPECT_EQ(Tickwire({"list", "gro", "--names"}).out, "group/good\ngrouse/other\n");
  const Outcome none = Tickwire({"list", "grup"});
  EXPECT_EQ(none.status, kFailed);
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("did you mean group?"));
}

TEST_F(Verbs, ListFailsWhereThereIsNothing) {
  setenv("TICKWIRE_SCENARIOS", "/no/such/folder", 1);
  const Outcome outcome = Tickwire({"list", "--json"});
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_EQ(outcome.out, "[]\n");
}

TEST_F(Verbs, ShowPrintsTheExpansion) {
  const Outcome outcome = Tickwire({"show", "group/good", "--set", "pair.link.delay=7ms"});
  EXPECT_EQ(outcome.status, kGood);
  EXPECT_THAT(outcome.out, HasSubstr("interface { name: \"eth0\" address: \"10.0.1.1/24\" }"));
  EXPECT_THAT(outcome.out, HasSubstr("delay: \"7ms\""));
  EXPECT_THAT(outcome.out, Not(HasSubstr("mtu")));
  EXPECT_THAT(Tickwire({"show", "group/good", "--full"}).out, HasSubstr("mtu: 1500"));
}

TEST_F(Verbs, ShowSuggestsANameThatIsNear) {
  const Outcome outcome = Tickwire({"show", "group/god"});
  EXPECT_EQ(outcome.status, kUsage);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean group/good?"));
  EXPECT_THAT(Tickwire({"show", "good"}).err, HasSubstr("did you mean group/good?"));
}

TEST_F(Verbs, ValidateTellsEveryMistakeAndExitsWithThree) {
  const std::string path = Write("bad.textproto", "sede: 1\nip: IPV5\npair { a: \"x\" }\n");
  const Outcome outcome = Tickwire({"validate", path});
  EXPECT_EQ(outcome.status, kInvalid);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr(path + ":1:1: error[E0107]"));
  EXPECT_THAT(outcome.err, HasSubstr(path + ":2:5: error[E0108]"));
  EXPECT_THAT(outcome.err, HasSubstr(path + ":3:1: error[E0116]"));
  const Outcome json = Tickwire({"validate", "--json", path, "group/good"});
  EXPECT_EQ(json.status, kInvalid);
  EXPECT_EQ(json.err, "");
  EXPECT_THAT(json.out, HasSubstr("\"id\": \"E0116\""));
  EXPECT_EQ(Tickwire({"validate", "group/good"}).status, kGood);
  EXPECT_EQ(Tickwire({"validate", "--json", "group/good"}).out, "[]\n");
}

TEST_F(Verbs, ColoursAppearOnRequestOnly) {
  const std::string path = Write("bad.textproto", "sede: 1\n");
  EXPECT_THAT(Tickwire({"validate", path}).err, Not(HasSubstr("\033")));
  EXPECT_THAT(Tickwire({"validate", path, "--color=always"}).err, HasSubstr("\033[1;31m"));
}

TEST_F(Verbs, FmtPrintsChecksAndWrites) {
  const std::string path = (folder_ / "group/good.textproto").string();
  const Outcome printed = Tickwire({"fmt", path});
  EXPECT_THAT(printed.out, HasSubstr("pair { a: \"alice\" b: \"bob\" }"));
  EXPECT_EQ(Read(path), kGoodText);
  EXPECT_EQ(Tickwire({"fmt", "--check", path}).status, kFailed);
  EXPECT_EQ(Tickwire({"fmt", "-i", path}).status, kGood);
  EXPECT_EQ(Read(path), printed.out);
  EXPECT_EQ(Tickwire({"fmt", "--check", path}).status, kGood);
  const std::string broken = Write("broken.textproto", "node {");
  const Outcome refused = Tickwire({"fmt", "-i", broken});
  EXPECT_EQ(refused.status, kInvalid);
  EXPECT_THAT(refused.err, HasSubstr("E0106"));
  EXPECT_EQ(Read(broken), "node {");
}

TEST_F(Verbs, ExplainKnowsIdsAndFields) {
  EXPECT_THAT(Tickwire({"explain", "e0107"}).out, HasSubstr("E0107: An unknown field"));
  EXPECT_THAT(Tickwire({"explain"}).out, HasSubstr("W0601  "));
  EXPECT_THAT(Tickwire({"explain", "fields"}).out, HasSubstr("sip.status"));
  EXPECT_THAT(Tickwire({"explain", "link"}).out,
              HasSubstr("  delay  (duration, default 1ms, at least 1ns, at most 1h)\n"
                        "    Propagation delay; at least 1 ns"));
  EXPECT_THAT(Tickwire({"explain", "sip_ua"}).out, HasSubstr("SipUserAgent\n"));
  const Outcome unknown = Tickwire({"explain", "E0188"});
  EXPECT_EQ(unknown.status, kUsage);
  EXPECT_THAT(unknown.err, HasSubstr("by the name of \"E0188\""));
}

TEST_F(Verbs, VersionAndDoctorAnswer) {
  EXPECT_THAT(Tickwire({"version"}).out, HasSubstr("tickwire "));
  EXPECT_THAT(Tickwire({"--version", "--json"}).out, HasSubstr("\"scenario_format\": 1"));
  const Outcome doctor = Tickwire({"doctor"});
  EXPECT_EQ(doctor.status, kGood) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("1 scenarios in "));
  Write("group/bad.textproto", "sede: 1");
  EXPECT_EQ(Tickwire({"doctor"}).status, kFailed);
}

// alice's INVITE over TCP is lost once: its sender's timer of 1 s (RFC 6298 section 2.4) repairs
// it.
constexpr char kLostInvite[] = R"(
  title: "Lost" stop_at: "20s"
  node { name: "alice" role { sip_ua { transport { use: TCP connect_to: "bob" } } } }
  node { name: "bob" role { sip_ua {} } }
  link { name: "wire" a: "alice" b: "bob" delay: "20ms"
         a_to_b { drop { match: "sip.method==INVITE" nth: [1] } } }
  at { time: "1s" node: "alice" action { sip_call { to: "bob" hang_up_after: "1s" } } }
)";

// What Bob knew is gone at 1.01 s, when the INVITE is half way to him.
TEST_F(Verbs, LadderSaysWhichConnectionsACrashEnds) {
  const std::string path = Write("crash.textproto", R"(
    title: "Crash" stop_at: "5s"
    node { name: "alice" role { sip_ua { transport { use: TCP connect_to: "bob" } } } }
    node { name: "bob" role { sip_ua {} } }
    link { name: "wire" a: "alice" b: "bob" delay: "20ms" }
    at { time: "1s" node: "alice" action { sip_call { to: "bob" } } }
    at { time: "1.01s" crash: "bob" }
  )");
  const std::string ladder = Tickwire({"ladder", path, "--format=ascii", "--layers=sip"}).out;
  EXPECT_THAT(ladder, HasSubstr("TCP 1 forgotten by bob: crash"));
  EXPECT_THAT(ladder, HasSubstr("lost: connection 1 forgotten by bob: crash"));
  EXPECT_THAT(Tickwire({"explain-delay", path, "--message", "1"}).out,
              HasSubstr("TCP 1 is forgotten by bob: crash; it is never received"));
}

TEST_F(Verbs, LadderChoosesItsLayers) {
  const std::string path = Write("lost.textproto", kLostInvite);
  const std::string both = Tickwire({"ladder", path, "--format=ascii"}).out;
  EXPECT_THAT(both, HasSubstr("TCP 1 opened by alice, ready after 40 ms"));
  EXPECT_THAT(both, HasSubstr("#1 INVITE sip:bob@10.0.1.2 (TCP 1, 2 segments, 1 lost)"));
  EXPECT_THAT(both, HasSubstr("retransmission (time-out)"));
  EXPECT_THAT(both, Not(HasSubstr("SYN")));
  const std::string all = Tickwire({"ladder", path, "--format=ascii", "--unfold=all"}).out;
  EXPECT_THAT(all, HasSubstr("SYN"));
  EXPECT_THAT(all, HasSubstr("#1 INVITE"));
  const std::string sip = Tickwire({"ladder", path, "--format=ascii", "--layers=sip"}).out;
  EXPECT_THAT(sip, HasSubstr("#1 INVITE"));
  EXPECT_THAT(sip, Not(HasSubstr("seq=")));
  const std::string packets =
      Tickwire({"ladder", path, "--format=ascii", "--layers=transport"}).out;
  EXPECT_THAT(packets, HasSubstr("SYN"));
  EXPECT_THAT(packets, Not(HasSubstr("INVITE")));
  EXPECT_EQ(Tickwire({"ladder", path, "--layers=tcp"}).status, kUsage);
  EXPECT_EQ(Tickwire({"ladder", path, "--unfold=0"}).status, kUsage);
  EXPECT_EQ(Tickwire({"ladder", path, "--unfold=1,x"}).status, kUsage);
}

// A click needs both directions: the message names the events of its packets, they its number.
TEST_F(Verbs, TheSvgLinksMessagesAndPackets) {
  const std::string path = Write("lost.textproto", kLostInvite);
  const std::string svg = Tickwire({"ladder", path, "--format=svg"}).out;
  const std::string head =
      "id=\"message-1\" data-message=\"1\" data-connection=\"1\" data-carried-by=\"";
  const size_t at = svg.find(head);
  ASSERT_NE(at, svg.npos);
  std::istringstream events(
      svg.substr(at + head.size(), svg.find('"', at + head.size()) - at - head.size()));
  int packets = 0;
  for (std::string event; events >> event; ++packets) {
    const size_t packet = svg.find("<g data-event=\"" + event + "\" class=\"pick");
    ASSERT_NE(packet, svg.npos) << event;
    EXPECT_THAT(svg.substr(packet, svg.find('>', packet) - packet),
                HasSubstr("data-carries=\"1\""));
  }
  EXPECT_GE(packets, 2);
  EXPECT_THAT(svg, HasSubstr("<script>"));
  EXPECT_THAT(Tickwire({"ladder", path, "--format=svg", "--layers=transport"}).out,
              Not(HasSubstr("<script>")));
}

TEST_F(Verbs, ExplainDelayTellsWhatTheLossCost) {
  const std::string path = Write("lost.textproto", kLostInvite);
  const Outcome told = Tickwire({"explain-delay", path, "--message", "1"});
  EXPECT_EQ(told.status, kGood);
  EXPECT_THAT(told.out, HasSubstr("received after 1.02 s"));
  EXPECT_THAT(told.out, HasSubstr("it is lost on wire: listed loss"));
  EXPECT_THAT(told.out, HasSubstr("set to 1 s, fires (RFC 6298"));
  EXPECT_THAT(told.out, HasSubstr("recovery from loss              1 s\n"));
  EXPECT_EQ(Tickwire({"explain-delay", path, "--slowest"}).out, told.out);
  const std::string list = Tickwire({"explain-delay", path, "--list"}).out;
  EXPECT_THAT(list, HasSubstr("#1    1.000000      1.02 s        alice to bob"));
  // The INVITE is the last word of the first line's Call-ID's call.
  const std::string first = list.substr(0, list.find('\n'));
  const std::string call_id = first.substr(first.rfind(' ') + 1);
  const Outcome call = Tickwire({"explain-delay", path, "--call", call_id});
  // 1.02 s, a second of ringing, 20 ms.
  EXPECT_THAT(call.out, HasSubstr("#3 200 OK (INVITE) reached alice 2.04 s after #1 INVITE"));
  EXPECT_THAT(call.out, HasSubstr("1 s late"));
  EXPECT_THAT(call.out, HasSubstr("bob waits 1 s: timer answer"));
}

TEST_F(Verbs, ExplainDelayRefusesWhatThereIsNot) {
  const std::string path = Write("lost.textproto", kLostInvite);
  EXPECT_EQ(Tickwire({"explain-delay", path}).status, kUsage);
  EXPECT_EQ(Tickwire({"explain-delay", path, "--list", "--slowest"}).status, kUsage);
  EXPECT_EQ(Tickwire({"explain-delay", path, "--message", "x"}).status, kUsage);
  EXPECT_EQ(Tickwire({"explain-delay", path, "--message", "99"}).status, kFailed);
  EXPECT_EQ(Tickwire({"explain-delay", path, "--call", "nobody"}).status, kFailed);
  EXPECT_EQ(Tickwire({"explain-delay", "group/god", "--list"}).status, kUsage);
  EXPECT_EQ(Tickwire({"explain-delay", "group/good", "--slowest"}).status, kFailed);
}

}  // namespace
}  // namespace tickwire::cli
