#include "protocols/dns/zone_store.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ZoneStoreTest : public ::testing::Test {
 protected:
  ZoneStoreTest() {
    EXPECT_TRUE(
        zones_.AddZone("example.com", {.primary = "ns.example.com", .minimum = 30}, 60).ok());
    Add(MakeSrv("_sip._udp.example.com", 60,
                {.priority = 1, .port = 5060, .target = "a.example.com"}));
    Add(MakeNaptr("example.com", 60,
                  {.flags = "s", .service = "SIP+D2U", .replacement = "_sip._udp.example.com"}));
    Add(MakeAddress("a.example.com", 60, IpAddress::V4(1)));
    Add(MakeAddress("a.example.com", 60, *IpAddress::Parse("2001:db8::1")));
    Add(MakeCname("www.example.com", 60, "a.example.com"));
    Add(MakeCname("away.example.com", 60, "elsewhere.org"));
    Add(MakeCname("loop.example.com", 60, "loop.example.com"));
    Add(MakeAddress("*.wild.example.com", 60, IpAddress::V4(2)));
    Add(MakeNs("sub.example.com", 60, "ns.sub.example.com"));
    Add(MakeAddress("ns.sub.example.com", 60, IpAddress::V4(3)));
  }
  void Add(const Record& record) { EXPECT_TRUE(zones_.Add(record).ok()) << record.ToString(); }
  Message Ask(const std::string& name, RecordType type) {
    Message query;
    query.id = 9;
    query.questions = {{name, type}};
    return zones_.Answer(query);
  }
  static std::vector<std::string> Texts(const std::vector<Record>& records) {
    std::vector<std::string> texts;
    for (const Record& record : records) texts.push_back(record.ToString());
    return texts;
  }
  ZoneStore zones_;
};

TEST_F(ZoneStoreTest, AnswersWithTheAddressesOfTheTargetsBesideThem) {
  const Message response = Ask("_sip._udp.example.com", RecordType::kSrv);
  EXPECT_TRUE(response.is_authoritative);
  EXPECT_THAT(Texts(response.answers),
              ElementsAre("_sip._udp.example.com 60 SRV 1 0 5060 a.example.com"));
  EXPECT_THAT(Texts(response.additionals),
              ElementsAre("a.example.com 60 A 0.0.0.1", "a.example.com 60 AAAA 2001:db8::1"));
}

TEST_F(ZoneStoreTest, NaptrBringsTheSrvRecordsAndTheirAddresses) {
  EXPECT_EQ(Ask("example.com", RecordType::kNaptr).additionals.size(), 3u);
}

// RFC 1034 §3.6.2.
TEST_F(ZoneStoreTest, AliasesAreFollowed) {
  EXPECT_THAT(Texts(Ask("www.example.com", RecordType::kA).answers),
              ElementsAre("www.example.com 60 CNAME a.example.com", "a.example.com 60 A 0.0.0.1"));
  EXPECT_THAT(Texts(Ask("www.example.com", RecordType::kCname).answers),
              ElementsAre("www.example.com 60 CNAME a.example.com"));
  const Message away = Ask("away.example.com", RecordType::kA);
  EXPECT_EQ(away.answers.size(), 1u);
  EXPECT_EQ(away.rcode, Rcode::kNoError);
}

TEST_F(ZoneStoreTest, AliasesInACircleEnd) {
  EXPECT_LE(Ask("loop.example.com", RecordType::kA).answers.size(), 10u);
}

// RFC 2308 §2.1, §3: NXDOMAIN with the SOA, whose TTL is the lesser of its own and its minimum.
TEST_F(ZoneStoreTest, ANameThatDoesNotExistIsANameError) {
  const Message response = Ask("nobody.example.com", RecordType::kA);
  EXPECT_EQ(response.rcode, Rcode::kNameError);
  ASSERT_EQ(response.authorities.size(), 1u);
  EXPECT_EQ(response.authorities[0].type, RecordType::kSoa);
  EXPECT_EQ(response.authorities[0].ttl, 30u);
}

// RFC 2308 §2.2: no data, also for a name that only has names below it.
TEST_F(ZoneStoreTest, ANameWithoutSuchDataIsNoNameError) {
  for (const char* name : {"a.example.com", "_udp.example.com"}) {
    const Message response = Ask(name, RecordType::kSrv);
    EXPECT_EQ(response.rcode, Rcode::kNoError);
    EXPECT_THAT(response.answers, IsEmpty());
    EXPECT_EQ(response.authorities.size(), 1u);
  }
}

// RFC 1034 §4.3.3: with the name of the question as owner, and not for names that exist.
TEST_F(ZoneStoreTest, WildcardsStandForNamesThatDoNotExist) {
  EXPECT_THAT(Texts(Ask("x.y.wild.example.com", RecordType::kA).answers),
              ElementsAre("x.y.wild.example.com 60 A 0.0.0.2"));
  EXPECT_THAT(Ask("wild.example.com", RecordType::kA).answers, IsEmpty());
}

TEST_F(ZoneStoreTest, ACutMakesAReferral) {
  const Message response = Ask("host.sub.example.com", RecordType::kA);
  EXPECT_FALSE(response.is_authoritative);
  EXPECT_THAT(Texts(response.authorities), ElementsAre("sub.example.com 60 NS ns.sub.example.com"));
  EXPECT_THAT(Texts(response.additionals), ElementsAre("ns.sub.example.com 60 A 0.0.0.3"));
}

TEST_F(ZoneStoreTest, WhatIsOutsideIsRefused) {
  EXPECT_EQ(Ask("example.org", RecordType::kA).rcode, Rcode::kRefused);
}

TEST_F(ZoneStoreTest, ACnameStandsAlone) {
  EXPECT_FALSE(zones_.Add(MakeAddress("www.example.com", 60, IpAddress::V4(1))).ok());
  EXPECT_FALSE(zones_.Add(MakeCname("a.example.com", 60, "b.example.com")).ok());
  EXPECT_FALSE(zones_.Add(MakeAddress("example.org", 60, IpAddress::V4(1))).ok());
}

}  // namespace
}  // namespace tickwire::dns
