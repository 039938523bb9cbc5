// TcpDialect: TCP segments and ICMP errors of a script as bytes, and bytes judged by the script.
//
// A script counts both directions from its own initial sequence numbers. The remote side's numbers
// go onto the wire as written; the stack's own differ by what its first SYN shows, and its
// timestamps likewise.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_TCP_DIALECT_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_TCP_DIALECT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/transport/endpoint.h"
#include "sim_core/packet/buffer_pool.h"
#include "tests/support/packet_script/script.h"
#include "topologies/match/packet_source.h"

namespace tickwire::packet_script {

// One connection as the script sees it.
struct Conversation {
  Endpoint local;                            // of the stack under test
  Endpoint remote;                           // played by the script
  std::optional<uint32_t> local_offset;      // wire less script, of the stack's sequence numbers
  std::optional<uint32_t> timestamp_offset;  // wire less script, of the stack's TSval
  std::map<uint32_t, uint32_t> timestamps;   // script's TSval of the stack -> as on the wire
  uint32_t last_sequence = 0;                // of the stack, as on the wire
};

class TcpDialect {
 public:
  explicit TcpDialect(uint32_t timestamp_tolerance_ticks)
      : timestamp_tolerance_(timestamp_tolerance_ticks) {}

  // A whole IP packet. REQUIRES: line.is_inbound.
  std::vector<uint8_t> Build(const PacketLine& line, const Conversation& conversation);
  // What is wrong with `packet`; empty if it is as `expected` says. Learns the offsets.
  std::string Compare(const PacketLine& expected, const match::PacketSource& packet,
                      Conversation& conversation);
  // A packet in the script's words.
  static std::string Describe(const match::PacketSource& packet, const Conversation& conversation);

 private:
  std::vector<uint8_t> BuildTcp(const PacketLine& line, const TcpSpec& tcp,
                                const Conversation& conversation);
  std::vector<uint8_t> BuildIcmp(const IcmpSpec& icmp, const Conversation& conversation);
  std::string CompareOptions(const TcpSpec& expected, std::span<const uint8_t> options,
                             Conversation& conversation);

  const uint32_t timestamp_tolerance_;
  BufferPool pool_;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_TCP_DIALECT_H_
