// What sctp_inject puts on the wire: each chunk as its codec reads it, and what is wrong on purpose
// as it was written.
#include "topologies/build/roles/sctp_chunk_maker.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocols/sctp/packet/any_chunk.h"

namespace tickwire {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<std::vector<uint8_t>> Make(const std::string& chunks, const TsnBase& base = {}) {
  scenario::SctpInject inject;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(chunks, &inject)) << chunks;
  return MakeChunks(inject.chunk(), base);
}

// The one chunk that `text` makes, read by its codec.
template <class Chunk>
Chunk MakeOne(const std::string& text, std::vector<uint8_t>& bytes, const TsnBase& base = {}) {
  bytes = *Make("chunk { " + text + " }", base);
  std::span<const uint8_t> rest = bytes;
  const auto view = sctp::TakeChunk(rest);
  EXPECT_TRUE(view.has_value() && rest.empty()) << text;
  const auto chunk = sctp::ParseChunk(*view);
  EXPECT_TRUE(chunk.has_value()) << text;
  return std::get<Chunk>(*chunk);
}

TEST(SctpChunkMaker, DataHasItsFlagsAndNumbers) {
  std::vector<uint8_t> bytes;
  const auto data = MakeOne<sctp::DataChunk>(
      "data { tsn: 7 stream: 3 number: 9 ppid: 46 unordered: true immediate: true no_end: true "
      "payload { text: \"abc\" hex: \"00 fF\" size: \"2B\" } }",
      bytes, {.own = 1000});
  EXPECT_EQ(data.tsn.value, 1007u);
  EXPECT_EQ(data.stream.value, 3);
  EXPECT_EQ(data.ssn.value, 9);
  EXPECT_EQ(data.ppid.value, 46u);
  EXPECT_TRUE(data.unordered && data.immediate && data.begin && !data.end);
  EXPECT_THAT(data.data, ElementsAre('a', 'b', 'c', 0, 0xff, 0, 0));
}

TEST(SctpChunkMaker, TsnsCountFromTheInitialOnesOfTheAssociation) {
  std::vector<uint8_t> bytes;
  const TsnBase base{.own = 100, .peer = 0xffffffff};
  EXPECT_EQ(
      MakeOne<sctp::SackChunk>("sack { cumulative: 1 gap: [2, 3] duplicate: [5] }", bytes, base)
          .cumulative_tsn_ack.value,
      0u);
  EXPECT_EQ(MakeOne<sctp::ShutdownChunk>("shutdown { cumulative: 2 }", bytes, base)
                .cumulative_tsn_ack.value,
            1u);
  EXPECT_EQ(
      MakeOne<sctp::ForwardTsnChunk>("forward_tsn { cumulative: 4 stream: [1, 2] }", bytes, base)
          .new_cumulative_tsn.value,
      104u);
  EXPECT_EQ(
      MakeOne<sctp::IForwardTsnChunk>("i_forward_tsn { cumulative: 4 stream: [1, 2] }", bytes, base)
          .new_cumulative_tsn.value,
      104u);
}

TEST(SctpChunkMaker, EveryKindIsWhatItsCodecReads) {
  std::vector<uint8_t> bytes;
  EXPECT_EQ(MakeOne<sctp::IDataChunk>("i_data { number: 70000 payload { text: \"x\" } }", bytes)
                .mid.value,
            70000u);
  EXPECT_EQ(MakeOne<sctp::InitChunk>(
                "init { initiate_tag: 5 a_rwnd: 4096 outbound_streams: 1 inbound_streams: 2 "
                "initial_tsn: 3 parameter { type: 9 value { hex: \"0000 03E8\" } } }",
                bytes)
                .parameters.size(),
            8u);
  MakeOne<sctp::InitAckChunk>(
      "init_ack { initiate_tag: 5 a_rwnd: 4096 outbound_streams: 1 inbound_streams: 2 "
      "parameter { type: 7 value { text: \"c\" } } }",
      bytes);
  // RFC 9260 section 3.2: the padding of the last parameter is not counted: 20 + 5.
  EXPECT_EQ(bytes[3], 25);
  EXPECT_EQ(bytes.size(), 28u);
  MakeOne<sctp::HeartbeatChunk>("heartbeat { text: \"x\" }", bytes);
  MakeOne<sctp::HeartbeatAckChunk>("heartbeat_ack { text: \"x\" }", bytes);
  EXPECT_TRUE(
      MakeOne<sctp::AbortChunk>("abort { t: true cause { type: 12 } }", bytes).tag_reflected);
  MakeOne<sctp::ErrorChunk>("error { cause { type: 3 value { hex: \"00000001\" } } }", bytes);
  MakeOne<sctp::ShutdownAckChunk>("shutdown_ack {}", bytes);
  MakeOne<sctp::CookieEchoChunk>("cookie_echo { text: \"cookie\" }", bytes);
  MakeOne<sctp::CookieAckChunk>("cookie_ack {}", bytes);
  EXPECT_TRUE(
      MakeOne<sctp::ShutdownCompleteChunk>("shutdown_complete { t: true }", bytes).tag_reflected);
  EXPECT_EQ(MakeOne<sctp::AuthChunk>("auth { key: 2 hmac: 1 value { size: \"20B\" } }", bytes)
                .hmac.size(),
            20u);
  EXPECT_EQ(MakeOne<sctp::AsconfChunk>("asconf { serial: 8 parameter { type: 5 value { hex: "
                                       "\"0A000001\" } } parameter { type: 0xC002 value { hex: "
                                       "\"00000001 00050008 0A000002\" } } }",
                                       bytes)
                .sequence_number,
            8u);
  MakeOne<sctp::AsconfAckChunk>("asconf_ack { serial: 8 }", bytes);
  MakeOne<sctp::ReConfigChunk>(
      "re_config { parameter { type: 17 value { hex: \"00000001 0003 0000\" } } }", bytes);
  EXPECT_EQ(MakeOne<sctp::PadChunk>("pad { size: 9 }", bytes).padding.size(), 9u);
}

TEST(SctpChunkMaker, RawChunksMayBeWrong) {
  const auto bytes =
      Make("chunk { raw { type: 77 flags: 3 value { hex: \"aabb\" } length: 200 } }");
  ASSERT_TRUE(bytes.ok());
  EXPECT_THAT(*bytes, ElementsAre(77, 3, 0, 200, 0xaa, 0xbb, 0, 0));
}

TEST(SctpChunkMaker, DigitsThatAreNoneAreRefused) {
  EXPECT_FALSE(Make("chunk { cookie_echo { hex: \"0g\" } }").ok());
  EXPECT_FALSE(Make("chunk { cookie_echo { hex: \"123\" } }").ok());
}

}  // namespace
}  // namespace tickwire
