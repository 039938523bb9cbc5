// What a scenario may say of a SIP user agent: nothing that would break a message or a timer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "topologies/scenario_loader.h"

namespace tickwire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Ids of what is wrong with `fields` in the role of alice, who calls bob.
std::vector<std::string> Mistakes(const std::string& fields) {
  const LoadResult result = LoadScenarioText(
      "test",
      absl::StrCat("node { name: \"alice\" role { sip_ua { ", fields, " } } }\n",
                   "node { name: \"bob\" role { sip_ua {} } }\n",
                   "link { a: \"alice\" b: \"bob\" }\n",
                   "at { time: \"0s\" node: \"alice\" action { sip_call { to: \"bob\" } } }\n"),
      "", {});
  std::vector<std::string> ids;
  for (const Diagnostic& diagnostic : result.diagnostics) ids.push_back(diagnostic.id);
  return ids;
}

std::string Octal(int c) {
  return {'\\', static_cast<char>('0' + c / 64), static_cast<char>('0' + c / 8 % 8),
          static_cast<char>('0' + c % 8)};
}

// RFC 3261 §25.1: user = 1*( unreserved / escaped / user-unreserved ). A scenario takes the
// letters, digits, '-', '_' and '.' of unreserved, and nothing else; so no user part can end a
// header field or a URI early.
TEST(SipUserAgentFields, UserTakesNothingThatRfc3261DoesNotAllowInAUser) {
  EXPECT_THAT(Mistakes("user: \"al.ice-2_x\""), IsEmpty());
  const std::string allowed = "-_.";
  for (int c = 0; c < 256; ++c) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c != 0 && allowed.find(static_cast<char>(c)) != std::string::npos);
    const std::vector<std::string> ids = Mistakes(absl::StrCat("user: \"a", Octal(c), "b\""));
    EXPECT_EQ(ids.empty(), fits) << "character " << c;
  }
}

TEST(SipUserAgentFields, UserCannotBringAHeaderFieldOfItsOwn) {
  EXPECT_THAT(Mistakes(R"(user: "alice\r\nVia: SIP/2.0/UDP evil")"), ElementsAre("E0207"));
  EXPECT_THAT(Mistakes(R"(user: "alice@elsewhere")"), ElementsAre("E0207"));
}

TEST(SipUserAgentFields, TimersTakeTimesThatEnd) {
  EXPECT_THAT(Mistakes(R"(t1: "200ms" t2: "2s" t4: "3s" timer_d: "0s")"), IsEmpty());
  for (const char* timer : {"t1", "t2", "t4", "timer_d"}) {
    EXPECT_THAT(Mistakes(absl::StrCat(timer, ": \"never\"")), ElementsAre("E0206")) << timer;
    EXPECT_THAT(Mistakes(absl::StrCat(timer, ": \"-1s\"")), ElementsAre("E0206")) << timer;
  }
}

}  // namespace
}  // namespace tickwire
