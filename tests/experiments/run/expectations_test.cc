// Every kind of expectation and every condition, once true and once false.
#include "experiments/run/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/run_fixture.h"

namespace tickwire {
namespace {

using testing::HasSubstr;

class Expectations : public RunFixture {
 protected:
  // Five datagrams at 0, 10, 20, 30 and 40 ms, 5 ms on the way; the third is lost. Then the link
  // goes down and one more finds no way.
  void Judge(const std::string& condition, bool held) {
    Run(R"(
      node { name: "alice" role { udp_source { to: "bob" packets: 5 interval: "10ms" } } }
      node { name: "bob" role { udp_sink {} } }
      link { a: "alice" b: "bob" name: "wire" delay: "5ms" both { drop { nth: 3 } } }
      link { a: "alice" b: "carol" name: "other" } node { name: "carol" }
      at { time: "100ms" link_down: "wire" }
      at { time: "110ms" node: "alice" action { udp_send { to: "bob" text: "late" } } }
      expect { )" +
        condition + " }");
    ASSERT_EQ(result.manifest.expectations.size(), 1u);
    const ExpectationOutcome& outcome = result.manifest.expectations[0];
    EXPECT_EQ(outcome.held, held) << condition << "\n"
                                  << outcome.statement << "\nfound " << outcome.found;
    EXPECT_FALSE(outcome.statement.empty());
  }
};

struct Row {
  const char* condition;
  bool held;
};

TEST_F(Expectations, EveryKindAndConditionIsJudgedBothWays) {
  for (const Row& row : std::vector<Row>{
           {R"(node: "alice" sends: "udp.dstport==9" count: 5)", true},
           {R"(node: "alice" sends: "udp.dstport==9" count: 6)", false},
           {R"(node: "bob" sends: "udp")", false},
           {R"(sends: "udp")", true},
           {R"(node: "bob" receives: "udp" count: 4)", true},
           {R"(node: "bob" receives: "udp" count: 5)", false},
           {R"(node: "alice" receives: "udp")", false},
           {R"(node: "bob" receives: "udp" at_least: 4)", true},
           {R"(node: "bob" receives: "udp" at_least: 5)", false},
           {R"(node: "bob" receives: "udp" at_most: 4)", true},
           {R"(node: "bob" receives: "udp" at_most: 3)", false},
           {R"(node: "bob" receives: "udp" never: true)", false},
           {R"(node: "alice" receives: "udp" never: true)", true},
           {R"(node: "bob" receives: "udp" at: "15ms")", true},
           {R"(node: "bob" receives: "udp" at: "25ms")", false},
           {R"(node: "bob" receives: "udp" at: "14ms" within: "1ms")", true},
           {R"(node: "bob" receives: "udp" at: "14ms" within: "999us")", false},
           {R"(node: "bob" receives: "udp" times: ["5ms", "15ms", "35ms", "45ms"])", true},
           {R"(node: "bob" receives: "udp" times: ["45ms", "15ms", "35ms", "5ms"])", true},
           {R"(node: "bob" receives: "udp" times: ["5ms", "15ms", "35ms"])", false},
           {R"(node: "bob" receives: "udp" times: ["5ms", "15ms", "35ms", "46ms"])", false},
           {R"(node: "bob" receives: "udp" times: ["0s", "10ms", "30ms", "40ms"]
               relative_to: FIRST)",
            true},
           {R"(node: "bob" receives: "udp" times: ["0s", "10ms", "20ms", "40ms"]
               relative_to: FIRST)",
            false},
           {R"(node: "bob" receives: "udp" from: "15ms" until: "35ms" count: 2)", true},
           {R"(node: "bob" receives: "udp" from: "15.001ms" until: "34.999ms" count: 0)", true},
           {R"(drops: "udp" link: "wire" cause: "listed_loss" count: 1)", true},
           {R"(drops: "udp" link: "other")", false},
           {R"(drops: "udp" link: "wire" cause: "link_down" at: "110ms")", true},
           {R"(drops: "udp" link: "wire" cause: "queue_full")", false},
           {R"(node: "alice" drops: "" count: 2)", true},
           {R"(node: "bob" drops: "")", false},
           {R"(node: "alice" fires: "send" count: 5)", true},
           {R"(node: "bob" fires: "send")", false},
           {R"(node: "alice" sets: "send" count: 5)", true},
           {R"(node: "alice" sets: "send" of: "udp source" count: 5)", true},
           {R"(node: "alice" sets: "send" of: "somebody else")", false},
           {R"(node: "alice" cancels: "send" never: true)", true},
           {R"(node: "alice" cancels: "send")", false},
           {R"(node: "bob" enters: "down" at: "100ms")", true},
           {R"(node: "bob" enters: "up")", false},
       }) {
    Judge(row.condition, row.held);
  }
}

TEST_F(Expectations, TheOutcomeSaysWhatWasFound) {
  Run(R"(
    node { name: "alice" role { udp_source { to: "bob" packets: 2 interval: "10ms" } } }
    node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" delay: "5ms" }
    expect { node: "bob" receives: "udp" count: 3 rule: "RFC 768" }
  )");
  const ExpectationOutcome& outcome = result.manifest.expectations[0];
  EXPECT_FALSE(outcome.held);
  EXPECT_EQ(outcome.statement, "bob receives udp: exactly 3");
  EXPECT_EQ(outcome.found, "2 at 5 ms, 15 ms");
  EXPECT_EQ(outcome.rule, "RFC 768");
}

// A connection refused by nobody: the SYN-ACK takes 10 ms, 3000 bytes follow, the first segment is
// lost and comes again 1 s later.
class TcpExpectations : public RunFixture {
 protected:
  void Judge(const std::string& condition, bool held) {
    Run(R"(
      node { name: "alice" role { tcp_bulk_sender {
        to: "bob" size: "3000B" tcp { mss: "1000B" timestamps: false }
      } } }
      node { name: "bob" role { tcp_sink {} } }
      link { a: "alice" b: "bob" delay: "5ms" a_to_b { drop { match: "tcp.len>0" nth: 1 } } }
      stop_at: "5s"
      expect { )" +
        condition + " }");
    ASSERT_EQ(result.manifest.expectations.size(), 1u);
    const ExpectationOutcome& outcome = result.manifest.expectations[0];
    EXPECT_EQ(outcome.held, held) << condition << "\n"
                                  << outcome.statement << "\nfound " << outcome.found;
  }
};

TEST_F(TcpExpectations, NotesSamplesReasonsTimersAndStatesAreJudgedBothWays) {
  for (const Row& row : std::vector<Row>{
           {R"(node: "alice" notes: "retransmit" count: 1)", true},
           {R"(node: "alice" notes: "retransmit" because: "time-out" at: "1010ms")", true},
           {R"(node: "alice" notes: "retransmit" because: "fast")", false},
           {R"(node: "bob" notes: "retransmit")", false},
           {R"(node: "alice" samples: "cwnd" least: 1000 most: 1000 at: "1010ms")", true},
           {R"(node: "alice" samples: "cwnd" least: 1000000)", false},
           {R"(node: "alice" samples: "cwnd" most: 999)", false},
           {R"(node: "alice" samples: "no such" never: true)", true},
           {R"(node: "alice" fires: "retransmission" times: ["1010ms"])", true},
           {R"(node: "alice" enters: "ESTABLISHED" at: "10ms")", true},
           {R"(node: "alice" enters: "ESTABLISHED" of: "10.0.1.2:9" count: 1)", true},
           {R"(node: "alice" enters: "ESTABLISHED" because: "our SYN is acknowledged")", true},
           {R"(node: "alice" enters: "ESTABLISHED" because: "another reason")", false},
       }) {
    Judge(row.condition, row.held);
  }
}

}  // namespace
}  // namespace tickwire
