// Ladders as text and SVG.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "experiments/export/svg_ladder.h"
#include "experiments/export/text_ladder.h"
#include "experiments/view/ladder.h"
#include "experiments/view/message_flow.h"
#include "tests/support/run_fixture.h"
#include "tests/support/shipped_scenarios.h"

namespace tickwire {
namespace {

class LadderExport : public RunFixture {};

constexpr char kThreeMessages[] = R"(
  title: "Three messages"
  node { name: "alice" } node { name: "bob" role { udp_echo {} } }
  link { a: "alice" b: "bob" delay: "7ms" a_to_b { drop { nth: 2 } } }
  at { time: "0s" node: "alice" action { udp_send { to: "bob" port: 7 text: "hello" } } }
  at { time: "20ms" node: "alice" action { udp_send { to: "bob" port: 7 text: "hello" } } }
)";

TEST_F(LadderExport, TextIsExact) {
  Run(kThreeMessages);
  const DisplayList list = LayOutLadder(*model, {});
  EXPECT_EQ(TextLadder(list, {.ascii = true, .column_width = 34}),
            "Three messages\n"
            "\n"
            "                alice                              bob\n"
            "              10.0.1.1                          10.0.1.2\n"
            "      0.000000    |----- UDP 40000>7, 5 bytes ----->|  +7 ms\n"
            "      0.007000    |<---- UDP 7>40000, 5 bytes ------|  +7 ms\n"
            "      0.020000    |--- UDP 40000>7, 5 bytes R1 -X   |  lost: listed loss\n");
}

class EveryLadder : public RunFixture, public testing::WithParamInterface<std::string> {};

TEST_P(EveryLadder, IsWellFormedAndTheSameTwice) {
  Run(LoadShippedScenario(GetParam()));
  const std::string svg = SvgLadder(LayOutLadder(*model, {}));
  EXPECT_EQ(SvgLadder(LayOutLadder(*model, {})), svg);
  const MessageFlow flow(*model);
  LadderOptions layered;
  layered.flow = &flow;
  const std::string layers = SvgLadder(LayOutLadder(*model, layered));
  EXPECT_EQ(SvgLadder(LayOutLadder(*model, layered)), layers);
  EXPECT_NE(TextLadder(LayOutLadder(*model, layered)), "");
  if (!Has("xmllint")) GTEST_SKIP() << "no xmllint";
  const std::string path = directory + "/ladder.svg";
  std::ofstream(path) << svg;
  EXPECT_EQ(Shell("xmllint --noout " + path + " 2>&1"), "");
  std::ofstream(path) << layers;
  EXPECT_EQ(Shell("xmllint --noout " + path + " 2>&1"), "");
}
INSTANTIATE_TEST_SUITE_P(Scenarios, EveryLadder, testing::ValuesIn(ShippedScenarioNames()),
                         [](const auto& test) { return TestNameOf(test.param); });

// Whatever a scenario or a packet says, the file stays XML.
TEST_F(LadderExport, HostileTextStaysText) {
  Run(R"(
    title: "<b>&amp; \"quoted\" 'it' ]]> \001\033[31m \n"
    node { name: "alice" } node { name: "bob" role { udp_sink {} } }
    link { a: "alice" b: "bob" }
    at { time: "0s" node: "alice" action { udp_send { to: "bob" port: 5060
      text: "X sip:<&\001> SIP/2.0\r\n\r\n" } } }
  )");
  const DisplayList list = LayOutLadder(*model, {.footer = "--><script>\x02"});
  const std::string path = directory + "/ladder.svg";
  std::ofstream(path) << SvgLadder(list);
  // A terminal obeys control characters; none may come from a packet.
  for (const char c : TextLadder(list)) EXPECT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= 0x20);
  if (!Has("xmllint")) GTEST_SKIP() << "no xmllint";
  EXPECT_EQ(Shell("xmllint --noout " + path + " 2>&1"), "");
}

}  // namespace
}  // namespace tickwire
