// Segment: one received segment, read and verified, on its way through a connection.
#ifndef TICKWIRE_PROTOCOLS_TCP_SEGMENT_H_
#define TICKWIRE_PROTOCOLS_TCP_SEGMENT_H_

#include <cstdint>
#include <span>

#include "protocols/ip/ip_header.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "sim_core/packet/packet.h"

namespace tickwire::tcp {

struct Segment {
  const IpDatagram& datagram;
  const Packet& packet;  // from the TCP header on; for the record of a drop
  TcpHeader header;
  TcpOptions options;
  std::span<const uint8_t> bytes;  // the payload: these,
  uint32_t zeros = 0;              // then so many zeros

  bool has(TcpHeader::Flag flag) const { return header.has(flag); }
  int64_t data_size() const { return static_cast<int64_t>(bytes.size()) + zeros; }
  // SEG.LEN of RFC 9293 section 3.3.1: SYN and FIN count.
  int64_t length() const {
    return data_size() + (has(TcpHeader::kSyn) ? 1 : 0) + (has(TcpHeader::kFin) ? 1 : 0);
  }
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SEGMENT_H_
