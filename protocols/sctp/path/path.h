// Path: one destination transport address of the peer, with everything that is kept for it
// (RFC 9260 sections 5.4, 6.3, 7.2, 8.2, 8.3; RFC 7829).
//
// Owns its timers; its owner reacts to them.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PATH_PATH_H_
#define TICKWIRE_PROTOCOLS_SCTP_PATH_PATH_H_

#include <cstdint>
#include <string>

#include "protocols/sctp/path/congestion_window.h"
#include "protocols/sctp/path/rto.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/event/timer.h"

namespace tickwire::sctp {

class Path {
 public:
  enum class State : uint8_t { kUnconfirmed, kActive, kPotentiallyFailed, kInactive };
  class Owner {
   public:
    virtual void OnT3Rtx(Path& path) = 0;
    virtual void OnHeartbeatTimer(Path& path) = 0;

   protected:
    ~Owner() = default;
  };

  // `mtu`: the largest IP packet. `index`: within the association; stays with it.
  Path(NodeClock& clock, Owner& owner, const SctpConfig& config, const IpAddress& address,
       uint8_t index, size_t mtu, absl::string_view entity_name);
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  const IpAddress& address() const { return address_; }
  uint8_t index() const { return index_; }
  State state() const { return state_; }
  void set_state(State state, const TraceLabel& reason);
  bool is_confirmed() const { return state_ != State::kUnconfirmed; }
  const TraceEntity& entity() const { return entity_; }

  // Payload of the largest SCTP packet: after the IP header.
  size_t packet_bytes() const { return packet_bytes_; }
  void set_mtu(size_t mtu);
  // Path Maximum DATA Chunk Size (section 7.2.1).
  int64_t pmdcs() const { return static_cast<int64_t>(packet_bytes_) - 12; }

  Rto rto;
  CongestionWindow window;
  int error_count = 0;
  int max_retrans;  // Path.Max.Retrans
  bool heartbeats_enabled = true;
  Duration heartbeat_interval;
  uint64_t nonce = 0;  // of the HEARTBEAT that is not answered yet; 0: none
  SimTime heartbeat_sent;
  SimTime last_used;             // something for measuring the round trip was sent
  SimTime last_data;             // DATA was sent
  SimTime last_rtt_sample;       // rule C4 of section 6.3.1
  uint16_t udp_port = 0;         // RFC 6951: the peer's; 0: plain IP
  bool is_removed = false;       // by ASCONF; its index stays taken a while
  bool one_packet_only = false;  // after T3-rtx, until something is acknowledged (section 7.2.3)

 private:
  void OnT3() { owner_.OnT3Rtx(*this); }
  void OnHeartbeat() { owner_.OnHeartbeatTimer(*this); }

  Owner& owner_;
  NodeTrace& trace_;
  const IpAddress address_;
  const uint8_t index_;
  State state_ = State::kUnconfirmed;
  size_t packet_bytes_;
  const TraceEntity entity_;

 public:
  Timer<Path, &Path::OnT3> t3_rtx;
  Timer<Path, &Path::OnHeartbeat> heartbeat;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PATH_PATH_H_
