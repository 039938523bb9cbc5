// Streams between two nodes on a network in memory (RFC 3550, RFC 3551 §4).
#include "protocols/rtp/rtp_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::rtp {
namespace {

using ::testing::HasSubstr;

class RtpStreamTest : public ::testing::Test {
 protected:
  static constexpr IpAddress kAlice = IpAddress::V4(0x0a000001);
  static constexpr IpAddress kBob = IpAddress::V4(0x0a000002);

  RtpStreamTest() { network_.set_logging(true); }
  std::unique_ptr<RtpStream> Make(sip::MemoryNetwork::Node& node, const char* name) {
    return std::make_unique<RtpStream>(RtpStream::Env{node.clock(), node}, name,
                                       Rng::ForStream(RunSeed{}, name, "rtp"));
  }
  static StreamParameters Parameters(const IpAddress& own, const IpAddress& other) {
    StreamParameters parameters;
    parameters.local = {own, 4000};
    parameters.local_rtcp = {own, 4001};
    parameters.remote = Endpoint{other, 4000};
    parameters.remote_rtcp = Endpoint{other, 4001};
    parameters.sends = true;
    parameters.receives = true;
    return parameters;
  }
  void Start() {
    alice_ = Make(alice_node_, "alice");
    bob_ = Make(bob_node_, "bob");
    ASSERT_TRUE(alice_->Update(Parameters(kAlice, kBob)).ok());
    ASSERT_TRUE(bob_->Update(Parameters(kBob, kAlice)).ok());
  }
  void Stop() {
    alice_->Stop();
    bob_->Stop();
    network_.RunTo(stop_ + 1000);
  }
  int64_t stop_ = 10'000;

  sip::MemoryNetwork network_;  // 10 ms each way
  sip::MemoryNetwork::Node& alice_node_ = network_.AddNode("alice", kAlice);
  sip::MemoryNetwork::Node& bob_node_ = network_.AddNode("bob", kBob);
  std::unique_ptr<RtpStream> alice_, bob_;
};

TEST_F(RtpStreamTest, PacketsGoOutAtThePaceOfTheCodec) {
  Start();
  network_.RunTo(9'999);
  EXPECT_EQ(alice_->Report().sent, 500u);  // at 0, 20, ..., 9980 ms
  Stop();
  const StreamReport report = bob_->Report();
  EXPECT_EQ(report.lost, 0);
  EXPECT_EQ(report.late, 0u);
  EXPECT_EQ(report.jitter, Duration());
}

// RTP times of a sender that follows its clock: 160 units per 20 ms.
TEST_F(RtpStreamTest, HeadersCountPacketsAndTime) {
  Start();
  network_.RunTo(100);
  std::vector<RtpHeader> headers;
  for (const std::string& text : network_.texts) {
    const auto packet = ParseRtp({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    if (packet.has_value() && packet->header.ssrc == alice_->ssrc()) {
      headers.push_back(packet->header);
    }
  }
  ASSERT_EQ(headers.size(), 6u);
  EXPECT_TRUE(headers[0].marker);  // RFC 3551 §4.1: the first of a talk spurt
  for (size_t i = 1; i < headers.size(); ++i) {
    EXPECT_FALSE(headers[i].marker);
    EXPECT_EQ(static_cast<uint16_t>(headers[i].sequence - headers[0].sequence), i);
    EXPECT_EQ(headers[i].timestamp - headers[0].timestamp, 160 * i);
  }
}

// By SR and RR: 10 ms there and 10 ms back, to a unit of 1/65536 s for each of three stamps.
TEST_F(RtpStreamTest, ReportsMeasureTheRoundTrip) {
  Start();
  network_.RunTo(30'000);
  ASSERT_TRUE(alice_->Report().round_trip.has_value());
  EXPECT_NEAR(static_cast<double>(alice_->Report().round_trip->nanos()), 20e6, 3e9 / 65536);
  stop_ = 30'000;
  Stop();
  // One way 10 ms, 20 ms packet, 60 ms buffer.
  const CallQuality best = RateCall(Duration::Millis(90), 0, 1);
  EXPECT_NEAR(alice_->Report().quality->r_hundredths, best.r_hundredths, 2);
  EXPECT_THAT(Describe(alice_->Report()), HasSubstr("late 0, jitter 0.0 ms, R 91.0, MOS 4.36"));
}

TEST_F(RtpStreamTest, LossIsSeenByTheReceiver) {
  int count = 0;
  network_.set_loss([&count](const Endpoint& from, absl::string_view) {
    return from == Endpoint{kAlice, 4000} && ++count % 10 == 0;
  });
  Start();
  network_.RunTo(9'999);
  Stop();
  EXPECT_EQ(bob_->Report().lost, 49);  // of 500; the last one lost is the last one sent
  EXPECT_EQ(alice_->Report().lost, 0);
  EXPECT_LT(bob_->Report().quality->mos_hundredths, alice_->Report().quality->mos_hundredths);
}

// RFC 3264 §5.1: direction governs RTP, not RTCP.
TEST_F(RtpStreamTest, AHeldStreamSendsReportsOnly) {
  Start();
  network_.RunTo(1'000);
  StreamParameters held = Parameters(kAlice, kBob);
  held.sends = false;
  ASSERT_TRUE(alice_->Update(held).ok());
  const uint64_t sent = alice_->Report().sent;
  network_.TakeLog();
  network_.texts.clear();
  network_.RunTo(20'000);
  EXPECT_EQ(alice_->Report().sent, sent);
  size_t reports = 0;
  for (const std::string& text : network_.texts) {
    const auto rtcp = ParseRtcp({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    if (rtcp.has_value() && rtcp->ssrc == alice_->ssrc()) ++reports;
  }
  // §6.2: 2.05 to 6.16 s apart.
  EXPECT_GE(reports, 19'000u / 6156);
  EXPECT_LE(reports, 19'000u / 2052 + 1);
  ASSERT_TRUE(alice_->Update(Parameters(kAlice, kBob)).ok());
  network_.RunTo(21'000);
  EXPECT_GT(alice_->Report().sent, sent);
  stop_ = 21'000;
  Stop();
  EXPECT_EQ(bob_->Report().lost, 0);  // the pause is no loss
}

TEST_F(RtpStreamTest, WhatIsNotExpectedIsCountedAndDropped) {
  Start();
  StreamParameters deaf = Parameters(kBob, kAlice);
  deaf.receives = false;
  ASSERT_TRUE(bob_->Update(deaf).ok());
  network_.RunTo(1'000);
  EXPECT_EQ(bob_->Report().received, 0u);
  EXPECT_GT(bob_->Report().unwanted, 0u);
  EXPECT_FALSE(bob_->Report().quality.has_value());
  stop_ = 1'000;
  Stop();
}

TEST_F(RtpStreamTest, NothingIsLeftAfterStop) {
  Start();
  network_.RunTo(10'000);
  Stop();
  EXPECT_TRUE(network_.IsQuiet());
  EXPECT_TRUE(alice_->Update(Parameters(kAlice, kBob)).ok());  // no effect
  EXPECT_TRUE(network_.IsQuiet());
}

TEST(PayloadBytes, FollowTheRateOfTheCodec) {
  EXPECT_EQ(PayloadBytesOf("PCMU", 20), 160u);
  EXPECT_EQ(PayloadBytesOf("pcma", 30), 240u);
  EXPECT_EQ(PayloadBytesOf("G729", 20), 20u);
  EXPECT_EQ(PayloadBytesOf("GSM", 20), 33u);
}

}  // namespace
}  // namespace tickwire::rtp
