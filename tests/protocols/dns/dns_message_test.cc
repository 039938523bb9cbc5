#include "protocols/dns/dns_message.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tickwire::dns {
namespace {

using ::testing::Optional;

Message FullMessage() {
  Message message;
  message.id = 0xbeef;
  message.is_response = true;
  message.is_authoritative = true;
  message.recursion_desired = true;
  message.questions = {{"_sip._udp.example.com", RecordType::kSrv}};
  message.answers = {
      MakeCname("_sip._udp.example.com", 0, "sip.example.com"),
      MakeSrv("sip.example.com", 3600,
              {.priority = 65535, .weight = 0, .port = 5060, .target = "a.example.com"}),
      MakeSrv("sip.example.com", 3600, {.port = 1, .target = ""}),
      MakeNaptr("example.com", 0x7fffffff,
                {.order = 50,
                 .preference = 1,
                 .flags = "s",
                 .service = "SIP+D2U",
                 .regexp = "!^.*$!x!",
                 .replacement = "_sip._udp.example.com"})};
  message.authorities = {MakeSoa("example.com", 60,
                                 {.primary = "ns.example.com",
                                  .mailbox = "root.example.com",
                                  .serial = 7,
                                  .refresh = 1,
                                  .retry = 2,
                                  .expire = 3,
                                  .minimum = 0xffffffff}),
                         MakeNs("example.com", 60, "ns.example.com")};
  message.additionals = {MakeAddress("a.example.com", 60, *IpAddress::Parse("192.0.2.1")),
                         MakeAddress("a.example.com", 60, *IpAddress::Parse("2001:db8::1")),
                         {"x.example.com", RecordType{99}, 5, RawData{{1, 2, 3}}}};
  return message;
}

TEST(DnsMessage, RoundTripsEveryTypeOfRecord) {
  const Message message = FullMessage();
  EXPECT_THAT(Message::Parse(message.Serialize()), Optional(message));
}

// A query as `dig` sends it for www.example.com A, written down by RFC 1035 §4.1.
TEST(DnsMessage, OctetsOfAQuery) {
  Message query;
  query.id = 0x1234;
  query.recursion_desired = true;
  query.questions = {{"www.example.com", RecordType::kA}};
  const std::vector<uint8_t> octets = {
      0x12, 0x34, 0x01, 0x00, 0, 1,   0,   0,   0,   0,   0,   0,  // header
      3,    'w',  'w',  'w',  7, 'e', 'x', 'a', 'm', 'p', 'l', 'e',
      3,    'c',  'o',  'm',  0, 0,   1,   0,   1};  // A, IN
  EXPECT_EQ(query.Serialize(), octets);
  EXPECT_THAT(Message::Parse(octets), Optional(query));
}

TEST(DnsMessage, RejectsTruncationAtEveryLength) {
  const std::vector<uint8_t> octets = FullMessage().Serialize();
  for (size_t size = 0; size < octets.size(); ++size) {
    EXPECT_EQ(Message::Parse(std::span(octets).first(size)), std::nullopt) << size;
  }
}

TEST(DnsMessage, DataThatIsShorterOrLongerThanItsRecordSaysIsRefused) {
  Message message;
  message.answers = {MakeAddress("a", 1, IpAddress::V4(1))};
  std::vector<uint8_t> octets = message.Serialize();
  // Header 12, name 3, type, class, TTL 8: the length is at 23.
  ASSERT_EQ(octets[24], 4);
  octets[24] = 3;
  octets.pop_back();
  EXPECT_EQ(Message::Parse(octets), std::nullopt);
}

// RFC 2181 §9: what must be left out of answers sets TC; of additional data it does not.
TEST(DnsMessage, WhatDoesNotFitIsLeftOut) {
  Message message;
  message.is_response = true;
  for (int i = 0; i < 40; ++i) {
    message.answers.push_back(MakeAddress("a.example", 1, IpAddress::V4(static_cast<uint32_t>(i))));
  }
  const std::vector<uint8_t> octets = message.Serialize();
  EXPECT_LE(octets.size(), kMaxUdpBytes);
  const std::optional<Message> read = Message::Parse(octets);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->is_truncated);
  // 12 of header, 11 + 14 of the first record, 16 of each later one: 12 + 25 + 29 * 16 = 501.
  EXPECT_EQ(read->answers.size(), 30u);
  message.additionals = std::move(message.answers);
  message.answers.clear();
  EXPECT_FALSE(Message::Parse(message.Serialize())->is_truncated);
}

TEST(DnsMessage, SummariesSayWhatMatters) {
  Message message;
  message.questions = {{"example.com", RecordType::kNaptr}};
  EXPECT_EQ(message.Summary(), "DNS NAPTR? example.com");
  message.is_response = true;
  EXPECT_EQ(message.Summary(), "DNS NAPTR example.com: no data");
  message.rcode = Rcode::kNameError;
  EXPECT_EQ(message.Summary(), "DNS NAPTR example.com: NXDOMAIN");
}

}  // namespace
}  // namespace tickwire::dns
