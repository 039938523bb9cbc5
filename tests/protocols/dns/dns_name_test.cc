#include "protocols/dns/dns_name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(DnsName, TextIsLowerCaseWithoutTheLastDot) {
  EXPECT_THAT(NormalizeName("Example.COM."), Optional(std::string("example.com")));
  EXPECT_THAT(NormalizeName("."), Optional(std::string("")));
  EXPECT_THAT(NormalizeName(""), Optional(std::string("")));
}

TEST(DnsName, OddOctetsAreEscapedInOneWay) {
  EXPECT_THAT(NormalizeName("a\\.b.c"), Optional(std::string("a\\046b.c")));
  EXPECT_THAT(NormalizeName("a\\046b.c"), Optional(std::string("a\\046b.c")));
  EXPECT_EQ(NormalizeName("a\\256"), std::nullopt);
}

// RFC 1035 §2.3.4: labels of 63 octets, names of 255.
TEST(DnsName, LimitsOfLengthHold) {
  const std::string label(63, 'a');
  EXPECT_TRUE(NormalizeName(label).has_value());
  EXPECT_FALSE(NormalizeName(label + "a").has_value());
  // 3 * 64 + 62 + 1 (root) = 255.
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  EXPECT_TRUE(NormalizeName(longest).has_value());
  EXPECT_FALSE(NormalizeName(longest + "b").has_value());
  EXPECT_FALSE(NormalizeName("a..b").has_value());
  EXPECT_FALSE(NormalizeName(".a").has_value());
}

TEST(DnsName, WithinMeansBelowAtALabelsEdge) {
  EXPECT_TRUE(IsWithin("a.example.com", "example.com"));
  EXPECT_TRUE(IsWithin("example.com", "example.com"));
  EXPECT_TRUE(IsWithin("example.com", ""));
  EXPECT_FALSE(IsWithin("badexample.com", "example.com"));
}

// The example of RFC 1035 §4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root.
TEST(DnsName, CompressionExampleOfRfc1035) {
  std::vector<uint8_t> out(20, 0);
  NameWriter writer(out);
  writer.Write("f.isi.arpa");
  EXPECT_THAT(std::vector<uint8_t>(out.begin() + 20, out.end()),
              ElementsAre(1, 'f', 3, 'i', 's', 'i', 4, 'a', 'r', 'p', 'a', 0));
  out.resize(40, 0);
  writer.Write("foo.f.isi.arpa");
  EXPECT_THAT(std::vector<uint8_t>(out.begin() + 40, out.end()),
              ElementsAre(3, 'f', 'o', 'o', 0xc0, 20));
  out.resize(64, 0);
  writer.Write("arpa");
  EXPECT_THAT(std::vector<uint8_t>(out.begin() + 64, out.end()), ElementsAre(0xc0, 26));
  out.resize(92, 0);
  writer.Write("");
  EXPECT_THAT(std::vector<uint8_t>(out.begin() + 92, out.end()), ElementsAre(0));
  for (const auto& [offset, name] : {std::pair<size_t, const char*>{20, "f.isi.arpa"},
                                     {40, "foo.f.isi.arpa"},
                                     {64, "arpa"},
                                     {92, ""}}) {
    size_t at = offset;
    EXPECT_THAT(ReadName(out, at), Optional(std::string(name)));
  }
  size_t at = 40;
  ReadName(out, at);
  EXPECT_EQ(at, 46u);  // behind the pointer, not where it leads
}

TEST(DnsName, PointersThatLeadForwardsOrToThemselvesAreRefused) {
  size_t at = 0;
  EXPECT_EQ(ReadName(std::vector<uint8_t>{0xc0, 0}, at), std::nullopt);
  at = 0;
  EXPECT_EQ(ReadName(std::vector<uint8_t>{0xc0, 2, 0}, at), std::nullopt);
  // A loop over a label: "a" and a pointer to it.
  at = 0;
  EXPECT_EQ(ReadName(std::vector<uint8_t>{1, 'a', 0xc0, 0}, at), std::nullopt);
  // Reserved label types (RFC 1035 §4.1.4).
  at = 0;
  EXPECT_EQ(ReadName(std::vector<uint8_t>{0x41, 'a', 0}, at), std::nullopt);
}

TEST(DnsName, ALabelMayNotRunIntoThePointerThatLedToIt) {
  // At 0: a label of 3 octets that would swallow the pointer at 3.
  size_t at = 3;
  EXPECT_EQ(ReadName(std::vector<uint8_t>{3, 'a', 'b', 0xc0, 0}, at), std::nullopt);
}

}  // namespace
}  // namespace tickwire::dns
