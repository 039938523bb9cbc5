// RFC 3261 §16.6 to §16.10: several branches, and what comes back from them.
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ForkingTest : public ServerFixture {
 protected:
  // Final responses that the caller got to its INVITE.
  std::vector<int> Finals() {
    std::vector<int> finals;
    for (const SipMessage& message : caller_.received) {
      if (message.is_response() && message.status() >= 200) finals.push_back(message.status());
    }
    caller_.received.clear();
    return finals;
  }
};

TEST_F(ForkingTest, EqualPreferencesAreTriedAtOnce) {
  PlaceBob({1000, 1000, 1000});
  StartServer();
  Invite();
  Run(20);
  for (RawPeer* phone : {&one_, &two_, &three_}) EXPECT_THAT(phone->Take(), ElementsAre("INVITE"));
}

// §16.6: by q, one group after the other.
TEST_F(ForkingTest, LowerPreferencesWaitUntilTheHigherOnesHaveFailed) {
  PlaceBob({1000, 500, 500});
  StartServer();
  Invite();
  Run(20);
  EXPECT_THAT(two_.Take(), IsEmpty());
  one_.Answer(server_at_, 486);
  Run(20);
  EXPECT_THAT(one_.Take(), ElementsAre("INVITE", "ACK"));
  EXPECT_THAT(two_.Take(), ElementsAre("INVITE"));
  EXPECT_THAT(three_.Take(), ElementsAre("INVITE"));
  EXPECT_THAT(Finals(), IsEmpty());
}

TEST_F(ForkingTest, SerialForkingTriesOneAtATime) {
  PlaceBob({1000, 1000});
  config_.proxy.fork_mode = ForkMode::kSerial;
  StartServer();
  Invite();
  Run(20);
  EXPECT_THAT(one_.Take(), ElementsAre("INVITE"));
  EXPECT_THAT(two_.Take(), IsEmpty());
}

// A branch that rings too long is cancelled, and the next one gets its turn after the 487.
TEST_F(ForkingTest, SerialForkingGoesOnWhenNobodyAnswers) {
  PlaceBob({1000, 500});
  config_.proxy.no_answer_after = Duration::Seconds(5);
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 180);
  Run(5'000);
  ASSERT_NE(one_.Find("CANCEL"), nullptr);
  EXPECT_EQ(two_.Find("INVITE"), nullptr);
  one_.Answer(server_at_, 200, "b", {}, "CANCEL");
  one_.Answer(server_at_, 487);
  Run(20);
  EXPECT_NE(two_.Find("INVITE"), nullptr);
  two_.Answer(server_at_, 200);
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(200));
}

// §16.7 items 5 and 10.
TEST_F(ForkingTest, A200GoesOnAtOnceAndTheOthersAreCancelled) {
  PlaceBob({1000, 1000});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 180, "b1");
  two_.Answer(server_at_, 180, "b2");
  Run(10);
  one_.Answer(server_at_, 200, "b1");
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(200));
  EXPECT_EQ(one_.Find("CANCEL"), nullptr);
  ASSERT_NE(two_.Find("CANCEL"), nullptr);
  EXPECT_EQ(two_.Find("CANCEL")->Get<Via>()->branch(), two_.Find("INVITE")->Get<Via>()->branch());
  EXPECT_NE(std::string(two_.Find("CANCEL")->GetRaw<Reason>().value_or("")).find("cause=200"),
            std::string::npos);  // RFC 3326
  two_.Answer(server_at_, 200, "b2", {}, "CANCEL");
  two_.Answer(server_at_, 487, "b2");
  Run(20);
  EXPECT_THAT(two_.Take(), ElementsAre("INVITE", "CANCEL", "ACK"));
  EXPECT_THAT(Finals(), IsEmpty());  // the 487 stays here
  ExpectNothingLeft();
}

// §9.1: no CANCEL before a provisional response.
TEST_F(ForkingTest, ACancelWaitsForAProvisional) {
  PlaceBob({1000, 1000});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 200, "b1");
  Run(100);
  EXPECT_EQ(two_.Find("CANCEL"), nullptr);
  two_.Answer(server_at_, 180, "b2");
  Run(20);
  EXPECT_NE(two_.Find("CANCEL"), nullptr);
  EXPECT_EQ(caller_.FindStatus(180), nullptr);  // item 5: after the final one, nothing but 2xx
}

// §16.7 item 5: 6xx is not forwarded before the others have ended.
TEST_F(ForkingTest, A6xxEndsTheOtherBranchesFirst) {
  PlaceBob({1000, 1000, 500});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 180, "b1");
  two_.Answer(server_at_, 603, "b2");
  Run(30);
  EXPECT_THAT(Finals(), IsEmpty());
  ASSERT_NE(one_.Find("CANCEL"), nullptr);
  one_.Answer(server_at_, 487, "b1");
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(603));
  EXPECT_THAT(three_.Take(), IsEmpty());  // no new branch either
}

TEST_F(ForkingTest, A200After6xxOfAnotherBranchWins) {
  PlaceBob({1000, 1000});
  StartServer();
  Invite();
  Run(20);
  two_.Answer(server_at_, 603, "b2");
  one_.Answer(server_at_, 200, "b1");
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(200));
}

// §16.7 item 6: the lowest class; in 4xx, what says how to ask better; never a plain 503.
TEST_F(ForkingTest, TheBestOfThreeFailuresGoesBack) {
  struct Case {
    std::vector<int> statuses;
    int best;
  };
  for (const Case& c : std::vector<Case>{{{503, 407, 404}, 407},
                                         {{500, 404, 302}, 302},
                                         {{486, 480, 484}, 484},
                                         {{503, 503, 503}, 500},
                                         {{503, 501, 503}, 501},
                                         {{404, 600, 302}, 600},
                                         {{486, 404, 480}, 486}}) {
    config_.places.clear();
    PlaceBob({1000, 1000, 1000});
    StartServer();
    Invite();
    Run(20);
    one_.Answer(server_at_, c.statuses[0], "b1");
    Run(5);
    two_.Answer(server_at_, c.statuses[1], "b2");
    Run(5);
    three_.Answer(server_at_, c.statuses[2], "b3");
    Run(20);
    EXPECT_THAT(Finals(), ElementsAre(c.best));
    for (RawPeer* peer : {&one_, &two_, &three_, &caller_}) peer->Take();
    server_.reset();
  }
}

// §16.7 item 7.
TEST_F(ForkingTest, ChallengesOfAllBranchesAreCollected) {
  PlaceBob({1000, 1000});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 401, "b1", {"WWW-Authenticate: Digest realm=\"one\", nonce=\"1\""});
  two_.Answer(server_at_, 407, "b2", {"Proxy-Authenticate: Digest realm=\"two\", nonce=\"2\""});
  Run(20);
  const SipMessage* response = caller_.FindStatus(401);
  ASSERT_NE(response, nullptr);
  EXPECT_TRUE(response->Has<WwwAuthenticate>());
  EXPECT_TRUE(response->Has<ProxyAuthenticate>());
}

// §16.10.
TEST_F(ForkingTest, TheCallersCancelReachesAllBranches) {
  PlaceBob({1000, 1000});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 180, "b1");
  Run(20);
  caller_.Take();
  caller_.Send(server_at_, caller_.Request("CANCEL", "sip:bob@example.com",
                                           {"Reason: SIP;cause=600;text=\"gone\""}));
  Run(20);
  EXPECT_THAT(caller_.Take(), ElementsAre("200 CANCEL"));
  ASSERT_NE(one_.Find("CANCEL"), nullptr);
  EXPECT_NE(std::string(one_.Find("CANCEL")->GetRaw<Reason>().value_or("")).find("600"),
            std::string::npos);
  EXPECT_EQ(two_.Find("CANCEL"), nullptr);  // it has not said anything yet
  one_.Answer(server_at_, 487, "b1");
  two_.Answer(server_at_, 100);
  Run(20);
  EXPECT_NE(two_.Find("CANCEL"), nullptr);
  two_.Answer(server_at_, 487, "b2");
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(487));
  ExpectNothingLeft();
}

// §16.10, last paragraph: nothing is known of what it cancels.
TEST_F(ForkingTest, AStrayCancelIsForwardedStatelessly) {
  PlaceBob({1000});
  StartServer();
  caller_.Send(server_at_, caller_.Request("CANCEL", "sip:bob@example.com"));
  Run(20);
  ASSERT_NE(one_.Find("CANCEL"), nullptr);
  one_.Answer(server_at_, 481, "b", {}, "CANCEL");
  Run(20);
  EXPECT_THAT(caller_.Take(), ElementsAre("481 CANCEL"));
  ExpectNothingLeft();
}

// §16.8: more than three minutes after the last provisional above 100.
TEST_F(ForkingTest, TimerCEndsABranchThatRingsForever) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 180);
  Run(100'000);
  one_.Answer(server_at_, 180);
  Run(180'900);
  EXPECT_EQ(one_.Find("CANCEL"), nullptr);
  Run(200);
  ASSERT_NE(one_.Find("CANCEL"), nullptr);
  // §9.1: and it does not even answer that: 64*T1 later the branch counts as 408.
  Run(32'100);
  EXPECT_THAT(Finals(), ElementsAre(408));
  ExpectNothingLeft();
}

TEST_F(ForkingTest, SilenceIsA408AfterTimerB) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(32'100);
  EXPECT_THAT(Finals(), ElementsAre(408));
  ExpectNothingLeft();
}

// §16.7 item 3: it cannot be forwarded; the caller hears of a failure, and nothing is left behind.
TEST_F(ForkingTest, AResponseWithoutTheCallersViaEndsItsBranch) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(20);
  SipMessage response = StartResponse(*one_.Find("INVITE"), 200, "b");
  const std::string ours(one_.Find("INVITE")->row(0).value);
  response.Remove<Via>();
  response.AddRaw("Via", ours);
  response.Add(ContentLength{0});
  one_.Send(server_at_, std::move(response));
  Run(30);
  EXPECT_THAT(Finals(), ElementsAre(500));
  ExpectNothingLeft();
}

// RFC 4320 §4.2: a 408 to a non-INVITE would come too late for anybody.
TEST_F(ForkingTest, SilenceAfterANonInviteIsNotAnswered) {
  PlaceBob({1000});
  StartServer();
  caller_.Send(server_at_, caller_.Request("MESSAGE", "sip:bob@example.com"));
  Run(60'000);
  EXPECT_THAT(Finals(), IsEmpty());
  ExpectNothingLeft();
}

// RFC 3263 §4.3: the next server of the same target, with a branch of its own.
TEST_F(ForkingTest, TheNextServerIsTriedWhenOneIsSilentOrSays503) {
  names_.Add("phones.example.org", one_.endpoint());
  names_.Add("phones.example.org", two_.endpoint());
  names_.Add("phones.example.org", three_.endpoint());
  config_.places = {{"bob", "sip:bob@phones.example.org", 1000}};
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 503);
  Run(20);
  ASSERT_NE(two_.Find("INVITE"), nullptr);
  EXPECT_NE(two_.Find("INVITE")->Get<Via>()->branch(), one_.Find("INVITE")->Get<Via>()->branch());
  Run(32'100);
  ASSERT_NE(three_.Find("INVITE"), nullptr);
  three_.Answer(server_at_, 200);
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(200));
  ExpectNothingLeft();
}

// §16.7 item 4.
TEST_F(ForkingTest, RecursionTriesTheContactsOfARedirection) {
  PlaceBob({1000});
  config_.proxy.recurses_on_redirect = true;
  StartServer();
  Invite();
  Run(20);
  one_.Answer(server_at_, 302, "b1",
              {absl::StrCat("Contact: <sip:bob@", two_.host(), ">;q=0.2"),
               absl::StrCat("Contact: <sip:bob@", three_.host(), ">;q=0.9"),
               absl::StrCat("Contact: <sip:bob@", one_.host(), ">")});
  Run(20);
  EXPECT_EQ(two_.Find("INVITE"), nullptr);
  ASSERT_NE(three_.Find("INVITE"), nullptr);
  three_.Answer(server_at_, 404, "b3");
  Run(20);
  ASSERT_NE(two_.Find("INVITE"), nullptr);
  two_.Answer(server_at_, 200, "b2");
  Run(20);
  EXPECT_THAT(Finals(), ElementsAre(200));
  EXPECT_THAT(one_.Take(), ElementsAre("INVITE", "ACK"));  // §16.5: no target twice
}

// RFC 5393 §5.3.3, §5.5.
TEST_F(ForkingTest, MaxBreadthIsSharedAndReused) {
  PlaceBob({1000, 1000, 1000});
  StartServer();
  Invite({"Max-Breadth: 2"});
  Run(20);
  ASSERT_NE(one_.Find("INVITE"), nullptr);
  EXPECT_EQ(one_.Find("INVITE")->Get<MaxBreadth>()->branches, 1u);
  EXPECT_NE(two_.Find("INVITE"), nullptr);
  EXPECT_EQ(three_.Find("INVITE"), nullptr);
  one_.Answer(server_at_, 486);
  Run(20);
  EXPECT_NE(three_.Find("INVITE"), nullptr);
}

TEST_F(ForkingTest, MaxBreadthIsDividedAmongTheBranches) {
  PlaceBob({1000, 1000, 1000});
  StartServer();
  Invite({"Max-Breadth: 8"});
  Run(20);
  EXPECT_EQ(one_.Find("INVITE")->Get<MaxBreadth>()->branches, 3u);
  EXPECT_EQ(two_.Find("INVITE")->Get<MaxBreadth>()->branches, 3u);
  EXPECT_EQ(three_.Find("INVITE")->Get<MaxBreadth>()->branches, 2u);
}

TEST_F(ForkingTest, AProxyMayRefuseWhatItCannotForkAsWanted) {
  PlaceBob({1000, 1000});
  config_.proxy.rejects_beyond_breadth = true;
  StartServer();
  Invite({"Max-Breadth: 1"});
  Run(30);
  EXPECT_THAT(Finals(), ElementsAre(440));
}

// --- Several 2xx. Both phones answer at the same time, with or without a 180 first. ---

class SurplusTest : public ForkingTest {
 protected:
  void BothAnswer(SurplusPolicy policy) {
    PlaceBob({1000, 1000});
    config_.proxy.surplus = policy;
    StartServer();
    Invite();
    Run(20);
    one_.Answer(server_at_, 200, "b1");
    Run(5);
    two_.Answer(server_at_, 200, "b2");
    Run(30);
  }
};

TEST_F(SurplusTest, AllGoToTheCallerByTheRfc) {
  BothAnswer(SurplusPolicy::kForwardAll);
  EXPECT_THAT(Finals(), ElementsAre(200, 200));
  EXPECT_EQ(two_.Find("CANCEL"), nullptr);
  ExpectNothingLeft();
}

TEST_F(SurplusTest, OnlyTheFirstWhenTheOthersAreDropped) {
  BothAnswer(SurplusPolicy::kDropAfterFirst);
  EXPECT_THAT(Finals(), ElementsAre(200));
  one_.Answer(server_at_, 200, "b1");  // a repetition of the first goes on
  two_.Answer(server_at_, 200, "b2");
  Run(30);
  EXPECT_THAT(Finals(), ElementsAre(200));
  EXPECT_THAT(two_.Take(), ElementsAre("INVITE"));
  ExpectNothingLeft();
}

TEST_F(SurplusTest, TheProxyEndsTheOthersItself) {
  BothAnswer(SurplusPolicy::kAckAndBye);
  EXPECT_THAT(Finals(), ElementsAre(200));
  ASSERT_NE(two_.Find("BYE"), nullptr);
  const SipMessage& ack = *two_.Find("ACK");
  EXPECT_EQ(ack.Get<To>()->tag(), absl::string_view("b2"));
  EXPECT_EQ(ack.Get<CSeq>()->number, 1u);
  EXPECT_EQ(two_.Find("BYE")->Get<CSeq>()->number, 2u);
  EXPECT_EQ(ack.request_uri(), "sip:10.0.0.12:5060");
  two_.Answer(server_at_, 200, "b2");  // the ACK was lost
  two_.Answer(server_at_, 200, "", {}, "BYE");
  Run(30);
  EXPECT_THAT(two_.Take(), ElementsAre("INVITE", "ACK", "BYE", "ACK"));
  EXPECT_EQ(server_->core().counters().surplus_ended, 1u);
  ExpectNothingLeft();
}

}  // namespace
}  // namespace tickwire::sip
