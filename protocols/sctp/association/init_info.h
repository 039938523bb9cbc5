// InitInfo: what an INIT or INIT ACK says, its parameters read (RFC 9260 sections 3.3.2, 3.3.3 and
// 3.2.2; RFC 3758, 4895, 5061, 6525, 8260).
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_INIT_INFO_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_INIT_INFO_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"
#include "protocols/sctp/sctp_config.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sctp {

// What both sides must know to use an extension.
struct Capabilities {
  bool partial_reliability = false;
  bool stream_reconfiguration = false;
  bool interleaving = false;
  bool dynamic_addresses = false;
  bool authentication = false;

  static Capabilities Of(const SctpConfig& config);
  // What both have, and the rules between them: ASCONF needs AUTH (RFC 5061 section 4.2.7).
  Capabilities And(const Capabilities& other) const;
  bool operator==(const Capabilities&) const = default;
};

struct InitInfo {
  VerificationTag initiate_tag;
  uint32_t a_rwnd = 0;
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
  Tsn initial_tsn;

  std::vector<IpAddress> addresses;
  bool has_host_name = false;
  std::vector<uint16_t> supported_address_types;  // empty: not told
  std::vector<uint8_t> cookie;                    // INIT ACK
  std::optional<uint32_t> cookie_life_increment_ms;
  Capabilities capabilities;
  std::optional<uint32_t> adaptation_indication;
  // RFC 4895, whole parameters as they came: the key is made of them.
  std::vector<uint8_t> random, chunk_list, hmac_algorithms;
  std::vector<uint8_t> authenticated_chunks;  // what chunk_list says
  std::vector<uint16_t> hmac_ids;
  std::vector<uint8_t> unrecognized;  // whole parameters, to be reported
  size_t size = 0;                    // of the chunk's value

  // The chunk's value, common to INIT and INIT ACK. None: malformed. Unknown parameters are
  // treated by their two upper bits (section 3.2.1).
  static std::optional<InitInfo> Read(std::span<const uint8_t> chunk_value);
};

// The parameters of our INIT or INIT ACK, but for the cookie and what is reported.
struct OwnInit {
  VerificationTag initiate_tag;
  Tsn initial_tsn;
  std::vector<IpAddress> addresses;  // none: single-homed, the packet's source
  std::vector<uint8_t> random;       // 32 bytes; used if authentication is on
};
// Appends them to `out`.
void WriteInitParameters(const SctpConfig& config, const OwnInit& own, bool is_init,
                         std::vector<uint8_t>& out);
// The parameters Random, Chunk List and HMAC algorithms as they are written.
std::vector<uint8_t> AuthParameters(const SctpConfig& config, std::span<const uint8_t> random);
// The same without padding: our key vector (RFC 4895 section 6.1).
std::vector<uint8_t> AuthKeyVector(const SctpConfig& config, std::span<const uint8_t> random);
// The chunk types that we want authenticated.
std::vector<uint8_t> AuthenticatedChunks(const SctpConfig& config);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_INIT_INFO_H_
