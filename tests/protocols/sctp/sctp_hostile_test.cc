// What a hostile peer, a forger, or a user who calls in callbacks may do to an association.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "protocols/sctp/packet/parameter/add_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"
#include "protocols/sctp/packet/parameter/delete_ip_address_parameter.h"
#include "protocols/sctp/packet/parameter/outgoing_ssn_reset_parameter.h"
#include "protocols/sctp/socket/sctp_socket.h"
#include "tests/support/sctp_peer.h"

namespace tickwire::sctp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using State = Association::State;

// A packet of any size, as if IP had put it together from fragments.
void Deliver(SctpPeer& peer, VerificationTag tag, const std::vector<uint8_t>& chunks,
             const char* from = "10.0.0.2") {
  std::vector<uint8_t> bytes;
  CommonHeader{
      .source_port = SctpPeer::kPeerPort, .destination_port = SctpPeer::kStackPort, .tag = tag}
      .Begin(bytes);
  bytes.insert(bytes.end(), chunks.begin(), chunks.end());
  CommonHeader::Seal(bytes);
  constexpr size_t kPiece = 1400;
  static uint16_t identification = 0;
  ++identification;
  for (size_t at = 0; at < bytes.size(); at += kPiece) {
    const size_t end = std::min(at + kPiece, bytes.size());
    peer.world.Do("peer", [&] {
      peer.world.Inject("peer", "stack",
                        V4Packet({.identification = identification,
                                  .more_fragments = end < bytes.size(),
                                  .fragment_offset = static_cast<uint16_t>(at),
                                  .protocol = IpProtocol::kSctp,
                                  .source = Ip(from),
                                  .destination = Ip("10.0.0.1")},
                                 {bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                  bytes.begin() + static_cast<std::ptrdiff_t>(end)}));
    });
  }
  peer.Run();
}

template <class... Chunks>
std::vector<uint8_t> Bytes(const Chunks&... chunks) {
  std::vector<uint8_t> bytes;
  (chunks.SerializeTo(bytes), ...);
  return bytes;
}

// --- Sizes ---

TEST(SctpHostileSizes, ReportsOfUnknownChunksFitAPacket) {  // RFC 9260 section 3.2, bits 11
  SctpPeer peer;
  peer.OpenFromPeer();
  std::vector<uint8_t> chunks;
  for (int i = 0; i < 16000; ++i) chunks.insert(chunks.end(), {0xfe, 0, 0, 4});
  Deliver(peer, peer.stack_tag, chunks);
  ASSERT_THAT(peer.sent, SizeIs(1));
  EXPECT_EQ(peer.sent[0].names, "ERROR");
  EXPECT_LE(peer.sent[0].bytes.size(), 1480u);
}

TEST(SctpHostileSizes, ReportsBeforeTheAssociationIsUpAreBounded) {
  SctpPeer peer;
  peer.Bind(false);
  peer.Connect();
  peer.SendInitAck();
  peer.sent.clear();
  std::vector<uint8_t> chunks;
  for (int i = 0; i < 300; ++i) chunks.insert(chunks.end(), {0xfe, 0, 0, 4});
  for (int i = 0; i < 60; ++i) peer.Send(peer.stack_tag, chunks);
  peer.SendChunk(CookieAckChunk());
  ASSERT_THAT(peer.sent, SizeIs(1));
  EXPECT_EQ(peer.sent[0].names, "ERROR");
  EXPECT_LE(peer.sent[0].bytes.size(), 1480u);
}

TEST(SctpHostileSizes, AnInitOfUnknownParametersIsNotMadeLarger) {  // section 3.2.2
  SctpPeer peer;
  peer.Bind(true);
  std::vector<uint8_t> parameters;
  for (int i = 0; i < 16000; ++i) parameters.insert(parameters.end(), {0xc1, 0, 0, 4});
  Deliver(peer, VerificationTag{0}, Bytes(SctpPeer::Init(parameters)));
  for (const SctpPeer::Sent& one : peer.sent) EXPECT_LE(one.bytes.size(), 1480u);
  peer.sent.clear();
  peer.SendChunk(VerificationTag{0}, SctpPeer::Init());  // it still listens
  EXPECT_EQ(peer.SentNames(), "INIT ACK");
}

TEST(SctpHostileSizes, AnInitThatNoCookieCanHoldIsRefused) {
  SctpPeer peer;
  peer.Bind(true);
  std::vector<uint8_t> parameters = {0x80, 0x05, 0xff, 0x90};  // PAD (RFC 4820)
  parameters.resize(0xff90);
  Deliver(peer, VerificationTag{0}, Bytes(SctpPeer::Init(parameters)));
  EXPECT_THAT(peer.SentNames(), Not(HasSubstr("INIT ACK")));
}

// RFC 9260 section 12.4: one packet of responses for one packet, whatever it asks for.
TEST(SctpHostileSizes, ManyHeartbeatsInOnePacketGetOnePacket) {
  SctpPeer peer;
  peer.OpenFromPeer();
  const std::vector<uint8_t> info = {0, 1, 0, 8, 1, 2, 3, 4};
  std::vector<uint8_t> chunks;
  for (int i = 0; i < 50; ++i) HeartbeatChunk{.parameters = info}.SerializeTo(chunks);
  peer.Send(peer.stack_tag, chunks);
  ASSERT_THAT(peer.sent, SizeIs(1));
  EXPECT_THAT(peer.sent[0].names, HasSubstr("HEARTBEAT ACK"));
}

// --- Tags ---

TEST(SctpHostileTags, BehindAShutdownAckWithAnyTagNothingIsLookedAt) {  // section 8.5.1 E
  SctpPeer peer;
  peer.Bind(false);
  peer.Connect();
  peer.SendInitAck();
  ASSERT_EQ(peer.association()->state(), State::kCookieEchoed);
  peer.Send(VerificationTag{99}, Bytes(ShutdownAckChunk(), CookieAckChunk()));
  EXPECT_EQ(peer.association()->state(), State::kCookieEchoed);
}

TEST(SctpHostileTags, TheReflectedTagIsGoodForOneChunkOnly) {  // section 8.5, 8.5.1 C
  SctpPeer peer;
  peer.OpenFromPeer();
  const std::vector<uint8_t> data = {'x'};
  const DataChunk chunk{.begin = true, .end = true, .tsn = Tsn{SctpPeer::kPeerTsn}, .data = data};
  ShutdownCompleteChunk complete;
  complete.tag_reflected = true;
  peer.Send(VerificationTag{SctpPeer::kPeerTag}, Bytes(complete, chunk));
  peer.Send(VerificationTag{SctpPeer::kPeerTag}, Bytes(chunk, complete));
  EXPECT_THAT(peer.user.messages, IsEmpty());
}

TEST(SctpHostileTags, AnInitBehindAnotherChunkIsDiscardedWithWhatFollows) {  // section 12.3
  SctpPeer peer;
  peer.OpenFromPeer();
  const std::vector<uint8_t> info = {0, 1, 0, 8, 1, 2, 3, 4};
  peer.Send(peer.stack_tag,
            Bytes(PadChunk(), SctpPeer::Init(), HeartbeatChunk{.parameters = info}));
  EXPECT_THAT(peer.sent, IsEmpty());
}

TEST(SctpHostileTags, AnInitOutOfTheBlueWithATagIsDiscarded) {  // section 12.3
  SctpPeer peer;
  peer.Bind(true);
  peer.SendChunk(VerificationTag{5}, SctpPeer::Init());
  EXPECT_THAT(peer.sent, IsEmpty());
}

// --- Cookies ---

TEST(SctpHostileCookies, OneCookieMakesOneAssociationFromWhateverAddress) {  // section 5.2.4 D
  SctpPeer peer;
  peer.Bind(true);
  peer.SendChunk(VerificationTag{0}, SctpPeer::Init());
  const std::vector<uint8_t> cookie = peer.TakeCookie();
  const std::vector<uint8_t> echo = Bytes(CookieEchoChunk{.cookie = cookie});
  Deliver(peer, peer.stack_tag, echo);
  Deliver(peer, peer.stack_tag, echo, "10.0.0.77");
  Deliver(peer, peer.stack_tag, echo, "10.0.0.78");
  EXPECT_THAT(peer.endpoint->associations(), SizeIs(1));
  EXPECT_THAT(peer.user.told, ElementsAre("up"));
}

// --- Streams (RFC 6525) ---

TEST(SctpStreams, NothingIsLostWhileTheAssociationIsReset) {  // section 5.1.4, C2
  SctpWorld w;
  w.Open();
  w.Send(w.user_a, "first");
  w.Run(Duration::Seconds(1));
  w.Do("a", [&] { EXPECT_TRUE(w.user_a.association->ResetAssociation()); });
  w.Send(w.user_a, "second");
  w.Send(w.user_a, "third");
  w.Run(Duration::Seconds(5));
  ASSERT_THAT(w.user_z.messages, SizeIs(3));
  EXPECT_EQ(w.user_z.messages[1].data, "second");
  EXPECT_EQ(w.user_z.messages[2].data, "third");
  EXPECT_EQ(w.user_a.association->unacked_bytes(), 0);
}

TEST(SctpStreams, RequestNumbersWrap) {  // section 4.1: they begin with the initial TSN
  SctpWorld w;
  w.config_a.initial_tsn = 0xffffffff;
  w.Open();
  w.Do("a", [&] { EXPECT_TRUE(w.user_a.association->ResetOutgoingStreams({StreamId{1}})); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_a.told, ElementsAre("up", "outgoing reset"));
}

// --- Users who call in callbacks ---

struct Refiller : SctpUser {
  void OnWritable(Association& which) override {
    ++writable;
    Fill(which);
  }
  void Fill(Association& which) {
    while (left > 0) {
      OutgoingMessage message;
      message.data.assign(1400, 'x');
      if (which.Send(std::move(message)) != Association::SendResult::kAccepted) return;
      --left;
    }
  }
  int left = 10;
};

TEST(SctpCallbacks, WhatIsSentWhenThereIsRoomAgainGoesAtOnce) {
  SctpWorld w;
  w.config_a.send_buffer = 2000;  // for one message
  w.config_z.sack_every = 1;
  w.Bind();
  Refiller user;
  w.Do("a", [&] {
    const IpAddress peer[] = {SctpWorld::Z(0)};
    user.association = *w.at_a->Connect(peer, SctpWorld::kPort, user);
  });
  w.Run(Duration::Seconds(1));
  w.Do("a", [&] { user.Fill(*user.association); });
  w.Run(Duration::Seconds(1));  // ten round trips take 200 ms
  EXPECT_THAT(w.user_z.messages, SizeIs(10));
  EXPECT_EQ(user.writable, 9);
  w.at_a.reset();
}

struct Quitter : SctpSocket::Listener {
  void OnMessage(SctpSocket&, const SctpSocket::RcvInfo&, std::span<const uint8_t>) override {
    ++messages;
    socket.reset();
  }
  void OnNotification(SctpSocket&, SctpSocket::AssocId, const Notification& notification) override {
    if (std::holds_alternative<AssociationChange>(notification) && at_up) socket.reset();
  }
  void OnWritable(SctpSocket&, SctpSocket::AssocId) override {}
  std::unique_ptr<SctpSocket> socket;
  bool at_up = false;
  int messages = 0;
};

TEST(SctpCallbacks, ASocketMayGoWhileItIsTold) {
  for (const bool at_up : {false, true}) {
    SctpWorld w;
    Quitter quitter;
    quitter.at_up = at_up;
    w.Do("z", [&] {
      quitter.socket = std::make_unique<SctpSocket>(*w.sctp_z, SctpSocket::Style::kOneToMany,
                                                    w.config_z, quitter);
      ASSERT_TRUE(quitter.socket->Bindx(SctpWorld::kPort, {}).ok());
      ASSERT_TRUE(quitter.socket->Listen().ok());
    });
    w.Do("a", [&] { w.at_a = *w.sctp_a->Bind(SctpWorld::kPort, {}, w.config_a, w.user_a); });
    w.Connect();
    w.Send(w.user_a, "one");
    w.Send(w.user_a, "two");
    w.Run(Duration::Seconds(1));
    EXPECT_EQ(quitter.socket, nullptr);
    EXPECT_LE(quitter.messages, 1);
    EXPECT_EQ(w.user_a.told.back(), "lost");
    EXPECT_EQ(w.user_a.association, nullptr);
    // The port is free again.
    w.Do("z", [&] { EXPECT_TRUE(w.sctp_z->Bind(SctpWorld::kPort, {}, {}, w.user_z).ok()); });
  }
}

struct Refuser : SctpUser {
  Association::User& OnAccepted(Association& made) override {
    made.Abort("no");
    return *this;
  }
};

TEST(SctpCallbacks, AnAssociationMayBeAbortedWhenItIsAccepted) {
  SctpWorld w;
  Refuser refuser;
  w.Do("z", [&] {
    w.at_z = *w.sctp_z->Bind(SctpWorld::kPort, {}, w.config_z, refuser);
    w.at_z->set_listening(true);
  });
  w.Do("a", [&] { w.at_a = *w.sctp_a->Bind(SctpWorld::kPort, {}, w.config_a, w.user_a); });
  w.Connect();
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.at_z->associations(), IsEmpty());
  EXPECT_EQ(w.user_a.association, nullptr);
  w.at_z.reset();
}

// --- AUTH ---

TEST(SctpAuthenticated, ACookieEchoMayBeAuthenticated) {  // RFC 4895 section 6.3
  SctpWorld w;
  w.config_a.authentication = w.config_z.authentication = true;
  w.config_a.authenticated_chunks = w.config_z.authenticated_chunks = {
      CookieEchoChunk::kType, CookieAckChunk::kType, DataChunk::kType};
  w.Open();
  EXPECT_THAT(w.user_a.told, ElementsAre("up"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up"));
  EXPECT_THAT(w.Sent("a"), ElementsAre("INIT", "AUTH+COOKIE ECHO"));
  w.Send(w.user_a, "signed");
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_z.messages, SizeIs(1));
}

TEST(SctpAuthenticated, ACookieEchoWithTheWrongKeyIsRefused) {
  SctpWorld w;
  w.config_a.authentication = w.config_z.authentication = true;
  w.config_z.authenticated_chunks = {CookieEchoChunk::kType};
  w.config_a.shared_key = {1, 2, 3};
  w.config_z.shared_key = {4, 5, 6};
  w.Open();
  EXPECT_THAT(w.user_z.told, IsEmpty());
  EXPECT_EQ(w.user_z.association, nullptr);
}

// Section 6.3: a side that only sent its INIT knows no keys but those of the cookie.
TEST(SctpAuthenticated, InitsMayCrossWithAuthenticatedCookies) {  // RFC 9260 section 5.2.1
  SctpWorld w;
  w.config_a.authentication = w.config_z.authentication = true;
  w.config_a.authenticated_chunks = w.config_z.authenticated_chunks = {CookieEchoChunk::kType};
  w.Bind();
  w.Do("z", [&] {
    const IpAddress peer[] = {SctpWorld::A(0)};
    w.user_z.association = *w.at_z->Connect(peer, SctpWorld::kPort, w.user_z);
  });
  w.Connect();
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_a.told, ElementsAre("up"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up"));
}

TEST(SctpAuthenticated, AnAuthThatNobodyCanCheckStopsTheCookie) {  // sections 6.3 and 3.2
  SctpPeer peer;
  peer.Bind(true);
  peer.SendChunk(VerificationTag{0}, SctpPeer::Init());
  const std::vector<uint8_t> cookie = peer.TakeCookie();
  peer.sent.clear();
  const std::vector<uint8_t> hmac(20);
  peer.Send(peer.stack_tag,
            Bytes(AuthChunk{.hmac_id = 1, .hmac = hmac}, CookieEchoChunk{.cookie = cookie}));
  EXPECT_THAT(peer.sent, IsEmpty());
  EXPECT_THAT(peer.endpoint->associations(), IsEmpty());
}

// --- ICMP (RFC 9260 section 10) ---

// An ICMP error about a packet of the stack with `tag` and `chunks`.
void Complain(SctpPeer& peer, IcmpErrorKind kind, uint32_t mtu, VerificationTag tag,
              const std::vector<uint8_t>& chunks) {
  std::vector<uint8_t> bytes;
  CommonHeader{
      .source_port = SctpPeer::kStackPort, .destination_port = SctpPeer::kPeerPort, .tag = tag}
      .Begin(bytes);
  bytes.insert(bytes.end(), chunks.begin(), chunks.end());
  const std::vector<uint8_t> quoted = V4Packet(
      {.protocol = IpProtocol::kSctp, .source = Ip("10.0.0.1"), .destination = Ip("10.0.0.2")},
      bytes);
  const IpAddress from = Ip("10.0.0.2"), to = Ip("10.0.0.1");
  peer.world.Do("peer", [&] {
    peer.world.Inject(
        "peer", "stack",
        V4Packet({.protocol = IpProtocol::kIcmp, .source = from, .destination = to},
                 IcmpBytes({.kind = IcmpMessage::Kind::kError, .error = kind, .rest = mtu}, from,
                           to, quoted)));
  });
  peer.Run();
}

TEST(SctpIcmp, APathMtuIsLearntOnlyWithTheRightTag) {  // ICMP6, ICMP7
  SctpPeer peer;
  peer.OpenFromPeer();
  const std::vector<uint8_t> chunks = Bytes(CookieAckChunk());
  Complain(peer, IcmpErrorKind::kPacketTooBig, 600, VerificationTag{SctpPeer::kPeerTag + 1},
           chunks);
  EXPECT_EQ(peer.world.ips["stack"]->PathMtu(Ip("10.0.0.2")), 1500u);
  Complain(peer, IcmpErrorKind::kPacketTooBig, 600, VerificationTag{0}, chunks);  // no INIT
  Complain(peer, IcmpErrorKind::kPacketTooBig, 600, VerificationTag{0},
           Bytes(SctpPeer::Init()));  // another's INIT
  EXPECT_EQ(peer.world.ips["stack"]->PathMtu(Ip("10.0.0.2")), 1500u);
  Complain(peer, IcmpErrorKind::kPacketTooBig, 600, VerificationTag{SctpPeer::kPeerTag}, chunks);
  EXPECT_EQ(peer.world.ips["stack"]->PathMtu(Ip("10.0.0.2")), 600u);
  EXPECT_EQ(peer.association()->primary().packet_bytes(), 580u);
}

TEST(SctpIcmp, AnInitIsKnownByItsInitiateTag) {  // ICMP6, ICMP8
  SctpPeer peer;
  peer.Bind(false);
  peer.Connect();
  InitChunk init = SctpPeer::Init();
  init.initiate_tag = VerificationTag{peer.stack_tag.value + 1};
  Complain(peer, IcmpErrorKind::kProtocolUnreachable, 0, VerificationTag{0}, Bytes(init));
  Complain(peer, IcmpErrorKind::kProtocolUnreachable, 0, VerificationTag{0},
           {});  // too short to tell
  EXPECT_THAT(peer.user.told, IsEmpty());
  init.initiate_tag = peer.stack_tag;
  Complain(peer, IcmpErrorKind::kProtocolUnreachable, 0, VerificationTag{0}, Bytes(init));
  EXPECT_THAT(peer.user.told, ElementsAre("cannot start"));
}

// --- Memory ---

// RFC 9260 section 6.2: what exceeds the buffer may be dropped, but the next TSN is taken.
TEST(SctpMemory, WhatFillsAGapIsBoundedByTheBuffer) {
  SctpPeer peer;
  peer.config.receive_buffer = 10000;
  peer.OpenFromPeer();
  const std::vector<uint8_t> data(1000, 'x');
  const auto send = [&](uint32_t offset) {
    peer.SendChunk(DataChunk{.begin = true,
                             .end = true,
                             .tsn = Tsn{SctpPeer::kPeerTsn + offset},
                             .ssn = Ssn{static_cast<uint16_t>(offset)},
                             .data = data});
  };
  send(1000);
  for (uint32_t offset = 1; offset < 200; ++offset) send(offset);
  EXPECT_LE(peer.association()->unread_bytes(), 11000);
  EXPECT_THAT(peer.user.messages, IsEmpty());
  // All of it comes again, in order, and is taken.
  for (uint32_t offset = 0; offset < 1000; ++offset) send(offset);
  EXPECT_THAT(peer.user.messages, SizeIs(1001));
}

// --- Restart ---

TEST(SctpRestart, WithoutAuthTheNewLifeHasNone) {  // RFC 9260 section 5.2.4.1; RFC 4895
  SctpWorld w;
  w.config_a.authentication = w.config_z.authentication = true;
  w.config_a.authenticated_chunks = w.config_z.authenticated_chunks = {DataChunk::kType};
  w.Open();
  w.Do("a", [&] { w.at_a->PowerOff(); });
  w.config_a.authentication = false;
  w.config_a.authenticated_chunks = {};
  w.Do("a", [&] { w.at_a->set_config(w.config_a); });
  w.Connect();
  w.Run(Duration::Seconds(1));
  ASSERT_NE(w.user_a.association, nullptr);
  EXPECT_EQ(w.user_z.association->authentication(), nullptr);
  w.Send(w.user_a, "plain");
  w.Send(w.user_z, "plain");
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_a.messages, SizeIs(1));
  EXPECT_THAT(w.user_z.messages, SizeIs(1));
}

TEST(SctpRestart, AnAbandonedMessageHasFailedOnce) {  // RFC 6458 section 6.1.11
  SctpPeer peer;
  peer.config.partial_reliability = true;
  peer.Bind(true);
  const std::vector<uint8_t> forward = {0xc0, 0x00, 0, 4};  // Forward-TSN-Supported (RFC 3758)
  const auto open = [&](uint32_t tag) {
    InitChunk init = SctpPeer::Init(forward);
    init.initiate_tag = VerificationTag{tag};
    peer.SendChunk(VerificationTag{0}, init);
    const std::vector<uint8_t> cookie = peer.TakeCookie();
    peer.SendChunk(CookieEchoChunk{.cookie = cookie});
  };
  open(SctpPeer::kPeerTag);
  peer.Do([&] {
    OutgoingMessage message;
    message.data.assign(100, 'x');
    message.reliability = {.policy = Reliability::Policy::kRetransmissions};
    peer.user.association->Send(std::move(message));
  });
  peer.Run(Duration::Seconds(4));  // T3-rtx: no retransmission is allowed
  ASSERT_EQ(peer.user.failed, 1);
  open(SctpPeer::kPeerTag + 1);
  EXPECT_THAT(peer.user.told, ElementsAre("up", "restart"));
  EXPECT_EQ(peer.user.failed, 1);
}

// --- Small packets ---

TEST(SctpHostileSizes, TheSmallestMtuHasRoomForAuthAndData) {  // RFC 4895 section 4.1
  SctpWorld w;
  w.config_a.authentication = w.config_z.authentication = true;
  w.config_a.mtu = w.config_z.mtu = 68;
  w.config_a.interleaving = w.config_z.interleaving = true;
  w.config_a.authenticated_chunks =
      w.config_z.authenticated_chunks = {DataChunk::kType, IDataChunk::kType};
  w.Open();
  ASSERT_NE(w.user_a.association, nullptr);
  EXPECT_LT(w.user_a.association->fragmentation_point(), 64u);
  w.Send(w.user_a, std::string(50, 'x'));
  w.Run(Duration::Seconds(5));
  EXPECT_THAT(w.user_z.messages, SizeIs(1));
}

// --- Addresses (RFC 5061) ---

// A peer that knows the keys.
struct SignedPeer : SctpPeer {
  SignedPeer() {
    config.dynamic_addresses = true;
    Bind(true);
    const std::vector<uint8_t> random(32, 7);
    std::vector<uint8_t> parameters;
    WriteInitParameters(config, {.addresses = {}, .random = random}, /*is_init=*/true, parameters);
    SendChunk(VerificationTag{0}, Init(parameters));
    const std::vector<uint8_t> init_ack = sent.back().bytes;
    std::span<const uint8_t> rest = std::span<const uint8_t>(init_ack).subspan(12);
    keys = Authentication::Agree(config, random, *InitInfo::Read(TakeChunk(rest)->value));
    const std::vector<uint8_t> cookie = TakeCookie();
    SendChunk(CookieEchoChunk{.cookie = cookie});
    sent.clear();
  }
  void Change(uint32_t serial, std::span<const uint8_t> requests, const char* from = "10.0.0.2") {
    std::vector<uint8_t> parameters;
    WriteAddressParameter(Ip("10.0.0.2"), parameters);
    parameters.insert(parameters.end(), requests.begin(), requests.end());
    std::vector<uint8_t> buffer;
    PacketBuilder builder(buffer, {}, 65000, keys.get());
    builder.Put(AsconfChunk{.sequence_number = kPeerTsn + serial, .parameters = parameters});
    const std::span<const uint8_t> packet = builder.Finish();
    Deliver(*this, stack_tag, {packet.begin() + 12, packet.end()}, from);
  }
  std::unique_ptr<Authentication> keys;
};

TEST(SctpAddresses, ManyRefusalsFitTheAnswer) {  // RFC 5061 section 5.2 E7
  SignedPeer peer;
  std::vector<uint8_t> requests;
  for (uint32_t i = 0; i < 3900; ++i) {  // the last address: F7
    DeleteIpAddressParameter{.correlation_id = i, .address = Ip("10.0.0.2")}.SerializeTo(requests);
  }
  peer.Change(0, requests);
  ASSERT_NE(peer.association(), nullptr);
  EXPECT_EQ(peer.association()->state(), State::kEstablished);
}

TEST(SctpAddresses, TheLastOneIsRefusedAsTheLastThoughItIsTheSource) {  // section 5.3, F8
  SignedPeer peer;
  std::vector<uint8_t> requests;
  DeleteIpAddressParameter{.correlation_id = 1, .address = Ip("10.0.0.2")}.SerializeTo(requests);
  peer.Change(0, requests);
  ASSERT_THAT(peer.sent, SizeIs(1));
  const std::vector<uint8_t> last = {0x00, 0xa0};  // section 4.3.1; 00a2: the source
  const std::vector<uint8_t>& bytes = peer.sent[0].bytes;
  EXPECT_NE(std::search(bytes.begin(), bytes.end(), last.begin(), last.end()), bytes.end());
}

TEST(SctpAddresses, DeletingAllFromAnUnknownSourceIsRefused) {  // F7: the last one stays
  SignedPeer peer;
  std::vector<uint8_t> requests;
  DeleteIpAddressParameter{.correlation_id = 1, .address = Ip("0.0.0.0")}.SerializeTo(requests);
  peer.Change(0, requests, "10.0.0.77");
  ASSERT_NE(peer.association(), nullptr);
  EXPECT_FALSE(peer.association()->paths()[0]->is_removed);
}

TEST(SctpAddresses, MayComeAndGoAsOftenAsTheyLike) {
  SignedPeer peer;
  for (uint32_t i = 0; i < 100; ++i) {
    const IpAddress address = IpAddress::V4(0x0a000064u + i);
    std::vector<uint8_t> add, remove;
    AddIpAddressParameter{.correlation_id = 1, .address = address}.SerializeTo(add);
    DeleteIpAddressParameter{.correlation_id = 2, .address = address}.SerializeTo(remove);
    peer.Change(2 * i, add);
    ASSERT_NE(peer.association()->FindPath(address), nullptr) << i;
    peer.Change(2 * i + 1, remove);
    ASSERT_EQ(peer.association()->FindPath(address), nullptr) << i;
  }
  EXPECT_LE(peer.association()->paths().size(), 32u);
}

// RFC 6525 section 5.2.2, E2: the reset takes place when the last TSN before it is here, however it
// comes.
TEST(SctpStreams, AResetThatWaitedIsDoneWhenTheDataIsThere) {
  for (const bool is_skipped : {false, true}) {
    SctpPeer peer;
    peer.Bind(true);
    // Forward-TSN-Supported (RFC 3758), Supported Extensions (RFC 5061): RE-CONFIG, FORWARD-TSN.
    const std::vector<uint8_t> parameters = {0xc0, 0x00, 0, 4, 0x80, 0x08, 0, 6, 130, 192, 0, 0};
    peer.SendChunk(VerificationTag{0}, SctpPeer::Init(parameters));
    const std::vector<uint8_t> cookie = peer.TakeCookie();
    peer.SendChunk(CookieEchoChunk{.cookie = cookie});
    std::vector<uint8_t> request;
    OutgoingSsnResetParameter{.request_sequence_number = SctpPeer::kPeerTsn,
                              .response_sequence_number = 0,
                              .last_assigned_tsn = Tsn{SctpPeer::kPeerTsn},
                              .streams = {}}
        .SerializeTo(request);
    peer.SendChunk(ReConfigChunk{.parameters = request});
    EXPECT_THAT(peer.user.told, ElementsAre("up"));
    const std::vector<uint8_t> data = {'x'};
    if (is_skipped) {
      peer.SendChunk(ForwardTsnChunk{.new_cumulative_tsn = Tsn{SctpPeer::kPeerTsn}, .skipped = {}});
    } else {
      peer.SendChunk(
          DataChunk{.begin = true, .end = true, .tsn = Tsn{SctpPeer::kPeerTsn}, .data = data});
    }
    EXPECT_THAT(peer.user.told, ElementsAre("up", "incoming reset"));
  }
}

}  // namespace
}  // namespace tickwire::sctp
