// SctpConfig: every constant and choice of an SCTP endpoint. Names are those of RFC 9260 section 16
// and RFC 6458 section 8. Sizes in bytes.
#ifndef TICKWIRE_PROTOCOLS_SCTP_SCTP_CONFIG_H_
#define TICKWIRE_PROTOCOLS_SCTP_SCTP_CONFIG_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "sim_core/time/sim_time.h"

namespace tickwire::sctp {

// How a stream is chosen for the next chunk (RFC 8260 section 3).
enum class SchedulerKind : uint8_t {
  kFirstComeFirstServed,
  kRoundRobin,
  kRoundRobinPerPacket,
  kPriority,
  kFairBandwidth,
  kWeightedFair,
};

struct SctpConfig {
  // Who is imitated where stacks are known to differ from the RFC.
  enum class Profile : uint8_t { kRfc, kUsrsctp };
  Profile profile = Profile::kRfc;

  // --- RFC 9260 section 16 ---
  Duration rto_initial = Duration::Seconds(1);
  Duration rto_min = Duration::Seconds(1);
  Duration rto_max = Duration::Seconds(60);
  uint32_t max_burst = 4;  // packets; 0: no limit
  Duration valid_cookie_life = Duration::Seconds(60);
  int association_max_retrans = 10;
  int path_max_retrans = 5;
  int max_init_retransmits = 8;
  Duration max_init_timeout;  // bounds T1-init (RFC 6458 section 8.1.3); 0: rto_max
  Duration hb_interval = Duration::Seconds(30);  // 0: no heartbeats
  int hb_max_burst = 1;
  Duration sack_delay = Duration::Millis(200);  // at most 500 ms (section 6.2)
  uint32_t sack_every = 2;                      // packets with data
  // Cookie life extension that a peer may ask for with Cookie Preservative (section 5.2.6).
  Duration max_cookie_life_increment = Duration::Seconds(60);

  // --- Association ---
  uint16_t outbound_streams = 10;
  uint16_t max_inbound_streams = 2048;
  uint32_t receive_buffer = 1 << 20;
  uint32_t send_buffer = 1 << 20;
  uint32_t mtu = 0;                // of every path; 0: as IP says
  uint32_t max_segment = 0;        // user data of one chunk; 0: what fits the path
  uint32_t max_message = 1 << 24;  // longest message that is taken or reassembled
  bool no_delay = true;            // off: Nagle's rule (section 6.1)
  bool bundle = true;              // several DATA chunks in one packet
  Duration autoclose;              // idle time that ends an association; 0: never
  uint32_t adaptation_indication = 0;
  bool has_adaptation_indication = false;

  // --- Multihoming (RFC 7829) ---
  std::optional<int> potentially_failed_threshold = 0;  // PFMR; none: no potentially failed state
  int primary_switchover_threshold = -1;                // PSMR; below 0: never
  bool fast_retransmit_on_same_path = true;

  // --- Extensions that are offered ---
  bool partial_reliability = true;            // RFC 3758
  bool stream_reconfiguration = true;         // RFC 6525
  bool interleaving = false;                  // RFC 8260
  bool dynamic_addresses = false;             // RFC 5061; needs authentication
  bool authentication = false;                // RFC 4895
  std::vector<uint8_t> authenticated_chunks;  // that we want authenticated, beside ASCONF
  std::vector<uint8_t> shared_key;            // key id 0; empty: the null key
  SchedulerKind scheduler = SchedulerKind::kFirstComeFirstServed;
  uint16_t udp_encapsulation_port = 0;  // RFC 6951, of the peer; 0: plain IP

  // For lessons and scripts; none: drawn.
  std::optional<uint32_t> initiate_tag;
  std::optional<uint32_t> initial_tsn;

  bool operator==(const SctpConfig&) const = default;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SCTP_CONFIG_H_
