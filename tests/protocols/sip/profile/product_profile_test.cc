// Repetitions as each profile has them, seen on the wire.
#include "protocols/sip/profile/product_profile.h"

#include "tests/protocols/sip/proxy/server_fixture.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

class ProfileTest : public ServerFixture {
 protected:
  // When copies of a request to a phone that never answers leave the proxy, in ms after the first,
  // and when the caller hears of the end.
  std::vector<int64_t> Copies(Product product, absl::string_view method) {
    config_.places.clear();
    PlaceBob({1000});
    config_.timers = ProfileOf(product).timers;
    StartServer();
    network_.TakeLog();
    const int64_t start = now_ms_ + 10;
    caller_.Send(server_at_, caller_.Request(method, "sip:bob@example.com"));
    std::vector<int64_t> times;
    for (int i = 0; i < 4'000; ++i) {
      Run(10);
      for (const std::string& line : network_.TakeLog()) {
        if (!absl::StrContains(line, absl::StrCat(" 10.0.0.100 ", method))) continue;
        times.push_back(std::stoll(line) - start);
      }
    }
    return times;
  }
};

// RFC 3261 §17.1.1.2: 0.5 s, doubling, until 32 s.
TEST_F(ProfileTest, TheRfcDoublesWithoutEnd) {
  EXPECT_THAT(Copies(Product::kRfc, "INVITE"), ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
  EXPECT_NE(caller_.FindStatus(408), nullptr);
}

// Capped at T2 = 4 s, and over after 30 s. 500 ms is 8 ticks of 62.5 ms, so nothing is rounded.
TEST_F(ProfileTest, KamailioCapsTheIntervalOfAnInvite) {
  EXPECT_THAT(Copies(Product::kKamailio, "INVITE"),
              ElementsAre(0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500));
}

TEST_F(ProfileTest, SippGivesUpAfterFiveRepetitions) {
  EXPECT_THAT(Copies(Product::kSipp, "INVITE"), ElementsAre(0, 500, 1500, 3500, 7500, 15500));
  EXPECT_THAT(Copies(Product::kSipp, "MESSAGE"),
              ElementsAre(0, 500, 1500, 3500, 7500, 11500, 15500, 19500));
}

TEST_F(ProfileTest, SofiaDoesAsTheRfcSays) {
  EXPECT_THAT(Copies(Product::kSofia, "INVITE"),
              ElementsAre(0, 500, 1500, 3500, 7500, 15500, 31500));
  EXPECT_EQ(ProfileOf(Product::kSofia).timer_c, Duration::Seconds(185));
}

TEST_F(ProfileTest, TicksRoundUp) {
  const TransactionTimers timers = ProfileOf(Product::kKamailio).timers;
  EXPECT_EQ(timers.Ticked(Duration::Millis(100)), Duration::Millis(125));
  EXPECT_EQ(timers.Ticked(Duration::Millis(125)), Duration::Millis(125));
  EXPECT_EQ(TransactionTimers().Ticked(Duration::Millis(100)), Duration::Millis(100));
}

}  // namespace
}  // namespace tickwire::sip
