#include "tests/support/packet_script/ip_bytes.h"

#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"

namespace tickwire::packet_script {

void PrependIp(Packet& packet, const IpAddress& source, const IpAddress& destination,
               IpProtocol protocol, Ecn ecn, uint8_t ttl) {
  if (source.is_v4()) {
    const Ipv4Header header{
        .ecn = ecn,
        .total_length = static_cast<uint16_t>(Ipv4Header::kSize + packet.wire_size()),
        .dont_fragment = true,
        .ttl = ttl,
        .protocol = protocol,
        .source = source,
        .destination = destination};
    header.SerializeTo(packet.Prepend(Ipv4Header::kSize));
    return;
  }
  const Ipv6Header header{.ecn = ecn,
                          .payload_length = static_cast<uint16_t>(packet.wire_size()),
                          .next_header = protocol,
                          .hop_limit = ttl,
                          .source = source,
                          .destination = destination};
  header.SerializeTo(packet.Prepend(Ipv6Header::kSize));
}

std::vector<uint8_t> BytesOf(const Packet& packet) {
  std::vector<uint8_t> bytes(packet.bytes().begin(), packet.bytes().end());
  bytes.resize(packet.wire_size());
  return bytes;
}

}  // namespace tickwire::packet_script
