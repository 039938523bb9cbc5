// LayeredFlow: one flow of a layer that stands on another channel: what TLS and WebSocket have in
// common.
//
// Opens below, lets the layer do its handshake (within a time limit), queues what the layer
// received for the user, tells the user what happened in the order of channel.h, holds back what
// the channel below does not take, closes both in good order. The layer itself is the protected
// virtual part.
//
// Owned by its LayeredStack; lives on without its handle until the flow below has ended. What the
// user said Close() to reads on and throws away until the peer has finished too, so that nothing of
// its goodbye meets a closed port, but no longer than the linger time.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_FLOW_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_FLOW_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/transport/channel.h"
#include "protocols/transport/layered/held_output.h"
#include "sim_core/base/ring_buffer.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class LayeredChannel;
class LayeredListening;
class LayeredStack;

class LayeredFlow : private Channel::Listener {
 public:
  enum class Role : uint8_t { kClient, kServer };

  ~LayeredFlow() override;

  // --- The stack ---
  Channel::Listener& listener_below() { return *this; }
  // Once, before anything else. A server's channel is established; `listening` accepts it for us
  // and may be told to forget us.
  void Begin(std::unique_ptr<Channel> below, LayeredListening* listening);
  uint64_t number() const { return number_; }

  // --- The listening ---
  std::unique_ptr<LayeredChannel> MakeHandle();
  // Whom to tell. After MakeHandle(), unless the handle was thrown away.
  void SetUser(Channel::Listener& user);
  // What waited for it is told now, where no event of ours is running.
  void OnAccepted();
  void OnListeningGone();

  // --- The handle: as in channel.h ---
  uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros);
  void ShutdownSend();
  void Close();
  void Abort();
  void PauseReceiving();
  void ResumeReceiving();
  uint64_t Receive(uint64_t limit);
  void Orphan();
  Endpoint local() const { return below_->local(); }
  Endpoint remote() const { return below_->remote(); }
  uint64_t send_position() const;
  virtual bool preserves_messages() const = 0;
  virtual std::vector<std::string> peer_names() const { return below_->peer_names(); }

 protected:
  LayeredFlow(LayeredStack& stack, Role role, uint64_t number, absl::string_view entity_name);

  // --- What the layer does ---
  // The channel below is open: begin the handshake. The handshake timer runs.
  virtual void OnOpenBelow() = 0;
  // The next piece of what came. Not after StopReading().
  virtual void OnBytes(std::span<const uint8_t> bytes) = 0;
  // The peer has finished below. Normally calls TellPeerFinished() or End().
  virtual void OnEndBelow() = 0;
  // The flow ended below, for this reason. Returns what the user is told.
  virtual CloseReason OnClosedBelow(CloseReason reason) = 0;
  // Sends of the user's what fits while nothing is held back. Returns how much.
  virtual uint64_t Write(std::span<const uint8_t> bytes, uint64_t zeros) = 0;
  // Says goodbye in the layer's own way, and calls FinishBelow() when its rules allow.
  virtual void WriteEnd() = 0;
  // All that was held back went down.
  virtual void OnFlushed() {}
  // The handshake took too long, or the user does not want it any more.
  virtual void OnHandshakeOver(CloseReason reason) = 0;

  // --- What the layer may do ---
  NodeClock& clock();
  NodeTrace& trace();
  const TraceEntity& entity() const { return entity_; }
  Role role() const { return role_; }
  Channel& below() { return *below_; }
  const Channel& below() const { return *below_; }
  // The handshake is done: the user may send and receive.
  void Open();
  void Deliver(std::vector<uint8_t> bytes);
  void TellPeerFinished();
  // A unit goes down after all before it, when the event ends or at Flush().
  void Put(std::span<const uint8_t> unit) { held_.Add(unit); }
  bool Flush();
  bool is_holding() const { return !held_.empty(); }
  // Nothing will be sent any more: ends the sending direction below once all is flushed.
  void FinishBelow();
  // What still comes is thrown away.
  void StopReading() { is_deaf_ = true; }
  // It is over for the user. The flow below ends by itself after FinishBelow(), at most a linger
  // time later.
  void End(CloseReason reason);
  // At once, and the peer is told below.
  void AbortBelow();
  // Our goodbye is said: the peer has the linger time for its own.
  void StartLinger() { Linger(); }
  // Tells the user what there is to tell: at the end of an event of the layer's own, a timer.
  void Settle() { Notify(); }
  // The peer wants nothing more to be sent, and the layer obeys.
  void RefuseSending() { wants_no_sending_ = true; }
  bool is_open() const { return is_open_; }
  bool is_deaf() const { return is_deaf_; }
  bool has_ended() const { return has_ended_; }
  // The user has said ShutdownSend, Close, or is gone.
  bool wants_no_sending() const { return wants_no_sending_; }
  bool wants_no_data() const { return wants_no_data_; }

 private:
  // Channel::Listener of the channel below.
  void OnConnected(Channel& channel) override;
  void OnReceive(Channel& channel, std::span<const uint8_t> bytes, uint64_t zeros) override;
  void OnWritable(Channel& channel) override;
  void OnPeerFinished(Channel& channel) override;
  void OnError(Channel& channel, ChannelError error) override;
  void OnClosed(Channel& channel, CloseReason reason) override;

  void StartHandshake();
  // Tells the user, in order. Last in every event and call; the user may do anything in it.
  void Notify();
  void TellUser();
  // At most `limit` octets of the oldest piece; all of a message. Returns how much.
  uint64_t DeliverOne(uint64_t limit);
  // Pauses or resumes below by what the user wants.
  void UpdatePause();
  void Linger();
  void OnTimer();
  void ReleaseBelow();
  void MaybeRetire();

  LayeredStack& stack_;
  const TraceEntity entity_;
  const uint64_t number_;
  const Role role_;
  std::unique_ptr<Channel> below_;
  LayeredListening* listening_ = nullptr;  // until accepted
  LayeredChannel* handle_ = nullptr;
  Channel::Listener* user_ = nullptr;
  bool is_open_ : 1 = false;
  bool is_accepted_ : 1 = false;
  bool is_paused_ : 1 = false;  // by the user
  bool is_paused_below_ : 1 = false;
  bool is_blocked_ : 1 = false;  // a Send took less than it was given
  bool is_deaf_ : 1 = false;
  bool wants_no_sending_ : 1 = false;
  bool wants_no_data_ : 1 = false;
  bool finishes_below_ : 1 = false;      // FinishBelow() was called,
  bool has_finished_below_ : 1 = false;  // and has come to it
  bool has_ended_ : 1 = false;
  bool below_is_over_ : 1 = false;
  bool tell_connected_ : 1 = false;
  bool tell_peer_finished_ : 1 = false;
  bool tell_writable_ : 1 = false;
  bool tell_closed_ : 1 = false;
  bool is_notifying_ : 1 = false;
  bool is_delivering_ : 1 = false;
  bool is_retired_ : 1 = false;
  CloseReason reason_ = CloseReason::kLocal;
  HeldOutput held_;
  RingBuffer<std::vector<uint8_t>> inbox_;  // what the user has not received
  size_t inbox_begin_ = 0;                  // within the first one
  // The handshake, then the linger time.
  Timer<LayeredFlow, &LayeredFlow::OnTimer> timer_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_LAYERED_FLOW_H_
