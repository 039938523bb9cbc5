// The sctp fields of a packet as match expressions see them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/udp/udp_header.h"
#include "tests/support/sctp_datagram.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {
namespace {

using namespace sctp;  // NOLINT: a test of its values

const CommonHeader kHeader{5000, 9, VerificationTag(0xdecafbad)};
const std::vector<uint8_t> kData(100, 'x');

bool Matches(const std::string& expression, const std::vector<uint8_t>& datagram) {
  auto compiled = Compile(expression, StandardFieldTable(), {});
  EXPECT_TRUE(std::holds_alternative<Program>(compiled)) << expression;
  PacketSource source(datagram, 0);
  return std::get<Program>(compiled).Matches(source);
}

DataChunk Data(uint32_t tsn) {
  return {.immediate = true,
          .begin = true,
          .end = true,
          .tsn = Tsn(tsn),
          .stream = StreamId(3),
          .ssn = Ssn(7),
          .ppid = Ppid(46),
          .data = kData};
}

TEST(SctpFields, TellTheCommonHeaderAndWhatIsBundled) {
  SackChunk sack{.cumulative_tsn_ack = Tsn(41), .a_rwnd = 1500};
  sack.gap_ack_blocks = {{2, 3}, {5, 5}};
  sack.duplicate_tsns = {Tsn(40)};
  const auto packet = SctpDatagram(kHeader, {sack, Data(4294967295u), Data(0)});
  for (const char* const expression :
       {"sctp", "sctp.srcport == 5000 && sctp.dstport == 9", "sctp.verification_tag == 0xdecafbad",
        "sctp.chunk_count == 3", "sctp.chunk_type == SACK && sctp.chunk_type == DATA",
        "sctp.chunk_type_number == 3", "sctp.data_tsn == 4294967295", "sctp.data_tsn == 0",
        "sctp.data_tsn in {0, 5}",
        "sctp.data_sid == 3 && sctp.data_ssn == 7 && sctp.data_payload_proto_id == 46",
        "sctp.data_length == 100 && sctp.chunk_length == 116", "sctp.data_i_bit",
        "sctp.data_b_bit && sctp.data_e_bit && !sctp.data_u_bit",
        "sctp.sack_cumulative_tsn_ack == 41 && sctp.sack_a_rwnd == 1500",
        "sctp.sack_number_of_gap_blocks == 2 && sctp.sack_number_of_duplicated_tsns == 1",
        "sctp.sack_gap_block_start == 2 && sctp.sack_gap_block_end == 5",
        "sctp.sack_duplicate_tsn == 40", "sctp.chunk_flags == 11"}) {
    EXPECT_TRUE(Matches(expression, packet)) << expression;
  }
}

TEST(SctpFields, DifferOnlyIfNoChunkIsEqual) {
  const auto packet = SctpDatagram(kHeader, {Data(1), Data(2)});
  EXPECT_FALSE(Matches("sctp.data_tsn != 1", packet));
  EXPECT_FALSE(Matches("sctp.data_tsn != 2", packet));
  EXPECT_TRUE(Matches("sctp.data_tsn != 3", packet));
  EXPECT_FALSE(Matches("sctp.init_initiate_tag != 3", packet)) << "absent: false";
}

TEST(SctpFields, TellInitAndInitAckApart) {
  const InitChunk init{.initiate_tag = VerificationTag(1),
                       .a_rwnd = 2,
                       .outbound_streams = 3,
                       .inbound_streams = 4,
                       .initial_tsn = Tsn(5)};
  const auto packet = SctpDatagram(kHeader, {init});
  EXPECT_TRUE(
      Matches("sctp.init_initiate_tag == 1 && sctp.init_credit == 2 && "
              "sctp.init_nr_out_streams == 3 && sctp.init_nr_in_streams == 4 && "
              "sctp.init_initial_tsn == 5 && !sctp.initack_initiate_tag",
              packet));
  const InitAckChunk ack{.initiate_tag = VerificationTag(1),
                         .a_rwnd = 2,
                         .outbound_streams = 3,
                         .inbound_streams = 4,
                         .initial_tsn = Tsn(5)};
  EXPECT_TRUE(
      Matches("sctp.chunk_type == INIT_ACK && sctp.initack_initiate_tag == 1 && "
              "sctp.initack_credit == 2 && sctp.initack_nr_out_streams == 3 && "
              "sctp.initack_nr_in_streams == 4 && sctp.initack_initial_tsn == 5 && "
              "!sctp.init_initiate_tag",
              SctpDatagram(kHeader, {ack})));
}

TEST(SctpFields, TellTBitsAndCauses) {
  EXPECT_TRUE(Matches("sctp.shutdown_complete_t_bit",
                      SctpDatagram(kHeader, {ShutdownCompleteChunk{.tag_reflected = true}})));
  EXPECT_FALSE(
      Matches("sctp.shutdown_complete_t_bit", SctpDatagram(kHeader, {ShutdownCompleteChunk{}})));
  std::vector<uint8_t> causes;
  StaleCookieCause{.staleness_us = 9}.SerializeTo(causes);
  EXPECT_TRUE(
      Matches("sctp.abort_t_bit && sctp.cause_code == 3",
              SctpDatagram(kHeader, {AbortChunk{.tag_reflected = true, .causes = causes}})));
  EXPECT_TRUE(Matches("sctp.chunk_type == ERROR && sctp.cause_code == 3",
                      SctpDatagram(kHeader, {ErrorChunk{.causes = causes}})));
}

TEST(SctpFields, TellFragmentsOfInterleavedMessagesByTheirNumber) {
  const IDataChunk first{.begin = true, .mid = Mid(6), .ppid_or_fsn = 46, .data = kData};
  const IDataChunk second{.mid = Mid(6), .ppid_or_fsn = 1, .data = kData};
  EXPECT_TRUE(Matches("sctp.data_mid == 6 && sctp.data_payload_proto_id == 46 && !sctp.data_fsn",
                      SctpDatagram(kHeader, {first})));
  EXPECT_TRUE(Matches("sctp.data_fsn == 1 && !sctp.data_payload_proto_id",
                      SctpDatagram(kHeader, {second})));
}

TEST(SctpFields, KnowOnlyTheHeaderOfAMalformedChunk) {
  auto packet = SctpDatagram(kHeader, {Data(1)});
  packet[20 + 12 + 3] = 8;  // the length of a DATA chunk without stream and data
  EXPECT_TRUE(Matches("sctp.chunk_type == DATA && sctp.chunk_length == 8", packet));
  EXPECT_FALSE(Matches("sctp.data_tsn", packet));
}

TEST(SctpFields, AreThereInUdpToo) {  // RFC 6951
  std::vector<uint8_t> packet = SctpDatagram(kHeader, {Data(77)});
  std::vector<uint8_t> udp(packet.begin(), packet.begin() + Ipv4Header::kSize);
  const uint8_t header[] = {0x26, 0xab, 0x26, 0xab, 0, static_cast<uint8_t>(packet.size() - 12),
                            0,    0};  // 9899 both ways, no checksum
  udp.insert(udp.end(), header, header + 8);
  udp.insert(udp.end(), packet.begin() + Ipv4Header::kSize, packet.end());
  Ipv4Header{.total_length = static_cast<uint16_t>(udp.size()),
             .protocol = IpProtocol::kUdp,
             .source = *IpAddress::Parse("10.0.0.1"),
             .destination = *IpAddress::Parse("10.0.0.2")}
      .SerializeTo(udp);
  EXPECT_TRUE(Matches("udp.dstport == 9899 && sctp.data_tsn == 77", udp));
}

// A misspelt type would never match, and `never` would hold for ever.
TEST(SctpFields, AChunkTypeThatDoesNotExistIsRefused) {
  const auto compiled = Compile("sctp.chunk_type == SHUTDOWN_COMPLET", StandardFieldTable(), {});
  const auto* error = std::get_if<MatchError>(&compiled);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->id, "E0403");
  EXPECT_EQ(error->suggestion, "SHUTDOWN_COMPLETE");
  EXPECT_TRUE(std::holds_alternative<MatchError>(
      Compile("sctp.chunk_type in {DATA, DATUM}", StandardFieldTable(), {})));
  for (int type = 0; type < 256; ++type) {
    if (!IsKnownChunkType(static_cast<uint8_t>(type))) continue;
    std::string name = ChunkTypeName(static_cast<uint8_t>(type));
    std::replace(name.begin(), name.end(), ' ', '_');
    EXPECT_TRUE(std::holds_alternative<Program>(
        Compile("sctp.chunk_type == " + name, StandardFieldTable(), {})))
        << name;
  }
}

TEST(SctpFields, AnUnknownFieldSuggestsTheOneWithItsWord) {
  EXPECT_EQ(StandardFieldTable().Nearest("sctp.tag"), "sctp.verification_tag");
  EXPECT_EQ(StandardFieldTable().Nearest("sctp.stream_id"), "sctp.data_sid");
  EXPECT_EQ(StandardFieldTable().Nearest("sctp.zebra"), "");
}

}  // namespace
}  // namespace tickwire::match
