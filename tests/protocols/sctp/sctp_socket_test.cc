// The socket interface of RFC 6458 between two stacks.
#include "protocols/sctp/socket/sctp_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Ear : SctpSocket::Listener {
  void OnMessage(SctpSocket&, const SctpSocket::RcvInfo& info,
                 std::span<const uint8_t> data) override {
    infos.push_back(info);
    messages.emplace_back(data.begin(), data.end());
  }
  void OnNotification(SctpSocket&, SctpSocket::AssocId association,
                      const Notification& notification) override {
    last = association;
    if (const auto* change = std::get_if<AssociationChange>(&notification)) {
      static const char* const kStates[] = {"up", "lost", "restart", "shutdown complete",
                                            "cannot start"};
      told.push_back(kStates[static_cast<size_t>(change->state)]);
    } else if (std::holds_alternative<SenderDry>(notification)) {
      told.emplace_back("dry");
    } else if (std::holds_alternative<ShutdownEvent>(notification)) {
      told.emplace_back("shutdown");
    }
  }
  void OnWritable(SctpSocket&, SctpSocket::AssocId) override { ++writable; }
  std::vector<SctpSocket::RcvInfo> infos;
  std::vector<std::string> messages, told;
  SctpSocket::AssocId last = 0;
  int writable = 0;
};

std::span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class SctpSockets : public testing::Test {
 protected:
  using Style = SctpSocket::Style;
  void Listen() {
    w.Do("z", [&] {
      ASSERT_TRUE(server.Bindx(80, {}).ok());
      ASSERT_TRUE(server.Listen().ok());
    });
  }
  // Sends one message from the client, which sets the association up.
  SctpSocket::AssocId Begin(const std::string& text) {
    SctpSocket::AssocId id = 0;
    w.Do("a", [&] {
      const auto sent = client.SendTo({SctpWorld::Z(0), 80}, {.sid = 2, .ppid = 7}, AsBytes(text));
      ASSERT_TRUE(sent.ok());
      id = *sent;
    });
    w.Run(Duration::Seconds(1));
    return id;
  }
  SctpWorld w;
  Ear at_client, at_server, at_peeled;
  SctpSocket client{*w.sctp_a, Style::kOneToMany, SctpConfig(), at_client};
  SctpSocket server{*w.sctp_z, Style::kOneToMany, SctpConfig(), at_server};
};

TEST_F(SctpSockets, SendingToAnAddressSetsTheAssociationUp) {  // section 3.1.2
  Listen();
  const auto id = Begin("hello");
  ASSERT_THAT(at_server.messages, ElementsAre("hello"));
  EXPECT_EQ(at_server.infos[0].sid, 2);
  EXPECT_EQ(at_server.infos[0].ppid, 7u);
  EXPECT_THAT(at_client.told, ElementsAre("up"));
  // The answer goes to the association that the message came by.
  w.Do("z",
       [&] { EXPECT_TRUE(server.Sendv(at_server.infos[0].assoc_id, {}, AsBytes("world")).ok()); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(at_client.messages, ElementsAre("world"));
  EXPECT_EQ(at_client.infos[0].assoc_id, id);
}

TEST_F(SctpSockets, EofShutsDownAndAbortAborts) {  // section 5.3.4
  Listen();
  const auto id = Begin("first");
  w.Do("a", [&] { EXPECT_TRUE(client.Sendv(id, {.eof = true}, AsBytes("last")).ok()); });
  w.Run(Duration::Seconds(2));
  EXPECT_THAT(at_server.messages, ElementsAre("first", "last"));
  EXPECT_THAT(at_client.told, ElementsAre("up", "shutdown complete"));
  EXPECT_FALSE(client.Sendv(id, {}, AsBytes("too late")).ok());
  const auto second = Begin("again");
  EXPECT_NE(second, id);  // numbers are not used twice
  w.Do("a", [&] { EXPECT_TRUE(client.Sendv(second, {.abort = true}, AsBytes("why")).ok()); });
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(at_server.told.back(), "lost");
}

TEST_F(SctpSockets, PeelOffGivesAnAssociationItsOwnSocket) {  // section 9.2
  Listen();
  const auto id = Begin("one");
  const auto there = at_server.infos[0].assoc_id;
  std::unique_ptr<SctpSocket> peeled;
  w.Do("z", [&] {
    auto made = server.PeelOff(there, at_peeled);
    ASSERT_TRUE(made.ok());
    peeled = std::move(*made);
  });
  EXPECT_THAT(server.GetAssocIdList(), IsEmpty());
  w.Do("a", [&] { EXPECT_TRUE(client.Sendv(id, {}, AsBytes("two")).ok()); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(at_server.messages, ElementsAre("one"));
  EXPECT_THAT(at_peeled.messages, ElementsAre("two"));
  w.Do("z", [&] { EXPECT_TRUE(peeled->Sendv(0, {}, AsBytes("three")).ok()); });
  w.Run(Duration::Seconds(1));
  EXPECT_THAT(at_client.messages, ElementsAre("three"));
  w.Do("z", [&] { server.Shutdown(0).IgnoreError(); });
  w.Do("a", [&] { EXPECT_TRUE(client.Shutdown(id).ok()); });
  w.Run(Duration::Seconds(2));
  EXPECT_EQ(at_peeled.told.back(), "shutdown complete");
}

TEST_F(SctpSockets, EventsComeIfTheyWereAskedFor) {  // section 6.2
  Listen();
  client.Subscribe(Notification(SenderDry{}).index(), true);
  client.Subscribe(Notification(AssociationChange{}).index(), false);
  Begin("x");
  EXPECT_THAT(at_client.told, ElementsAre("dry"));
}

TEST_F(SctpSockets, OptionsAreSetAndRead) {  // section 8
  Listen();
  const auto id = Begin("x");
  w.Do("a", [&] {
    EXPECT_FALSE(client
                     .SetRtoInfo(id, {.initial = Duration::Seconds(1),
                                      .max = Duration::Millis(10),
                                      .min = Duration::Millis(20)})
                     .ok());
    EXPECT_TRUE(client
                    .SetRtoInfo(id, {.initial = Duration::Millis(50),
                                     .max = Duration::Millis(100),
                                     .min = Duration::Millis(50)})
                    .ok());
    EXPECT_TRUE(client.SetAssocParams(id, {.max_retrans = 3}).ok());
    EXPECT_FALSE(client.SetDelayedSack(id, Duration::Seconds(1), 2).ok());  // section 6.2 of 9260
    EXPECT_TRUE(client.SetDelayedSack(id, Duration::Millis(20), 1).ok());
    EXPECT_TRUE(client
                    .SetPaddrParams(id, {.address = SctpWorld::Z(0),
                                         .hb_interval = Duration::Seconds(7),
                                         .path_max_retrans = 2})
                    .ok());
    EXPECT_FALSE(client.SetPrimary(id, *IpAddress::Parse("10.9.9.9")).ok());
    EXPECT_TRUE(client.SetMaxSeg(id, 100).ok());
  });
  const auto parameters = client.GetAssocParams(id);
  ASSERT_TRUE(parameters.ok());
  EXPECT_EQ(parameters->max_retrans, 3);
  const auto path = client.GetPaddrParams(id, SctpWorld::Z(0));
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->hb_interval, Duration::Seconds(7));
  EXPECT_EQ(path->path_max_retrans, 2);
  const auto status = client.GetStatus(id);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->state, Association::State::kEstablished);
  EXPECT_EQ(status->outbound_streams, 10);
  EXPECT_EQ(status->primary.address, SctpWorld::Z(0));
  EXPECT_EQ(status->primary.rto, Duration::Millis(100));  // 20 ms + 4 * 10 ms, then held to bounds
  EXPECT_EQ(status->fragmentation_point, 100u);
  EXPECT_FALSE(client.GetStatus(99).ok());
  // A message of 250 bytes goes in three chunks now.
  w.Do("a", [&] { EXPECT_TRUE(client.Sendv(id, {}, AsBytes(std::string(250, 'y'))).ok()); });
  w.Run(Duration::Seconds(1));
  EXPECT_EQ(w.Sent("a").back(), "DATA+DATA+DATA");
  EXPECT_EQ(at_server.messages.back().size(), 250u);
}

TEST_F(SctpSockets, AFullBufferRefusesAndTellsWhenThereIsRoom) {
  SctpConfig small;
  small.send_buffer = 10000;
  SctpSocket tight(*w.sctp_a, Style::kOneToMany, small, at_client);
  Listen();
  SctpSocket::AssocId id = 0;
  w.Do("a", [&] {
    id = *tight.SendTo({SctpWorld::Z(0), 80}, {}, AsBytes(std::string(6000, 'x')));
    EXPECT_EQ(tight.Sendv(id, {}, AsBytes(std::string(6000, 'x'))).code(),
              absl::StatusCode::kUnavailable);
  });
  w.Run(Duration::Seconds(5));
  EXPECT_EQ(at_client.writable, 1);
  w.Do("a", [&] { EXPECT_TRUE(tight.Sendv(id, {}, AsBytes(std::string(6000, 'x'))).ok()); });
  w.Run(Duration::Seconds(5));
  EXPECT_THAT(at_server.messages, SizeIs(2));
}

}  // namespace
}  // namespace tickwire::sctp
