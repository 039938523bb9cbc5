#include "protocols/sip/locate/dns_locator.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protocols/dns/dns_server.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using dns::MakeAddress;
using dns::MakeNaptr;
using dns::MakeSrv;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

dns::ZoneStore Zones() {
  dns::ZoneStore zones;
  EXPECT_TRUE(zones.AddZone("example", {.primary = "ns.example", .minimum = 30}, 60).ok());
  const auto add = [&](const dns::Record& record) { EXPECT_TRUE(zones.Add(record).ok()); };
  add(MakeAddress("one.example", 60, *IpAddress::Parse("192.0.2.1")));
  add(MakeAddress("one.example", 60, *IpAddress::Parse("2001:db8::1")));
  add(MakeAddress("two.example", 60, *IpAddress::Parse("192.0.2.2")));
  // naptr.example: UDP is behind TCP, and leads to another domain's SRV.
  add(MakeNaptr("naptr.example", 60,
                {.order = 90,
                 .preference = 50,
                 .flags = "s",
                 .service = "SIP+D2T",
                 .replacement = "_sip._tcp.example"}));
  add(MakeNaptr("naptr.example", 60,
                {.order = 100,
                 .preference = 50,
                 .flags = "s",
                 .service = "SIP+D2U",
                 .replacement = "_sip._udp.far.example"}));
  add(MakeSrv("_sip._udp.far.example", 60, {.priority = 0, .port = 5070, .target = "two.example"}));
  // srv.example: no NAPTR.
  add(MakeSrv("_sip._udp.srv.example", 60, {.priority = 2, .port = 5062, .target = "two.example"}));
  add(MakeSrv("_sip._udp.srv.example", 60, {.priority = 1, .port = 5061, .target = "one.example"}));
  // Only TCP.
  add(MakeNaptr(
      "tcp.example", 60,
      {.order = 1, .flags = "s", .service = "SIP+D2T", .replacement = "_sip._tcp.example"}));
  add(MakeSrv("_sip._udp.off.example", 60, {.port = 0, .target = ""}));
  for (const char* target : {"one.example", "two.example"}) {
    add(MakeSrv("_sip._udp.equal.example", 60, {.weight = 10, .port = 5060, .target = target}));
  }
  return zones;
}

class DnsLocatorTest : public ::testing::Test, public ServerLocator::Client {
 protected:
  DnsLocatorTest()
      : server_(server_node_.clock(), Zones()),
        resolver_({user_.clock(), user_, RunSeed{}},
                  {.servers = {{server_node_.address(), dns::kPort}}}),
        locator_(user_.clock(), resolver_, RunSeed{}, {.uses_ipv6 = true}) {
    EXPECT_TRUE(server_.Open(server_node_, {server_node_.address(), dns::kPort}).ok());
    EXPECT_TRUE(resolver_.Open().ok());
  }
  std::vector<std::string> Locate(absl::string_view uri, uint64_t ticket = 1) {
    std::vector<Hop> hops;
    found_.clear();
    calls_ = 0;
    if (locator_.Locate(uri, hops, *this, ticket)) {
      OnLocated(ticket, hops);
    } else {
      EXPECT_EQ(calls_, 0);
      network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 1000);
    }
    EXPECT_EQ(calls_, 1);
    EXPECT_EQ(locator_.open_lookups(), 0u);
    return found_;
  }
  void OnLocated(uint64_t, std::span<const Hop> hops) override {
    ++calls_;
    for (const Hop& hop : hops) found_.push_back(ToString(hop.remote));
  }

  MemoryNetwork network_{Duration::Millis(10)};
  MemoryNetwork::Node& user_ = network_.AddNode("user", IpAddress::V4(0x0a000001));
  MemoryNetwork::Node& server_node_ = network_.AddNode("ns", IpAddress::V4(0x0a000002));
  dns::DnsServer server_;
  dns::DnsResolver resolver_;
  DnsLocator locator_;
  std::vector<std::string> found_;
  int calls_ = 0;
};

TEST_F(DnsLocatorTest, AddressesNeedNoDns) {
  EXPECT_THAT(Locate("sip:192.0.2.9"), ElementsAre("192.0.2.9:5060"));
  EXPECT_EQ(server_.counters().queries, 0u);
}

// RFC 3263 §4.2: an explicit port: A and AAAA only.
TEST_F(DnsLocatorTest, APortSkipsNaptrAndSrv) {
  EXPECT_THAT(Locate("sip:a@one.example:5099"),
              ElementsAre("192.0.2.1:5099", "[2001:db8::1]:5099"));
  EXPECT_EQ(server_.counters().queries, 2u);
}

// §4.1: what is not supported is discarded, however preferred.
TEST_F(DnsLocatorTest, NaptrLeadsToTheSrvOfTheTransportThatIsThere) {
  EXPECT_THAT(Locate("sip:a@naptr.example"), ElementsAre("192.0.2.2:5070"));
}

TEST_F(DnsLocatorTest, WithoutNaptrTheSrvOfTheDomainIsAsked) {
  EXPECT_THAT(Locate("sip:a@srv.example"),
              ElementsAre("192.0.2.1:5061", "[2001:db8::1]:5061", "192.0.2.2:5062"));
}

// §4.1: "transport=udp" has chosen already.
TEST_F(DnsLocatorTest, ATransportParameterSkipsNaptr) {
  EXPECT_THAT(Locate("sip:a@naptr.example;transport=udp"), IsEmpty());
  EXPECT_THAT(Locate("sip:a@srv.example;transport=udp"),
              ElementsAre("192.0.2.1:5061", "[2001:db8::1]:5061", "192.0.2.2:5062"));
}

// §4.2, last paragraph.
TEST_F(DnsLocatorTest, WithoutSrvTheHostItselfIsAsked) {
  EXPECT_THAT(Locate("sip:a@two.example"), ElementsAre("192.0.2.2:5060"));
}

TEST_F(DnsLocatorTest, ADomainWithoutOurTransportLeadsNowhere) {
  EXPECT_THAT(Locate("sip:a@tcp.example"), IsEmpty());
}

// RFC 2782: target ".".
TEST_F(DnsLocatorTest, AServiceThatIsNotAvailableLeadsNowhere) {
  EXPECT_THAT(Locate("sip:a@off.example"), IsEmpty());
}

TEST_F(DnsLocatorTest, NamesThatDoNotExistLeadNowhere) {
  EXPECT_THAT(Locate("sip:a@nobody.example"), IsEmpty());
}

// §4.4: what a stateless proxy needs.
TEST_F(DnsLocatorTest, TheChoiceByWeightFollowsFromTheTicket) {
  std::map<std::string, int> first;
  for (uint64_t ticket = 1; ticket <= 200; ++ticket) {
    const std::string once = Locate("sip:a@equal.example", ticket)[0];
    EXPECT_EQ(Locate("sip:a@equal.example", ticket)[0], once);
    ++first[once];
  }
  EXPECT_GT(first["192.0.2.1:5060"], 60);
  EXPECT_GT(first["192.0.2.2:5060"], 60);
}

// §5: sent-by a name without port: SRV; with port: addresses.
TEST_F(DnsLocatorTest, ResponsesFindTheirWayByTheNameInTheVia) {
  std::vector<Hop> hops;
  EXPECT_FALSE(locator_.LocateSentBy("srv.example", std::nullopt, hops, *this, 1));
  network_.RunTo(1000);
  EXPECT_EQ(found_[0], "192.0.2.1:5061");
}

TEST_F(DnsLocatorTest, WhatIsKnownIsKnownAtOnce) {
  std::vector<Hop> hops;
  locator_.LocateNow("sip:a@srv.example", hops);
  EXPECT_THAT(hops, IsEmpty());
  network_.RunTo(1000);
  EXPECT_EQ(server_.counters().queries, 0u);
  Locate("sip:a@srv.example");
  locator_.LocateNow("sip:a@srv.example", hops);
  EXPECT_EQ(hops.size(), 3u);
}

TEST_F(DnsLocatorTest, AForgottenLookupDoesNotCallBack) {
  std::vector<Hop> hops;
  EXPECT_FALSE(locator_.Locate("sip:a@srv.example", hops, *this, 7));
  locator_.Forget(*this, 7);
  network_.RunTo(1000);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(locator_.open_lookups(), 0u);
}

}  // namespace
}  // namespace tickwire::sip
