#include "protocols/dns/dns_cache.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::dns {
namespace {

SimTime At(int64_t seconds) { return {Duration::Seconds(seconds)}; }

Message ResponseTo(const std::string& name, RecordType type) {
  Message message;
  message.is_response = true;
  message.questions = {{name, type}};
  return message;
}

class DnsCacheTest : public ::testing::Test {
 protected:
  bool Knows(const std::string& name, RecordType type, int64_t seconds) {
    return cache_.Find(name, type, At(seconds), answer_, missing_);
  }
  DnsCache cache_{{.entries = 3, .max_ttl = 1000, .max_negative_ttl = 100}};
  DnsAnswer answer_;
  std::string missing_;
};

TEST_F(DnsCacheTest, RecordsLiveForTheirTtl) {
  Message response = ResponseTo("a.example", RecordType::kA);
  response.answers = {MakeAddress("a.example", 60, IpAddress::V4(1))};
  cache_.Store(response, At(10));
  EXPECT_TRUE(Knows("a.example", RecordType::kA, 69));
  EXPECT_FALSE(Knows("a.example", RecordType::kA, 70));
}

// RFC 1035 §3.2.1: zero: for the transaction in progress only.
TEST_F(DnsCacheTest, ATtlOfZeroIsGoodForTheMoment) {
  Message response = ResponseTo("a.example", RecordType::kA);
  response.answers = {MakeAddress("a.example", 0, IpAddress::V4(1))};
  cache_.Store(response, At(10));
  EXPECT_TRUE(Knows("a.example", RecordType::kA, 10));
  EXPECT_FALSE(Knows("a.example", RecordType::kA, 11));
}

// RFC 2308 §5: NXDOMAIN is about the name and all types, NODATA about one type.
TEST_F(DnsCacheTest, NegativeAnswersLiveForTheMinimumOfTheSoa) {
  Message response = ResponseTo("no.example", RecordType::kA);
  response.rcode = Rcode::kNameError;
  response.authorities = {MakeSoa("example", 500, {.minimum = 20})};
  cache_.Store(response, At(0));
  EXPECT_TRUE(Knows("no.example", RecordType::kSrv, 19));
  EXPECT_EQ(answer_.kind, DnsAnswer::Kind::kNoName);
  EXPECT_FALSE(Knows("no.example", RecordType::kSrv, 20));
  response = ResponseTo("a.example", RecordType::kSrv);
  response.authorities = {MakeSoa("example", 500, {.minimum = 5000})};
  cache_.Store(response, At(0));
  EXPECT_TRUE(Knows("a.example", RecordType::kSrv, 99));
  EXPECT_EQ(answer_.kind, DnsAnswer::Kind::kNoData);
  EXPECT_FALSE(Knows("a.example", RecordType::kSrv, 100));  // the limit of the cache
  EXPECT_FALSE(Knows("a.example", RecordType::kA, 0));
}

TEST_F(DnsCacheTest, AliasesLeadToWhatIsMissing) {
  Message response = ResponseTo("www.example", RecordType::kA);
  response.answers = {MakeCname("www.example", 60, "a.example")};
  cache_.Store(response, At(0));
  EXPECT_FALSE(Knows("www.example", RecordType::kA, 1));
  EXPECT_EQ(missing_, "a.example");
  response = ResponseTo("a.example", RecordType::kA);
  response.answers = {MakeAddress("a.example", 60, IpAddress::V4(1))};
  cache_.Store(response, At(1));
  ASSERT_TRUE(Knows("www.example", RecordType::kA, 1));
  EXPECT_EQ(answer_.records, response.answers);
}

TEST_F(DnsCacheTest, AliasesInACircleAreAFailure) {
  Message response = ResponseTo("a.example", RecordType::kA);
  response.answers = {MakeCname("a.example", 60, "b.example"),
                      MakeCname("b.example", 60, "a.example")};
  cache_.Store(response, At(0));
  EXPECT_TRUE(Knows("a.example", RecordType::kA, 1));
  EXPECT_EQ(answer_.kind, DnsAnswer::Kind::kFailed);
}

TEST_F(DnsCacheTest, TheOldestEntryMakesRoom) {
  for (const char* name : {"a", "b", "c", "d"}) {
    Message response = ResponseTo(name, RecordType::kA);
    response.answers = {MakeAddress(name, 60, IpAddress::V4(1))};
    cache_.Store(response, At(0));
  }
  EXPECT_EQ(cache_.size(), 3u);
  EXPECT_FALSE(Knows("a", RecordType::kA, 1));
  EXPECT_TRUE(Knows("b", RecordType::kA, 1));
}

}  // namespace
}  // namespace tickwire::dns
