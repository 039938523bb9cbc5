#include "topologies/match/suggest.h"

#include <gtest/gtest.h>

namespace tickwire {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("delay", "delay", 3), 0);
  EXPECT_EQ(EditDistance("dealy", "delay", 3), 1);
  EXPECT_EQ(EditDistance("delya", "delay", 3), 1);
  EXPECT_EQ(EditDistance("dely", "delay", 3), 1);
  EXPECT_EQ(EditDistance("dellay", "delay", 3), 1);
  EXPECT_EQ(EditDistance("xelxx", "delay", 2), 3);
  EXPECT_EQ(EditDistance("a", "abcdef", 3), 4);
}

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(Nearest("dealy", {"a", "b", "delay", "rate"}), "delay");
  EXPECT_EQ(Nearest("sip-ua", {"sip_ua", "udp_sink"}), "sip_ua");
  EXPECT_EQ(Nearest("prob", {"probability", "delay"}), "probability");
  EXPECT_EQ(Nearest("quux", {"probability", "delay"}), "");
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace tickwire
