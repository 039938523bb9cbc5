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
  // many.example: SRV for several transports, no NAPTR.
  add(MakeSrv("_sip._udp.many.example", 60, {.port = 5060, .target = "one.example"}));
  add(MakeSrv("_sip._tcp.many.example", 60, {.port = 5064, .target = "two.example"}));
  add(MakeSrv("_sips._tcp.many.example", 60, {.port = 5063, .target = "two.example"}));
  add(MakeSrv("_sips._sctp.many.example", 60, {.port = 5066, .target = "two.example"}));
  // all.example: what RFC 3263 §4.1, RFC 4168 §6 and RFC 7118 §8 have, best first.
  uint16_t order = 0;
  for (const auto& [service, name, port] : {std::tuple{"SIPS+D2T", "_sips._tcp.all.example", 5071},
                                            std::tuple{"SIP+D2S", "_sip._sctp.all.example", 5072},
                                            std::tuple{"SIPS+D2S", "_sips._sctp.all.example", 5073},
                                            std::tuple{"SIP+D2W", "_ws.all.example", 8080},
                                            std::tuple{"SIP+D2T", "_sip._tcp.all.example", 5074},
                                            std::tuple{"SIP+D2U", "_sip._udp.all.example", 5075}}) {
    add(MakeNaptr("all.example", 60,
                  {.order = ++order, .flags = "s", .service = service, .replacement = name}));
    add(MakeSrv(name, 60, {.port = static_cast<uint16_t>(port), .target = "two.example"}));
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
    return Locate(uri, Transports(), ticket);
  }
  std::vector<std::string> Locate(absl::string_view uri, const Transports& transports,
                                  uint64_t ticket = 1) {
    std::vector<Hop> hops;
    found_.clear();
    calls_ = 0;
    if (locator_.Locate(uri, transports, hops, *this, ticket)) {
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
    for (const Hop& hop : hops) {
      const bool is_udp = hop.transport == TransportKind::kUdp;
      found_.push_back(absl::StrCat(is_udp ? "" : ViaName(hop.transport), is_udp ? "" : " ",
                                    ToString(hop.remote), hop.domain.empty() ? "" : " ",
                                    hop.domain));
    }
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
  EXPECT_FALSE(
      locator_.LocateSentBy(TransportKind::kUdp, "srv.example", std::nullopt, {}, hops, *this, 1));
  network_.RunTo(1000);
  EXPECT_EQ(found_[0], "192.0.2.1:5061");
}

TEST_F(DnsLocatorTest, WhatIsKnownIsKnownAtOnce) {
  std::vector<Hop> hops;
  locator_.LocateNow("sip:a@srv.example", {}, hops);
  EXPECT_THAT(hops, IsEmpty());
  network_.RunTo(1000);
  EXPECT_EQ(server_.counters().queries, 0u);
  Locate("sip:a@srv.example");
  locator_.LocateNow("sip:a@srv.example", {}, hops);
  EXPECT_EQ(hops.size(), 3u);
}

TEST_F(DnsLocatorTest, AForgottenLookupDoesNotCallBack) {
  std::vector<Hop> hops;
  EXPECT_FALSE(locator_.Locate("sip:a@srv.example", {}, hops, *this, 7));
  locator_.Forget(*this, 7);
  network_.RunTo(1000);
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(locator_.open_lookups(), 0u);
}

// --- With more transports than UDP. ---

constexpr Transports kUdpFirst{TransportKind::kUdp, TransportKind::kTcp, TransportKind::kTls,
                               TransportKind::kTlsSctp};
constexpr Transports kTcpFirst{TransportKind::kTcp, TransportKind::kUdp, TransportKind::kTls};

// §4.1: of what is supported the lowest order; for a SIP URI the services of TLS count too.
TEST_F(DnsLocatorTest, TheFirstNaptrServiceThatIsSupportedGivesTheTransport) {
  EXPECT_THAT(Locate("sip:a@all.example", kUdpFirst),
              ElementsAre("TLS 192.0.2.2:5071 all.example"));
  EXPECT_THAT(Locate("sip:a@all.example", Transports{TransportKind::kUdp, TransportKind::kTcp}),
              ElementsAre("TCP 192.0.2.2:5074"));
  EXPECT_THAT(Locate("sip:a@all.example", Transports{TransportKind::kUdp, TransportKind::kSctp}),
              ElementsAre("SCTP 192.0.2.2:5072"));
  EXPECT_THAT(Locate("sip:a@all.example", Transports{TransportKind::kUdp, TransportKind::kWs}),
              ElementsAre("WS 192.0.2.2:8080"));
  EXPECT_THAT(Locate("sip:a@all.example"), ElementsAre("192.0.2.2:5075"));
}

// §4.1: under SIPS every service that is not of SIPS is discarded.
TEST_F(DnsLocatorTest, UnderSipsOnlySecureServicesCount) {
  EXPECT_THAT(
      Locate("sips:a@all.example", Transports{TransportKind::kSctp, TransportKind::kTlsSctp}),
      ElementsAre("TLS-SCTP 192.0.2.2:5073 all.example"));
  EXPECT_THAT(Locate("sips:a@naptr.example", kUdpFirst), IsEmpty());
  EXPECT_THAT(Locate("sips:a@all.example"), IsEmpty());
}

// §4.1: without NAPTR a query for each supported transport; of those with records we may choose.
TEST_F(DnsLocatorTest, WithoutNaptrTheMostPreferredTransportWithSrvRecordsIsTaken) {
  EXPECT_THAT(Locate("sip:a@many.example", kTcpFirst), ElementsAre("TCP 192.0.2.2:5064"));
  EXPECT_THAT(Locate("sip:a@many.example", kUdpFirst),
              ElementsAre("192.0.2.1:5060", "[2001:db8::1]:5060"));
  // Only UDP is there.
  EXPECT_THAT(Locate("sip:a@srv.example", kTcpFirst),
              ElementsAre("192.0.2.1:5061", "[2001:db8::1]:5061", "192.0.2.2:5062"));
  // "_sips._tcp" before "_sips._sctp".
  EXPECT_THAT(Locate("sips:a@many.example", kUdpFirst),
              ElementsAre("TLS 192.0.2.2:5063 many.example"));
}

TEST_F(DnsLocatorTest, SrvIsAskedForUntilATransportHasRecords) {
  Locate("sip:a@two.example", kTcpFirst);
  // NAPTR, SRV for TCP and UDP (TLS has no "_sip" record), A and AAAA.
  EXPECT_EQ(server_.counters().queries, 5u);
  Locate("sip:a@many.example", kTcpFirst);
  // NAPTR, SRV for TCP; the addresses of two.example are known by now.
  EXPECT_EQ(server_.counters().queries, 7u);
}

// §4.1, §4.2: without any record UDP, or what we prefer, and TLS for SIPS; at the default port.
TEST_F(DnsLocatorTest, WithoutAnyRecordThePreferredTransportIsTaken) {
  EXPECT_THAT(Locate("sip:a@two.example", kTcpFirst), ElementsAre("TCP 192.0.2.2:5060"));
  EXPECT_THAT(Locate("sips:a@two.example", kTcpFirst),
              ElementsAre("TLS 192.0.2.2:5061 two.example"));
  EXPECT_THAT(Locate("sip:a@two.example:5080", kTcpFirst), ElementsAre("TCP 192.0.2.2:5080"));
}

// §4.1: neither NAPTR nor another transport's SRV.
TEST_F(DnsLocatorTest, ATransportParameterAsksForItsOwnSrvOnly) {
  EXPECT_THAT(Locate("sip:a@many.example;transport=tcp", kUdpFirst),
              ElementsAre("TCP 192.0.2.2:5064"));
  EXPECT_THAT(Locate("sips:a@many.example;transport=sctp", kUdpFirst),
              ElementsAre("TLS-SCTP 192.0.2.2:5066 many.example"));
  EXPECT_THAT(Locate("sip:a@srv.example;transport=tcp", kUdpFirst), IsEmpty());
  EXPECT_THAT(Locate("sip:a@many.example;transport=sctp", kUdpFirst), IsEmpty());
}

// RFC 7118 §8: no SRV for WebSocket: the addresses of the host at port 80 or 443.
TEST_F(DnsLocatorTest, WebSocketHasNoSrvOfItsOwn) {
  const Transports web{TransportKind::kWss, TransportKind::kWs};
  EXPECT_THAT(Locate("sip:a@two.example;transport=ws", web), ElementsAre("WS 192.0.2.2:80"));
  EXPECT_THAT(Locate("sips:a@two.example", web), ElementsAre("WSS 192.0.2.2:443 two.example"));
}

// §5: "_sips" when the Via says TLS.
TEST_F(DnsLocatorTest, ResponsesOverTlsAskForSipsRecords) {
  std::vector<Hop> hops;
  EXPECT_FALSE(locator_.LocateSentBy(TransportKind::kTls, "many.example", std::nullopt, kUdpFirst,
                                     hops, *this, 1));
  network_.RunTo(1000);
  EXPECT_THAT(found_, ElementsAre("TLS 192.0.2.2:5063 many.example"));
}

}  // namespace
}  // namespace tickwire::sip
