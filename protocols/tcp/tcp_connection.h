// TcpConnection: one TCP connection from its first SYN to the end of TIME-WAIT (RFC 9293).
//
// Owns sequence space, states, the receive side, and the timers that are not the sender's; what to
// send when is TcpSender's business. Positions are those of seq_range.h, for both directions. The
// states CLOSED and LISTEN of the RFC are the absence of a connection and TcpListener.
//
// Spread over files by duty:
//   tcp_connection.cc  life, states, the user's calls and what the user is told
//   tcp_open.cc        SYN-SENT, SYN-RECEIVED
//   tcp_arrival.cc     a segment arrives in a synchronised state (section 3.10.7.4)
//   tcp_receive.cc     its data: reassembly, window, when to acknowledge
//   tcp_output.cc      building segments; persist, keep-alive
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_CONNECTION_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_CONNECTION_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "protocols/ip/icmp.h"
#include "protocols/tcp/reassembly_queue.h"
#include "protocols/tcp/sack_generator.h"
#include "protocols/tcp/segment.h"
#include "protocols/tcp/stream_buffer.h"
#include "protocols/tcp/tcp_config.h"
#include "protocols/tcp/tcp_counters.h"
#include "protocols/tcp/tcp_sender.h"
#include "protocols/transport/channel.h"
#include "sim_core/event/timer.h"

namespace tickwire::tcp {

// The shift that the configuration states, or the least that covers its receive buffer.
uint8_t OwnWindowScale(const TcpConfig& config);

class TcpLayer;
class TcpListener;
class TcpSocket;

class TcpConnection final : private TcpSender::Host {
 public:
  // RFC 9293 section 3.3.2.
  enum class State : uint8_t {
    kClosed,  // before it is opened, and at its end
    kSynSent,
    kSynReceived,
    kEstablished,
    kFinWait1,
    kFinWait2,
    kCloseWait,
    kClosing,
    kLastAck,
    kTimeWait,
  };
  struct Id {
    Endpoint local;
    Endpoint remote;
    bool operator==(const Id&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Id& id) {
      const auto a = id.remote.address.bytes();
      const auto b = id.local.address.bytes();
      h = H::combine_contiguous(std::move(h), a.data(), a.size());
      h = H::combine_contiguous(std::move(h), b.data(), b.size());
      return H::combine(std::move(h), id.local.port, id.remote.port);
    }
  };

  // The layer owns it; `config` outlives it.
  TcpConnection(TcpLayer& layer, const Id& id, const TcpConfig& config);
  ~TcpConnection();

  // --- Opening; one of these, once ---
  void OpenActive(TcpSocket& socket);
  void OpenPassive(TcpListener& listener, const Segment& syn);
  // From a SYN cookie: the ACK that completes the handshake, with what the cookie remembered.
  struct CookieState {
    uint32_t initial_sequence = 0;
    uint16_t peer_mss = 536;
    bool sack = false;
    std::optional<uint8_t> window_scale;
  };
  void OpenFromCookie(TcpListener& listener, const Segment& ack, const CookieState& cookie);

  // --- The user ---
  uint64_t Send(std::span<const uint8_t> bytes, uint64_t zeros);
  void ShutdownSend();
  void Close();
  void Abort();
  void PauseReceiving() { is_paused_ = true; }
  void ResumeReceiving();
  uint64_t Receive(uint64_t limit);
  // The socket went away; the listener is told nothing any more.
  void Orphan();
  // --- The listener and the layer ---
  // The listener gives it to a user, who is named next; then, unless that happens within an event
  // of the connection itself, it is to look for what there is to tell.
  void Accept(TcpSocket& socket);
  void SetUser(Channel::Listener& user);
  void OnAccepted() { Notify(); }
  void OnListenerGone();
  // Out of TIME-WAIT before its time.
  void MakeWay(const TraceLabel& why) { Finish(close_reason_, why); }
  // The machine loses power.
  void PowerOff();
  const TcpListener* listener() const { return listener_; }
  TcpSocket* socket() { return socket_; }
  void set_no_delay(bool no_delay);
  void set_keep_alive(bool keep_alive);
  // 0: none.
  void set_user_timeout(Duration timeout);

  // --- The network ---
  void OnSegment(const Segment& segment);
  void OnIcmp(IcmpErrorKind kind, uint32_t sequence);

  // --- Looking ---
  State state() const { return state_; }
  TcpLayer& layer() { return layer_; }
  const Id& id() const { return id_; }
  const TcpConfig& config() const { return config_; }
  const TcpSender& sender() const { return sender_; }
  const TcpCounters& counters() const { return counters_; }
  uint32_t send_initial_sequence() const { return iss_; }
  // What the first sequence number of a successor must not lie below.
  uint32_t next_sequence() const { return Wrap(std::max(snd_nxt(), probe_end_), iss_); }
  uint32_t receive_initial_sequence() const { return irs_; }
  int64_t rcv_nxt() const { return rcv_nxt_; }
  int64_t receive_window() const { return rcv_adv_ - rcv_nxt_; }
  // What waits for a Receive(), and what a Send() would take.
  int64_t readable_bytes() const { return receive_buffer_.size(); }
  // Octets that the user has sent: the next one is so far behind the first.
  uint64_t send_position() const { return static_cast<uint64_t>(send_buffer_.end() - 1); }
  int64_t send_room() const { return config_.send_buffer - send_buffer_.size(); }
  std::optional<uint32_t> recent_timestamp() const;
  // Whether a segment that begins with this number is on its way (RFC 5927 section 4.1).
  bool IsOutstanding(uint32_t sequence) const;
  // Between events. False is a defect of ours.
  bool IsConsistent() const;

 private:
  struct RareTimers;

  // tcp_connection.cc
  void SetState(State next, const TraceLabel& reason);
  // The end: no more timers; the socket, if any, will be told.
  void Finish(CloseReason reason, const TraceLabel& why);
  void EnterTimeWait(const TraceLabel& reason);
  void QueueFin();
  // The second half of Close(), where the user is not within a delivery.
  void CloseReadSide();
  // Tells the user what happened; last in every event. The user may do anything in it.
  void Notify();
  void DeliverData(int64_t limit);
  bool fin_is_acked() const { return fin_queued_ && snd_una() > send_buffer_.end(); }
  bool is_synchronised() const { return state_ >= State::kEstablished; }
  int64_t snd_una() const { return is_synchronised() ? sender_.snd_una() : 0; }
  int64_t snd_nxt() const { return is_synchronised() ? sender_.snd_nxt() : 1; }
  // Whether there is something to send that was never sent.
  bool has_unsent() const { return snd_nxt() < send_buffer_.end() + (fin_queued_ ? 1 : 0); }
  RareTimers& rare();

  // tcp_open.cc
  void SendSyn();
  void OnSynSent(const Segment& segment);
  // Takes what a SYN offers, as far as we offer it too.
  void TakeSynOptions(const Segment& syn);
  void BecomeEstablished(const TraceLabel& reason);
  void OnSynTimeout();
  // Payload of a full segment that we send, our usual options subtracted.
  uint32_t PayloadMss() const;

  // tcp_arrival.cc
  void ArriveSynchronised(const Segment& segment);
  bool CheckSequence(const Segment& segment);
  bool PassesPaws(const Segment& segment);
  void OnRst(const Segment& segment);
  void OnSyn(const Segment& segment);
  bool OnAckField(const Segment& segment);
  void UpdateSendWindow(const Segment& segment);
  void OnFinAcked();
  void OnFin();
  // RFC 5961, within its limit.
  void SendChallengeAck();
  void AnswerUnacceptable(const Segment& segment);
  void Drop(const Segment& segment, const TraceLabel& why);

  // tcp_receive.cc
  void OnText(const Segment& segment);
  void ReportDuplicate(SeqRange range);
  void ScheduleAck(int64_t bytes, bool at_once);
  void OnDelayedAck();
  // Moves the advertised edge as far as the buffer allows (RFC 9293 section 3.8.6.2.2).
  void AdvanceWindow();
  // After the user took data: tells the peer if the window opened by much.
  void MaybeSendWindowUpdate();

  // tcp_output.cc: TcpSender::Host
  SeqRange NewSegment(int64_t room) override;
  void Transmit(SeqRange range, const TraceLabel* why) override;
  void OnGaveUp() override;
  void OnTimerDone() override;
  void SendAck();
  void SendRst(int64_t position, bool with_ack);
  // Header and options for the state of now, before `payload`.
  void Emit(Packet payload, int64_t position, uint8_t flags, TcpOptions options, bool ect);
  void AddCommonOptions(TcpOptions& options, size_t payload_size) const;
  void TrySend();
  // Sets or stops the persist timer by what can be sent.
  void CheckPersist();
  void OnPhaseTimer();
  void OnPersist();
  void SetPhaseTimer(const TraceLabel& label, Duration delay);
  void CheckUserTimeout();
  void OnUserTimeout();
  void OnKeepAlive();
  uint32_t TimestampNow() const;

  TcpLayer& layer_;
  const Id id_;
  const TcpConfig& config_;
  const TraceEntity entity_;
  TcpSocket* socket_ = nullptr;      // none: not accepted yet, or orphaned
  TcpListener* listener_ = nullptr;  // until accepted
  State state_ = State::kClosed;
  CloseReason close_reason_ = CloseReason::kLocal;

  // --- What there is to tell the user ---
  bool tell_connected_ : 1 = false;
  bool tell_writable_ : 1 = false;
  bool tell_peer_finished_ : 1 = false;
  bool tell_closed_ : 1 = false;
  bool is_notifying_ : 1 = false;
  bool is_blocked_ : 1 = false;  // a Send took less than given
  // --- What was agreed and chosen ---
  bool is_passive_ : 1 = false;
  bool is_orphaned_ : 1 = false;
  bool is_paused_ : 1 = false;
  bool wants_no_data_ : 1 = false;  // Close() was called
  bool no_delay_ : 1 = false;
  bool use_timestamps_ : 1 = false;
  bool use_sack_ : 1 = false;
  bool use_ecn_ : 1 = false;
  bool fin_queued_ : 1 = false;
  bool fin_received_ : 1 = false;
  bool syn_was_resent_ : 1 = false;
  bool echo_congestion_ : 1 = false;  // ECE until CWR (RFC 3168 section 6.1.3)
  bool override_sws_ : 1 = false;     // the override timeout has come
  bool ack_now_ : 1 = false;
  bool has_reneged_ : 1 = false;
  bool mss_may_have_changed_ : 1 = false;
  bool is_accepted_ : 1 = false;
  bool is_delivering_ : 1 = false;
  bool close_waits_ : 1 = false;  // Close() came from within a delivery
  uint8_t send_scale_ = 0;
  uint8_t receive_scale_ = 0;
  uint16_t peer_mss_ = 536;  // RFC 9293 section 3.7.1, MUST-15; 1220 in IPv6
  uint8_t retries_ = 0;      // of SYN or SYN-ACK; of window probes since the window closed
  uint8_t probes_unanswered_ = 0;
  uint8_t quick_acks_ = 0;

  // --- Sending ---
  uint32_t iss_ = 0;
  int64_t snd_wnd_ = 0;      // scaled, from snd_una on
  int64_t max_snd_wnd_ = 0;  // RFC 5961 section 5.2
  int64_t snd_wl1_ = 0;
  int64_t snd_wl2_ = 0;
  int64_t probe_end_ = 0;  // a window probe's byte beyond snd_nxt; 0: none
  // --- Receiving ---
  uint32_t irs_ = 0;
  int64_t rcv_nxt_ = 0;
  int64_t rcv_adv_ = 0;  // the right edge that we advertised
  int64_t unacked_bytes_ = 0;
  uint32_t receive_mss_ = 0;  // the largest segment that came
  int64_t urgent_ = 0;        // RCV.UP
  int64_t early_fin_ = 0;     // where a FIN that came early stands; 0: none did
  int64_t last_ack_sent_ = 0;
  uint32_t ts_recent_ = 0;
  uint32_t ts_offset_ = 0;
  SimTime ts_recent_time_;
  SimTime syn_time_;
  SimTime progress_time_;  // when something was last acknowledged, for the user timeout

  StreamBuffer send_buffer_{1};
  StreamBuffer receive_buffer_{1};
  struct OutOfOrder {
    SackGenerator ranges;
    ReassemblyQueue data;
  };
  std::unique_ptr<OutOfOrder> out_of_order_;  // made when first needed
  TcpCounters counters_;
  Timer<TcpConnection, &TcpConnection::OnDelayedAck> delayed_ack_;
  // One at a time: SYN retransmission, persist, FIN-WAIT-2, TIME-WAIT.
  Timer<TcpConnection, &TcpConnection::OnPhaseTimer> phase_timer_;
  struct RareTimers {  // user timeout and keep-alive, made when the user asks for one of them
    explicit RareTimers(TcpConnection& owner);
    Timer<TcpConnection, &TcpConnection::OnKeepAlive> keep_alive;
    Timer<TcpConnection, &TcpConnection::OnUserTimeout> user_timeout;
    SimTime heard;     // when the peer was last heard
    Duration timeout;  // 0: no user timeout
    bool wants_keep_alive = false;
    int probes = 0;
  };
  std::unique_ptr<RareTimers> rare_;
  TcpSender sender_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_CONNECTION_H_
