// Subscriptions, publications and registrations between two user agents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/sip/ua/event_state_compositor.h"
#include "tests/protocols/sip/ua/user_agent_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

// Alice watches, Bob has the state.
class SubscriptionTest : public UserAgentFixture {
 protected:
  void StartAll(CompositorConfig config = {}) {
    StartAgents();
    presence_ = std::make_unique<EventStateCompositor>(
        *bob_, std::move(config), Rng::ForStream(RunSeed{}, "bob", "sip.entity_tag"));
    bob_->AddPackage(*presence_);
  }
  SubscriptionHandle Subscribe(uint32_t expires = 3600, const char* event = "presence") {
    SubscribeOptions options;
    options.target = "sip:carol@10.0.0.2";
    options.event = event;
    options.expires = expires;
    return alice_->Subscribe(options);
  }
  Subscriber::State StateOf(SubscriptionHandle handle) const {
    const Subscriber* const subscriber = alice_->FindSubscription(handle);
    return subscriber == nullptr ? Subscriber::State::kTerminated : subscriber->state();
  }
  Publisher& Publish(uint32_t expires) {
    PublishOptions options;
    options.target = "sip:carol@10.0.0.2";
    options.event = "presence";
    options.content_type = "application/pidf+xml";
    options.expires = expires;
    return alice_->AddPublisher(options);
  }
  std::unique_ptr<EventStateCompositor> presence_;
};

TEST_F(SubscriptionTest, TheFirstNotifyMakesTheSubscription) {
  StartAll();
  const SubscriptionHandle handle = Subscribe();
  EXPECT_EQ(StateOf(handle), Subscriber::State::kNotifyWait);
  network_.RunTo(100);
  EXPECT_THAT(network_.TakeLog(), ElementsAre("0 10.0.0.1 SUBSCRIBE", "10 10.0.0.2 200",
                                              "10 10.0.0.2 NOTIFY", "20 10.0.0.1 200"));
  EXPECT_EQ(StateOf(handle), Subscriber::State::kActive);
  EXPECT_EQ(alice_->dialog_count(), 1u);
}

// §4.4.1: the NOTIFY may overtake, or survive, the answer to SUBSCRIBE.
TEST_F(SubscriptionTest, ANotifyBeforeTheAnswerCounts) {
  StartAll();
  Lose(kBob, "SIP/2.0 200", 1);
  const SubscriptionHandle handle = Subscribe();
  network_.RunTo(100);
  EXPECT_EQ(StateOf(handle), Subscriber::State::kActive);
  network_.RunTo(1000);
  EXPECT_EQ(bob_->subscription_count(), 1u) << "the repeated SUBSCRIBE is absorbed";
}

TEST_F(SubscriptionTest, EachChangeIsToldAndChangesMeanwhileAreToldOnce) {
  StartAll();
  const SubscriptionHandle handle = Subscribe();
  network_.RunTo(100);
  network_.TakeLog();
  for (int i = 0; i < 3; ++i) bob_->OnStateChange(*presence_, "carol");
  network_.RunTo(200);
  // One at once; two fall into one while that is under way.
  EXPECT_EQ(alice_->FindSubscription(handle)->notifications(), 3u);
}

TEST_F(SubscriptionTest, AShortWishGets423AndIsRaised) {
  CompositorConfig config;
  config.least_expires = 120;
  StartAll(std::move(config));
  const SubscriptionHandle handle = Subscribe(60);
  network_.RunTo(100);
  const Subscriber* const subscriber = alice_->FindSubscription(handle);
  ASSERT_NE(subscriber, nullptr);
  EXPECT_EQ(subscriber->options().expires, 120u);
  EXPECT_EQ(subscriber->state(), Subscriber::State::kActive);
}

TEST_F(SubscriptionTest, UnsubscribingEndsBothSides) {
  StartAll();
  const SubscriptionHandle handle = Subscribe();
  network_.RunTo(100);
  alice_->Unsubscribe(handle);
  network_.RunTo(60'000);
  EXPECT_EQ(alice_->subscription_count() + bob_->subscription_count(), 0u);
  ExpectClean();
}

TEST_F(SubscriptionTest, AnUnknownPackageGets489) {
  StartAll();
  const SubscriptionHandle handle = Subscribe(3600, "weather");
  network_.RunTo(60'000);
  EXPECT_EQ(StateOf(handle), Subscriber::State::kTerminated);
  EXPECT_EQ(alice_->subscription_count(), 0u);
  ExpectClean();
}

TEST_F(SubscriptionTest, ANotifyThatNobodyAnswersRemovesTheSubscription) {
  StartAll();
  Subscribe();
  network_.RunTo(100);
  Lose(kBob, "NOTIFY");
  bob_->OnStateChange(*presence_, "carol");
  network_.RunTo(40'000);
  EXPECT_EQ(bob_->subscription_count(), 0u);  // §4.2.2: timer F
}

// RFC 3903 §6: each success has a new entity-tag, which the next request must name.
TEST_F(SubscriptionTest, APublicationIsRefreshedModifiedAndRemoved) {
  StartAll();
  Publisher& publisher = Publish(100);
  publisher.Publish("<one/>");
  network_.RunTo(100);
  const std::string first = publisher.entity_tag();
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(presence_->StateOf("carol", 0), "<one/>");
  // 100 s, less 32 s for the transaction.
  network_.RunTo(68'100);
  EXPECT_NE(publisher.entity_tag(), first);
  EXPECT_EQ(presence_->StateOf("carol", 0), "<one/>") << "a refresh has no body";
  publisher.Publish("<two/>");
  network_.RunTo(69'000);
  EXPECT_EQ(presence_->StateOf("carol", 0), "<two/>");
  EXPECT_EQ(presence_->publication_count(), 1u);
  publisher.Remove();
  network_.RunTo(70'000);
  EXPECT_EQ(presence_->publication_count(), 0u);
}

TEST_F(SubscriptionTest, APublicationThatTheCompositorLostIsMadeAnew) {
  CompositorConfig config;
  config.least_expires = 1;
  StartAll(std::move(config));
  Publisher& publisher = Publish(100);
  publisher.Publish("<one/>");
  network_.RunTo(100);
  Lose(kAlice, "PUBLISH");
  network_.RunTo(101'000);  // it ran out there; here the refresh is still being tried
  EXPECT_EQ(presence_->publication_count(), 0u);
  network_.set_loss({});
  publisher.Publish("<two/>");
  network_.RunTo(110'000);
  // §4.2: 412, then an initial publication.
  EXPECT_EQ(presence_->StateOf("carol", 0), "<two/>");
}

}  // namespace
}  // namespace tickwire::sip
