// Routes of built networks, told as the way that packets take.
#include "topologies/build/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/recorder.h"
#include "topologies/build/network.h"
#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

// The nodes that a datagram from a to b passes, with the first and last: "a r1 b"; ends early where
// it is dropped.
std::string Way(const std::string& text) {
  const LoadResult loaded = LoadScenarioText(
      "test",
      text +
          "at { time: \"0s\" node: \"a\" action { udp_send { to: \"b\" port: 7 text: \"x\" } } }",
      "", {});
  EXPECT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, /*color=*/false);
  if (!loaded.ok()) return "";
  Recorder recorder;
  const auto network = Network::Build(loaded.effective, {.sink = &recorder});
  EXPECT_TRUE(network.ok()) << network.status();
  (*network)->Run();
  const std::vector<std::string> names = Network::NodeNames(loaded.effective);
  std::string way = "a";
  for (const auto& entry : recorder.entries) {
    if (entry.event.kind == TraceKind::kPacketDelivered) {
      way += " " + names[entry.event.ref.node.value - 1];
    }
    if (entry.event.kind == TraceKind::kPacketDropped) way += " dropped";
  }
  return way;
}

const std::string kHosts =
    R"(node { name: "a" } node { name: "b" role { udp_sink { port: 7 } } } )";
const std::string kRouters = R"(
  node { name: "r1" router: true } node { name: "r2" router: true } node { name: "r3" router: true }
)";
std::string Link(const std::string& a, const std::string& b, int ms, const std::string& more = "") {
  return "link { a: \"" + a + "\" b: \"" + b + "\" delay: \"" + std::to_string(ms) + "ms\" " +
         more + " }\n";
}

TEST(Routes, TheShortestDelayWinsNotTheFewestHops) {
  EXPECT_EQ(Way(kHosts + kRouters + Link("a", "r1", 1) + Link("r1", "r3", 10) +
                Link("r1", "r2", 2) + Link("r2", "r3", 2) + Link("r3", "b", 1)),
            "a r1 r2 r3 b");
}

TEST(Routes, AmongEqualDelaysTheFewestHopsWin) {
  EXPECT_EQ(Way(kHosts + kRouters + Link("a", "r1", 1) + Link("r1", "r2", 2) + Link("r2", "r3", 2) +
                Link("r1", "r3", 4) + Link("r3", "b", 1)),
            "a r1 r3 b");
}

TEST(Routes, TiesDoNotDependOnTheOrderOfDeclaration) {
  std::vector<std::string> links = {Link("a", "r1", 1), Link("r1", "r2", 2), Link("r1", "r3", 2),
                                    Link("r2", "b", 2), Link("r3", "b", 2)};
  std::sort(links.begin(), links.end());
  const std::string way =
      Way(kHosts + kRouters + links[0] + links[1] + links[2] + links[3] + links[4]);
  int tried = 0;
  do {
    std::string text = kHosts + kRouters;
    for (const std::string& link : links) text += link;
    EXPECT_EQ(Way(text), way);
  } while (std::next_permutation(links.begin(), links.end()) && ++tried < 30);
}

TEST(Routes, HostsDoNotForward) {
  const std::string hosts = kHosts + R"(node { name: "h" } node { name: "r1" router: true } )";
  // The way over h would be shorter.
  EXPECT_EQ(Way(hosts + Link("a", "h", 1) + Link("h", "b", 1) + Link("a", "r1", 20) +
                Link("r1", "b", 20)),
            "a r1 b");
}

TEST(Routes, AMultihomedHostIsReachedAtItsFirstAddressByItsOwnLink) {
  // The first address of b is on its link to r1, though r2 is nearer.
  EXPECT_EQ(Way(R"(
    node { name: "a" }
    node { name: "b" interface { name: "eth0" address: "10.1.0.2/24" }
                     interface { name: "eth1" address: "10.2.0.2/24" } role { udp_sink { port: 7 } } }
    node { name: "r1" router: true interface { name: "x" address: "10.1.0.1/24" } }
    node { name: "r2" router: true interface { name: "x" address: "10.2.0.1/24" } }
  )" + Link("a", "r1", 5) +
                Link("a", "r2", 1) + Link("r1/x", "b/eth0", 5) + Link("r2/x", "b/eth1", 1)),
            "a r1 b");
}

// The network of a link is reached through its router: a host on it would drop what is for others.
TEST(Routes, ARoutersAddressIsNotSoughtThroughAHost) {
  EXPECT_EQ(Way(R"(
    node { name: "a" }
    node { name: "h" interface { name: "eth0" address: "10.1.0.2/24" }
                     interface { name: "eth1" address: "10.2.0.2/24" } }
    node { name: "b" router: true interface { name: "x" address: "10.1.0.1/24" }
           role { udp_sink { port: 7 } } }
    node { name: "r2" router: true interface { name: "x" address: "10.2.0.1/24" } }
  )" + Link("a", "r2", 1) +
                Link("r2/x", "h/eth1", 1) + Link("a", "b", 5) + Link("b/x", "h/eth0", 5)),
            "a b");
}

// Two links with one prefix: routes go to the single addresses.
TEST(Routes, LinksThatShareAPrefixAreToldApart) {
  EXPECT_EQ(Way(R"(
    node { name: "r1" router: true interface { name: "x" address: "10.0.0.1/24" }
                                    interface { name: "y" address: "10.0.0.2/24" } }
    node { name: "a" interface { name: "e" address: "10.0.0.10/24" } }
    node { name: "b" interface { name: "e" address: "10.0.0.11/24" } role { udp_sink { port: 7 } } }
  )" + Link("a/e", "r1/x", 1) +
                Link("b/e", "r1/y", 1)),
            "a r1 b");
}

TEST(Routes, VersionSixTakesTheSameWay) {
  EXPECT_EQ(Way("ip: IPV6 " + kHosts + kRouters + Link("a", "r1", 1) + Link("r1", "r3", 10) +
                Link("r1", "r2", 2) + Link("r2", "r3", 2) + Link("r3", "b", 1)),
            "a r1 r2 r3 b");
}

}  // namespace
}  // namespace tickwire
