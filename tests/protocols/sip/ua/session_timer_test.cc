// Session timers (RFC 4028), without calls.
#include "protocols/sip/ua/session_timer.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

class SessionTimerTest : public ::testing::Test, public SessionTimer::Owner {
 protected:
  void OnRefreshDue() override { refreshes_.push_back(network_.loop().now().nanos() / 1'000'000); }
  void OnSessionExpired() override {
    expiries_.push_back(network_.loop().now().nanos() / 1'000'000);
  }

  SessionTimer& Timer(const SessionTimerConfig& config) {
    timer_.emplace(node_.clock(), entity_, *this, config);
    return *timer_;
  }
  static SipMessage Invite(absl::string_view rows) {
    return SipMessage::Parse(
               absl::StrCat("INVITE sip:b@x SIP/2.0\r\n", rows, "Content-Length: 0\r\n\r\n"))
        .message;
  }
  static SipMessage Ok(absl::string_view rows) {
    return SipMessage::Parse(absl::StrCat("SIP/2.0 200 OK\r\n", rows, "Content-Length: 0\r\n\r\n"))
        .message;
  }
  static std::string Raw(const std::optional<absl::string_view>& value) {
    return value.has_value() ? std::string(*value) : std::string("none");
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& node_ = network_.AddNode("alice", IpAddress::V4(0x0a000001));
  TraceEntity entity_;
  std::optional<SessionTimer> timer_;
  std::vector<int64_t> refreshes_, expiries_;
};

// Table 2 of §9: who refreshes, by what the caller supports and names.
TEST_F(SessionTimerTest, TheServerChoosesTheRefresherAsTheTableSays) {
  struct Case {
    const char* rows;
    Refresher preference;
    const char* refresher;  // in the response
    bool has_require;       // "uac" must be read by the caller, so Require is a MUST
  };
  for (const Case& c :
       {Case{"Session-Expires: 120\r\n", Refresher::kAny, "120;refresher=uas", false},
        Case{"Session-Expires: 120;refresher=uas\r\n", Refresher::kAny, "120;refresher=uas", false},
        Case{"Supported: timer\r\nSession-Expires: 120\r\n", Refresher::kAny, "120;refresher=uac",
             true},
        Case{"Supported: timer\r\nSession-Expires: 120\r\n", Refresher::kUas, "120;refresher=uas",
             true},
        Case{"Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n", Refresher::kUas,
             "120;refresher=uac", true},
        Case{"Supported: timer\r\nSession-Expires: 120;refresher=uas\r\n", Refresher::kUac,
             "120;refresher=uas", true}}) {
    SessionTimer& timer = Timer({.refresher = c.preference, .is_supported = true});
    SipMessage response = SipMessage::Response(200);
    timer.Accept(Invite(c.rows), response);
    EXPECT_EQ(Raw(response.GetRaw<SessionExpires>()), c.refresher) << c.rows;
    EXPECT_EQ(response.Has<Require>(), c.has_require) << c.rows;
    EXPECT_TRUE(timer.is_running());
  }
}

TEST_F(SessionTimerTest, WithoutAWishOfEitherSideThereIsNoTimer) {
  SessionTimer& timer = Timer({.is_supported = true});
  SipMessage response = SipMessage::Response(200);
  timer.Accept(Invite("Supported: timer\r\n"), response);
  EXPECT_FALSE(response.Has<SessionExpires>());
  EXPECT_FALSE(timer.is_running());
}

TEST_F(SessionTimerTest, TheServerMayAskByItselfButNotBelowMinSe) {
  SessionTimer& timer = Timer({.interval = 100, .is_supported = true});
  SipMessage response = SipMessage::Response(200);
  timer.Accept(Invite("Supported: timer\r\nMin-SE: 300\r\n"), response);
  EXPECT_EQ(Raw(response.GetRaw<SessionExpires>()), "300;refresher=uac");  // §9
}

TEST_F(SessionTimerTest, ShortIntervalsAreRefusedOnlyToThoseWhoUnderstand) {
  SessionTimer& timer = Timer({.least = 120, .is_supported = true});
  EXPECT_EQ(timer.Refuses(Invite("Supported: timer\r\nSession-Expires: 119\r\n")), 120u);
  EXPECT_EQ(timer.Refuses(Invite("Supported: timer\r\nSession-Expires: 120\r\n")), std::nullopt);
  // §9 speaks of requests with "timer" in Supported; to others 422 would say nothing.
  EXPECT_EQ(timer.Refuses(Invite("Session-Expires: 119\r\n")), std::nullopt);
}

TEST_F(SessionTimerTest, TheRefresherActsAtHalfTimeTheOtherBeforeTheEnd) {
  SessionTimer& mine = Timer({.interval = 90, .is_supported = true});
  mine.OnSuccess(Invite("Session-Expires: 90\r\n"), Ok("Session-Expires: 90;refresher=uac\r\n"));
  network_.RunTo(89'999);
  EXPECT_EQ(refreshes_, std::vector<int64_t>{45'000});  // §7.2
  EXPECT_TRUE(expiries_.empty());
  refreshes_.clear();
  SessionTimer& theirs = Timer({.is_supported = true});
  theirs.OnSuccess(Invite(""), Ok("Session-Expires: 90;refresher=uas\r\n"));
  network_.RunTo(300'000);
  EXPECT_TRUE(refreshes_.empty());
  // §10: earlier by the lesser of 32 s and a third of 90 s.
  EXPECT_EQ(expiries_, std::vector<int64_t>{89'999 + 60'000});
}

TEST_F(SessionTimerTest, OurWishHoldsAgainstAServerThatKnowsNoTimers) {
  SessionTimer& timer = Timer({.interval = 90, .is_supported = true});
  timer.OnSuccess(Invite("Session-Expires: 90\r\n"), Ok(""));  // §7.2
  EXPECT_TRUE(timer.is_running());
  EXPECT_TRUE(timer.is_refresher());
  // A later answer without the header, to a request without it, turns it off.
  timer.OnSuccess(Invite(""), Ok(""));
  EXPECT_FALSE(timer.is_running());
}

TEST_F(SessionTimerTest, A422RaisesTheNextWishAndNamesItsReason) {
  SessionTimer& timer = Timer({.interval = 90, .is_supported = true});
  const SipMessage refusal = Ok("Min-SE: 200\r\n");
  EXPECT_TRUE(timer.OnTooSmall(refusal));
  EXPECT_FALSE(timer.OnTooSmall(refusal)) << "the same value once more leads nowhere";
  SipMessage next = Invite("");
  timer.AddTo(next);
  EXPECT_EQ(Raw(next.GetRaw<SessionExpires>()), "200");  // §7.4
  EXPECT_EQ(Raw(next.GetRaw<MinSe>()), "200");
}

}  // namespace
}  // namespace tickwire::sip
