// RackRecovery: RACK-TLP (RFC 8985): loss is told by time, and the tail of a flight is probed.
//
// A segment is lost when one that was sent later has arrived and the reordering window has passed.
// Owns the reordering timer and PTO, which run instead of the retransmission timer (section 8).
// Names as in the RFC: xmit_ts, end_seq, reo_wnd.
#ifndef TICKWIRE_PROTOCOLS_TCP_RACK_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_RACK_RECOVERY_H_

#include "protocols/tcp/fast_recovery.h"
#include "protocols/tcp/loss_recovery.h"
#include "sim_core/event/timer.h"

namespace tickwire::tcp {

class RackRecovery final : public LossRecovery {
 public:
  RackRecovery(SenderCore& core, CongestionControl& congestion, Actions& actions);

  void OnAck(const AckSummary& ack) override;
  void OnTimeout(SimTime sent_until) override;
  std::optional<Choice> Next() override;
  int64_t Room() const override;
  bool TakeForced() override { return recovery_.TakeForced(); }
  void OnSent(SackScoreboard::Index index, bool is_resent) override;
  bool SetTimers() override;
  void StopTimers() override;

  // For tests.
  Duration reordering_window() const;

 private:
  void UpdateNewest(const AckSummary& ack);
  void AdaptReorderingWindow(const AckSummary& ack);
  void OnExit();
  void DetectLosses();
  void EnterIfLost();
  void ProcessProbeAck(const AckSummary& ack);
  void OnReorderingTimer();
  void OnProbeTimer();
  Duration ProbeTimeout() const;
  void ForgetProbe() { probe_end_ = kNone; }

  static constexpr int64_t kNone = -1;

  SenderCore& core_;
  Actions& actions_;
  FastRecovery recovery_;
  // RACK.xmit_ts, RACK.end_seq, RACK.rtt of RACK.segment; end 0: nothing was delivered yet.
  SimTime xmit_ts_;
  int64_t end_seq_ = 0;
  Duration rtt_;
  int64_t dsack_round_ = kNone;
  int64_t reduced_until_ = 0;    // no second reduction for a lost retransmission before this
  int64_t probe_end_ = kNone;    // TLP.end_seq
  SimTime reordering_deadline_;  // zero: none
  int reo_wnd_mult_ = 1;
  int reo_wnd_persist_ = 16;
  bool reordering_seen_ = false;
  bool probe_is_resent_ = false;  // TLP.is_retrans
  bool has_sample_since_probe_ = false;
  bool wants_probe_timer_ = false;  // something happened that (re)starts PTO
  bool sends_probe_ = false;
  bool finds_losses_ = false;  // by this ACK
  bool finds_resent_lost_ = false;
  Timer<RackRecovery, &RackRecovery::OnReorderingTimer> reordering_timer_;
  Timer<RackRecovery, &RackRecovery::OnProbeTimer> probe_timer_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_RACK_RECOVERY_H_
