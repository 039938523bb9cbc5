#include "protocols/sip/locate/static_locator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StaticLocatorTest : public ::testing::Test, private ServerLocator::Client {
 protected:
  StaticLocatorTest() {
    names_.Add("Example.com", {IpAddress::V4(0x0a000001), 0});
    names_.Add("example.com.", {IpAddress::V4(0x0a000002), 5080});
    names_.Add("example.com", {IpAddress::V4(0x0a000001), 0});  // known already
  }
  std::vector<std::string> Locate(absl::string_view uri) {
    std::vector<Hop> hops = {Hop{}};  // what was there does not count
    EXPECT_TRUE(locator_.Locate(uri, hops, *this, 1));
    std::vector<std::string> texts;
    for (const Hop& hop : hops) texts.push_back(ToString(hop.remote));
    return texts;
  }
  void OnLocated(uint64_t, std::span<const Hop>) override { ADD_FAILURE() << "called back"; }

  NameTable names_;
  StaticLocator locator_{names_};
};

// RFC 3263 §4.2: a numeric target is the address; without a port the default of the transport.
TEST_F(StaticLocatorTest, AddressesMeanThemselves) {
  EXPECT_THAT(Locate("sip:alice@192.0.2.7"), ElementsAre("192.0.2.7:5060"));
  EXPECT_THAT(Locate("sip:192.0.2.7:5070;transport=UDP"), ElementsAre("192.0.2.7:5070"));
  EXPECT_THAT(Locate("sip:alice@[2001:db8::7]:5071"), ElementsAre("[2001:db8::7]:5071"));
}

// RFC 3263 §4: maddr is the target when it is there.
TEST_F(StaticLocatorTest, MaddrTakesThePlaceOfTheHost) {
  EXPECT_THAT(Locate("sip:alice@nowhere.example;maddr=192.0.2.9"), ElementsAre("192.0.2.9:5060"));
}

TEST_F(StaticLocatorTest, NamesHaveTheirServersInOrderAndWithoutRegardToCase) {
  EXPECT_THAT(Locate("sip:alice@EXAMPLE.com"), ElementsAre("10.0.0.1:5060", "10.0.0.2:5080"));
  EXPECT_TRUE(names_.Has("example.COM."));
}

TEST_F(StaticLocatorTest, ThePortOfTheUriCountsMoreThanThatOfTheTable) {
  EXPECT_THAT(Locate("sip:alice@example.com:6000"), ElementsAre("10.0.0.1:6000", "10.0.0.2:6000"));
}

TEST_F(StaticLocatorTest, WhatCannotBeReachedOverUdpLeadsNowhere) {
  EXPECT_THAT(Locate("sip:alice@unknown.example"), IsEmpty());
  EXPECT_THAT(Locate("sips:alice@example.com"), IsEmpty());
  EXPECT_THAT(Locate("sip:alice@example.com;transport=tcp"), IsEmpty());
  EXPECT_THAT(Locate("tel:+15551234"), IsEmpty());
  EXPECT_THAT(Locate("no uri at all"), IsEmpty());
}

}  // namespace
}  // namespace tickwire::sip
