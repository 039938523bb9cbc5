#include "protocols/sip/locate/static_locator.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StaticLocatorTest : public ::testing::Test, private ServerLocator::Client {
 protected:
  StaticLocatorTest() {
    names_.Add("Example.com", {IpAddress::V4(0x0a000001), 0});
    names_.Add("example.com.", {IpAddress::V4(0x0a000002), 5080});
    names_.Add("example.com", {IpAddress::V4(0x0a000001), 0});  // known already
  }
  // "10.0.0.1:5060", "TLS 10.0.0.1:5061 example.com".
  static std::vector<std::string> Texts(const std::vector<Hop>& hops) {
    std::vector<std::string> texts;
    for (const Hop& hop : hops) {
      const bool is_udp = hop.transport == TransportKind::kUdp;
      texts.push_back(absl::StrCat(is_udp ? "" : ViaName(hop.transport), is_udp ? "" : " ",
                                   ToString(hop.remote), hop.domain.empty() ? "" : " ",
                                   hop.domain));
    }
    return texts;
  }
  std::vector<std::string> Locate(absl::string_view uri, const Transports& transports = {}) {
    std::vector<Hop> hops = {Hop{}};  // what was there does not count
    EXPECT_TRUE(locator_.Locate(uri, transports, hops, *this, 1));
    std::vector<Hop> now = {Hop{}};
    locator_.LocateNow(uri, transports, now);
    EXPECT_EQ(now, hops);
    return Texts(hops);
  }
  std::vector<std::string> LocateSentBy(TransportKind transport, absl::string_view host,
                                        std::optional<uint16_t> port,
                                        const Transports& transports) {
    std::vector<Hop> hops;
    EXPECT_TRUE(locator_.LocateSentBy(transport, host, port, transports, hops, *this, 1));
    return Texts(hops);
  }

  static constexpr Transports kAll{
      TransportKind::kUdp,     TransportKind::kTcp, TransportKind::kTls, TransportKind::kSctp,
      TransportKind::kTlsSctp, TransportKind::kWs,  TransportKind::kWss};
  void OnLocated(uint64_t, std::span<const Hop>) override { ADD_FAILURE() << "called back"; }

  NameTable names_;
  StaticLocator locator_{names_};
};

// RFC 3263 §4.2: a numeric target is the address; without a port the default of the transport.
TEST_F(StaticLocatorTest, AddressesMeanThemselves) {
  EXPECT_THAT(Locate("sip:alice@192.0.2.7"), ElementsAre("192.0.2.7:5060"));
  EXPECT_THAT(Locate("sip:192.0.2.7:5070;transport=UDP"), ElementsAre("192.0.2.7:5070"));
  EXPECT_THAT(Locate("sip:alice@[2001:db8::7]:5071"), ElementsAre("[2001:db8::7]:5071"));
}

// RFC 3263 §4: maddr is the target when it is there.
TEST_F(StaticLocatorTest, MaddrTakesThePlaceOfTheHost) {
  EXPECT_THAT(Locate("sip:alice@nowhere.example;maddr=192.0.2.9"), ElementsAre("192.0.2.9:5060"));
}

TEST_F(StaticLocatorTest, NamesHaveTheirServersInOrderAndWithoutRegardToCase) {
  EXPECT_THAT(Locate("sip:alice@EXAMPLE.com"), ElementsAre("10.0.0.1:5060", "10.0.0.2:5080"));
  EXPECT_TRUE(names_.Has("example.COM."));
}

TEST_F(StaticLocatorTest, ThePortOfTheUriCountsMoreThanThatOfTheTable) {
  EXPECT_THAT(Locate("sip:alice@example.com:6000"), ElementsAre("10.0.0.1:6000", "10.0.0.2:6000"));
}

TEST_F(StaticLocatorTest, WhatOnlyAnotherTransportReachesLeadsNowhere) {
  EXPECT_THAT(Locate("sip:alice@unknown.example"), IsEmpty());
  EXPECT_THAT(Locate("sips:alice@example.com"), IsEmpty());
  EXPECT_THAT(Locate("sip:alice@example.com;transport=tcp"), IsEmpty());
  EXPECT_THAT(Locate("tel:+15551234"), IsEmpty());
  EXPECT_THAT(Locate("no uri at all"), IsEmpty());
  EXPECT_THAT(Locate("sip:alice@192.0.2.7;transport=dccp", kAll), IsEmpty());
}

// RFC 3263 §4.1: a named transport is used; §4.2 with the ports of RFC 3261 §18.1.1, RFC 4168 §4
// and RFC 7118 §5.3.
TEST_F(StaticLocatorTest, TheTransportParameterDecidesAndBringsItsDefaultPort) {
  EXPECT_THAT(Locate("sip:a@192.0.2.7;transport=tcp", kAll), ElementsAre("TCP 192.0.2.7:5060"));
  EXPECT_THAT(Locate("sip:a@192.0.2.7;transport=sctp", kAll), ElementsAre("SCTP 192.0.2.7:5060"));
  EXPECT_THAT(Locate("sip:a@192.0.2.7;transport=tls", kAll), ElementsAre("TLS 192.0.2.7:5061"));
  EXPECT_THAT(Locate("sip:a@192.0.2.7;transport=ws", kAll), ElementsAre("WS 192.0.2.7:80"));
  EXPECT_THAT(Locate("sip:a@192.0.2.7:7000;transport=ws", kAll), ElementsAre("WS 192.0.2.7:7000"));
}

// §4.1: TCP, which under SIPS is TLS; the named one is that below TLS (RFC 3261 §26.2.2).
TEST_F(StaticLocatorTest, SipsMeansTls) {
  EXPECT_THAT(Locate("sips:a@192.0.2.7", kAll), ElementsAre("TLS 192.0.2.7:5061"));
  EXPECT_THAT(Locate("sips:a@192.0.2.7:5070;transport=tcp", kAll),
              ElementsAre("TLS 192.0.2.7:5070"));
  EXPECT_THAT(Locate("sips:a@192.0.2.7;transport=sctp", kAll),
              ElementsAre("TLS-SCTP 192.0.2.7:5061"));
  EXPECT_THAT(Locate("sips:a@192.0.2.7;transport=ws", kAll), ElementsAre("WSS 192.0.2.7:443"));
  EXPECT_THAT(Locate("sips:a@192.0.2.7;transport=udp", kAll), IsEmpty());
  // Without any transport that is secure: nowhere.
  EXPECT_THAT(Locate("sips:a@192.0.2.7", Transports{TransportKind::kTcp, TransportKind::kUdp}),
              IsEmpty());
}

// The local policy: where the RFC would say UDP it is the preferred transport.
TEST_F(StaticLocatorTest, WhereNothingIsSaidThePreferredTransportIsTaken) {
  const Transports tcp{TransportKind::kTcp, TransportKind::kUdp};
  EXPECT_THAT(Locate("sip:a@192.0.2.7", tcp), ElementsAre("TCP 192.0.2.7:5060"));
  EXPECT_THAT(Locate("sip:a@192.0.2.7;transport=udp", tcp), ElementsAre("192.0.2.7:5060"));
  const Transports sctp{TransportKind::kSctp, TransportKind::kTls, TransportKind::kTlsSctp};
  EXPECT_THAT(Locate("sips:a@192.0.2.7", sctp), ElementsAre("TLS-SCTP 192.0.2.7:5061"));
  const Transports only_wss{TransportKind::kUdp, TransportKind::kWss};
  EXPECT_THAT(Locate("sips:a@192.0.2.7", only_wss), ElementsAre("WSS 192.0.2.7:443"));
}

// RFC 5922 §7.1: the certificate is for the domain of the URI, whatever the DNS makes of it.
TEST_F(StaticLocatorTest, UnderTlsAHopNamesTheDomainThatWasAskedFor) {
  EXPECT_THAT(Locate("sips:alice@example.com", kAll),
              ElementsAre("TLS 10.0.0.1:5061 example.com", "TLS 10.0.0.2:5081 example.com"));
  EXPECT_THAT(Locate("sips:alice@example.com;maddr=192.0.2.9", kAll),
              ElementsAre("TLS 192.0.2.9:5061 example.com"));
  EXPECT_THAT(Locate("sip:alice@example.com;transport=tcp", kAll),
              ElementsAre("TCP 10.0.0.1:5060", "TCP 10.0.0.2:5080"));
}

TEST_F(StaticLocatorTest, AnEntryWithATransportTakesThePlaceOfTheGeneralOne) {
  names_.Add("mixed.example", {IpAddress::V4(0x0a000003), 5070});
  names_.Add("mixed.example", {IpAddress::V4(0x0a000003), 5443}, TransportKind::kTls);
  EXPECT_THAT(Locate("sip:a@mixed.example", kAll), ElementsAre("10.0.0.3:5070"));
  EXPECT_THAT(Locate("sip:a@mixed.example;transport=sctp", kAll),
              ElementsAre("SCTP 10.0.0.3:5070"));
  EXPECT_THAT(Locate("sips:a@mixed.example", kAll), ElementsAre("TLS 10.0.0.3:5443 mixed.example"));
  EXPECT_THAT(Locate("sips:a@mixed.example:6000", kAll),
              ElementsAre("TLS 10.0.0.3:6000 mixed.example"));
}

TEST_F(StaticLocatorTest, ANameWithOneTransportIsReachedByThatOneUnlessAnotherIsNamed) {
  names_.Add("tcp.example", {IpAddress::V4(0x0a000004), 0}, TransportKind::kTcp);
  EXPECT_THAT(Locate("sip:a@tcp.example", kAll), ElementsAre("TCP 10.0.0.4:5060"));
  EXPECT_THAT(Locate("sip:a@tcp.example;transport=udp", kAll), IsEmpty());
  EXPECT_THAT(Locate("sips:a@tcp.example", kAll), IsEmpty());
  EXPECT_THAT(Locate("sip:a@tcp.example"), IsEmpty());  // of one that has only UDP
}

// RFC 3263 §5: the transport of the Via, and its default port.
TEST_F(StaticLocatorTest, ResponsesKeepTheTransportOfTheVia) {
  EXPECT_THAT(LocateSentBy(TransportKind::kTcp, "10.9.9.9", std::nullopt, kAll),
              ElementsAre("TCP 10.9.9.9:5060"));
  EXPECT_THAT(LocateSentBy(TransportKind::kTls, "example.com", 5065, kAll),
              ElementsAre("TLS 10.0.0.1:5065 example.com", "TLS 10.0.0.2:5065 example.com"));
  EXPECT_THAT(LocateSentBy(TransportKind::kTcp, "10.9.9.9", std::nullopt, {}), IsEmpty());
}

// RFC 3261 §8.1.2, §16.6 item 7: as if the route were a SIPS URI.
TEST(SecuredAs, ASecureRequestMakesItsRouteSecure) {
  EXPECT_EQ(SecuredAs("sip:p.example;lr", "sips:bob@b.example"), "sips:p.example;lr");
  EXPECT_EQ(SecuredAs("SIPS:p.example;lr", "sips:bob@b.example"), "SIPS:p.example;lr");
  EXPECT_EQ(SecuredAs("sip:p.example;lr", "sip:bob@b.example"), "sip:p.example;lr");
}

}  // namespace
}  // namespace tickwire::sip
