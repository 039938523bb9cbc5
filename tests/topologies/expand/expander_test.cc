#include "topologies/expand/expander.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "topologies/scenario_loader.h"
#include "topologies/scenario_printer.h"

namespace tickwire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "alice/eth0 10.0.1.1/24 - bob/eth0 10.0.1.2/24" for each link, in the order of names.
std::vector<std::string> Links(const std::string& text) {
  const LoadResult result = LoadScenarioText("test", text, "", {});
  EXPECT_TRUE(result.ok()) << FormatDiagnostics(result.diagnostics, false);
  const auto end = [&](const std::string& attachment) {
    std::string out = attachment;
    for (const scenario::Node& node : result.expanded.node()) {
      for (const scenario::Interface& interface : node.interface()) {
        if (node.name() + "/" + interface.name() != attachment) continue;
        for (const std::string& address : interface.address()) out += " " + address;
      }
    }
    return out;
  };
  std::vector<std::string> out;
  for (const scenario::Link& link : result.expanded.link()) {
    out.push_back(link.name() + ": " + end(link.a()) + " - " + end(link.b()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> Routers(const std::string& text) {
  std::vector<std::string> out;
  const LoadResult result = LoadScenarioText("test", text, "", {});
  for (const scenario::Node& node : result.expanded.node()) {
    if (node.router()) out.push_back(node.name());
  }
  return out;
}

TEST(Expander, PairIsTwoNodesAndALink) {
  EXPECT_THAT(Links("pair { a: \"alice\" b: \"bob\" }"),
              ElementsAre("alice-bob: alice/eth0 10.0.1.1/24 - bob/eth0 10.0.1.2/24"));
}

TEST(Expander, StarJoinsEveryLeafToTheHub) {
  EXPECT_THAT(Links("star { hub: \"hub\" leaf: [\"b\", \"a\"] }"),
              ElementsAre("a-hub: a/eth0 10.0.1.1/24 - hub/eth0 10.0.1.2/24",
                          "b-hub: b/eth0 10.0.2.1/24 - hub/eth1 10.0.2.2/24"));
}

TEST(Expander, DumbbellHasOneBottleneckBetweenRouters) {
  const std::string text = "dumbbell { left: [\"a\", \"b\"] right: \"c\" }";
  EXPECT_THAT(Links(text), ElementsAre("a-r1: a/eth0 10.0.1.1/24 - r1/eth0 10.0.1.2/24",
                                       "b-r1: b/eth0 10.0.2.1/24 - r1/eth1 10.0.2.2/24",
                                       "c-r2: c/eth0 10.0.3.1/24 - r2/eth0 10.0.3.2/24",
                                       "r1-r2: r1/eth2 10.0.4.1/24 - r2/eth1 10.0.4.2/24"));
  EXPECT_THAT(Routers(text), ElementsAre("r1", "r2"));
}

TEST(Expander, ChainPutsRoutersBetweenTheEnds) {
  const std::string text = "chain { from: \"a\" to: \"b\" routers: 2 }";
  EXPECT_THAT(Links(text), ElementsAre("a-r1: a/eth0 10.0.1.1/24 - r1/eth0 10.0.1.2/24",
                                       "r1-r2: r1/eth1 10.0.2.1/24 - r2/eth0 10.0.2.2/24",
                                       "r2-b: r2/eth1 10.0.3.1/24 - b/eth0 10.0.3.2/24"));
  EXPECT_THAT(Routers(text), ElementsAre("r1", "r2"));
  EXPECT_EQ(Links("chain { from: \"a\" to: \"b\" routers: 0 }").size(), 1u);
  EXPECT_EQ(Links("chain { from: \"a\" to: \"b\" }").size(), 2u);
}

TEST(Expander, ParkingLotCrossesEachHop) {
  EXPECT_THAT(Links("parking_lot { from: \"s\" to: \"d\" hops: 2 }"),
              ElementsAre("cross1-a-r1: cross1-a/eth0 10.0.1.1/24 - r1/eth0 10.0.1.2/24",
                          "cross2-a-r2: cross2-a/eth0 10.0.2.1/24 - r2/eth0 10.0.2.2/24",
                          "r1-r2: r1/eth1 10.0.3.1/24 - r2/eth1 10.0.3.2/24",
                          "r2-cross1-b: r2/eth2 10.0.4.1/24 - cross1-b/eth0 10.0.4.2/24",
                          "r2-r3: r2/eth3 10.0.5.1/24 - r3/eth0 10.0.5.2/24",
                          "r3-cross2-b: r3/eth1 10.0.6.1/24 - cross2-b/eth0 10.0.6.2/24",
                          "r3-d: r3/eth2 10.0.7.1/24 - d/eth0 10.0.7.2/24",
                          "s-r1: s/eth0 10.0.8.1/24 - r1/eth2 10.0.8.2/24"));
}

TEST(Expander, TrapezoidHasTwoProxiesAndADirectPath) {
  EXPECT_THAT(Links("sip_trapezoid {}"),
              ElementsAre("alice-atlanta: alice/eth0 10.0.1.1/24 - atlanta/eth0 10.0.1.2/24",
                          "alice-bob: alice/eth1 10.0.2.1/24 - bob/eth0 10.0.2.2/24",
                          "atlanta-biloxi: atlanta/eth1 10.0.3.1/24 - biloxi/eth0 10.0.3.2/24",
                          "biloxi-bob: biloxi/eth1 10.0.4.1/24 - bob/eth1 10.0.4.2/24"));
}

TEST(Expander, MultihomedPairHasDisjointPaths) {
  EXPECT_THAT(Links("multihomed_pair { a: \"x\" b: \"y\" }"),
              ElementsAre("x-y-1: x/eth0 10.0.1.1/24 - y/eth0 10.0.1.2/24",
                          "x-y-2: x/eth1 10.0.2.1/24 - y/eth1 10.0.2.2/24"));
  EXPECT_EQ(
      Links("multihomed_pair { a: \"x\" b: \"y\" path {} path { delay: \"5ms\" } path {} }").size(),
      3u);
}

TEST(Expander, GroupsBecomeNumberedNodes) {
  EXPECT_THAT(Links("node { name: \"c\" count: 2 } star { hub: \"h\" leaf: \"c\" }"),
              ElementsAre("c1-h: c1/eth0 10.0.1.1/24 - h/eth0 10.0.1.2/24",
                          "c2-h: c2/eth0 10.0.2.1/24 - h/eth1 10.0.2.2/24"));
}

TEST(Expander, AssignsIpv6AndBoth) {
  EXPECT_THAT(Links("ip: IPV6 pair { a: \"a\" b: \"b\" }"),
              ElementsAre("a-b: a/eth0 fd00:0:0:1::1/64 - b/eth0 fd00:0:0:1::2/64"));
  EXPECT_THAT(Links("ip: DUAL pair { a: \"a\" b: \"b\" }"),
              ElementsAre("a-b: a/eth0 10.0.1.1/24 fd00:0:0:1::1/64 - "
                          "b/eth0 10.0.1.2/24 fd00:0:0:1::2/64"));
}

TEST(Expander, KeepsStatedAddressesAndStaysOutOfTheirNetworks) {
  EXPECT_THAT(Links("node { name: \"a\" interface { name: \"wan\" address: \"10.0.1.7/24\" } }\n"
                    "node { name: \"b\" } node { name: \"c\" }\n"
                    "link { a: \"a/wan\" b: \"b\" } link { a: \"b\" b: \"c\" }"),
              ElementsAre("a-b: a/wan 10.0.1.7/24 - b/eth0 10.0.1.8/24",
                          "b-c: b/eth1 10.0.2.1/24 - c/eth0 10.0.2.2/24"));
}

TEST(Expander, SkipsInterfaceNamesThatAreTaken) {
  EXPECT_THAT(
      Links("node { name: \"a\" interface { name: \"eth0\" address: \"192.168.0.1/30\" } }\n"
            "node { name: \"b\" } node { name: \"c\" }\n"
            "link { a: \"a\" b: \"b\" } link { a: \"a/eth0\" b: \"c\" }"),
      ElementsAre("a-b: a/eth1 10.0.1.1/24 - b/eth0 10.0.1.2/24",
                  "a-c: a/eth0 192.168.0.1/30 - c/eth0 192.168.0.2/30"));
}

TEST(Expander, RepeatsActions) {
  const LoadResult result =
      LoadScenarioText("test",
                       "pair { a: \"a\" b: \"b\" }\n"
                       "at { time: \"1s\" every: \"250ms\" count: 3 link_down: \"a-b\" }",
                       "", {});
  ASSERT_EQ(result.expanded.at_size(), 3);
  EXPECT_EQ(result.expanded.at(0).time(), "1s");
  EXPECT_EQ(result.expanded.at(1).time(), "1250ms");
  EXPECT_EQ(result.expanded.at(2).time(), "1500ms");
}

TEST(Expander, DoesNotDependOnTheOrderOfDeclarations) {
  std::vector<std::string> lines = {
      "node { name: \"a\" }",
      "node { name: \"b\" }",
      "node { name: \"c\" router: true }",
      "link { a: \"a\" b: \"c\" }",
      "link { a: \"b\" b: \"c\" }",
      "pair { a: \"a\" b: \"d\" }",
      "star { hub: \"c\" leaf: [\"e\", \"f\"] }",
  };
  const auto joined = [&] {
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
  };
  const std::vector<std::string> expected = Links(joined());
  std::mt19937 shuffle(1);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(lines.begin(), lines.end(), shuffle);
    EXPECT_EQ(Links(joined()), expected) << joined();
  }
}

TEST(Expander, PrintsAsAScenarioThatExpandsToItself) {
  for (const char* text : {"sip_trapezoid {}", "parking_lot { from: \"s\" to: \"d\" }",
                           "ip: DUAL pair { a: \"a\" b: \"b\" }",
                           "dumbbell { left: \"a\" right: \"b\" bottleneck { rate: \"1Mbps\" queue "
                           "{ codel {} } } }"}) {
    const LoadResult first = LoadScenarioText("test", text, "", {});
    const std::string shown = PrintScenario(first.expanded);
    const LoadResult second = LoadScenarioText("shown", shown, "", {});
    EXPECT_THAT(second.diagnostics, IsEmpty());
    EXPECT_EQ(PrintScenario(second.expanded), shown);
  }
}

}  // namespace
}  // namespace tickwire
