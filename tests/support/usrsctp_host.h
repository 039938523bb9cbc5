// UsrsctpHost: usrsctp (Debian's libusrsctp) as the SCTP of a simulated node, in virtual time.
//
// usrsctp is one per process: one UsrsctpHost at a time, made and driven by one thread. It speaks
// to no kernel: its packets (AF_CONN) are put into IP datagrams of the node, its timers run as the
// node's clock does, and in place of the wall clock and of the system's random numbers it is given
// the node's time and draws from `seed`; so a run repeats bit for bit. One association at a time,
// one-to-one style. Nothing is called from within usrsctp, which holds locks when it calls.
#ifndef TICKWIRE_TESTS_SUPPORT_USRSCTP_HOST_H_
#define TICKWIRE_TESTS_SUPPORT_USRSCTP_HOST_H_

#include <cstdint>
#include <memory>
#include <span>

#include "protocols/ip/ip_layer.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

class UsrsctpHost {
 public:
  enum class Event : uint8_t { kUp, kRestart, kLost, kShutdownComplete, kCannotStart };
  class User {
   public:
    virtual void OnEvent(Event event) = 0;
    virtual void OnMessage(uint16_t stream, uint32_t ppid, bool unordered,
                           std::span<const uint8_t> data) = 0;
    // After each packet and timer: there may be room to send.
    virtual void OnTurn() = 0;

   protected:
    ~User() = default;
  };
  struct Options {
    uint16_t streams = 10;
    uint32_t send_buffer = 1 << 20;
    uint32_t receive_buffer = 1 << 20;
    Duration rto_min = Duration::Seconds(1);
    uint32_t mtu = 1500;                  // of IP packets
    uint32_t max_burst = 4;               // packets; 0: no limit
    uint32_t partial_delivery_point = 0;  // longer messages come in parts; 0: as usrsctp has it
    bool interleaving = false;            // I-DATA (RFC 8260)
    bool authenticates_data = false;      // wants DATA and SACK authenticated (RFC 4895)
  };

  // `ip` is the node's; SCTP is registered there. All outlive this.
  UsrsctpHost(IpLayer& ip, uint64_t seed, const Options& options, User& user);
  ~UsrsctpHost();  // aborts what is there

  // --- Within an event of the node ---
  void Listen(uint16_t port);
  void Connect(uint16_t local_port, const IpAddress& remote, uint16_t remote_port);
  // False: no room now, or no association.
  // `policy`: RFC 3758, with `value` the lifetime in ms or how many retransmissions at most.
  enum class Policy : uint8_t { kReliable, kTimed, kRetransmissions };
  bool Send(std::span<const uint8_t> data, uint16_t stream, bool unordered, uint32_t ppid,
            Policy policy = Policy::kReliable, uint32_t value = 0);
  void Shutdown();
  void Abort();
  // All of the association is forgotten. Its ABORT goes nowhere: as after a loss of power.
  void Forget();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_USRSCTP_HOST_H_
