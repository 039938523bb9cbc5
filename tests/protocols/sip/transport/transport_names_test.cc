#include "protocols/sip/transport/transport_names.h"

#include <gtest/gtest.h>

#include <string>

namespace tickwire::sip {
namespace {

using Kind = TransportKind;

// RFC 3261 §20.42 and §26.2.2, RFC 4168 §4 and §5, RFC 7118 §5.2.
TEST(TransportNames, AreThoseOfTheRfcs) {
  const struct {
    Kind kind;
    const char *via, *uri, *sips_uri;
    uint16_t port;
    const char *naptr, *srv;
    bool is_secure;
  } all[] = {
      {Kind::kUdp, "UDP", "udp", nullptr, 5060, "SIP+D2U", "_sip._udp.", false},
      {Kind::kTcp, "TCP", "tcp", nullptr, 5060, "SIP+D2T", "_sip._tcp.", false},
      {Kind::kTls, "TLS", "tls", "tcp", 5061, "SIPS+D2T", "_sips._tcp.", true},
      {Kind::kSctp, "SCTP", "sctp", nullptr, 5060, "SIP+D2S", "_sip._sctp.", false},
      {Kind::kTlsSctp, "TLS-SCTP", "tls-sctp", "sctp", 5061, "SIPS+D2S", "_sips._sctp.", true},
      {Kind::kWs, "WS", "ws", nullptr, 80, "SIP+D2W", "", false},
      {Kind::kWss, "WSS", "wss", "ws", 443, "SIPS+D2W", "", true},
  };
  ASSERT_EQ(std::size(all), kSipTransports.size());
  for (const auto& one : all) {
    EXPECT_EQ(ViaName(one.kind), one.via);
    EXPECT_EQ(TransportOfVia(one.via), one.kind);
    EXPECT_EQ(UriName(one.kind, false), one.uri);
    EXPECT_EQ(TransportOfUri(one.uri, false), one.kind);
    EXPECT_EQ(DefaultPort(one.kind), one.port);
    EXPECT_EQ(NaptrService(one.kind), one.naptr);
    EXPECT_EQ(SrvPrefix(one.kind), one.srv);
    EXPECT_EQ(IsSecure(one.kind), one.is_secure);
    if (one.sips_uri == nullptr) continue;
    EXPECT_EQ(UriName(one.kind, true), one.sips_uri);
    EXPECT_EQ(TransportOfUri(one.sips_uri, true), one.kind);
  }
}

TEST(TransportNames, AreReadInAnyCase) {  // §7.3.1: tokens are case-insensitive
  EXPECT_EQ(TransportOfVia("tls-Sctp"), Kind::kTlsSctp);
  EXPECT_EQ(TransportOfUri("TCP", false), Kind::kTcp);
  EXPECT_EQ(TransportOfUri("TCP", true), Kind::kTls);
}

TEST(TransportNames, UnknownOnesLeadNowhere) {
  for (const char* name : {"", "x", "UDPX", "TL", "tls-", "TCP "}) {
    EXPECT_EQ(TransportOfVia(name), std::nullopt) << name;
    EXPECT_EQ(TransportOfUri(name, false), std::nullopt) << name;
  }
  EXPECT_EQ(TransportOfUri("udp", true), std::nullopt) << "§26.2.2: SIPS is never sent over UDP";
}

TEST(TransportNames, AUriSaysNoMoreThanItMust) {
  EXPECT_EQ(TransportParam(Kind::kUdp, false), "");
  EXPECT_EQ(TransportParam(Kind::kTcp, false), ";transport=tcp");
  EXPECT_EQ(TransportParam(Kind::kTls, true), "");
  EXPECT_EQ(TransportParam(Kind::kTlsSctp, true), ";transport=sctp");
  EXPECT_EQ(TransportParam(Kind::kWss, true), ";transport=ws");
  // Whatever we write, we read back.
  for (const Kind kind : kSipTransports) {
    for (const bool is_sips : {false, true}) {
      const std::string parameter = TransportParam(kind, is_sips);
      if (parameter.empty() || (is_sips && !IsSecure(kind))) continue;
      EXPECT_EQ(TransportOfUri(parameter.substr(sizeof(";transport=") - 1), is_sips), kind);
    }
  }
}

TEST(Transports, KnowWhatTheyHaveAndWhatTheyPrefer) {
  constexpr Transports kOne;
  EXPECT_TRUE(kOne.Has(Kind::kUdp));
  EXPECT_EQ(kOne.preferred(), Kind::kUdp);
  Transports some{Kind::kSctp, Kind::kTcp};
  EXPECT_EQ(some.preferred(), Kind::kSctp);
  EXPECT_FALSE(some.Has(Kind::kUdp));
  some.Add(Kind::kWss);
  some.set_preferred(Kind::kWss);
  for (const Kind kind : kSipTransports) {
    EXPECT_EQ(some.Has(kind), kind == Kind::kSctp || kind == Kind::kTcp || kind == Kind::kWss);
  }
  EXPECT_EQ(some.preferred(), Kind::kWss);
}

}  // namespace
}  // namespace tickwire::sip
