// Every effect, queue and action of the schema builds and does what it says.
#include "topologies/build/network.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/recorder.h"
#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NetworkTest : public testing::Test {
 protected:
  NetworkTest() { std::filesystem::create_directories(directory_); }
  ~NetworkTest() override { std::filesystem::remove_all(directory_); }

  // a sends `packets` datagrams of 1000 bytes (1028 with headers), one each 10 ms, to b.
  absl::Status Run(const std::string& link, int packets = 100) {
    const LoadResult loaded = LoadScenarioText(
        "test",
        "stop_at: \"10s\" node { name: \"a\" role { udp_source { to: \"b\" packets: " +
            std::to_string(packets) +
            " interval: \"10ms\" } } } node { name: \"b\" role { udp_sink {} } }"
            "link { a: \"a\" b: \"b\" name: \"wire\" delay: \"5ms\" " +
            link + " }",
        directory_, {});
    EXPECT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, /*color=*/false);
    return RunLoaded(loaded);
  }
  absl::Status RunLoaded(const LoadResult& loaded) {
    recorder_.entries.clear();
    auto network = Network::Build(loaded.effective, {.directory = directory_, .sink = &recorder_});
    if (!network.ok()) return network.status();
    (*network)->Run();
    errors_ = (*network)->action_errors();
    counters_ = (*network)->Counters();
    return absl::OkStatus();
  }
  // Milliseconds from sending to arrival, in the order of arriving.
  std::vector<double> Delays() {
    std::vector<double> delays;
    for (const auto& entry : recorder_.Of(TraceKind::kPacketDelivered)) {
      const auto sent = std::find_if(
          recorder_.entries.begin(), recorder_.entries.end(), [&](const Recorder::Entry& e) {
            return e.event.kind == TraceKind::kPacketSent && e.event.ref == entry.event.packet;
          });
      delays.push_back(static_cast<double>((entry.event.time - sent->event.time).nanos()) / 1e6);
    }
    return delays;
  }
  int Received() { return recorder_.Count(TraceKind::kPacketDelivered); }
  void File(const std::string& name, const std::string& content) {
    std::ofstream(directory_ + "/" + name) << content;
  }

  const std::string directory_ =
      (std::filesystem::temp_directory_path() / ("tickwire-net-" + std::to_string(getpid())))
          .string();
  Recorder recorder_;
  std::vector<std::string> errors_;
  std::map<std::string, int64_t> counters_;
};

TEST_F(NetworkTest, WithoutEffectsAllArriveAfterTheDelay) {
  ASSERT_TRUE(Run("").ok());
  EXPECT_THAT(Delays(), testing::AllOf(testing::SizeIs(100), testing::Each(5.0)));
}

TEST_F(NetworkTest, LossLosesSome) {
  ASSERT_TRUE(Run("a_to_b { loss: \"20%\" }").ok());
  EXPECT_EQ(Received() + recorder_.Drops("random_loss"), 100);
  EXPECT_GT(recorder_.Drops("random_loss"), 2);
  EXPECT_LT(recorder_.Drops("random_loss"), 45);
  ASSERT_TRUE(Run("b_to_a { loss: \"100%\" }").ok());
  EXPECT_EQ(Received(), 100);  // the other direction
}

TEST_F(NetworkTest, GilbertElliottLosesBursts) {
  ASSERT_TRUE(Run("both { gilbert_elliott { p: \"100%\" r: \"0%\" loss_bad: \"100%\" } }").ok());
  EXPECT_EQ(recorder_.Drops("burst_loss"), 100);
}

TEST_F(NetworkTest, DropTakesTheNamedPackets) {
  ASSERT_TRUE(Run("both { drop { match: \"udp.dstport==9\" nth: [2, 5] } }").ok());
  EXPECT_EQ(recorder_.Drops("listed_loss"), 2);
  ASSERT_TRUE(Run("both { drop { from: \"100ms\" until: \"200ms\" } }").ok());
  EXPECT_EQ(recorder_.Drops("listed_loss"), 10);
}

TEST_F(NetworkTest, EveryDistributionOfJitterStaysInItsBounds) {
  struct Row {
    const char* delay;
    double least, most;
  };
  for (const Row& row :
       std::vector<Row>{{"constant: \"3ms\"", 8, 8},
                        {"uniform { min: \"1ms\" max: \"4ms\" }", 6, 9},
                        {"exponential { mean: \"2ms\" }", 5, 65},
                        {"normal { mean: \"5ms\" stddev: \"1ms\" }", 5, 18},
                        {"pareto { scale: \"1ms\" shape: \"2\" max: \"20ms\" }", 6, 25},
                        {"lognormal { median: \"2ms\" sigma: \"1\" max: \"30ms\" }", 5, 35},
                        {"empirical { quantile: [\"1ms\", \"2ms\", \"6ms\"] }", 6, 11}}) {
    ASSERT_TRUE(Run(std::string("both { jitter { delay { ") + row.delay + " } } }").ok());
    EXPECT_THAT(Delays(), testing::AllOf(testing::SizeIs(100),
                                         testing::Each(testing::AllOf(testing::Ge(row.least),
                                                                      testing::Le(row.most)))))
        << row.delay;
  }
}

TEST_F(NetworkTest, ReorderHoldsBackAndDuplicateRepeats) {
  ASSERT_TRUE(Run("both { reorder { probability: \"100%\" delay: \"25ms\" } }").ok());
  EXPECT_THAT(Delays(), testing::Each(30.0));
  ASSERT_TRUE(Run("both { duplicate { probability: \"100%\" delay: \"1ms\" } }").ok());
  EXPECT_EQ(Received(), 200);
}

TEST_F(NetworkTest, CorruptSpoilsWhatTheChecksumsFind) {
  ASSERT_TRUE(Run("both { corrupt { probability: \"100%\" } }").ok());
  EXPECT_EQ(recorder_.Drops(), 100);
  EXPECT_EQ(counters_["udp datagrams received"], 0);
}

TEST_F(NetworkTest, OutageTakesItsWindow) {
  // Sent at 0, 10, ..., on the wire for 5 ms: those of 300 to 590 meet [303 ms, 597 ms).
  ASSERT_TRUE(Run("both { outage { from: \"303ms\" until: \"597ms\" } }").ok());
  EXPECT_EQ(recorder_.Drops("link_down"), 30);
}

TEST_F(NetworkTest, RateAndDelayOfADirectionReplaceThoseOfTheLink) {
  // 1028 bytes at 8.224 Mbit/s take 1 ms.
  ASSERT_TRUE(Run("rate: \"1kbps\" a_to_b { rate: \"8.224Mbps\" } a_to_b { delay: \"2ms\" }").ok());
  EXPECT_THAT(Delays(), testing::Each(3.0));
}

TEST_F(NetworkTest, ARateChangeComesWhenItSays) {
  ASSERT_TRUE(
      Run("rate: \"8.224Mbps\" both { rate_change { at: \"500ms\" rate: \"4.112Mbps\" } }").ok());
  const std::vector<double> delays = Delays();
  EXPECT_DOUBLE_EQ(delays[49], 6.0);
  EXPECT_DOUBLE_EQ(delays[50], 7.0);
}

TEST_F(NetworkTest, ARateTraceRepeats) {
  // 1 ms, from 20 ms on 2 ms; after 40 ms again.
  File("rate.txt", "# two rates\n0 8224000\n0.02 4112000  # half\n\n0.04 8224000\n");
  ASSERT_TRUE(Run("rate: \"8.224Mbps\" both { rate_trace { file: \"rate.txt\" } }", 8).ok());
  EXPECT_THAT(Delays(), ElementsAre(6, 6, 7, 7, 6, 6, 7, 7));
}

TEST_F(NetworkTest, AWrongRateTraceIsAnErrorWithItsPlace) {
  struct Row {
    const char* content;
    const char* message;
  };
  for (const Row& row : std::vector<Row>{{"0 1000\n0 2000\n", "rate.txt:2"},
                                         {"0 1000\n1 0\n", "rate.txt:2"},
                                         {"0 -5\n", "rate.txt:1"},
                                         {"zero 1000\n", "rate.txt:1"},
                                         {"0 1000 more\n", "rate.txt:1"},
                                         {"0\n", "rate.txt:1"},
                                         {"0 1Mbps\n", "rate.txt:1"},
                                         {"# nothing\n", "no line"},
                                         {"0 1000\n0.000000001 1000\n", "more than"}}) {
    File("rate.txt", row.content);
    const absl::Status status = Run("both { rate_trace { file: \"rate.txt\" } }", 1);
    ASSERT_FALSE(status.ok()) << row.content;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message));
    EXPECT_THAT(std::string(status.message()), HasSubstr("link wire"));
  }
}

TEST_F(NetworkTest, ARateTraceThatIsNoFileIsRefused) {
  for (const char* path : {"/dev/zero", "/dev/null", "/tmp", "/no/such/file"}) {
    const LoadResult loaded = LoadScenarioText(
        "test",
        std::string("node { name: \"a\" role { udp_sink {} } } node { name: \"b\" }"
                    "link { a: \"a\" b: \"b\" both { rate_trace { file: \"") +
            path + "\" } } }",
        "", {});
    if (!loaded.ok()) continue;  // refused earlier
    EXPECT_FALSE(RunLoaded(loaded).ok()) << path;
  }
}

TEST_F(NetworkTest, EveryQueueBuilds) {
  // 100 kbit/s carries a tenth of what is sent.
  for (const auto& [queue, cause] : std::vector<std::pair<std::string, std::string>>{
           {"drop_tail { packets: 3 }", "queue_full"},
           {"drop_tail { bytes: \"3000B\" }", "queue_full"},
           {"drop_tail {}", ""},
           {"red { min_packets: 2 max_packets: 6 weight: \"50%\" }", "red_forced"},
           {"red { min_packets: 2 max_packets: 6 weight: \"50%\" gentle: true ecn: true }", "red"},
           {"codel {}", "codel"},
           {"codel { limit_packets: 2 ecn: true }", "queue_full"}}) {
    ASSERT_TRUE(Run("rate: \"100kbps\" queue { " + queue + " }").ok()) << queue;
    EXPECT_EQ(recorder_.Drops() > 0, !cause.empty()) << queue;
    if (!cause.empty()) {
      EXPECT_GT(recorder_.Drops(cause), 0) << queue;
    }
  }
}

// A message whose class nobody registered is an error that names it, never a crash.
TEST_F(NetworkTest, ACustomMessageOfUnknownMeaningIsAnError) {
  const LoadResult loaded = LoadScenarioText(
      "test",
      "node { name: \"a\" role { udp_sink {} } } node { name: \"b\" } link { a: \"a\" b: \"b\" }",
      "", {});
  ASSERT_TRUE(loaded.ok());
  google::protobuf::StringValue known;
  google::protobuf::Any foreign;
  foreign.set_type_url("type.googleapis.com/no.such.Message");
  google::protobuf::Any unregistered;
  unregistered.PackFrom(known);
  google::protobuf::Any damaged;
  damaged.set_type_url("type.googleapis.com/google.protobuf.StringValue");
  damaged.set_value("\xff\xff");
  for (const google::protobuf::Any& any :
       {foreign, unregistered, damaged, google::protobuf::Any()}) {
    LoadResult changed = loaded;
    *changed.effective.mutable_link(0)->add_both()->mutable_custom() = any;
    EXPECT_FALSE(RunLoaded(changed).ok());
    changed = loaded;
    *changed.effective.mutable_link(0)->mutable_queue()->mutable_custom() = any;
    EXPECT_FALSE(RunLoaded(changed).ok());
    changed = loaded;
    *changed.effective.mutable_node(0)->add_role()->mutable_custom() = any;
    EXPECT_FALSE(RunLoaded(changed).ok());
  }
}

TEST_F(NetworkTest, APortTakenTwiceIsAnErrorThatNamesTheNode) {
  const LoadResult loaded = LoadScenarioText(
      "test",
      "node { name: \"a\" role { udp_sink {} } role { udp_echo { port: 9 } } } node { name: \"b\" }"
      "link { a: \"a\" b: \"b\" }",
      "", {});
  if (!loaded.ok()) return;  // refused earlier
  const absl::Status status = RunLoaded(loaded);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("node a"));
}

// RFC 3261 §19.1.2: TLS has the port after the element's own.
TEST_F(NetworkTest, APortThatSipCannotHaveIsAnErrorThatNamesTheTransport) {
  const auto failure = [&](absl::string_view roles) {
    const LoadResult loaded =
        LoadScenarioText("test",
                         absl::StrCat("node { name: \"a\" ", roles,
                                      " } node { name: \"b\" } link { a: \"a\" b: \"b\" }"),
                         "", {});
    EXPECT_TRUE(loaded.ok());
    return std::string(RunLoaded(loaded).message());
  };
  EXPECT_THAT(failure("role { sip_ua { transport { use: TLS } } }"
                      "role { sip_ua { port: 5061 } }"),
              HasSubstr("SIP over TCP wants port 5061"));
  EXPECT_THAT(failure("role { sip_ua { port: 65535 transport { use: TLS } } }"),
              HasSubstr("SIP over TLS wants the port after 65535"));
}

}  // namespace
}  // namespace tickwire
