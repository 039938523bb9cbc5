// IpLayer in small networks: delivery, forwarding, fragmentation, ICMP, and hostile input.
#include "protocols/ip/ip_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Endpoint kA4{Ip("10.0.1.1"), 1000}, kB4{Ip("10.0.2.1"), 2000};
const Endpoint kA6{Ip("fd00:0:0:1::1"), 1000}, kB6{Ip("fd00:0:0:2::1"), 2000};

// a -- r -- b, with both versions; r -- b may have a smaller MTU.
class IpLayerTest : public testing::Test {
 protected:
  explicit IpLayerTest(size_t mtu_to_b = 1500) : world_({"a", "b", "r"}) {
    world_.Connect("a", "r");
    world_.Connect("r", "b", mtu_to_b);
    world_.AddIp("a");
    world_.AddIp("b");
    world_.AddIp("r", IpLayer::Role::kRouter);
    for (const char* net : {"10.0.1.", "fd00:0:0:1::"}) {
      world_.Address("a", "r", std::string(net) + "1");
      world_.Address("r", "a", std::string(net) + "2");
    }
    for (const char* net : {"10.0.2.", "fd00:0:0:2::"}) {
      world_.Address("b", "r", std::string(net) + "1");
      world_.Address("r", "b", std::string(net) + "2");
    }
    for (const char* prefix : {"0.0.0.0/0", "::/0"}) {
      world_.Route("a", prefix, "r");
      world_.Route("b", prefix, "r");
    }
    for (const char* prefix : {"10.0.1.0/24", "fd00:0:0:1::/64"}) world_.Route("r", prefix, "a");
    for (const char* prefix : {"10.0.2.0/24", "fd00:0:0:2::/64"}) world_.Route("r", prefix, "b");
    a_ = *world_.udps["a"]->Bind({IpAddress(), 1000}, at_a_);
    b_ = *world_.udps["b"]->Bind({IpAddress(), 2000}, at_b_);
  }
  // a sends to b.
  void Send(const Endpoint& remote, const std::string& text, uint32_t zeros = 0,
            DatagramOptions options = {}) {
    world_.Do("a", [&] {
      a_->set_options(options);
      a_->SendTo(remote, AsBytes(text), zeros);
    });
    world_.RunFor(Duration::Millis(100));
  }
  // `bytes` come to b over its wire.
  void ArriveAtB(const std::vector<uint8_t>& bytes) {
    world_.Do("r", [&] { world_.Inject("r", "b", bytes); });
    world_.RunFor(Duration::Millis(100));
  }
  // What `node` itself put on a wire, as ICMP: (type, code) of each.
  std::vector<std::pair<int, int>> IcmpSentBy(const std::string& node) {
    std::vector<std::pair<int, int>> sent;
    for (const auto& entry : world_.recorder.Of(TraceKind::kPacketSent)) {
      if (entry.event.ref.node != world_.simulator.node(node).id()) continue;
      const auto& bytes = entry.bytes;
      if (bytes[0] >> 4 == 4 && bytes[9] == 1) sent.emplace_back(bytes[20], bytes[21]);
      if (bytes[0] >> 4 == 6 && bytes[6] == 58) sent.emplace_back(bytes[40], bytes[41]);
    }
    return sent;
  }

  Mailbox at_a_, at_b_;
  IpWorld world_;
  std::unique_ptr<DatagramSocket> a_, b_;
};

class NarrowIpLayerTest : public IpLayerTest {
 protected:
  NarrowIpLayerTest() : IpLayerTest(/*mtu_to_b=*/1280) {}
};

TEST_F(IpLayerTest, ADatagramCrossesARouterInBothVersions) {
  Send(kB4, "four");
  Send(kB6, "six");
  ASSERT_THAT(at_b_.letters, SizeIs(2));
  EXPECT_EQ(at_b_.letters[0].from, kA4);
  EXPECT_EQ(at_b_.letters[0].to, kB4);
  EXPECT_EQ(at_b_.letters[0].text, "four");
  EXPECT_EQ(at_b_.letters[1].from, kA6);
  EXPECT_EQ(at_b_.letters[1].text, "six");
  EXPECT_EQ(world_.recorder.Drops(), 0);
}

TEST_F(IpLayerTest, ARouterTakesOneOffTheTtl) {
  Send(kB4, "x", 0, {.ttl = 9});
  Send(kB6, "x", 0, {.ttl = 9});
  std::vector<int> left;
  for (const auto& entry : world_.recorder.Of(TraceKind::kPacketSent)) {
    left.push_back(entry.bytes[0] >> 4 == 4 ? entry.bytes[8] : entry.bytes[7]);
    const TraceLabel* why = nullptr;
    if (entry.bytes[0] >> 4 == 4) {
      EXPECT_TRUE(Ipv4Header::Parse(entry.bytes, entry.bytes.size(), &why));
    }
  }
  EXPECT_THAT(left, ElementsAre(9, 8, 9, 8));
}

// RFC 1812 section 5.3.1, RFC 8200 section 3: a router does not pass on what would arrive at zero.
TEST_F(IpLayerTest, AUsedUpTtlIsReportedToTheSender) {
  Send(kB4, "x", 0, {.ttl = 1});
  Send(kB6, "x", 0, {.ttl = 1});
  EXPECT_THAT(at_b_.letters, IsEmpty());
  EXPECT_THAT(at_a_.errors, ElementsAre(std::pair(kB4, DatagramError::kTimeExceeded),
                                        std::pair(kB6, DatagramError::kTimeExceeded)));
  EXPECT_EQ(world_.recorder.Drops("ttl_exceeded"), 2);
  EXPECT_THAT(IcmpSentBy("r"), ElementsAre(std::pair(11, 0), std::pair(3, 0)));
}

TEST_F(IpLayerTest, ATtlOfTwoCrossesOneRouter) {
  Send(kB4, "x", 0, {.ttl = 2});
  EXPECT_THAT(at_b_.letters, SizeIs(1));
}

TEST_F(IpLayerTest, ARouterWithoutARouteSaysNetworkUnreachable) {
  Send({Ip("192.0.2.1"), 9}, "x");
  Send({Ip("2001:db8::1"), 9}, "x");
  EXPECT_THAT(
      at_a_.errors,
      ElementsAre(std::pair(Endpoint{Ip("192.0.2.1"), 9}, DatagramError::kNetworkUnreachable),
                  std::pair(Endpoint{Ip("2001:db8::1"), 9}, DatagramError::kNetworkUnreachable)));
}

TEST_F(IpLayerTest, HostsDoNotForward) {
  ArriveAtB(
      V4Packet({.protocol = IpProtocol::kUdp, .source = kA4.address, .destination = Ip("10.0.1.2")},
               UdpBytes(kA4.address, Ip("10.0.1.2"), 1, 2, "x")));
  EXPECT_EQ(world_.recorder.Drops("not_for_this_host"), 1);
  EXPECT_THAT(IcmpSentBy("b"), IsEmpty());
}

// Loopback: the datagram leaves and enters through "lo", never the wire.
TEST_F(IpLayerTest, ANodeReachesItsOwnAddresses) {
  const auto self = *world_.udps["a"]->Bind({kA4.address, 7}, at_a_);
  Send({kA4.address, 7}, "to myself");
  ASSERT_THAT(at_a_.letters, SizeIs(1));
  EXPECT_EQ(at_a_.letters[0].text, "to myself");
  EXPECT_EQ(at_a_.letters[0].from, kA4);
  Send(Endpoint{kA6.address, 1000}, "six");
  ASSERT_THAT(at_a_.letters, SizeIs(2));
  EXPECT_EQ(at_a_.letters[1].from, kA6);
}

// --- Fragmentation and path MTU ---

TEST_F(NarrowIpLayerTest, ARouterFragmentsVersionFour) {
  Send(kB4, "head", 1396);  // 1400 + 8 + 20 = 1428 bytes over 1280
  ASSERT_THAT(at_b_.letters, SizeIs(1));
  EXPECT_EQ(at_b_.letters[0].text.size() + at_b_.letters[0].zeros, 1400u);
  EXPECT_EQ(at_b_.letters[0].text.substr(0, 4), "head");
  // RFC 791 section 3.2: as many multiples of 8 as fit 1280 - 20, then the rest of 1408.
  std::vector<size_t> sizes;
  for (const auto& entry : world_.recorder.Of(TraceKind::kPacketSent)) {
    sizes.push_back(entry.bytes.size() + entry.event.virtual_tail);
  }
  EXPECT_THAT(sizes, ElementsAre(1428, 20 + 1256, 20 + 1408 - 1256));
}

TEST_F(NarrowIpLayerTest, DontFragmentTeachesThePathMtu) {
  Send(kB4, "", 1400, {.dont_fragment = true});
  EXPECT_THAT(at_b_.letters, IsEmpty());
  EXPECT_THAT(at_a_.errors, ElementsAre(std::pair(kB4, DatagramError::kMessageTooBig)));
  EXPECT_THAT(IcmpSentBy("r"), ElementsAre(std::pair(3, 4)));
  EXPECT_EQ(world_.ips["a"]->PathMtu(kB4.address), 1280u);
  EXPECT_EQ(world_.ips["a"]->PathMtu(Ip("10.0.2.2")), 1500u);  // another destination
  // RFC 1191 section 3: the estimate is used at once: nothing larger goes out again.
  const int sent = world_.recorder.Count(TraceKind::kPacketSent);
  Send(kB4, "", 1280 - 28 + 1, {.dont_fragment = true});
  EXPECT_EQ(world_.recorder.Count(TraceKind::kPacketSent), sent);
  EXPECT_THAT(at_a_.errors, SizeIs(2));
  Send(kB4, "", 1280 - 28, {.dont_fragment = true});
  EXPECT_THAT(at_b_.letters, SizeIs(1));
}

// RFC 8200 section 5, RFC 8201 section 4: only the source fragments, once it has been told.
TEST_F(NarrowIpLayerTest, VersionSixFragmentsAtTheSourceAfterPacketTooBig) {
  Send(kB6, "", 1400);
  EXPECT_THAT(at_b_.letters, IsEmpty());
  EXPECT_THAT(IcmpSentBy("r"), ElementsAre(std::pair(2, 0)));
  EXPECT_EQ(world_.ips["a"]->PathMtu(kB6.address), 1280u);
  const int sent = world_.recorder.Count(TraceKind::kPacketSent);
  Send(kB6, "", 1400);
  EXPECT_THAT(at_b_.letters, SizeIs(1));
  EXPECT_EQ(world_.recorder.Count(TraceKind::kPacketSent), sent + 4);  // two fragments, two links
}

// RFC 1122 section 4.1.3.3: an error about a datagram that left in fragments reaches its socket.
TEST_F(NarrowIpLayerTest, AnErrorAboutTheFirstFragmentReachesTheSocket) {
  Send(kB6, "", 1400);  // teaches 1280
  at_a_.errors.clear();
  Send(kB6, "", 1400, {.ttl = 1});
  EXPECT_THAT(at_a_.errors, testing::Contains(std::pair(kB6, DatagramError::kTimeExceeded)));
}

TEST_F(IpLayerTest, AForgedPacketTooBigNeverGoesBelowTheLeastMtu) {
  for (const bool v6 : {false, true}) {
    const IpAddress a = (v6 ? kA6 : kA4).address, b = (v6 ? kB6 : kB4).address;
    const std::vector<uint8_t> udp = UdpBytes(a, b, 1000, 2000, "quoted");
    const std::vector<uint8_t> quoted =
        v6 ? V6Packet({.next_header = IpProtocol::kUdp, .source = a, .destination = b}, udp)
           : V4Packet({.protocol = IpProtocol::kUdp, .source = a, .destination = b}, udp);
    const auto icmp = IcmpBytes({.kind = IcmpMessage::Kind::kError,
                                 .error = IcmpErrorKind::kPacketTooBig,
                                 .rest = 0,
                                 .payload = {}},
                                b, a, quoted);
    world_.Do("r", [&] {
      world_.Inject(
          "r", "a",
          v6 ? V6Packet({.next_header = IpProtocol::kIcmpv6, .source = b, .destination = a}, icmp)
             : V4Packet({.protocol = IpProtocol::kIcmp, .source = b, .destination = a}, icmp));
    });
    world_.RunFor(Duration::Millis(10));
  }
  EXPECT_EQ(world_.ips["a"]->PathMtu(kB4.address), 68u);    // RFC 1191 section 3
  EXPECT_EQ(world_.ips["a"]->PathMtu(kB6.address), 1280u);  // RFC 8201 section 4
  Send(kB4, "still", 1400);
  Send(kB6, "works", 1400);
  EXPECT_THAT(at_b_.letters, SizeIs(2));
}

// --- ICMP ---

// RFC 1122 section 3.2.2.6, RFC 4443 section 4.2: the same identifier, sequence and data come back.
TEST_F(IpLayerTest, AnsweresEchoRequests) {
  for (const bool v6 : {false, true}) {
    const IpAddress a = (v6 ? kA6 : kA4).address, b = (v6 ? kB6 : kB4).address;
    const auto ping =
        IcmpBytes({.kind = IcmpMessage::Kind::kEchoRequest, .rest = 0xbeef0007, .payload = {}}, a,
                  b, {'p', 'i', 'n', 'g'});
    world_.recorder.entries.clear();
    ArriveAtB(
        v6 ? V6Packet({.next_header = IpProtocol::kIcmpv6, .source = a, .destination = b}, ping)
           : V4Packet({.protocol = IpProtocol::kIcmp, .source = a, .destination = b}, ping));
    const auto sent = world_.recorder.Of(TraceKind::kPacketSent);
    ASSERT_GE(sent.size(), 2u);
    const auto& bytes = sent[1].bytes;
    const auto reply = IcmpMessage::Parse(std::span(bytes).subspan(v6 ? 40 : 20), 0, b, a);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->kind, IcmpMessage::Kind::kEchoReply);
    EXPECT_EQ(reply->rest, 0xbeef0007u);
    EXPECT_THAT(std::vector<char>(reply->payload.begin(), reply->payload.end()),
                ElementsAre('p', 'i', 'n', 'g'));
  }
}

TEST_F(IpLayerTest, AnUnknownProtocolIsReported) {
  ArriveAtB(
      V4Packet({.protocol = IpProtocol::kSctp, .source = kA4.address, .destination = kB4.address},
               {1, 2, 3, 4, 5, 6, 7, 8}));
  ArriveAtB(V6Packet(
      {.next_header = IpProtocol::kSctp, .source = kA6.address, .destination = kB6.address},
      {1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_THAT(IcmpSentBy("b"), ElementsAre(std::pair(3, 2), std::pair(4, 1)));
}

// ICMP is protocol 1 over IPv4 and 58 over IPv6, never the other way round.
TEST_F(IpLayerTest, TheOtherVersionsIcmpIsAnUnknownProtocol) {
  const auto four = IcmpBytes({.kind = IcmpMessage::Kind::kEchoRequest, .payload = {}}, kA4.address,
                              kB4.address, {});
  ArriveAtB(V4Packet(
      {.protocol = IpProtocol::kIcmpv6, .source = kA4.address, .destination = kB4.address}, four));
  EXPECT_EQ(world_.recorder.Drops("unknown_protocol"), 1);
}

// RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e).
TEST_F(IpLayerTest, ErrorsAreNeverAboutErrors) {
  for (const bool v6 : {false, true}) {
    const IpAddress a = (v6 ? kA6 : kA4).address, b = (v6 ? kB6 : kB4).address;
    const auto error = IcmpBytes({.kind = IcmpMessage::Kind::kError,
                                  .error = IcmpErrorKind::kPortUnreachable,
                                  .payload = {}},
                                 a, b, std::vector<uint8_t>(28));
    world_.Do("a", [&] {
      world_.Inject(
          "a", "r",
          v6 ? V6Packet({.next_header = IpProtocol::kIcmpv6,
                         .hop_limit = 1,
                         .source = a,
                         .destination = b},
                        error)
             : V4Packet({.ttl = 1, .protocol = IpProtocol::kIcmp, .source = a, .destination = b},
                        error));
    });
    world_.RunFor(Duration::Millis(10));
  }
  EXPECT_EQ(world_.recorder.Drops("ttl_exceeded"), 2);
  EXPECT_THAT(IcmpSentBy("r"), IsEmpty());
}

// Even when the error itself hides behind a fragment header.
TEST_F(IpLayerTest, ErrorsAreNeverAboutErrorsInFragments) {
  std::vector<uint8_t> payload(8);
  Ipv6FragmentHeader{.next_header = IpProtocol::kIcmpv6, .more_fragments = true}.SerializeTo(
      payload);
  const auto error = IcmpBytes(
      {.kind = IcmpMessage::Kind::kError, .error = IcmpErrorKind::kPortUnreachable, .payload = {}},
      kA6.address, kB6.address, std::vector<uint8_t>(48));
  payload.insert(payload.end(), error.begin(), error.end());
  world_.Do("a", [&] {
    world_.Inject("a", "r",
                  V6Packet({.next_header = IpProtocol::kIpv6Fragment,
                            .hop_limit = 1,
                            .source = kA6.address,
                            .destination = kB6.address},
                           payload));
  });
  world_.RunFor(Duration::Millis(10));
  EXPECT_EQ(world_.recorder.Drops("ttl_exceeded"), 1);
  EXPECT_THAT(IcmpSentBy("r"), IsEmpty());
}

TEST_F(IpLayerTest, AnErrorAboutAnErrorlessPingIsAllowed) {
  const auto ping = IcmpBytes({.kind = IcmpMessage::Kind::kEchoRequest, .payload = {}}, kA4.address,
                              kB4.address, {});
  world_.Do("a", [&] {
    world_.Inject("a", "r",
                  V4Packet({.ttl = 1,
                            .protocol = IpProtocol::kIcmp,
                            .source = kA4.address,
                            .destination = kB4.address},
                           ping));
  });
  world_.RunFor(Duration::Millis(10));
  EXPECT_THAT(IcmpSentBy("r"), ElementsAre(std::pair(11, 0)));
}

TEST_F(IpLayerTest, ErrorsAreNeverAboutLaterFragmentsOrMulticast) {
  world_.Do("a", [&] {
    world_.Inject("a", "r",
                  V4Packet({.fragment_offset = 8,
                            .ttl = 1,
                            .protocol = IpProtocol::kUdp,
                            .source = kA4.address,
                            .destination = kB4.address},
                           std::vector<uint8_t>(16)));
    world_.Inject(
        "a", "r",
        V4Packet(
            {.protocol = IpProtocol::kUdp, .source = kA4.address, .destination = Ip("224.0.0.1")},
            std::vector<uint8_t>(16)));
    world_.Inject(
        "a", "r",
        V4Packet(
            {.protocol = IpProtocol::kUdp, .source = Ip("224.0.0.1"), .destination = kB4.address},
            std::vector<uint8_t>(16)));
    world_.Inject("a", "r",
                  V4Packet({.ttl = 1,
                            .protocol = IpProtocol::kUdp,
                            .source = IpAddress(),
                            .destination = kB4.address},
                           std::vector<uint8_t>(16)));
  });
  world_.RunFor(Duration::Millis(10));
  EXPECT_EQ(world_.recorder.Drops(), 4);
  EXPECT_THAT(IcmpSentBy("r"), IsEmpty());
}

// RFC 1812 section 4.3.2.3: at most 576 bytes; RFC 4443 section 3.1: at most 1280.
TEST_F(IpLayerTest, ErrorsQuoteAsMuchAsTheyMay) {
  Send(kB4, "", 1400, {.ttl = 1});
  Send(kB6, "", 1400, {.ttl = 1});
  std::vector<size_t> sizes;
  for (const auto& entry : world_.recorder.Of(TraceKind::kPacketSent)) {
    if (entry.event.ref.node == world_.simulator.node("r").id()) {
      sizes.push_back(entry.bytes.size() + entry.event.virtual_tail);
    }
  }
  EXPECT_THAT(sizes, ElementsAre(576, 1280));
}

TEST_F(IpLayerTest, AnErrorAboutSomebodyElsesDatagramIsNotBelieved) {
  const IpAddress other = Ip("10.0.9.9");
  const auto icmp = IcmpBytes(
      {.kind = IcmpMessage::Kind::kError, .error = IcmpErrorKind::kPortUnreachable, .payload = {}},
      kA4.address, kB4.address,
      V4Packet({.protocol = IpProtocol::kUdp, .source = other, .destination = kA4.address},
               UdpBytes(other, kA4.address, 2000, 1000, "x")));
  ArriveAtB(V4Packet(
      {.protocol = IpProtocol::kIcmp, .source = kA4.address, .destination = kB4.address}, icmp));
  EXPECT_THAT(at_b_.errors, IsEmpty());
}

// What follows the header of a later fragment is data, not ports.
TEST_F(IpLayerTest, AnErrorThatQuotesALaterFragmentConcernsNoSocket) {
  const auto icmp = IcmpBytes(
      {.kind = IcmpMessage::Kind::kError, .error = IcmpErrorKind::kPortUnreachable, .payload = {}},
      kA4.address, kB4.address,
      V4Packet({.fragment_offset = 8,
                .protocol = IpProtocol::kUdp,
                .source = kB4.address,
                .destination = kA4.address},
               UdpBytes(kB4.address, kA4.address, 2000, 1000, "x")));
  ArriveAtB(V4Packet(
      {.protocol = IpProtocol::kIcmp, .source = kA4.address, .destination = kB4.address}, icmp));
  EXPECT_THAT(at_b_.errors, IsEmpty());
}

// --- Hostile input ---

// RFC 791 section 3.1: no IPv4 datagram is longer than 65,535 bytes with its header, so no set of
// fragments may add up to more, and no answer either.
TEST_F(IpLayerTest, APingOfDeathIsDropped) {
  const auto fragment = [&](uint16_t offset, bool more, size_t size) {
    std::vector<uint8_t> payload(size);
    return V4Packet({.identification = 77,
                     .more_fragments = more,
                     .fragment_offset = offset,
                     .protocol = IpProtocol::kIcmp,
                     .source = kA4.address,
                     .destination = kB4.address},
                    payload);
  };
  const size_t total = 65535;
  std::vector<uint8_t> ping(total);
  IcmpMessage{.kind = IcmpMessage::Kind::kEchoRequest, .payload = {}}.WriteHeader(
      ping, 0, kA4.address, kB4.address);
  size_t offset = 0;
  while (offset < total) {
    const size_t size = std::min<size_t>(1480, total - offset);
    std::vector<uint8_t> bytes =
        fragment(static_cast<uint16_t>(offset), offset + size < total, size);
    std::copy_n(ping.begin() + static_cast<std::ptrdiff_t>(offset), size, bytes.begin() + 20);
    ArriveAtB(bytes);
    offset += size;
  }
  EXPECT_EQ(world_.recorder.Drops("bad_fragment"), 1);
  EXPECT_THAT(IcmpSentBy("b"), IsEmpty());
}

TEST_F(IpLayerTest, ALargestDatagramIsReassembled) {
  Send(kB4, "", 65507);
  Send(kB6, "", 65507);
  ASSERT_THAT(at_b_.letters, SizeIs(2));
  EXPECT_EQ(at_b_.letters[0].text.size() + at_b_.letters[0].zeros, 65507u);
}

// A fragment far beyond where the last one ends once wrote past the datagram.
TEST_F(IpLayerTest, FragmentsBeyondTheLastOneDoNoHarm) {
  for (const auto& [offset, more] : {std::pair(60000, true), std::pair(8, false)}) {
    ArriveAtB(V4Packet({.identification = 5,
                        .more_fragments = more,
                        .fragment_offset = static_cast<uint16_t>(offset),
                        .protocol = IpProtocol::kUdp,
                        .source = kA4.address,
                        .destination = kB4.address},
                       std::vector<uint8_t>(8, 0xff)));
  }
  EXPECT_EQ(world_.recorder.Drops("bad_fragment"), 1);
  EXPECT_THAT(at_b_.letters, IsEmpty());
}

// RFC 6946, RFC 8200 section 4.5: a fragment that is a whole datagram is no business of the others.
TEST_F(IpLayerTest, AnAtomicFragmentIsProcessedOnItsOwn) {
  const auto udp = UdpBytes(kA6.address, kB6.address, 1000, 2000, "atomic");
  const auto fragment = [&](bool more, const std::vector<uint8_t>& data) {
    std::vector<uint8_t> payload(8);
    Ipv6FragmentHeader{.next_header = IpProtocol::kUdp, .more_fragments = more, .identification = 9}
        .SerializeTo(payload);
    payload.insert(payload.end(), data.begin(), data.end());
    return V6Packet({.next_header = IpProtocol::kIpv6Fragment,
                     .source = kA6.address,
                     .destination = kB6.address},
                    payload);
  };
  ArriveAtB(fragment(true, std::vector<uint8_t>(16)));
  ArriveAtB(fragment(false, udp));
  ASSERT_THAT(at_b_.letters, SizeIs(1));
  EXPECT_EQ(at_b_.letters[0].text, "atomic");
  EXPECT_EQ(world_.recorder.Drops(), 0);  // the other datagram still waits
}

// A packet from the wire that claims to be from its receiver is forged; answering it would make a
// node talk to itself without end.
TEST_F(IpLayerTest, APacketWithTheReceiversOwnSourceIsForged) {
  ArriveAtB(
      V4Packet({.protocol = IpProtocol::kUdp, .source = kB4.address, .destination = kB4.address},
               UdpBytes(kB4.address, kB4.address, 2000, 2000, "echo me")));
  ArriveAtB(
      V6Packet({.next_header = IpProtocol::kUdp, .source = kB6.address, .destination = kB6.address},
               UdpBytes(kB6.address, kB6.address, 2000, 2000, "echo me")));
  EXPECT_THAT(at_b_.letters, IsEmpty());
  EXPECT_EQ(world_.recorder.Drops("bad_source"), 2);
}

TEST_F(IpLayerTest, EveryTruncationOfAPacketIsDroppedWithAReason) {
  const auto v4 =
      V4Packet({.protocol = IpProtocol::kUdp, .source = kA4.address, .destination = kB4.address},
               UdpBytes(kA4.address, kB4.address, 1000, 2000, "hello"));
  const auto v6 =
      V6Packet({.next_header = IpProtocol::kUdp, .source = kA6.address, .destination = kB6.address},
               UdpBytes(kA6.address, kB6.address, 1000, 2000, "hello"));
  for (const auto& whole : {v4, v6}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      const int before = world_.recorder.Drops();
      ArriveAtB({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      EXPECT_EQ(world_.recorder.Drops(), before + 1) << size;
    }
  }
  EXPECT_THAT(at_b_.letters, IsEmpty());
}

TEST_F(IpLayerTest, PaddingBehindThePacketIsCutOff) {
  auto bytes =
      V4Packet({.protocol = IpProtocol::kUdp, .source = kA4.address, .destination = kB4.address},
               UdpBytes(kA4.address, kB4.address, 1000, 2000, "hello"));
  bytes.resize(bytes.size() + 30, 0xff);
  ArriveAtB(bytes);
  ASSERT_THAT(at_b_.letters, SizeIs(1));
  EXPECT_EQ(at_b_.letters[0].text, "hello");
}

}  // namespace
}  // namespace tickwire
