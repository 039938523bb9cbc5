// RFC 3261 §16.11: forwarding without state.
#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StatelessTest : public ServerFixture {
 protected:
  StatelessTest() { config_.mode = ServerMode::kStateless; }
};

TEST_F(StatelessTest, RepetitionsGoTheSameWayWithTheSameBranch) {
  PlaceBob({500, 1000});
  StartServer();
  for (int i = 0; i < 2; ++i) {
    Invite();
    Run(20);
  }
  EXPECT_THAT(one_.Take(), IsEmpty());  // §16.11: one target only
  ASSERT_EQ(two_.received.size(), 2u);
  EXPECT_EQ(two_.received[0].Get<Via>()->branch(), two_.received[1].Get<Via>()->branch());
  EXPECT_THAT(caller_.Take(), IsEmpty());  // no 100 of its own
  EXPECT_EQ(server_->transaction_count(), 0u);
}

TEST_F(StatelessTest, CancelAndAckOfAFailureHaveTheBranchOfTheirInvite) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(20);
  const std::string branch(*one_.Find("INVITE")->Get<Via>()->branch());
  caller_.Send(server_at_, caller_.Request("CANCEL", "sip:bob@example.com"));
  one_.Answer(server_at_, 487);
  Run(20);
  EXPECT_EQ(one_.Find("CANCEL")->Get<Via>()->branch(), absl::string_view(branch));
  EXPECT_THAT(caller_.Take(), ElementsAre("487 INVITE"));
  caller_.Send(server_at_, caller_.Request("ACK", "sip:bob@example.com", {}, "1", "1", "b"));
  Run(20);
  EXPECT_EQ(one_.Find("ACK")->Get<Via>()->branch(), absl::string_view(branch));
}

// §16.11 with §8.2.7: what it refuses itself, it refuses the same way again.
TEST_F(StatelessTest, ItsOwnAnswersAreTheSameForRepetitions) {
  StartServer();
  for (int i = 0; i < 2; ++i) {
    caller_.Send(server_at_, caller_.Request("MESSAGE", "sip:nobody@example.com"));
    Run(50);
  }
  ASSERT_EQ(caller_.received.size(), 2u);
  EXPECT_EQ(caller_.received[0].text(), caller_.received[1].text());
}

TEST_F(StatelessTest, AResponseThatLeadsNowhereIsDropped) {
  PlaceBob({1000});
  StartServer();
  Invite();
  Run(20);
  SipMessage response = StartResponse(*one_.Find("INVITE"), 200, "b");
  response.RemoveFirst<Via>();
  response.RemoveFirst<Via>();
  response.AddRaw("Via", one_.Find("INVITE")->row(0).value);
  response.Add(ContentLength{0});
  one_.Send(server_at_, std::move(response));
  Run(20);
  EXPECT_THAT(caller_.Take(), IsEmpty());
}

}  // namespace
}  // namespace tickwire::sip
