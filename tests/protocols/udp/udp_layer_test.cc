#include "protocols/udp/udp_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const IpAddress kA = Ip("10.0.0.1"), kB = Ip("10.0.0.2"), kB2 = Ip("10.0.0.3");
const IpAddress kA6 = Ip("fd00::1"), kB6 = Ip("fd00::2");

class UdpLayerTest : public testing::Test {
 protected:
  UdpLayerTest() : world_({"a", "b"}) {
    world_.Connect("a", "b");
    world_.AddIp("a");
    world_.AddIp("b");
    world_.Address("a", "b", "10.0.0.1");
    world_.Address("a", "b", "fd00::1");
    world_.Address("b", "a", "10.0.0.2");
    world_.Address("b", "a", "10.0.0.3");
    world_.Address("b", "a", "fd00::2");
    world_.Route("a", "10.0.0.0/24", "b");
    world_.Route("b", "10.0.0.0/24", "a");
    world_.Route("a", "fd00::/64", "b");
    world_.Route("b", "fd00::/64", "a");
  }
  std::unique_ptr<DatagramSocket> Bind(const std::string& node, Endpoint local,
                                       DatagramSocket::Listener& listener) {
    auto socket = world_.udps[node]->Bind(local, listener);
    return socket.ok() ? std::move(*socket) : nullptr;
  }
  void Send(DatagramSocket& from, Endpoint to, const std::string& text) {
    world_.Do("a", [&] { from.SendTo(to, AsBytes(text), 0); });
    world_.RunFor(Duration::Millis(10));
  }

  Mailbox at_a_, one_, two_;
  IpWorld world_;
};

TEST_F(UdpLayerTest, TheSocketOfTheVeryAddressComesBeforeThatOfThePort) {
  const auto any = Bind("b", {IpAddress(), 5}, one_);
  const auto exact = Bind("b", {kB2, 5}, two_);
  const auto a = Bind("a", {}, at_a_);
  Send(*a, {kB, 5}, "any");
  Send(*a, {kB2, 5}, "exact");
  ASSERT_THAT(one_.letters, SizeIs(1));
  EXPECT_EQ(one_.letters[0].text, "any");
  ASSERT_THAT(two_.letters, SizeIs(1));
  EXPECT_EQ(two_.letters[0].to, (Endpoint{kB2, 5}));
}

TEST_F(UdpLayerTest, BindingTwiceFails) {
  const auto first = Bind("b", {kB, 5}, one_);
  EXPECT_EQ(world_.udps["b"]->Bind({kB, 5}, two_).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(world_.udps["b"]->Bind({kB, 6}, two_).ok());
}

// 0.0.0.0 and :: both mean "any address of this node", so they are one and the same.
TEST_F(UdpLayerTest, TheUnspecifiedAddressesOfBothVersionsAreOne) {
  const auto four = Bind("b", {Ip("0.0.0.0"), 5}, one_);
  EXPECT_EQ(world_.udps["b"]->Bind({Ip("::"), 5}, two_).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(UdpLayerTest, AForeignAddressCannotBeBound) {
  EXPECT_EQ(world_.udps["b"]->Bind({kA, 5}, one_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(UdpLayerTest, AClosedSocketFreesItsPort) {
  Bind("b", {kB, 5}, one_).reset();
  EXPECT_NE(Bind("b", {kB, 5}, one_), nullptr);
}

// RFC 6335 section 6: from 49152.
TEST_F(UdpLayerTest, EphemeralPortsAreDistinctAndEndSomewhere) {
  std::vector<std::unique_ptr<DatagramSocket>> sockets;
  const auto taken = Bind("b", {IpAddress(), 49153}, one_);
  for (int i = 0; i < 16384 - 1; ++i) {
    auto socket = world_.udps["b"]->Bind({}, one_);
    ASSERT_TRUE(socket.ok()) << i;
    EXPECT_GE((*socket)->local().port, 49152);
    EXPECT_NE((*socket)->local().port, 49153);
    sockets.push_back(std::move(*socket));
  }
  EXPECT_EQ(world_.udps["b"]->Bind({}, one_).status().code(), absl::StatusCode::kResourceExhausted);
  const uint16_t freed = sockets[7]->local().port;
  sockets[7].reset();
  EXPECT_EQ(Bind("b", {}, one_)->local().port, freed);
}

// RFC 1122 sections 4.1.3.1 and 4.1.3.3.
TEST_F(UdpLayerTest, APortWhereNobodyListensIsReportedToTheSender) {
  const auto a = Bind("a", {kA, 1}, at_a_);
  Send(*a, {kB, 99}, "anybody?");
  EXPECT_THAT(at_a_.errors,
              ElementsAre(std::pair(Endpoint{kB, 99}, DatagramError::kPortUnreachable)));
  EXPECT_EQ(world_.recorder.Drops("port_unreachable"), 1);
  at_a_.errors.clear();
  const auto a6 = Bind("a", {kA6, 1}, at_a_);
  Send(*a6, {kB6, 99}, "anybody?");
  EXPECT_THAT(at_a_.errors,
              ElementsAre(std::pair(Endpoint{kB6, 99}, DatagramError::kPortUnreachable)));
}

TEST_F(UdpLayerTest, NoRouteIsReportedLaterNotDuringTheCall) {
  const auto a = Bind("a", {}, at_a_);
  world_.Do("a", [&] {
    a->SendTo({Ip("192.0.2.1"), 9}, AsBytes("x"), 0);
    a->SendTo({Ip("192.0.2.2"), 9}, AsBytes("y"), 0);
    EXPECT_THAT(at_a_.errors, IsEmpty());
  });
  EXPECT_THAT(at_a_.errors,
              ElementsAre(std::pair(Endpoint{Ip("192.0.2.1"), 9}, DatagramError::kNoRoute),
                          std::pair(Endpoint{Ip("192.0.2.2"), 9}, DatagramError::kNoRoute)));
}

// A socket bound to an address of one version cannot reach the other.
TEST_F(UdpLayerTest, TheOtherVersionIsNoRoute) {
  const auto four = Bind("a", {kA, 1}, at_a_);
  Send(*four, {kB6, 9}, "x");
  const auto six = Bind("a", {kA6, 1}, at_a_);
  Send(*six, {kB, 9}, "x");
  EXPECT_THAT(at_a_.errors, ElementsAre(std::pair(Endpoint{kB6, 9}, DatagramError::kNoRoute),
                                        std::pair(Endpoint{kB, 9}, DatagramError::kNoRoute)));
  EXPECT_EQ(world_.recorder.Count(TraceKind::kPacketSent), 0);
}

// The record that a late error leads to names what caused it: the drop.
TEST_F(UdpLayerTest, ALateErrorHasItsDropAsCause) {
  static constexpr TraceLabel kTold{"told"};
  struct Teller : Mailbox {
    void OnError(DatagramSocket&, Endpoint, DatagramError) override {
      trace->State({}, kTold, kTold);
    }
    NodeTrace* trace = nullptr;
  } teller;
  teller.trace = &world_.simulator.node("a").trace();
  const auto a = Bind("a", {}, teller);
  static constexpr TraceLabel kSomethingElse{"something else"};
  world_.Do("a", [&] {
    teller.trace->Action({}, kTold);
    a->SendTo({Ip("192.0.2.1"), 9}, AsBytes("x"), 0);
    teller.trace->Action({}, kSomethingElse);
  });
  const auto drops = world_.recorder.Of(TraceKind::kPacketDropped);
  const auto told = world_.recorder.Of(TraceKind::kState);
  ASSERT_THAT(drops, SizeIs(1));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].event.cause, drops[0].event.ref);
}

// --- Sockets that go away in their own calls ---

struct Suicide : DatagramSocket::Listener {
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
    ++calls;
    socket.reset();
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {
    ++calls;
    socket.reset();
  }
  std::unique_ptr<DatagramSocket> socket;
  int calls = 0;
};

TEST_F(UdpLayerTest, ASocketMayDieInOnReceive) {
  Suicide listener;
  listener.socket = Bind("b", {IpAddress(), 5}, listener);
  const auto a = Bind("a", {}, at_a_);
  Send(*a, {kB, 5}, "first");
  Send(*a, {kB, 5}, "second");
  EXPECT_EQ(listener.calls, 1);
  EXPECT_THAT(at_a_.errors, SizeIs(1));  // port unreachable for the second
}

TEST_F(UdpLayerTest, ASocketMayDieInOnErrorWithMoreErrorsWaiting) {
  Suicide listener;
  listener.socket = Bind("a", {}, listener);
  world_.Do("a", [&] {
    for (int i = 0; i < 3; ++i) listener.socket->SendTo({Ip("192.0.2.1"), 9}, AsBytes("x"), 0);
  });
  world_.RunFor(Duration::Millis(10));
  EXPECT_EQ(listener.calls, 1);
}

TEST_F(UdpLayerTest, ASocketMayDieInAnIcmpError) {
  Suicide listener;
  listener.socket = Bind("a", {}, listener);
  Send(*listener.socket, {kB, 99}, "x");
  EXPECT_EQ(listener.calls, 1);
}

TEST_F(UdpLayerTest, ADatagramOfNoBytesArrives) {
  const auto b = Bind("b", {IpAddress(), 5}, one_);
  const auto a = Bind("a", {}, at_a_);
  Send(*a, {kB, 5}, "");
  ASSERT_THAT(one_.letters, SizeIs(1));
  EXPECT_EQ(one_.letters[0].text, "");
}

TEST_F(UdpLayerTest, OptionsShowInTheHeader) {
  const auto a = Bind("a", {}, at_a_);
  a->set_options({.ttl = 5, .dscp = 46, .dont_fragment = true});
  Send(*a, {kB, 5}, "x");
  const auto sent = world_.recorder.Of(TraceKind::kPacketSent);
  const TraceLabel* why = nullptr;
  const auto header = Ipv4Header::Parse(sent[0].bytes, sent[0].bytes.size(), &why);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->ttl, 5);
  EXPECT_EQ(header->dscp, 46);
  EXPECT_TRUE(header->dont_fragment);
}

}  // namespace
}  // namespace tickwire
