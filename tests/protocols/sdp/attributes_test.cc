// The attributes that tell how to send sound: RFC 8866 §6, RFC 3551 §6, RFC 3605.
#include "protocols/sdp/attributes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwire::sdp {
namespace {

SessionDescription Parse(const std::string& media_lines, const std::string& session_lines = "") {
  return SessionDescription::Parse(
             "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1"
             "\r\nt=0 0\r\n" +
             session_lines + media_lines)
      .description;
}

TEST(Codecs, ComeFromRtpmapOrFromTheStaticTable) {
  const SessionDescription session = Parse(
      "m=audio 4000 RTP/AVP 0 8 97 18 101 96\r\n"
      "a=rtpmap:97 iLBC/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-11\r\n"
      "a=rtpmap:8 pcma/8000\r\na=rtpmap:18 G729/8000/2\r\n");
  const std::vector<Codec> codecs = CodecsOf(session.media[0]);
  ASSERT_EQ(codecs.size(), 5u);  // 96 has no mapping at all
  EXPECT_EQ(codecs[0], (Codec{0, "PCMU", 8000, 1, ""}));
  EXPECT_EQ(codecs[1], (Codec{8, "pcma", 8000, 1, ""}));
  EXPECT_TRUE(codecs[1].IsSameEncoding(Pcma()));
  EXPECT_EQ(codecs[2], (Codec{97, "iLBC", 8000, 1, ""}));
  EXPECT_EQ(codecs[3].channels, 2u);
  EXPECT_EQ(codecs[4].parameters, "0-11");
  EXPECT_TRUE(codecs[4].is_auxiliary());
}

TEST(Codecs, AreWrittenAsFormatsWithTheirMaps) {
  SessionDescription session = Parse("m=audio 4000 RTP/AVP 0\r\n");
  session.media[0].formats.clear();
  AddCodecs(session.media[0], {Pcmu(), TelephoneEvent()});
  EXPECT_THAT(session.ToString(),
              ::testing::HasSubstr("m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
                                   "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"));
}

// §6.7: of the stream, else of the session, else sendrecv.
TEST(Direction, OfTheStreamComesBeforeThatOfTheSession) {
  const auto direction = [](const std::string& media, const std::string& session) {
    const SessionDescription parsed = Parse("m=audio 4000 RTP/AVP 0\r\n" + media, session);
    return DirectionOf(parsed, parsed.media[0]);
  };
  EXPECT_EQ(direction("", ""), Direction::kSendRecv);
  EXPECT_EQ(direction("", "a=inactive\r\n"), Direction::kInactive);
  EXPECT_EQ(direction("a=sendonly\r\n", "a=inactive\r\n"), Direction::kSendOnly);
  EXPECT_EQ(direction("a=recvonly\r\n", ""), Direction::kRecvOnly);
}

TEST(Rtcp, UsesTheNextPortOrWhatIsWritten) {
  const auto rtcp = [](const std::string& lines, const char* port = "4000") {
    const SessionDescription parsed =
        Parse(std::string("m=audio ") + port + " RTP/AVP 0\r\n" + lines);
    return RtcpEndpointOf(parsed, parsed.media[0]);
  };
  const IpAddress own = *IpAddress::Parse("192.0.2.1");
  EXPECT_EQ(rtcp(""), (Endpoint{own, 4001}));
  EXPECT_EQ(rtcp("a=rtcp:53020\r\n"), (Endpoint{own, 53020}));
  EXPECT_EQ(rtcp("a=rtcp:53020 IN IP4 126.16.64.4\r\n"),
            (Endpoint{*IpAddress::Parse("126.16.64.4"), 53020}));
  EXPECT_EQ(rtcp("", "0"), std::nullopt);
  EXPECT_EQ(rtcp("", "65535"), std::nullopt);
}

TEST(Ptime, IsAPositiveNumberOfMilliseconds) {
  EXPECT_EQ(PtimeOf(Parse("m=audio 1 RTP/AVP 0\r\na=ptime:30\r\n").media[0]), 30u);
  EXPECT_EQ(PtimeOf(Parse("m=audio 1 RTP/AVP 0\r\n").media[0]), std::nullopt);
  EXPECT_EQ(PtimeOf(Parse("m=audio 1 RTP/AVP 0\r\na=ptime:0\r\n").media[0]), std::nullopt);
}

}  // namespace
}  // namespace tickwire::sdp
