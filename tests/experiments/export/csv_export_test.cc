#include "experiments/export/csv_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/run_fixture.h"

namespace tickwire {
namespace {

using testing::HasSubstr;

// RFC 4180 section 2.
TEST(CsvField, IsQuotedWhereItMustBe) {
  EXPECT_EQ(CsvField("plain text"), "plain text");
  EXPECT_EQ(CsvField(""), "");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(CsvField("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(CsvField("\r"), "\"\r\"");
}

class CsvExport : public RunFixture {};

TEST_F(CsvExport, MessagesSayWhatBecameOfEachPacket) {
  Run(R"(
    node { name: "alice" } node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" delay: "7ms" both { drop { nth: 2 } } }
    at { time: "1s" node: "alice" action { udp_send { to: "bob" text: "hello" } } }
    at { time: "2s" node: "alice" action { udp_send { to: "bob" text: "hello" } } }
    at { time: "3s" node: "alice" action { udp_send { to: "bob" port: 99 text: "hello" } } }
  )");
  const std::string csv = Read(out() + "/messages.csv");
  // 5 bytes of text, 8 of UDP, 20 of IP.
  EXPECT_THAT(csv, HasSubstr(",1000000000,alice,bob,\"UDP 40000>9, 5 bytes\",33,delivered,bob,"
                             "1007000000,7000000,,0,,"));
  EXPECT_THAT(csv, HasSubstr(",2000000000,alice,bob,\"UDP 40000>9, 5 bytes\",33,lost,alice,"
                             "2000000000,,listed_loss,1,alice:"));
  EXPECT_THAT(csv, HasSubstr(",3000000000,alice,bob,\"UDP 40000>99, 5 bytes\",33,refused,bob,"
                             "3007000000,7000000,port_unreachable,0,,"));
  EXPECT_THAT(csv, HasSubstr("ICMP port unreachable"));
}

TEST_F(CsvExport, TimersSayHowTheyEnded) {
  Run(R"(
    node { name: "alice" role { udp_source { to: "bob" packets: 2 start: "1s" interval: "20ms" } } }
    node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" }
  )");
  const std::string csv = Read(out() + "/timers.csv");
  EXPECT_THAT(csv, HasSubstr(",alice,udp source,send,"));
  EXPECT_THAT(csv, HasSubstr(",0,1000000000,fired,1000000000\r\n"));
  EXPECT_THAT(csv, HasSubstr(",1000000000,20000000,fired,1020000000\r\n"));
}

// A round trip of 20 ms opens the connection, the MESSAGE takes 10 ms more, its 200 another 10 ms.
// Then nothing happens for the two seconds after which Alice closes it.
TEST_F(CsvExport, ConnectionsSayWhoOpenedThemAndWhyTheyEnded) {
  Run(R"(
    stop_at: "30s"
    node { name: "alice" role { sip_ua { transport { use: TCP idle_timeout: "2s" } } } }
    node { name: "bob" role { sip_ua {} } }
    link { a: "alice" b: "bob" delay: "10ms" }
    at { time: "1s" node: "alice" action { sip_send { to: "bob" body: "hello" } } }
  )");
  const std::string csv = Read(out() + "/connections.csv");
  EXPECT_THAT(csv, HasSubstr("1,alice,TCP,us,10.0.1.1:49152,10.0.1.2:5060,1000000000,1020000000,"
                             "3040000000,closed,idle for too long,1,1,2000000000\r\n"));
  EXPECT_THAT(csv, HasSubstr("1,bob,TCP,peer,10.0.1.2:5060,10.0.1.1:49152,"));
  EXPECT_THAT(csv, HasSubstr(",closed,peer has finished,1,1,"));
}

// Bob's end is gone with all that he knew; Alice's lives until somebody answers it with a reset.
TEST_F(CsvExport, AConnectionEndsAtTheNodeThatCrashes) {
  Run(R"(
    stop_at: "30s"
    node { name: "alice" role { sip_ua { transport { use: TCP } } } }
    node { name: "bob" role { sip_ua {} } }
    link { a: "alice" b: "bob" delay: "10ms" }
    at { time: "1s" node: "alice" action { sip_send { to: "bob" body: "hello" } } }
    at { time: "5s" crash: "bob" }
    at { time: "6s" restart: "bob" }
    at { time: "7s" crash: "bob" }
  )");
  const std::string csv = Read(out() + "/connections.csv");
  EXPECT_THAT(csv, HasSubstr("1,alice,TCP,us,10.0.1.1:49152,10.0.1.2:5060,1000000000,1020000000,,"
                             "open,established,1,1,"));
  EXPECT_THAT(csv, HasSubstr("1,bob,TCP,peer,10.0.1.2:5060,10.0.1.1:49152,1030000000,1030000000,"
                             "5000000000,closed,crash,1,1,3970000000\r\n"));
  // So are its timers.
  EXPECT_THAT(Read(out() + "/timers.csv"),
              HasSubstr("1030000000,300000000000,cancelled,5000000000"));
}

TEST_F(CsvExport, WithoutConnectionsThereIsNoTableOfThem) {
  Run(R"(
    node { name: "alice" role { udp_source { to: "bob" packets: 1 start: "1s" interval: "20ms" } } }
    node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" }
  )");
  EXPECT_FALSE(std::filesystem::exists(out() + "/connections.csv"));
}

// The handshake takes 20 ms, and RTO = SRTT + 4 * RTTVAR = 20 + 40 ms is lifted to 1 s (RFC 6298
// sections 2.2, 2.4). Of four segments the first is lost: the others are three duplicates, and the
// third brings it back (RFC 5681 section 3.2).
TEST_F(CsvExport, SamplesSayWhatConnectionsMeasuredNotedAndBecame) {
  Run(R"(
    stop_at: "1s"
    node { name: "alice" role { tcp_bulk_sender {
      to: "bob" size: "4000B" stays_open: true tcp { mss: "1000B" timestamps: false loss_recovery: NEWRENO }
    } } }
    node { name: "bob" role { tcp_sink { tcp { receive_buffer: "65535B" } } } }
    link { a: "alice" b: "bob" delay: "10ms" a_to_b { drop { match: "tcp.len>0" nth: 1 } } }
  )");
  const std::string csv = Read(out() + "/samples.csv");
  EXPECT_THAT(csv, testing::StartsWith("event,time_ns,node,owner,quantity,value,text\r\n"));
  EXPECT_THAT(csv, HasSubstr(",20000000,alice,tcp 10.0.1.1:49152 10.0.1.2:9,RTO,1000000000,\r\n"));
  EXPECT_THAT(csv, HasSubstr(",20000000,alice,tcp 10.0.1.1:49152 10.0.1.2:9,state,,ESTABLISHED: "));
  EXPECT_THAT(csv, HasSubstr(",40000000,alice,tcp 10.0.1.1:49152 10.0.1.2:9,retransmit,,"
                             "\"fast retransmit: "));
}

}  // namespace
}  // namespace tickwire
