// A peer that does what a script says and nothing else: the misbehaving side of conformance tests
// and lessons. No transactions, no dialogs: what it sends is built by MessageBuilder, what it gets
// is compared with the step that waits.
//
// Runs its steps one after the other from Start() on. Messages that come while no step waits are
// kept for the next wait, kMaxInbox of them. Bounded throughout; unreadable octets are dropped with
// a note in the trace.
#ifndef TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPTED_PEER_H_
#define TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPTED_PEER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "protocols/sip/scripted/message_builder.h"
#include "protocols/sip/scripted/script.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

inline constexpr size_t kMaxInbox = 64;
inline constexpr size_t kMaxRememberedMessages = 1024;  // to know repetitions by
inline constexpr size_t kMaxPendingCopies = 256;

class ScriptedPeer final : private DatagramSocket::Listener {
 public:
  struct Env {  // all must outlive this
    NodeClock& clock;
    DatagramStack& sockets;
    RunSeed seed;
  };
  struct Counters {
    uint64_t sent = 0;
    uint64_t received = 0;
    uint64_t absorbed = 0;     // repetitions not shown to the steps
    uint64_t passed_over = 0;  // messages that no step wanted
    uint64_t steps_done = 0;
    uint64_t rounds_done = 0;
    uint64_t failures = 0;  // waits that ended the script
  };

  ScriptedPeer(const Env& env, std::string user, Script script);
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  absl::Status Open(const Endpoint& local);
  // After this time the first step runs. Called once, after Open.
  void Start(Duration after);

  const Counters& counters() const { return counters_; }
  // Steps of this round that have not been done; 0 when the script is over.
  size_t steps_left() const;

 private:
  // Copies of one message that are still to be sent.
  class Repeater {
   public:
    Repeater(ScriptedPeer& peer, std::string text, const Endpoint& to, uint32_t left,
             Duration every);
    bool is_done() const { return left_ == 0; }

   private:
    void OnTime();
    ScriptedPeer& peer_;
    const std::string text_;
    const Endpoint to_;
    uint32_t left_;
    const Duration every_;
    Timer<Repeater, &Repeater::OnTime> timer_;
  };

  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;

  void RunSteps();
  bool CanStop() const;
  bool TryWait(const ScriptWait& wait);  // true: satisfied
  void Send(const ScriptSend& send, const StoredMessage* about);
  void SendText(const std::string& text, const Endpoint& to);
  void OnStepTimer();
  // True for an octet-for-octet repetition; remembers what is new.
  bool IsRepetition(const std::string& text, const Endpoint& from);
  void AnswerRepetition(const SipMessage& message, const Endpoint& from);
  void Store(const std::string& name, StoredMessage&& message);
  const StoredMessage* Find(const std::string& name) const;
  std::string Fill(absl::string_view text, const Endpoint& own, const Endpoint& target);
  ScriptSend Filled(const ScriptSend& send, const Endpoint& own, const Endpoint& target);
  Endpoint OwnEndpoint(const Endpoint& target) const;
  Endpoint TargetOf(const ScriptSend& send, const StoredMessage* related) const;

  NodeClock& clock_;
  DatagramStack& sockets_;
  const TraceEntity entity_;
  MessageBuilder builder_;
  const Script script_;
  std::unique_ptr<DatagramSocket> socket_;
  size_t next_step_ = 0;
  uint32_t round_ = 0;
  bool is_started_ = false;
  bool is_over_ = false;
  std::deque<StoredMessage> inbox_;
  std::map<std::string, StoredMessage> stored_;
  std::optional<StoredMessage> last_;           // the latest received
  std::map<std::string, std::string> answers_;  // by what was received: what was sent for it
  std::deque<std::string> remembered_;          // keys of answers_, oldest first
  std::vector<std::unique_ptr<Repeater>> repeaters_;
  Timer<ScriptedPeer, &ScriptedPeer::OnStepTimer> step_timer_;
  Counters counters_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_SCRIPTED_SCRIPTED_PEER_H_
