// SctpDialect: the SCTP packets of a script as bytes, and bytes judged by the script.
//
// A second writing of the wire format, table by table from the figures of RFC 9260 section 3.3 and
// of the extensions: nothing of protocols/sctp is used. A script counts TSNs and names tags in its
// own numbers. Those of the remote side go onto the wire as written; those of the stack under test
// differ by what its INIT or INIT ACK shows.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_DIALECT_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_DIALECT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "protocols/transport/endpoint.h"
#include "tests/support/packet_script/script.h"
#include "topologies/match/packet_source.h"

namespace tickwire::packet_script {

class SctpDialect {
 public:
  // `remote`: the first address of the script's side; its others follow it.
  SctpDialect(const Endpoint& local, const IpAddress& remote) : local_(local), remote_(remote) {}

  // A whole IP packet from the script's port `port`, or what is wrong with the line.
  // REQUIRES: line.is_inbound, and its spec is SCTP.
  std::variant<std::vector<uint8_t>, std::string> Build(const PacketLine& line, uint16_t port);
  // What is wrong with `packet`; empty if it is as `expected` says. Learns numbers.
  std::string Compare(const PacketLine& expected, const match::PacketSource& packet, uint16_t port);
  IpAddress RemoteAddress(uint8_t path) const;
  // A packet in the script's words.
  std::string Describe(const match::PacketSource& packet, uint16_t port);

 private:
  // What is known of one association, by the script's port.
  struct Conversation {
    uint16_t local_port = 0;
    uint32_t tag = 0;                   // of the stack, as on the wire
    uint32_t tsn_offset = 0;            // wire less script, of the stack's TSNs
    std::map<uint32_t, uint32_t> tags;  // script's number of a tag of the stack -> as on the wire
    uint32_t remote_tag = 0;            // of the script
    uint32_t last_tag = 0;              // of the last packet that went in
    std::vector<std::vector<uint8_t>> cookies;  // in the order in which they came
    std::vector<uint8_t> heartbeat;             // what the last HEARTBEAT carried
  };
  Conversation& ConversationOf(uint16_t port);
  // `spec`: to learn numbers from; may be null.
  std::vector<SctpItem> Decode(std::span<const uint8_t> chunks, const SctpSpec* spec,
                               Conversation& conversation);
  const Endpoint local_;
  const IpAddress remote_;
  std::map<uint16_t, Conversation> conversations_;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCTP_DIALECT_H_
