// MessageSender: sets one association up, sends messages over it, and shuts it down.
//
// Without a pace it sends as fast as SCTP takes messages. A message that finds no room waits, and
// the pace with it.
#ifndef TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SENDER_H_
#define TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SENDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "protocols/sctp/apps/message_totals.h"
#include "protocols/sctp/socket/sctp_socket.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"
#include "sim_core/time/data_rate.h"

namespace tickwire::sctp {

class MessageSender : private SctpSocket::Listener {
 public:
  struct Config {
    std::vector<IpAddress> peer;  // the first is the primary path
    uint16_t port = 0;
    uint16_t source_port = 0;  // 0: any free one
    SimTime start;
    SimTime until = SimTime::Infinite();
    uint32_t messages = 0;                 // 0: no limit
    std::vector<uint32_t> sizes = {1000};  // bytes, by turns
    uint32_t size_max = 0;                 // above a size: drawn between the two
    std::function<Duration()> interval;    // null: none
    DataRate rate = DataRate::Infinite();  // of user data
    uint16_t streams = 1;                  // by turns
    Ratio unordered;                       // how many of them
    uint32_t ppid = 0;
    Reliability reliability;
    uint32_t immediate_every = 0;  // 0: never
    bool stays_open = false;
    SctpConfig sctp;
  };
  // The layer outlives this. `rng`: for sizes and order.
  MessageSender(SctpLayer& layer, const Config& config, Rng rng);

  const MessageTotals& totals() const { return totals_; }

 private:
  void OnStart();
  void OnDue();
  void OnUntil();
  void Send();
  // False: no room, or nobody to send to.
  bool SendOne();
  void PrepareNext();
  void Finish();
  void OnMessage(SctpSocket& socket, const SctpSocket::RcvInfo& info,
                 std::span<const uint8_t> data) override;
  void OnNotification(SctpSocket& socket, SctpSocket::AssocId association,
                      const Notification& notification) override;
  void OnWritable(SctpSocket& socket, SctpSocket::AssocId association) override;

  SctpLayer& layer_;
  const Config config_;
  const TraceEntity entity_;
  Rng rng_;
  MessageTotals totals_;
  uint64_t made_ = 0;         // messages, with the one that waits
  SctpSocket::SndInfo next_;  // that is to be sent
  std::vector<uint8_t> data_;
  bool has_next_ = false;
  bool is_over_ = false;
  bool is_up_ = false;
  SctpSocket::AssocId association_ = 0;
  Timer<MessageSender, &MessageSender::OnStart> start_;
  Timer<MessageSender, &MessageSender::OnDue> due_;
  Timer<MessageSender, &MessageSender::OnUntil> until_;
  std::optional<SctpSocket> socket_;  // destroyed first
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_APPS_MESSAGE_SENDER_H_
