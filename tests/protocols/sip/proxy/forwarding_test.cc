// RFC 3261 §16.3 to §16.6: what a proxy checks, and how it changes what it forwards.
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ForwardingTest : public ServerFixture {
 protected:
  // Sends a request, and returns the final status that came back, 0 if none did.
  int StatusOf(const std::string& request) {
    caller_.Send(server_at_, request);
    Run(100);
    for (const SipMessage& message : caller_.received) {
      if (message.is_response() && message.status() >= 200) return message.status();
    }
    return 0;
  }
};

TEST_F(ForwardingTest, ACallPassesWithAllThatAProxyMustDo) {
  PlaceBob({1000});
  StartServer();
  Invite({"Max-Forwards: 70", "X-Unknown: stays"});
  Run(30);
  EXPECT_THAT(caller_.Take(), ElementsAre("100 INVITE"));
  const SipMessage* invite = one_.Find("INVITE");
  ASSERT_NE(invite, nullptr);
  EXPECT_EQ(invite->request_uri(), "sip:bob@10.0.0.11:5060");            // §16.6 item 2
  EXPECT_EQ(invite->Get<MaxForwards>()->hops, 69);                       // item 3
  EXPECT_EQ(invite->Get<RecordRoute>()->uri, "sip:10.0.0.100:5060;lr");  // item 4
  EXPECT_EQ(invite->Get<MaxBreadth>()->branches, 60u);                   // RFC 5393 §5.3.3
  const std::vector<Via> vias = invite->GetAll<Via>();                   // item 8
  ASSERT_EQ(vias.size(), 2u);
  EXPECT_EQ(vias[0].host, "10.0.0.100");
  EXPECT_EQ(vias[1].host, "10.0.0.1");
  EXPECT_NE(std::string(invite->text()).find("X-Unknown: stays\r\n"), std::string::npos);
  one_.Answer(server_at_, 180);
  one_.Answer(server_at_, 200);
  Run(30);
  EXPECT_EQ(caller_.FindStatus(200)->GetAll<Via>().size(), 1u);  // §16.7 item 3
  EXPECT_THAT(caller_.Take(), ElementsAre("180 INVITE", "200 INVITE"));
  // The ACK and the BYE come along the route set (§12.2.1.1) and are a transaction of their own.
  caller_.Send(server_at_, caller_.Request("ACK", "sip:10.0.0.11:5060",
                                           {"Route: <sip:10.0.0.100:5060;lr>"}, "2", "1", "b"));
  caller_.Send(server_at_, caller_.Request("BYE", "sip:10.0.0.11:5060",
                                           {"Route: <sip:10.0.0.100:5060;lr>"}, "3", "2", "b"));
  Run(30);
  ASSERT_NE(one_.Find("ACK"), nullptr);
  EXPECT_FALSE(one_.Find("ACK")->Has<Route>());  // §16.4
  EXPECT_FALSE(one_.Find("BYE")->Has<RecordRoute>());
  one_.Answer(server_at_, 200, "", {}, "BYE");
  Run(30);
  EXPECT_THAT(caller_.Take(), ElementsAre("200 BYE"));
  ExpectNothingLeft();
}

// §16.3 item 3, and §11 for OPTIONS.
TEST_F(ForwardingTest, WithoutHopsLeftARequestGoesNoFurther) {
  PlaceBob({1000});
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("MESSAGE", "sip:bob@example.com", {"Max-Forwards: 0"})), 483);
  caller_.Take();
  EXPECT_EQ(
      StatusOf(caller_.Request("OPTIONS", "sip:bob@example.com", {"Max-Forwards: 0"}, "2", "2")),
      200);
  EXPECT_THAT(one_.Take(), IsEmpty());
}

TEST_F(ForwardingTest, MissingMaxForwardsIsAdded) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(20);
  EXPECT_EQ(one_.Find("INVITE")->Get<MaxForwards>()->hops, 70);
}

// §16.3 item 2.
TEST_F(ForwardingTest, UnknownSchemesAreRefused) {
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "nobodyKnows:bob")), 416);
}

// §16.3 item 5.
TEST_F(ForwardingTest, ExtensionsThatAProxyWouldNeedAreNamedBack) {
  PlaceBob({1000});
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "sip:bob@example.com", {"Proxy-Require: foo, bar"})),
            420);
  const SipMessage* response = caller_.FindStatus(420);
  ASSERT_EQ(response->GetAll<Unsupported>().size(), 2u);
  EXPECT_EQ(response->GetAll<Unsupported>()[1].option_tag, "bar");
}

// §16.5: 480 for a user who is not there; 404 for one who does not exist.
TEST_F(ForwardingTest, UsersWhoAreNotThere) {
  config_.registrar.users = {"bob"};
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "sip:bob@example.com")), 480);
  caller_.Take();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "sip:nobody@example.com", {}, "2", "2")), 404);
}

// §16.3 item 4 as of RFC 5393 §4.2: bob's contact is bob again.
TEST_F(ForwardingTest, ALoopIsFoundTheSecondTimeRound) {
  config_.places = {{"bob", "sip:bob@example.com", 1000}};
  names_.Add("example.com", server_at_);
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("MESSAGE", "sip:bob@example.com")), 482);
}

// A spiral is no loop: the second visit is for another user.
TEST_F(ForwardingTest, ASpiralIsForwarded) {
  config_.places = {{"bob", "sip:carol@example.com", 1000},
                    {"carol", absl::StrCat("sip:carol@", one_.host()), 1000}};
  names_.Add("example.com", server_at_);
  StartServer();
  caller_.Send(server_at_, caller_.Request("MESSAGE", "sip:bob@example.com"));
  Run(100);
  ASSERT_NE(one_.Find("MESSAGE"), nullptr);
  EXPECT_EQ(one_.Find("MESSAGE")->GetAll<Via>().size(), 3u);
}

// §16.4, first paragraph: a strict router in front of us put our URI into the Request-URI.
TEST_F(ForwardingTest, WhatAStrictRouterDidIsUndone) {
  StartServer();
  caller_.Send(server_at_, caller_.Request("BYE", "sip:10.0.0.100:5060;lr",
                                           {absl::StrCat("Route: <sip:two@", two_.host(), ";lr>"),
                                            absl::StrCat("Route: <sip:bob@", one_.host(), ">")},
                                           "1", "1", "b"));
  Run(30);
  const SipMessage* bye = two_.Find("BYE");
  ASSERT_NE(bye, nullptr);
  EXPECT_EQ(bye->request_uri(), "sip:bob@10.0.0.11:5060");
  ASSERT_EQ(bye->GetAll<Route>().size(), 1u);
  EXPECT_EQ(bye->Get<Route>()->uri, "sip:two@10.0.0.12:5060;lr");
}

// §16.6 item 6: the next hop is a strict router.
TEST_F(ForwardingTest, AStrictRouterBehindUsGetsItsUriAsRequestUri) {
  StartServer();
  caller_.Send(server_at_, caller_.Request("BYE", absl::StrCat("sip:bob@", one_.host()),
                                           {"Route: <sip:10.0.0.100:5060;lr>",
                                            absl::StrCat("Route: <sip:", two_.host(), ">")},
                                           "1", "1", "b"));
  Run(30);
  const SipMessage* bye = two_.Find("BYE");
  ASSERT_NE(bye, nullptr);
  EXPECT_EQ(bye->request_uri(), "sip:10.0.0.12:5060");
  ASSERT_EQ(bye->GetAll<Route>().size(), 1u);
  EXPECT_EQ(bye->Get<Route>()->uri, "sip:bob@10.0.0.11:5060");
}

// §16.4, third paragraph.
TEST_F(ForwardingTest, AMaddrThatMeansUsIsTakenOff) {
  PlaceBob({1000});
  StartServer();
  caller_.Send(server_at_,
               caller_.Request("MESSAGE", "sip:bob@example.com;maddr=10.0.0.100;user=ip"));
  Run(30);
  EXPECT_NE(one_.Find("MESSAGE"), nullptr);
}

// §16.6 item 6: a local policy that the request visit another proxy.
TEST_F(ForwardingTest, OtherDomainsGoWhereThePolicySays) {
  config_.next_hops = {{"elsewhere.org", absl::StrCat("sip:", two_.host(), ";lr"), true},
                       {".", absl::StrCat("sip:", three_.host(), ";lr"), false}};
  StartServer();
  caller_.Send(server_at_, caller_.Request("MESSAGE", "sip:bob@elsewhere.org"));
  caller_.Send(server_at_, caller_.Request("MESSAGE", "sip:bob@anywhere.net", {}, "2", "2"));
  Run(30);
  ASSERT_NE(two_.Find("MESSAGE"), nullptr);
  EXPECT_TRUE(two_.Find("MESSAGE")->Has<Route>());
  ASSERT_NE(three_.Find("MESSAGE"), nullptr);
  EXPECT_FALSE(three_.Find("MESSAGE")->Has<Route>());
}

// §11.2.
TEST_F(ForwardingTest, OptionsForTheServerItselfIsAnsweredByIt) {
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("OPTIONS", "sip:example.com")), 200);
  caller_.Take();
  EXPECT_EQ(StatusOf(caller_.Request("MESSAGE", "sip:example.com", {}, "2", "2")), 405);
}

// §8.3.
TEST_F(ForwardingTest, ARedirectServerNamesTheContacts) {
  PlaceBob({500, 1000});
  config_.mode = ServerMode::kRedirect;
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "sip:bob@example.com")), 302);
  const std::vector<Contact> contacts = caller_.FindStatus(302)->GetAll<Contact>();
  ASSERT_EQ(contacts.size(), 2u);
  EXPECT_EQ(contacts[0].params.Find("q"), absl::string_view("0.5"));
}

// §22.3.
TEST_F(ForwardingTest, OurOwnUsersAreAskedForAPassword) {
  PlaceBob({1000});
  config_.digest.emplace();
  config_.digest->realm = "example.com";
  config_.passwords = {{"alice", "secret"}};
  config_.authenticates_others = true;
  StartServer();
  EXPECT_EQ(StatusOf(caller_.Request("INVITE", "sip:bob@example.com")), 407);
  EXPECT_EQ(caller_.FindStatus(407)->GetAll<ProxyAuthenticate>().size(), 2u);
  EXPECT_THAT(one_.Take(), IsEmpty());
}

}  // namespace
}  // namespace tickwire::sip
