#include "tests/support/packet_script/sctp_tables.h"

namespace tickwire::packet_script {
namespace {

using enum SctpFieldShape::Kind;

// RFC 9260 section 3.3; RFC 3758 3.2; RFC 4820 3; RFC 4895 4; RFC 5061 4.1; RFC 6525 3; RFC 8260.
const std::vector<SctpShape>& Chunks() {
  static const auto& shapes = *new std::vector<SctpShape>{
      {"DATA",
       0,
       {{"tsn", 4, kOwnTsn}, {"sid", 2}, {"ssn", 2}, {"ppid", 4}},
       SctpTail::kBytes,
       "....IUBE"},
      {"INIT",
       1,
       {{"tag", 4, kTag}, {"a_rwnd", 4}, {"os", 2}, {"is", 2}, {"tsn", 4, kOwnTsn}},
       SctpTail::kParameters},
      {"INIT_ACK",
       2,
       {{"tag", 4, kTag}, {"a_rwnd", 4}, {"os", 2}, {"is", 2}, {"tsn", 4, kOwnTsn}},
       SctpTail::kParameters},
      {"SACK", 3, {{"cum_tsn", 4, kPeerTsn}, {"a_rwnd", 4}}, SctpTail::kSackLists},
      {"HEARTBEAT", 4, {}, SctpTail::kParameters},
      {"HEARTBEAT_ACK", 5, {}, SctpTail::kParameters},
      {"ABORT", 6, {}, SctpTail::kCauses, ".......T"},
      {"SHUTDOWN", 7, {{"cum_tsn", 4, kPeerTsn}}},
      {"SHUTDOWN_ACK", 8, {}},
      {"ERROR", 9, {}, SctpTail::kCauses},
      {"COOKIE_ECHO", 10, {}, SctpTail::kBytes},
      {"COOKIE_ACK", 11, {}},
      {"SHUTDOWN_COMPLETE", 14, {}, SctpTail::kNone, ".......T"},
      {"AUTH", 15, {{"key_id", 2}, {"hmac_id", 2}}, SctpTail::kBytes},
      {"I_DATA",
       64,
       {{"tsn", 4, kOwnTsn}, {"sid", 2}, {"reserved", 2, kHidden}, {"mid", 4}, {"ppid", 4}},
       SctpTail::kBytes,
       "....IUBE"},
      {"ASCONF_ACK", 128, {{"seq", 4, kPeerTsn}}, SctpTail::kParameters},
      {"RECONFIG", 130, {}, SctpTail::kParameters},
      {"PAD", 132, {}, SctpTail::kBytes},
      {"FORWARD_TSN", 192, {{"cum_tsn", 4, kOwnTsn}}, SctpTail::kStreamSsn},
      {"ASCONF", 193, {{"seq", 4, kOwnTsn}}, SctpTail::kParameters},
      {"I_FORWARD_TSN", 194, {{"cum_tsn", 4, kOwnTsn}}, SctpTail::kStreamMid},
  };
  return shapes;
}

// RFC 9260 section 3.3.2 and 3.3.3; RFC 3758 3.1; RFC 4895 3; RFC 5061 4.2; RFC 6525 4.
const std::vector<SctpShape>& Parameters() {
  static const auto& shapes = *new std::vector<SctpShape>{
      {"HEARTBEAT_INFORMATION", 1, {}, SctpTail::kBytes},
      {"IPV4_ADDRESS", 5, {}, SctpTail::kAddress},
      {"IPV6_ADDRESS", 6, {}, SctpTail::kAddress},
      {"STATE_COOKIE", 7, {}, SctpTail::kBytes},
      {"UNRECOGNIZED_PARAMETER", 8, {}, SctpTail::kParameters},
      {"COOKIE_PRESERVATIVE", 9, {{"incr", 4}}},
      {"HOSTNAME_ADDRESS", 11, {}, SctpTail::kBytes},
      {"SUPPORTED_ADDRESS_TYPES", 12, {}, SctpTail::kTypes16},
      {"OUTGOING_SSN_RESET",
       13,
       {{"req_sn", 4, kOwnTsn}, {"resp_sn", 4, kPeerTsn}, {"last_tsn", 4, kOwnTsn}},
       SctpTail::kStreams},
      {"INCOMING_SSN_RESET", 14, {{"req_sn", 4, kOwnTsn}}, SctpTail::kStreams},
      {"SSN_TSN_RESET", 15, {{"req_sn", 4, kOwnTsn}}},
      {"RECONFIG_RESPONSE", 16, {{"resp_sn", 4, kPeerTsn}, {"result", 4}}, SctpTail::kNextTsns},
      {"ADD_OUTGOING_STREAMS",
       17,
       {{"req_sn", 4, kOwnTsn}, {"new_streams", 2}, {"reserved", 2, kHidden}}},
      {"ADD_INCOMING_STREAMS",
       18,
       {{"req_sn", 4, kOwnTsn}, {"new_streams", 2}, {"reserved", 2, kHidden}}},
      {"ECN_CAPABLE", 0x8000, {}},
      {"RANDOM", 0x8002, {}, SctpTail::kBytes},
      {"CHUNK_LIST", 0x8003, {}, SctpTail::kTypes8},
      {"HMAC_ALGORITHM", 0x8004, {}, SctpTail::kTypes16},
      {"PADDING", 0x8005, {}, SctpTail::kBytes},
      {"SUPPORTED_EXTENSIONS", 0x8008, {}, SctpTail::kTypes8},
      {"FORWARD_TSN_SUPPORTED", 0xc000, {}},
      {"ADD_IP_ADDRESS", 0xc001, {{"cid", 4}}, SctpTail::kParameters},
      {"DELETE_IP_ADDRESS", 0xc002, {{"cid", 4}}, SctpTail::kParameters},
      {"ERROR_CAUSE_INDICATION", 0xc003, {{"cid", 4}}, SctpTail::kCauses},
      {"SET_PRIMARY_ADDRESS", 0xc004, {{"cid", 4}}, SctpTail::kParameters},
      {"SUCCESS_INDICATION", 0xc005, {{"cid", 4}}},
      {"ADAPTATION_CODE_POINT", 0xc006, {{"code", 4}}},
  };
  return shapes;
}

// RFC 9260 section 3.3.10; RFC 4895 5; RFC 5061 4.3.
const std::vector<SctpShape>& Causes() {
  static const auto& shapes = *new std::vector<SctpShape>{
      {"INVALID_STREAM_IDENTIFIER", 1, {{"sid", 2}, {"reserved", 2, kHidden}}},
      {"MISSING_MANDATORY_PARAMETER", 2, {{"count", 4, kHidden}}, SctpTail::kTypes16},
      {"STALE_COOKIE", 3, {{"staleness", 4}}},
      {"OUT_OF_RESOURCES", 4, {}},
      {"UNRESOLVABLE_ADDRESS", 5, {}, SctpTail::kParameters},
      {"UNRECOGNIZED_CHUNK_TYPE", 6, {}, SctpTail::kChunk},
      {"INVALID_MANDATORY_PARAMETER", 7, {}},
      {"UNRECOGNIZED_PARAMETERS", 8, {}, SctpTail::kParameters},
      {"NO_USER_DATA", 9, {{"tsn", 4, kPeerTsn}}},
      {"COOKIE_RECEIVED_WHILE_SHUTDOWN", 10, {}},
      {"RESTART_WITH_NEW_ADDRESSES", 11, {}, SctpTail::kParameters},
      {"USER_INITIATED_ABORT", 12, {}, SctpTail::kText},
      {"PROTOCOL_VIOLATION", 13, {}, SctpTail::kText},
      {"DELETE_LAST_ADDRESS", 0xa0, {}, SctpTail::kParameters},
      {"DELETE_SOURCE_ADDRESS", 0xa2, {}, SctpTail::kParameters},
      {"UNSUPPORTED_HMAC", 0x105, {{"hmac_id", 2}}},
  };
  return shapes;
}

const std::vector<SctpShape>& ShapesOf(SctpLevel level) {
  switch (level) {
    case SctpLevel::kChunk:
      return Chunks();
    case SctpLevel::kParameter:
      return Parameters();
    case SctpLevel::kCause:
      break;
  }
  return Causes();
}

}  // namespace

const SctpShape* FindShape(SctpLevel level, absl::string_view name) {
  for (const SctpShape& shape : ShapesOf(level)) {
    if (name == shape.name) return &shape;
  }
  return nullptr;
}

const SctpShape* FindShape(SctpLevel level, uint32_t type) {
  for (const SctpShape& shape : ShapesOf(level)) {
    if (type == shape.type) return &shape;
  }
  return nullptr;
}

}  // namespace tickwire::packet_script
