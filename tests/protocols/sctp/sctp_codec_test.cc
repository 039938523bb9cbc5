// Every chunk, parameter and error cause of SCTP: bytes laid out by hand from the RFC's figures and
// what they mean, in both directions; cut at every length; with every length field.
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

#include "protocols/sctp/packet/any_cause.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/any_parameter.h"
#include "protocols/sctp/packet/sctp_packet.h"

namespace tickwire::sctp {
namespace {

std::vector<uint8_t> Hex(const std::string& text) {
  std::vector<uint8_t> bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

template <class T>
std::optional<T> Read(std::span<const uint8_t> bytes) {
  if constexpr (requires { T::kCode; }) {
    const auto view = TakeParameter(bytes);
    return view && bytes.empty() ? T::Parse(*view) : std::nullopt;
  } else if constexpr (std::is_same_v<std::remove_cv_t<decltype(T::kType)>, uint8_t>) {
    const auto view = TakeChunk(bytes);
    return view && bytes.empty() ? T::Parse(*view) : std::nullopt;
  } else {
    const auto view = TakeParameter(bytes);
    return view && bytes.empty() ? T::Parse(*view) : std::nullopt;
  }
}

// `hex`: as on the wire, padded. `text`: what it says, field by field.
template <class T>
void Check(const std::string& hex, const std::string& text) {
  SCOPED_TRACE(text);
  const std::vector<uint8_t> bytes = Hex(hex);
  const std::optional<T> read = Read<T>(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->ToString(), text);
  std::vector<uint8_t> written;
  read->SerializeTo(written);
  EXPECT_EQ(written, bytes);
  // Cut anywhere: the length says more than there is. (Only padding may be missing.)
  const size_t length = size_t{bytes[2]} << 8 | bytes[3];
  for (size_t n = 0; n < length; ++n) {
    EXPECT_FALSE(Read<T>(std::span<const uint8_t>(bytes).first(n)).has_value()) << n;
  }
  // Any length: what is read then, is what it says.
  for (size_t claimed = 0; claimed <= bytes.size() + 8; ++claimed) {
    std::vector<uint8_t> bent = bytes;
    bent[2] = static_cast<uint8_t>(claimed >> 8);
    bent[3] = static_cast<uint8_t>(claimed);
    std::span<const uint8_t> whole = bent;
    const std::optional<T> other = Read<T>(whole);
    if (!other) continue;
    std::vector<uint8_t> again;
    other->SerializeTo(again);
    EXPECT_EQ(size_t{again[2]} << 8 | again[3], claimed);
  }
}

TEST(SctpChunks, AreReadAndWrittenAsTheirFiguresSay) {
  // Type, flags, length; TSN; stream, SSN; PPID; data.
  Check<DataChunk>("00 0f 0013 ffffffff 0102 ffff 00000007 616263 00",
                   "DATA immediate unordered begin end tsn=4294967295 stream=258 ssn=65535 ppid=7 "
                   "data=3 B");
  Check<DataChunk>("00 00 0014 00000000 0000 0000 00000000 61626364",
                   "DATA tsn=0 stream=0 ssn=0 ppid=0 data=4 B");
  Check<InitChunk>("01 00 0020 ffffffff 00010000 000a 0800 80000000 000c0008 00050006 c0000004",
                   "INIT initiate tag=4294967295 a_rwnd=65536 outbound streams=10 inbound "
                   "streams=2048 initial tsn=2147483648 parameters=12 B");
  Check<InitAckChunk>("02 00 001c 00000001 000005dc 0001 0001 00000000 00070008 63636363",
                      "INIT ACK initiate tag=1 a_rwnd=1500 outbound streams=1 inbound streams=1 "
                      "initial tsn=0 parameters=8 B");
  Check<SackChunk>("03 00 001c 00000064 0000ffff 0002 0001 0002 0003 0005 ffff 00000063",
                   "SACK cumulative tsn ack=100 a_rwnd=65535 gap=102-103 gap=105-65635 dup=99");
  Check<SackChunk>("03 00 0010 ffffffff 00000000 0000 0000",
                   "SACK cumulative tsn ack=4294967295 a_rwnd=0");
  Check<HeartbeatChunk>("04 00 000c 0001 0008 01020304", "HEARTBEAT parameters=8 B");
  Check<HeartbeatAckChunk>("05 00 000c 0001 0008 01020304", "HEARTBEAT ACK parameters=8 B");
  Check<AbortChunk>("06 01 0004", "ABORT tag_reflected causes=0 B");
  Check<AbortChunk>("06 00 0008 000c 0004", "ABORT causes=4 B");
  Check<ShutdownChunk>("07 00 0008 ffffffff", "SHUTDOWN cumulative tsn ack=4294967295");
  Check<ShutdownAckChunk>("08 00 0004", "SHUTDOWN ACK");
  Check<ErrorChunk>("09 00 000c 0001 0008 0009 0000", "ERROR causes=8 B");
  Check<CookieEchoChunk>("0a 00 0009 6162636465 000000", "COOKIE ECHO cookie=5 B");
  Check<CookieAckChunk>("0b 00 0004", "COOKIE ACK");
  Check<ShutdownCompleteChunk>("0e 01 0004", "SHUTDOWN COMPLETE tag_reflected");
  Check<ShutdownCompleteChunk>("0e 00 0004", "SHUTDOWN COMPLETE");
  Check<AuthChunk>("0f 00 000c 0001 0003 aabbccdd", "AUTH shared key id=1 hmac id=3 hmac=4 B");
  Check<IDataChunk>("40 0b 0015 00000001 0002 0000 ffffffff 00000033 61 000000",
                    "I-DATA immediate begin end tsn=1 stream=2 mid=4294967295 ppid or fsn=51 "
                    "data=1 B");
  Check<AsconfAckChunk>("80 00 0010 00000005 c005 0008 00000001",
                        "ASCONF-ACK sequence number=5 responses=8 B");
  Check<ReConfigChunk>("82 00 000c 000f 0008 00000009", "RE-CONFIG parameters=8 B");
  Check<PadChunk>("84 00 0006 0000 0000", "PAD padding=2 B");
  Check<ForwardTsnChunk>("c0 00 0010 00000010 0001 ffff 0002 0000",
                         "FORWARD-TSN new cumulative tsn=16 stream=1 ssn=65535 stream=2 ssn=0");
  Check<AsconfChunk>("c1 00 0010 ffffffff 0005 0008 0a000001",
                     "ASCONF sequence number=4294967295 parameters=8 B");
  Check<IForwardTsnChunk>("c2 00 0018 00000010 0001 0001 ffffffff 0002 0000 00000000",
                          "I-FORWARD-TSN new cumulative tsn=16 stream=1 mid=4294967295 stream=2 "
                          "mid=0");
}

TEST(SctpParameters, AreReadAndWrittenAsTheirFiguresSay) {
  Check<HeartbeatInfoParameter>("0001 0007 010203 00", "Heartbeat Info info=3 B");
  Check<StateCookieParameter>("0007 0008 01020304", "State Cookie cookie=4 B");
  Check<UnrecognizedParameter>("0008 0008 c123 0004", "Unrecognized Parameter parameter=4 B");
  Check<CookiePreservativeParameter>("0009 0008 ffffffff",
                                     "Cookie Preservative life span increment=4294967295");
  Check<HostNameAddressParameter>("000b 0006 6100 0000", "Host Name Address host name=2 B");
  Check<SupportedAddressTypesParameter>("000c 0006 0005 0000", "Supported Address Types 5");
  Check<OutgoingSsnResetParameter>(
      "000d 0012 00000001 00000002 ffffffff 0003 0000",
      "Outgoing SSN Reset Request request sequence number=1 response sequence number=2 last "
      "assigned tsn=4294967295 3");
  Check<IncomingSsnResetParameter>("000e 000c 00000001 0003 ffff",
                                   "Incoming SSN Reset Request request sequence number=1 3 65535");
  Check<SsnTsnResetParameter>("000f 0008 ffffffff",
                              "SSN/TSN Reset Request request sequence number=4294967295");
  Check<ReconfigResponseParameter>("0010 000c 00000007 00000001",
                                   "Re-configuration Response request=7 performed");
  Check<ReconfigResponseParameter>("0010 0014 00000007 00000006 00000001 00000002",
                                   "Re-configuration Response request=7 in progress");
  Check<AddOutgoingStreamsParameter>(
      "0011 000c 00000001 ffff 0000",
      "Add Outgoing Streams Request request sequence number=1 new streams=65535");
  Check<AddIncomingStreamsParameter>(
      "0012 000c 00000001 0001 0000",
      "Add Incoming Streams Request request sequence number=1 new streams=1");
  Check<RandomParameter>("8002 0008 01020304", "Random random=4 B");
  Check<ChunkListParameter>("8003 0006 c180 0000", "Chunk List 193 128");
  Check<HmacAlgorithmParameter>("8004 0008 0003 0001", "Requested HMAC Algorithm 3 1");
  Check<PaddingParameter>("8005 0005 00 000000", "Padding padding=1 B");
  Check<SupportedExtensionsParameter>("8008 0007 c08240 00", "Supported Extensions 192 130 64");
  Check<ForwardTsnSupportedParameter>("c000 0004", "Forward-TSN-Supported");
  // The examples of RFC 5061 sections 4.2.1, 4.2.2 and 4.2.4.
  Check<AddIpAddressParameter>("c001 0010 01023474 0005 0008 c0000201",
                               "Add IP Address correlation id=16921716 192.0.2.1");
  Check<DeleteIpAddressParameter>("c002 0010 01023476 0005 0008 c0000201",
                                  "Delete IP Address correlation id=16921718 192.0.2.1");
  Check<ErrorCauseIndicationParameter>("c003 000c 00000001 00a3 0004",
                                       "Error Cause Indication correlation id=1 causes=4 B");
  Check<SetPrimaryAddressParameter>("c004 001c 01023479 0006 0014 20010db8000000000000000000000001",
                                    "Set Primary Address correlation id=16921721 2001:db8::1");
  Check<SuccessIndicationParameter>("c005 0008 01023474",
                                    "Success Indication correlation id=16921716");
  Check<AdaptationLayerParameter>("c006 0008 ffffffff",
                                  "Adaptation Layer Indication indication=4294967295");
}

TEST(SctpParameters, AddressesHaveTheLengthOfTheirKind) {
  const auto read = [](const std::string& hex) {
    const std::vector<uint8_t> bytes = Hex(hex);
    std::span<const uint8_t> rest = bytes;
    const auto view = TakeParameter(rest);
    return view ? ReadAddressParameter(*view) : std::nullopt;
  };
  EXPECT_EQ(read("0005 0008 0a000001"), IpAddress::Parse("10.0.0.1"));
  EXPECT_EQ(read("0006 0014 20010db8000000000000000000000001"), IpAddress::Parse("2001:db8::1"));
  EXPECT_FALSE(read("0005 0007 0a000001").has_value());
  EXPECT_FALSE(read("0006 0008 0a000001").has_value());
  EXPECT_FALSE(read("0007 0008 0a000001").has_value());
  std::vector<uint8_t> written;
  WriteAddressParameter(*IpAddress::Parse("10.0.0.1"), written);
  EXPECT_EQ(written, Hex("0005 0008 0a000001"));
}

TEST(SctpCauses, AreReadAndWrittenAsTheirFiguresSay) {
  Check<InvalidStreamIdentifierCause>("0001 0008 ffff 0000",
                                      "Invalid Stream Identifier stream=65535");
  Check<MissingMandatoryParameterCause>("0002 000a 00000001 0007 0000",
                                        "Missing Mandatory Parameter 7");
  Check<StaleCookieCause>("0003 0008 ffffffff", "Stale Cookie staleness us=4294967295");
  Check<OutOfResourceCause>("0004 0004", "Out of Resource");
  Check<UnresolvableAddressCause>("0005 000c 000b 0008 61626300",
                                  "Unresolvable Address address=8 B");
  Check<UnrecognizedChunkTypeCause>("0006 0009 fe00000561 000000",
                                    "Unrecognized Chunk Type chunk=5 B");
  Check<InvalidMandatoryParameterCause>("0007 0004", "Invalid Mandatory Parameter");
  Check<UnrecognizedParametersCause>("0008 0008 c123 0004",
                                     "Unrecognized Parameters parameters=4 B");
  Check<NoUserDataCause>("0009 0008 ffffffff", "No User Data tsn=4294967295");
  Check<CookieWhileShuttingDownCause>("000a 0004", "Cookie Received While Shutting Down");
  Check<RestartWithNewAddressesCause>("000b 000c 0005 0008 0a000001",
                                      "Restart of an Association with New Addresses addresses=8 B");
  Check<UserInitiatedAbortCause>("000c 0006 6279 0000", "User-Initiated Abort reason=2 B");
  Check<ProtocolViolationCause>("000d 0004", "Protocol Violation information=0 B");
  Check<DeleteLastAddressCause>("00a0 0008 c002 0004",
                                "Request to Delete Last Remaining IP Address request=4 B");
  Check<ResourceShortageCause>("00a1 0008 c001 0004",
                               "Operation Refused Due to Resource Shortage request=4 B");
  Check<DeleteSourceAddressCause>("00a2 0008 c002 0004",
                                  "Request to Delete Source IP Address request=4 B");
  Check<IllegalAsconfAckCause>("00a3 0004", "Association Aborted Due to Illegal ASCONF-ACK");
  Check<NoAuthorizationCause>("00a4 0008 c001 0004",
                              "Request Refused - No Authorization request=4 B");
  Check<UnsupportedHmacCause>("0105 0006 0002 0000", "Unsupported HMAC Identifier hmac id=2");
}

TEST(SctpPacket, IsRefusedWithABadChecksumAndAtEveryLength) {
  std::vector<uint8_t> bytes;
  CommonHeader{.source_port = 5000, .destination_port = 6000, .tag = VerificationTag{0x01020304}}
      .Begin(bytes);
  CookieAckChunk().SerializeTo(bytes);
  CommonHeader::Seal(bytes);
  const TraceLabel* why = nullptr;
  const auto header = CommonHeader::Parse(bytes, &why);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->source_port, 5000);
  EXPECT_EQ(header->destination_port, 6000);
  EXPECT_EQ(header->tag.value, 0x01020304u);
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_FALSE(CommonHeader::Parse(std::span<const uint8_t>(bytes).first(n), &why).has_value());
  }
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {  // one flipped bit never passes
    std::vector<uint8_t> bent = bytes;
    bent[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(CommonHeader::Parse(bent, &why).has_value()) << bit;
  }
}

TEST(SctpPacket, HasItsChecksumLowestByteFirst) {
  // A COOKIE ACK from port 7 to 38281 with tag 0x3a5f1c2e.
  // The bitwise definition of RFC 9260 appendix A, apart from our code.
  std::vector<uint8_t> bytes = Hex("0007 9589 3a5f1c2e 00000000 0b000004");
  uint32_t crc = ~0u;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
  }
  crc = ~crc;
  for (size_t i = 0; i < 4; ++i) bytes[8 + i] = static_cast<uint8_t>(crc >> (8 * i));
  const TraceLabel* why = nullptr;
  const auto header = CommonHeader::Parse(bytes, &why);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->tag.value, 0x3a5f1c2eu);
}

TEST(AnyChunkList, KnowsEachTypeOnce) {
  int known = 0;
  for (int type = 0; type < 256; ++type) {
    if (IsKnownChunkType(static_cast<uint8_t>(type))) ++known;
  }
  EXPECT_EQ(known, static_cast<int>(std::variant_size_v<AnyChunk>));
  EXPECT_EQ(ChunkTypeName(14), "SHUTDOWN COMPLETE");
  EXPECT_EQ(ChunkTypeName(77), "chunk 77");
}

}  // namespace
}  // namespace tickwire::sctp
