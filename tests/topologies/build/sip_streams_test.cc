#include "topologies/build/roles/sip_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwire {
namespace {

// RFC 3261 §18: all elements have UDP and TCP, whatever they have beside.
TEST(SipStreamsConfig, EverybodyHasTcpUnlessTheScenarioTakesItAway) {
  scenario::SipTransport role;
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kTcp));
  role.add_also(scenario::SipTransport::SCTP);
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kTcp));
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kSctp));
  role.set_no_tcp(true);
  EXPECT_FALSE(SipTransportConfigOf(role).transports.Has(TransportKind::kTcp));
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kSctp));
}

// A port for WebSocket connections says that there is WebSocket.
TEST(SipStreamsConfig, APortForWebSocketMeansThatItIsSpoken) {
  scenario::SipTransport role;
  EXPECT_FALSE(SipTransportConfigOf(role).transports.Has(TransportKind::kWs));
  role.set_websocket_port(80);
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kWs));
  EXPECT_FALSE(SipTransportConfigOf(role).transports.Has(TransportKind::kWss));
  role.set_secure_websocket_port(443);
  EXPECT_TRUE(SipTransportConfigOf(role).transports.Has(TransportKind::kWss));
}

}  // namespace
}  // namespace tickwire
