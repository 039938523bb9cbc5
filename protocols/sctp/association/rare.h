// Association::Control and Rare: what most associations need only at their beginning and end, or
// never. Private to the files of Association.
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_RARE_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_RARE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "protocols/sctp/association/association.h"
#include "sim_core/event/timer.h"

namespace tickwire::sctp {

struct Association::Control {
  explicit Control(Association& association);
  void OnTimer() { owner.OnControlTimer(); }

  Association& owner;
  Timer<Control, &Control::OnTimer> timer;  // one at a time: T1-init, T1-cookie, T2-shutdown
  SimTime sent;                             // when what it watches was sent
  bool was_resent = false;
  int retransmits = 0;          // of INIT or COOKIE ECHO
  int stale_cookies = 0;        // in this set-up
  std::vector<uint8_t> random;  // ours (RFC 4895)
  std::vector<uint8_t> cookie;  // to be echoed
};

struct Association::Rare {
  explicit Rare(Association& owner);

  void OnT5() { owner.OnT5ShutdownGuard(); }
  void OnAutocloseTimer() { owner.OnAutoclose(); }
  void OnReconfig() { owner.OnReconfigTimer(); }
  void OnT4() { owner.OnT4Rto(); }

  Association& owner;
  Timer<Rare, &Rare::OnT5> t5_shutdown_guard;
  Timer<Rare, &Rare::OnAutocloseTimer> autoclose;
  Timer<Rare, &Rare::OnReconfig> reconfig_timer;
  Timer<Rare, &Rare::OnT4> t4_rto;

  uint32_t cookie_extension_ms = 0;  // RFC 9260 section 5.2.6; 0: none wanted

  // --- RFC 6525 ---
  std::optional<ReconfigRequest> request;  // one at a time (section 5.1.1)
  int request_errors = 0;
  int answers_left = 0;
  int64_t request_last_tsn = 0;  // Sender's Last Assigned TSN
  uint8_t reconfig_path = 0;
  bool in_progress = false;              // said the peer
  uint32_t next_request_number = 0;      // ours
  uint32_t expected_request_number = 0;  // the peer's next
  bool numbers_known = false;
  // What we answered last, for repetitions (section 5.2.1).
  uint32_t last_answer = 0;
  std::optional<ReconfigResponseParameter::NextTsns> last_answer_tsns;
  // An Outgoing SSN Reset Request of the peer that waits for data (section 5.2.2, E2).
  struct PendingIncoming {
    uint32_t number = 0;
    int64_t last_tsn = 0;
    std::vector<StreamId> streams;
  };
  std::optional<PendingIncoming> pending_incoming;

  // --- RFC 5061 ---
  struct AsconfRequest {
    uint16_t type = 0;  // of the parameter
    IpAddress address;
    uint32_t correlation = 0;
  };
  std::deque<AsconfRequest> asconf_queue;
  std::vector<uint8_t> asconf_sent;  // the chunk that waits for its acknowledgment
  std::vector<AsconfRequest> asconf_outstanding;
  uint32_t asconf_serial = 0;            // of the next ASCONF
  uint32_t peer_asconf_serial = 0;       // of the last one of the peer's
  std::vector<uint8_t> last_asconf_ack;  // our answer to it, for repetitions
  uint32_t next_correlation = 1;
  int asconf_errors = 0;
  uint8_t asconf_path = 0;
  bool asconf_serials_known = false;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_RARE_H_
