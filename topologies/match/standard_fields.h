// The fields of this tree's protocols, in one table.
#ifndef TICKWIRE_TOPOLOGIES_MATCH_STANDARD_FIELDS_H_
#define TICKWIRE_TOPOLOGIES_MATCH_STANDARD_FIELDS_H_

#include <span>

#include "topologies/match/field_table.h"

namespace tickwire::match {

// One packet as a link or an interface sees it. The id of a field of these is its enumerator, since
// StandardFieldTable() adds them first.
enum class PacketField : uint16_t {
  kFrameLength,
  kIpVersion,
  kIpSource,
  kIpDestination,
  kIpTtl,
  kIpProtocol,
  kIpLength,
  kIpDscp,
  kIpEcn,
  kIpIsFragment,
  kIcmpType,
  kIcmpCode,
  kUdpSourcePort,
  kUdpDestinationPort,
  kUdpLength,
  kDnsId,
  kDnsIsResponse,
  kDnsName,
  kDnsType,
  kDnsRcode,
  kDnsAnswers,
  kRtpSsrc,
  kRtpSequence,
  kRtpTimestamp,
  kRtpPayloadType,
  kRtpMarker,
  kRtcpType,
  kTcpSourcePort,
  kTcpDestinationPort,
  kTcpSequence,
  kTcpAcknowledgment,
  kTcpLength,
  kTcpHeaderLength,
  kTcpFlags,
  kTcpFin,
  kTcpSyn,
  kTcpReset,
  kTcpPush,
  kTcpAck,
  kTcpUrgent,
  kTcpEce,
  kTcpCwr,
  kTcpWindow,
  kTcpUrgentPointer,
  kTcpMss,
  kTcpWindowScale,
  kTcpSackPermitted,
  kTcpSackCount,
  kTcpSackLeft,
  kTcpSackRight,
  kTcpTimestampValue,
  kTcpTimestampEcho,
};
std::span<const FieldInfo> PacketFields();

// PacketFields(), then the SIP fields. Built once; never changes.
const FieldTable& StandardFieldTable();

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_STANDARD_FIELDS_H_
