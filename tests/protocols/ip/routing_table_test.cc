#include "protocols/ip/routing_table.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "sim_core/random/rng.h"
#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

// Interfaces are only pointed to: any distinct addresses will do.
Interface* Plug(int number) {
  static char plugs[1024];
  return reinterpret_cast<Interface*>(&plugs[number]);
}
Route Via(int number) { return {Route::Kind::kVia, Plug(number)}; }

TEST(RoutingTable, TheLongestPrefixWinsWhateverTheOrderOfAdding) {
  const std::vector<std::pair<const char*, int>> routes = {
      {"0.0.0.0/0", 0}, {"10.0.0.0/8", 1}, {"10.1.0.0/16", 2}, {"10.1.2.3/32", 3}};
  std::vector<int> order = {0, 1, 2, 3};
  do {
    RoutingTable table;
    for (int i : order) table.Add(*IpPrefix::Parse(routes[i].first), Via(routes[i].second));
    EXPECT_EQ(table.Lookup(Ip("10.1.2.3")).out, Plug(3));
    EXPECT_EQ(table.Lookup(Ip("10.1.2.4")).out, Plug(2));
    EXPECT_EQ(table.Lookup(Ip("10.2.0.1")).out, Plug(1));
    EXPECT_EQ(table.Lookup(Ip("192.0.2.1")).out, Plug(0));
    EXPECT_EQ(table.Lookup(Ip("2001:db8::1")).kind, Route::Kind::kNone);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(RoutingTable, AnEmptyTableHasNoRoute) {
  EXPECT_EQ(RoutingTable().Lookup(Ip("10.0.0.1")).kind, Route::Kind::kNone);
  EXPECT_EQ(RoutingTable().Lookup(Ip("::1")).kind, Route::Kind::kNone);
}

TEST(RoutingTable, VersionsDoNotMix) {
  RoutingTable table;
  table.Add(*IpPrefix::Parse("::/0"), Via(6));
  table.Add(*IpPrefix::Parse("2001:db8:0:1::/64"), Via(7));
  EXPECT_EQ(table.Lookup(Ip("32.1.13.184")).kind, Route::Kind::kNone);  // 2001:0db8 as IPv4
  EXPECT_EQ(table.Lookup(Ip("2001:db8:0:1::9")).out, Plug(7));
  EXPECT_EQ(table.Lookup(Ip("2001:db8:0:2::9")).out, Plug(6));
}

TEST(RoutingTable, ALaterRouteReplacesAnEqualPrefixAndIsSeenAtOnce) {
  RoutingTable table;
  table.Add(*IpPrefix::Parse("10.0.0.0/24"), Via(1));
  EXPECT_EQ(table.Lookup(Ip("10.0.0.9")).out, Plug(1));
  table.Add(*IpPrefix::Parse("10.0.0.77/24"), Via(2));  // the same network, written otherwise
  EXPECT_EQ(table.Lookup(Ip("10.0.0.9")).out, Plug(2));
  table.Add(*IpPrefix::Parse("10.0.0.9/32"), Via(3));  // a cached answer must not survive this
  EXPECT_EQ(table.Lookup(Ip("10.0.0.9")).out, Plug(3));
}

TEST(RoutingTable, AgreesWithAScanOfAllPrefixes) {
  Rng rng = Rng::ForStream({.seed = 7}, "routing", "table");
  RoutingTable table;
  std::map<IpPrefix, int> all;
  for (int i = 0; i < 200; ++i) {
    const bool v6 = rng.Below(2) == 1;
    std::array<uint8_t, 16> bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Below(4) == 0 ? 0x80 : 0);
    const IpAddress address = IpAddress::FromBytes({bytes.data(), size_t{v6 ? 16u : 4u}});
    const IpPrefix prefix =
        IpPrefix{address, static_cast<int>(rng.Below(address.bits() + 1))}.Network();
    all[prefix] = i;
    table.Add(prefix, Via(i));
  }
  for (int i = 0; i < 5000; ++i) {
    const bool v6 = rng.Below(2) == 1;
    std::array<uint8_t, 16> bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Below(4) == 0 ? 0x80 : 0);
    const IpAddress address = IpAddress::FromBytes({bytes.data(), size_t{v6 ? 16u : 4u}});
    int longest = -1;
    Interface* expected = nullptr;
    for (const auto& [prefix, number] : all) {
      if (prefix.Contains(address) && prefix.length > longest) {
        longest = prefix.length;
        expected = Plug(number);
      }
    }
    EXPECT_EQ(table.Lookup(address).out, expected) << address.ToString();
  }
}

}  // namespace
}  // namespace tickwire
