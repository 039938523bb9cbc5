#include "protocols/sip/transport/sip_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Endpoint kPeer{IpAddress::V4(0x0a000001), 5062};

Endpoint V4(uint32_t address, uint16_t port) { return {IpAddress::V4(address), port}; }

// §18.2.2 and RFC 3581 §4.
TEST(ReplyEndpoint, FollowsTheVia) {
  const auto reply = [](const char* via) { return ReplyEndpoint(*Via::Parse(via), kPeer); };
  EXPECT_EQ(reply("SIP/2.0/UDP 10.0.0.9"), V4(0x0a000009, 5060));
  EXPECT_EQ(reply("SIP/2.0/UDP 10.0.0.9:7"), V4(0x0a000009, 7));
  EXPECT_EQ(reply("SIP/2.0/UDP h:7;received=10.0.0.1"), V4(0x0a000001, 7));
  EXPECT_EQ(reply("SIP/2.0/UDP h:7;received=10.0.0.1;rport=5062"), kPeer);
  EXPECT_EQ(reply("SIP/2.0/UDP h;maddr=10.0.0.8;received=10.0.0.1"), V4(0x0a000008, 5060));
  EXPECT_EQ(reply("SIP/2.0/UDP h"), std::nullopt);
}

class SipTransportTest : public ::testing::Test,
                         public SipTransport::Listener,
                         public DatagramSocket::Listener {
 protected:
  SipTransportTest() {
    EXPECT_TRUE(transport_.Open(ours_, {ours_.address(), 5060}).ok());
    socket_ = *theirs_.Bind({theirs_.address(), 5062}, *this);
  }
  void OnRequest(SipMessage&& request, const Hop& reply_to) override {
    requests_.push_back(std::move(request));
    hops_.push_back(reply_to);
  }
  void OnResponse(const SipMessage& response) override { responses_.push_back(response.status()); }
  void OnTransportError(const Hop&) override {}
  void OnUndelivered(const Hop&, absl::string_view) override {}
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t> payload,
                 uint32_t) override {
    answers_.emplace_back(payload.begin(), payload.end());
  }
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}
  void Receive(absl::string_view text) {
    socket_->SendTo({ours_.address(), 5060},
                    {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, 0);
    network_.RunTo(network_.loop().now().nanos() / 1'000'000 + 100);
  }
  static std::string Request(absl::string_view via, absl::string_view cseq = "1 OPTIONS") {
    return absl::StrCat("OPTIONS sip:x SIP/2.0\r\nVia: ", via,
                        "\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: c\r\nCSeq: ", cseq,
                        "\r\n\r\n");
  }
  static std::string Response(absl::string_view via) {
    return absl::StrCat(
        "SIP/2.0 200 OK\r\nVia: ", via,
        "\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n\r\n");
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& ours_ = network_.AddNode("ours", IpAddress::V4(0x0a000002));
  MemoryNetwork::Node& theirs_ = network_.AddNode("theirs", kPeer.address);
  SipTransport transport_{ours_.clock(), *this, "x"};
  std::unique_ptr<DatagramSocket> socket_;
  std::vector<SipMessage> requests_;
  std::vector<Hop> hops_;
  std::vector<int> responses_;
  std::vector<std::string> answers_;
};

TEST_F(SipTransportTest, MarksWhereARequestCameFrom) {
  Receive(Request("SIP/2.0/UDP pc.example.com;branch=z9hG4bK1;rport"));
  ASSERT_EQ(requests_.size(), 1u);
  EXPECT_EQ(requests_[0].Get<Via>()->received(), absl::string_view("10.0.0.1"));
  EXPECT_EQ(requests_[0].Get<Via>()->rport(), 5062);
  EXPECT_EQ(hops_[0].remote, kPeer);
}

TEST_F(SipTransportTest, LeavesAnHonestViaAlone) {
  Receive(Request("SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bK1"));
  ASSERT_EQ(requests_.size(), 1u);
  EXPECT_FALSE(requests_[0].Get<Via>()->received().has_value());
  EXPECT_EQ(hops_[0].remote, kPeer);
}

TEST_F(SipTransportTest, AddsReceivedWhenTheAddressDiffers) {
  Receive(Request("SIP/2.0/UDP 192.168.1.5:5070;branch=z9hG4bK1"));
  ASSERT_EQ(requests_.size(), 1u);
  EXPECT_EQ(requests_[0].Get<Via>()->received(), absl::string_view("10.0.0.1"));
  EXPECT_EQ(hops_[0].remote, V4(0x0a000001, 5070));
}

TEST_F(SipTransportTest, ResponsesMustHaveOurSentBy) {
  Receive(Response("SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1"));
  Receive(Response("SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1"));
  Receive(Response("SIP/2.0/UDP 10.0.0.2:5061;branch=z9hG4bK1"));
  Receive(Response("SIP/2.0/UDP 10.0.0.7;branch=z9hG4bK1"));
  EXPECT_THAT(responses_, ElementsAre(200, 200));
  EXPECT_EQ(transport_.counters().dropped, 2u);
}

TEST_F(SipTransportTest, UnreadableMessagesAreDropped) {
  for (const char* text : {"", "\r\n\r\n", "hello", "SIP/2.0 200 OK\r\n\r\n",
                           "OPTIONS sip:x SIP/2.0\r\n\r\n", "ACK sip:x SIP/1.0\r\n\r\n"}) {
    Receive(text);
  }
  EXPECT_EQ(transport_.counters().dropped, 6u);
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(SipTransportTest, DamagedRequestsThatCanBeAnsweredAre) {
  const std::string via = "SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bK1";
  Receive(Request(via, "1 INVITE"));  // method and CSeq differ
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_THAT(answers_[0], HasSubstr("SIP/2.0 400 "));
  std::string old_version = Request(via);
  old_version.replace(old_version.find("2.0\r\n"), 3, "7.0");
  Receive(old_version);
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_THAT(answers_[1], HasSubstr("SIP/2.0 505 "));
  std::string short_body = Request(via);
  short_body.insert(short_body.size() - 2, "Content-Length: 9\r\n");
  Receive(short_body);  // §18.3
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_THAT(answers_[2], HasSubstr("SIP/2.0 400 "));
  EXPECT_THAT(requests_, IsEmpty());
}

TEST_F(SipTransportTest, MessagesLongerThanADatagramAreNotSent) {
  transport_.Send(Hop{kPeer}, std::string(70'000, 'x'));
  EXPECT_EQ(transport_.counters().sent, 0u);
  EXPECT_EQ(transport_.counters().dropped, 1u);
}

}  // namespace
}  // namespace tickwire::sip
