#include "protocols/sip/message/via.h"

#include "tests/protocols/sip/message/codec_checks.h"

namespace tickwire::sip {
namespace {

TEST(Via, ReadsAllItsParts) {
  const auto via = Via::Parse(
      "SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bK776asdhds;received=192.0.2.1"
      ";rport=5062;ttl=16;maddr=224.2.0.1;x");
  ASSERT_TRUE(via.has_value());
  EXPECT_EQ(via->transport, "UDP");
  EXPECT_EQ(via->host, "pc33.atlanta.example.com");
  EXPECT_EQ(via->port, 5066);
  EXPECT_EQ(via->branch(), absl::string_view("z9hG4bK776asdhds"));
  EXPECT_EQ(via->received(), absl::string_view("192.0.2.1"));
  EXPECT_EQ(via->rport(), 5062);
  EXPECT_EQ(via->ttl(), 16);
  EXPECT_EQ(via->maddr(), absl::string_view("224.2.0.1"));
  EXPECT_EQ(via->params.Find("x"), absl::string_view(""));
}

TEST(Via, AllowsWhiteSpaceAndFoldingBetweenItsParts) {
  const auto via = Via::Parse("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2 : 5070 ; branch = 390skdjuw");
  ASSERT_TRUE(via.has_value());
  EXPECT_EQ(TextOf(*via), "SIP/2.0/UDP 192.0.2.2:5070;branch=390skdjuw");
}

TEST(Via, RoundTrips) {
  ExpectRoundTrip<Via>("SIP/2.0/UDP h");
  ExpectRoundTrip<Via>("SIP/2.0/TLS [2001:db8::9:1]:65535;branch=z9hG4bK1;rport");
  ExpectRoundTrip<Via>("SIP/2.0/UDP h:0;ttl=0");
  ExpectRoundTrip<Via>("SIP/2.0/UDP h;ttl=255;received=[2001:db8::1]");
  ExpectRoundTrip<Via>("SIP/2.0/UDP h;received=2001:db8::1;x=\"a;b,c\"");
}

TEST(Via, AsksForRportWithoutAValue) {
  const auto via = Via::Parse("SIP/2.0/UDP h;rport;branch=z9hG4bK1");
  ASSERT_TRUE(via.has_value());
  EXPECT_TRUE(via->has_rport());
  EXPECT_EQ(via->rport(), std::nullopt);
}

TEST(Via, KnowsTheDefaultPortOfItsTransport) {
  EXPECT_EQ(Via::Parse("SIP/2.0/UDP h")->port_or_default(), 5060);
  EXPECT_EQ(Via::Parse("SIP/2.0/TLS h")->port_or_default(), 5061);
  EXPECT_EQ(Via::Parse("SIP/2.0/UDP h:7")->port_or_default(), 7);
}

TEST(Via, RejectsBreachesOfItsGrammar) {
  for (const char* text :
       {"", "SIP", "SIP/2.0", "SIP/2.0/", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/UDPh",
        "SIP/2.0/UDP h:", "SIP/2.0/UDP h:65536", "SIP/2.0/UDP h;", "SIP/2.0/UDP h;=1",
        "SIP/2.0/UDP h;branch=", "SIP/2.0/UDP h;branch", "SIP/2.0/UDP h;ttl=256", "SIP/2.0/UDP h x",
        "SIP/2.0/UDP h;rport=65536", "SIP/2.0/UDP [::1", "SIP/2.0/UDP h;received=nowhere_at_all"}) {
    ExpectRejects<Via>(text);
  }
}

TEST(Via, SurvivesTruncationAtEveryLength) {
  ExpectSurvivesTruncationAtEveryLength<Via>(
      "SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1;rport=1;x=\"q\\\"uoted\";ttl=3");
}

}  // namespace
}  // namespace tickwire::sip
