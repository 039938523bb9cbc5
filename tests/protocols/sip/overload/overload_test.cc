// RFC 7339 and 7415: what clients make of feedback; and a server with a queue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/sip/overload/overload_params.h"
#include "protocols/sip/overload/overload_throttle.h"
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

const Endpoint kServer{IpAddress::V4(0x0a000001), 5060};
SimTime At(int64_t ms) { return {Duration::Millis(ms)}; }

std::optional<OverloadFeedback> Read(absl::string_view params) {
  const std::string text = absl::StrCat("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1", params);
  return OverloadFeedback::Of(*Via::Parse(text));
}

// The examples of RFC 7339 §6.
TEST(OverloadParams, AreReadFromTheVia) {
  const auto feedback = Read(";oc=20;oc-algo=\"loss\";oc-validity=500;oc-seq=1282321615.782");
  ASSERT_TRUE(feedback.has_value());
  EXPECT_EQ(feedback->value, 20u);
  EXPECT_EQ(feedback->validity, Duration::Millis(500));
  EXPECT_EQ(feedback->SequenceText(), "1282321615.782");
  EXPECT_EQ(Read(";oc;oc-algo=\"loss,rate\""), std::nullopt);  // an offer, not feedback
  EXPECT_EQ(Read(""), std::nullopt);
  EXPECT_EQ(Read(";oc=7")->validity, Duration::Millis(500));  // §4.3: the default
  for (const char* bad :
       {";oc=x", ";oc=1;oc-validity=-1", ";oc=1;oc-seq=1.123456", ";oc=1;oc-algo=\"other\""}) {
    EXPECT_EQ(Read(bad), std::nullopt) << bad;
  }
}

TEST(OverloadParams, OffersNameAlgorithms) {
  const std::string text = absl::StrCat("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1", kOverloadOffer);
  const Via via = *Via::Parse(text);
  EXPECT_TRUE(OffersOverloadControl(via, OverloadAlgorithm::kLoss));
  EXPECT_TRUE(OffersOverloadControl(via, OverloadAlgorithm::kRate));
}

class ThrottleTest : public ::testing::Test {
 protected:
  // Of `count` requests, one each ms from `ms` on, those that may go.
  int Admitted(int64_t ms, int count, bool is_within_dialog = false) {
    int admitted = 0;
    for (int i = 0; i < count; ++i) {
      admitted += throttle_.Admits(kServer, is_within_dialog, At(ms + i));
    }
    return admitted;
  }
  OverloadThrottle throttle_{RunSeed{}, "test"};
};

TEST_F(ThrottleTest, WithoutFeedbackEverythingGoes) { EXPECT_EQ(Admitted(0, 100), 100); }

// §5.3: oc=20: 20 % are left out. 10,000 draws: 8,000, with a deviation of 40.
TEST_F(ThrottleTest, LossLeavesOutAPercentage) {
  throttle_.OnFeedback(kServer, {20, OverloadAlgorithm::kLoss, Duration::Seconds(100), 1}, At(0));
  EXPECT_NEAR(Admitted(0, 10'000), 8'000, 200);
}

// §5.10.1: first from requests that start something new. Half of all are within dialogs, so that
// 40 % of the others make 20 % of all.
TEST_F(ThrottleTest, LossSparesRequestsWithinDialogs) {
  throttle_.OnFeedback(kServer, {20, OverloadAlgorithm::kLoss, Duration::Seconds(100), 1}, At(0));
  int others = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(throttle_.Admits(kServer, true, At(i)));
    others += throttle_.Admits(kServer, false, At(i));
  }
  EXPECT_NEAR(others, 6'000, 250);
}

// RFC 7415 §3.5.1: 100 a second, and no more than a few beyond.
TEST_F(ThrottleTest, RateKeepsToItsPace) {
  throttle_.OnFeedback(kServer, {100, OverloadAlgorithm::kRate, Duration::Seconds(100), 1}, At(0));
  EXPECT_NEAR(Admitted(0, 10'000), 1'000, 3);
}

TEST_F(ThrottleTest, ARateOfZeroLetsNothingThrough) {
  throttle_.OnFeedback(kServer, {0, OverloadAlgorithm::kRate, Duration::Seconds(1), 1}, At(0));
  EXPECT_EQ(Admitted(0, 100), 0);
}

// §5.4, §5.7.
TEST_F(ThrottleTest, FeedbackExpiresIsReplacedAndNotOvertaken) {
  throttle_.OnFeedback(kServer, {100, OverloadAlgorithm::kLoss, Duration::Millis(500), 5}, At(0));
  EXPECT_EQ(Admitted(0, 100), 0);
  throttle_.OnFeedback(kServer, {0, OverloadAlgorithm::kLoss, Duration::Millis(500), 4}, At(100));
  EXPECT_EQ(Admitted(100, 100), 0);  // older
  EXPECT_EQ(Admitted(500, 100), 100);
  throttle_.OnFeedback(kServer, {100, OverloadAlgorithm::kLoss, Duration::Millis(500), 6}, At(600));
  throttle_.OnFeedback(kServer, {100, OverloadAlgorithm::kLoss, Duration(), 7}, At(601));
  EXPECT_EQ(Admitted(601, 100), 100);
}

// RFC 3261 §21.5.4.
TEST_F(ThrottleTest, RetryAfterKeepsNewRequestsAway) {
  throttle_.OnRetryAfter(kServer, Duration::Seconds(2), At(0));
  EXPECT_EQ(Admitted(0, 2'000), 0);
  EXPECT_EQ(Admitted(0, 100, /*is_within_dialog=*/true), 100);
  EXPECT_EQ(Admitted(2'000, 100), 100);
}

// §5.9: after three timeouts one probe, then ever longer pauses, until a response comes.
TEST_F(ThrottleTest, ASilentServerIsProbed) {
  for (int i = 0; i < 3; ++i) throttle_.OnTimeout(kServer, At(0));
  EXPECT_EQ(Admitted(0, 1'000), 0);
  EXPECT_EQ(Admitted(1'000, 1'000), 1);
  EXPECT_EQ(Admitted(2'000, 2'000), 1);
  throttle_.OnResponse(kServer);
  EXPECT_EQ(Admitted(10'000, 100), 100);
}

class FiniteServerTest : public ServerFixture {
 protected:
  FiniteServerTest() {
    PlaceBob({1000});
    config_.work = {Duration::Millis(100), Duration::Millis(10), 4};
  }
  void SendMessages(int count, absl::string_view offer = "") {
    for (int i = 0; i < count; ++i) {
      ++sent_;
      caller_.Send(server_at_,
                   caller_.Request("MESSAGE", "sip:bob@example.com", {},
                                   absl::StrCat("m", sent_, offer), absl::StrCat(sent_)));
    }
  }
  int sent_ = 0;
};

TEST_F(FiniteServerTest, EachMessageTakesItsTime) {
  StartServer();
  SendMessages(2);
  Run(109);
  EXPECT_EQ(one_.received.size(), 0u);
  Run(11);  // 10 there, 100 service, 10 on
  EXPECT_EQ(one_.received.size(), 1u);
  Run(100);
  EXPECT_EQ(one_.received.size(), 2u);
}

TEST_F(FiniteServerTest, WhatFindsTheQueueFullIsLost) {
  StartServer();
  SendMessages(6);
  Run(20);
  EXPECT_EQ(server_->counters().lost_to_full_queue, 2u);
}

TEST_F(FiniteServerTest, RetryAfterRefusesFromHalfAQueueOn) {
  config_.overload = OverloadPolicy::kRetryAfter;
  StartServer();
  SendMessages(3);
  Run(400);
  EXPECT_THAT(caller_.Take(), ElementsAre("503 MESSAGE"));
  EXPECT_EQ(server_->counters().refused_503, 1u);
}

// §5.1, §5.2: not overloaded: oc=0 with validity 0; overloaded: a value.
TEST_F(FiniteServerTest, FeedbackGoesToClientsThatOfferToObey) {
  config_.work = {Duration::Millis(100), Duration::Millis(10), 100};
  config_.overload = OverloadPolicy::kLoss;
  StartServer();
  SendMessages(1);  // no offer
  SendMessages(1, kOverloadOffer);
  Run(250);
  for (const SipMessage& request : std::vector<SipMessage>(std::move(one_.received))) {
    SipMessage response = StartResponse(request, 200, "b");
    response.Add(ContentLength{0});
    one_.Send(server_at_, std::move(response));
  }
  Run(300);
  ASSERT_EQ(caller_.received.size(), 2u);
  EXPECT_FALSE(caller_.received[0].Get<Via>()->params.Has("oc"));
  const Via idle = *caller_.received[1].Get<Via>();
  EXPECT_EQ(idle.params.Find("oc"), absl::string_view("0"));
  EXPECT_EQ(idle.params.Find("oc-validity"), absl::string_view("0"));
  EXPECT_EQ(idle.params.Find("oc-algo"), absl::string_view("\"loss\""));
  // 20 requests a second where 10 messages can be done: the backlog grows above its target.
  caller_.received.clear();
  one_.received.clear();
  for (int i = 0; i < 30; ++i) {
    SendMessages(2, kOverloadOffer);
    Run(100);
    if (i % 5 == 4) one_.Answer(server_at_, 200, "b", {}, "MESSAGE");
  }
  Run(500);
  ASSERT_FALSE(caller_.received.empty());
  const Via busy = *caller_.received.back().Get<Via>();
  EXPECT_GT(OverloadFeedback::Of(busy)->value, 0u);
  EXPECT_EQ(OverloadFeedback::Of(busy)->validity, Duration::Millis(500));
}

}  // namespace
}  // namespace tickwire::sip
