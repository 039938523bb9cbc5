// An IPv4 packet with SCTP in it, as bytes.
#ifndef TICKWIRE_TESTS_SUPPORT_SCTP_DATAGRAM_H_
#define TICKWIRE_TESTS_SUPPORT_SCTP_DATAGRAM_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "protocols/ip/ipv4_header.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/sctp/packet/sctp_packet.h"

namespace tickwire::sctp {

inline std::vector<uint8_t> SctpDatagram(
    const CommonHeader& header, const std::vector<AnyChunk>& chunks,
    const IpAddress& source = *IpAddress::Parse("10.0.0.1"),
    const IpAddress& destination = *IpAddress::Parse("10.0.0.2")) {
  std::vector<uint8_t> sctp;
  header.Begin(sctp);
  for (const AnyChunk& chunk : chunks) SerializeTo(chunk, sctp);
  CommonHeader::Seal(sctp);
  std::vector<uint8_t> bytes(Ipv4Header::kSize);
  Ipv4Header{.total_length = static_cast<uint16_t>(Ipv4Header::kSize + sctp.size()),
             .protocol = IpProtocol::kSctp,
             .source = source,
             .destination = destination}
      .SerializeTo(bytes);
  bytes.insert(bytes.end(), sctp.begin(), sctp.end());
  return bytes;
}

}  // namespace tickwire::sctp

#endif  // TICKWIRE_TESTS_SUPPORT_SCTP_DATAGRAM_H_
