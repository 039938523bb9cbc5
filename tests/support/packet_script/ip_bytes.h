// IP headers before what a script's packets are made of.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_IP_BYTES_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_IP_BYTES_H_

#include <cstdint>
#include <vector>

#include "protocols/ip/ip_header.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/packet/packet.h"

namespace tickwire::packet_script {

void PrependIp(Packet& packet, const IpAddress& source, const IpAddress& destination,
               IpProtocol protocol, Ecn ecn, uint8_t ttl);
// All of it, virtual zeros too.
std::vector<uint8_t> BytesOf(const Packet& packet);

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_IP_BYTES_H_
