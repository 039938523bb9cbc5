// Associations between two real stacks: opening, data, the end, paths, restart, extensions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using State = Association::State;

std::string Pattern(size_t size, int salt) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>((i * 131 + static_cast<size_t>(salt) * 17 + i / 251) & 0xff);
  }
  return text;
}

TEST(SctpOpen, TakesFourPackets) {  // RFC 9260 section 5.1.6
  SctpWorld w;
  w.Open();
  EXPECT_THAT(w.Sent("a"), ElementsAre("INIT", "COOKIE ECHO"));
  EXPECT_THAT(w.Sent("z"), ElementsAre("INIT ACK", "COOKIE ACK"));
  EXPECT_THAT(w.user_a.told, ElementsAre("up"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up"));
  ASSERT_NE(w.user_z.association, nullptr);
  EXPECT_EQ(w.user_a.association->local_tag(), w.user_z.association->peer_tag());
}

TEST(SctpOpen, DataWrittenBeforeRidesOnTheCookieEcho) {  // section 5.1 C
  SctpWorld w;
  w.Bind();
  w.Connect();
  w.Send(w.user_a, "early");
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.Sent("a"), ElementsAre("INIT", "COOKIE ECHO+DATA"));
  ASSERT_THAT(w.user_z.messages, SizeIs(1));
  EXPECT_EQ(w.user_z.messages[0].data, "early");
  // Section 5.1: COOKIE ACK first, and the first DATA is acknowledged at once.
  EXPECT_THAT(w.Sent("z"), ElementsAre("INIT ACK", "COOKIE ACK+SACK"));
}

TEST(SctpOpen, NobodyListensIsTold) {
  SctpWorld w;
  w.Bind();
  w.Do("z", [&] { w.at_z->set_listening(false); });
  w.Connect();
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_a.told, ElementsAre("cannot start"));
}

TEST(SctpOpen, BothAtOnceMakeOneAssociation) {  // section 5.2.1
  SctpWorld w;
  w.Bind();
  w.Connect();
  w.Do("z", [&] {
    const IpAddress peer[] = {SctpWorld::A(0)};
    w.user_z.association = *w.at_z->Connect(peer, SctpWorld::kPort, w.user_z);
  });
  w.Run(Duration::Seconds(5));
  EXPECT_THAT(w.user_a.told, ElementsAre("up"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up"));
  EXPECT_EQ(w.user_a.association->local_tag(), w.user_z.association->peer_tag());
  EXPECT_EQ(w.user_z.association->local_tag(), w.user_a.association->peer_tag());
  w.Send(w.user_a, "from a");
  w.Send(w.user_z, "from z");
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_z.messages, SizeIs(1));
  EXPECT_THAT(w.user_a.messages, SizeIs(1));
}

TEST(SctpData, MessagesOfAllSizesArriveWholeAndInOrder) {
  SctpWorld w;
  w.Open();
  const std::vector<size_t> sizes = {1, 3, 1000, 1452, 1453, 5000, 100000};
  for (size_t i = 0; i < sizes.size(); ++i) {
    ASSERT_EQ(w.Send(w.user_a, Pattern(sizes[i], static_cast<int>(i)), 3),
              Association::SendResult::kAccepted);
  }
  w.Run(Duration::Seconds(10));
  ASSERT_THAT(w.user_z.messages, SizeIs(sizes.size()));
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(w.user_z.messages[i].data, Pattern(sizes[i], static_cast<int>(i)));
    EXPECT_EQ(w.user_z.messages[i].stream, 3);
  }
  EXPECT_EQ(w.user_a.dry, 1);
}

TEST(SctpEnd, ShutdownDeliversEverythingFirst) {  // section 9.2
  SctpWorld w;
  w.Open();
  w.Send(w.user_a, Pattern(20000, 1));
  w.Do("a", [&] { w.user_a.association->Shutdown(); });
  w.Run(Duration::Seconds(5));
  ASSERT_THAT(w.user_z.messages, SizeIs(1));
  EXPECT_THAT(w.user_a.told, ElementsAre("up", "shutdown complete"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up", "shutdown", "shutdown complete"));
  EXPECT_EQ(w.user_a.failed, 0);
}

TEST(SctpEnd, BothSidesMayShutDownAtOnce) {
  SctpWorld w;
  w.Open();
  w.Do("a", [&] { w.user_a.association->Shutdown(); });
  w.Do("z", [&] { w.user_z.association->Shutdown(); });
  w.Run(Duration::Seconds(5));
  EXPECT_EQ(w.user_a.told.back(), "shutdown complete");
  EXPECT_EQ(w.user_z.told.back(), "shutdown complete");
}

TEST(SctpEnd, AbortTellsThePeerWhy) {
  SctpWorld w;
  w.Open();
  w.Do("a", [&] { w.user_a.association->Abort("enough"); });
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_z.told.back(), "lost");
  EXPECT_EQ(w.user_z.last_error, 12);  // User-Initiated Abort
}

TEST(SctpRestart, IsTakenForWhatItIs) {  // section 5.2.4.1
  SctpWorld w;
  w.Open();
  w.Send(w.user_a, "before");
  w.Run(Duration::Seconds(1));
  w.Do("a", [&] {
    w.sctp_a->PowerOff();
    w.at_a.reset();
    w.at_a = *w.sctp_a->Bind(SctpWorld::kPort, {}, w.config_a, w.user_a);
  });
  w.user_a.told.clear();
  w.Connect();
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(w.user_a.told, ElementsAre("up"));
  EXPECT_THAT(w.user_z.told, ElementsAre("up", "restart"));
  w.Send(w.user_a, "after");
  w.Send(w.user_z, "back");
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_z.messages.back().data, "after");
  EXPECT_EQ(w.user_a.messages.back().data, "back");
}

TEST(SctpPaths, AreConfirmedByHeartbeats) {  // section 5.4
  SctpWorld w(2);
  w.Open();
  EXPECT_EQ(w.user_a.association->paths().size(), 2u);
  EXPECT_EQ(w.user_z.association->paths().size(), 2u);
  EXPECT_THAT(w.user_a.told, Contains("10.0.1.2 confirmed"));
  EXPECT_THAT(w.user_z.told, Contains("10.0.1.1 confirmed"));
}

TEST(SctpPaths, DataGoesOnOverTheOtherWhenOneIsCut) {  // sections 6.4.1, 8.2
  SctpWorld w(2);
  w.Open();
  w.Send(w.user_a, "one");
  w.Run(Duration::Seconds(1));
  w.Do("a", [&] { w.simulator.node("a").interfaces().front().SetUp(false); });
  w.Do("z", [&] { w.simulator.node("z").interfaces().front().SetUp(false); });
  w.Send(w.user_a, "two");
  w.Run(Duration::Seconds(200));
  ASSERT_THAT(w.user_z.messages, SizeIs(2));
  EXPECT_THAT(w.user_a.told, Contains("10.0.0.2 unreachable"));
  EXPECT_EQ(w.user_a.association->state(), State::kEstablished);
  w.Do("a", [&] { w.simulator.node("a").interfaces().front().SetUp(true); });
  w.Do("z", [&] { w.simulator.node("z").interfaces().front().SetUp(true); });
  w.Run(Duration::Seconds(200));
  EXPECT_THAT(w.user_a.told, Contains("10.0.0.2 available"));
}

TEST(SctpStreams, CanBeResetAndAdded) {  // RFC 6525
  SctpWorld w;
  w.Open();
  w.Send(w.user_a, "x", 1);
  w.Run(Duration::Seconds(1));
  bool accepted = false;
  w.Do("a", [&] { accepted = w.user_a.association->ResetOutgoingStreams({StreamId{1}}); });
  EXPECT_TRUE(accepted);
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_a.told.back(), "outgoing reset");
  EXPECT_EQ(w.user_z.told.back(), "incoming reset");
  w.Do("a", [&] { accepted = w.user_a.association->AddStreams(5, 0); });
  EXPECT_TRUE(accepted);
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_a.told.back(), "streams in 10 out 15");
  EXPECT_EQ(w.user_z.told.back(), "streams in 15 out 10");
  EXPECT_EQ(w.Send(w.user_a, "new", 14), Association::SendResult::kAccepted);
  w.Do("z", [&] { accepted = w.user_z.association->ResetIncomingStreams({StreamId{1}}); });
  EXPECT_TRUE(accepted);
  w.Run(Duration::Seconds(1));
  w.Do("a", [&] { accepted = w.user_a.association->ResetAssociation(); });
  EXPECT_TRUE(accepted);
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_a.told.back(), "association reset");
  w.Send(w.user_a, "again", 1);
  w.Send(w.user_z, "back", 1);
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_z.messages.back().data, "again");
  EXPECT_EQ(w.user_a.messages.back().data, "back");
}

TEST(SctpAddresses, CanBeAddedAndDeletedWithAuthentication) {  // RFC 5061, RFC 4895
  SctpWorld w(2);
  w.config_a.dynamic_addresses = w.config_z.dynamic_addresses = true;
  w.config_a.shared_key = w.config_z.shared_key = {1, 2, 3};
  w.Do("a", [&] {
    w.at_a = *w.sctp_a->Bind(SctpWorld::kPort, {SctpWorld::A(0)}, w.config_a, w.user_a);
  });
  w.Do("z", [&] {
    w.at_z = *w.sctp_z->Bind(SctpWorld::kPort, {}, w.config_z, w.user_z);
    w.at_z->set_listening(true);
  });
  w.Connect();
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.user_z.association->paths().size(), 1u);
  bool accepted = false;
  w.Do("a", [&] { accepted = w.user_a.association->AddAddress(SctpWorld::A(1)); });
  ASSERT_TRUE(accepted);
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(w.Sent("a"), Contains("AUTH+ASCONF"));
  EXPECT_THAT(w.Sent("z"), Contains("AUTH+ASCONF-ACK"));
  EXPECT_THAT(w.user_z.told, Contains("10.0.1.1 added"));
  EXPECT_THAT(w.user_z.told, Contains("10.0.1.1 confirmed"));
  w.Do("a", [&] { accepted = w.user_a.association->DeleteAddress(SctpWorld::A(1)); });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(w.user_z.told, Contains("10.0.1.1 removed"));
}

TEST(SctpUdp, CarriesTheSamePackets) {  // RFC 6951
  SctpWorld w;
  w.config_a.udp_encapsulation_port = w.config_z.udp_encapsulation_port = 9899;
  w.Do("a", [&] { ASSERT_TRUE(w.sctp_a->EnableUdpEncapsulation(*w.udp_a).ok()); });
  w.Do("z", [&] { ASSERT_TRUE(w.sctp_z->EnableUdpEncapsulation(*w.udp_z).ok()); });
  w.Open();
  w.Send(w.user_a, Pattern(5000, 1));
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(w.user_z.messages, SizeIs(1));
  EXPECT_EQ(w.sctp_a->endpoints().size(), 1u);
}

// --- Interleaving and schedulers (RFC 8260) ---

TEST(SctpInterleaving, LetsASmallMessagePassALargeOne) {
  for (const bool interleaving : {false, true}) {
    SctpWorld w;
    w.config_a.interleaving = w.config_z.interleaving = interleaving;
    w.config_a.scheduler = SchedulerKind::kRoundRobin;
    w.Open();
    w.Send(w.user_a, Pattern(200000, 1), 0);
    w.Send(w.user_a, "small", 1);
    w.Run(Duration::Seconds(20));
    ASSERT_THAT(w.user_z.messages, SizeIs(2));
    EXPECT_EQ(w.user_z.messages[0].data.size(), interleaving ? 5u : 200000u);
    EXPECT_EQ(w.user_z.messages[interleaving ? 1 : 0].data, Pattern(200000, 1));
  }
}

}  // namespace
}  // namespace tickwire::sctp
