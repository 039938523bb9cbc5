// BbrCongestion: BBR version 1 (Cardwell et al., draft-cardwell-iccrg-bbr-congestion-control-00 and
// "BBR: congestion-based congestion control", ACM Queue 2016), with rate samples after
// draft-cheng-iccrg-delivery-rate-estimation-00.
//
// Models the path by its bottleneck bandwidth (greatest delivery rate of ten round trips) and its
// round-trip propagation time (least RTT of ten seconds); paces at their first, bounds what is in
// flight by their product. Owns the window: a loss only makes it conserve packets for a round trip.
// MODEL: no long-term bandwidth sampling against policers; the phase in which PROBE_BW begins comes
// from the connection's name instead of a random draw.
#ifndef TICKWIRE_PROTOCOLS_TCP_BBR_CONGESTION_H_
#define TICKWIRE_PROTOCOLS_TCP_BBR_CONGESTION_H_

#include <array>
#include <cstdint>

#include "protocols/tcp/congestion_control.h"

namespace tickwire::tcp {

class BbrCongestion final : public CongestionControl {
 public:
  enum class Mode : uint8_t { kStartup, kDrain, kProbeBw, kProbeRtt };

  explicit BbrCongestion(SenderCore& core);

  void Grow(const AckSummary&) override {}
  void OnAck(const AckSummary& ack) override;
  int64_t SsthreshAfterLoss(int64_t flight) override;
  void OnTimeout() override;
  void OnUndo() override { OnRecovered(); }
  void OnRecovered() override;
  void OnSent(SackScoreboard::Index index) override;
  void OnApplicationLimited() override;
  void OnDelivered(SackScoreboard::Index index, const SackScoreboard::Segment& segment) override;
  bool owns_window() const override { return true; }
  bool keeps_delivery_state() const override { return true; }
  int64_t pacing_rate() const override { return pacing_rate_; }

  Mode mode() const { return mode_; }
  int64_t bandwidth() const;  // bytes per second; 0: not known

 private:
  // The greatest of the last ten round trips: one slot for each.
  static constexpr int kBandwidthRounds = 10;
  struct RateSample {
    int64_t bytes_per_second = 0;
    bool is_app_limited = false;
  };

  RateSample TakeRateSample(const AckSummary& ack);
  void UpdateRound();
  void UpdateBandwidth(const RateSample& sample);
  void UpdateRtProp(const AckSummary& ack);
  void CheckCyclePhase(const AckSummary& ack);
  void CheckFullPipe(const RateSample& sample);
  void CheckDrain(const AckSummary& ack);
  void CheckProbeRtt(const AckSummary& ack);
  void EnterProbeBw(SimTime now);
  void AdvanceCyclePhase(SimTime now);
  void SetPacingRate();
  void SetWindow(const AckSummary& ack);
  int64_t InFlightTarget(int64_t gain_thousandths) const;
  int64_t delivered() const { return static_cast<int64_t>(core_.counters.delivered_bytes); }

  SenderCore& core_;
  Mode mode_ = Mode::kStartup;
  // --- Rate sampling ---
  SimTime delivered_time_;
  SimTime first_sent_time_;
  int64_t app_limited_until_ = 0;         // delivered() up to which samples are limited; 0: not
  SackScoreboard::DeliveryState newest_;  // of the newly delivered segment sent last
  SimTime newest_sent_;
  bool has_newest_ = false;
  // --- Rounds and filters ---
  std::array<int64_t, kBandwidthRounds> bandwidths_{};
  int64_t round_count_ = 0;
  int64_t next_round_delivered_ = 0;
  bool is_round_start_ = false;
  Duration rt_prop_ = Duration::Infinite();
  SimTime rt_prop_time_;
  bool rt_prop_expired_ = false;
  // --- Full pipe ---
  int64_t full_bandwidth_ = 0;
  int full_bandwidth_count_ = 0;
  bool filled_pipe_ = false;
  // --- PROBE_BW, PROBE_RTT ---
  int cycle_index_ = 0;
  SimTime cycle_start_;
  SimTime probe_rtt_done_;  // zero: not yet known
  bool probe_rtt_round_done_ = false;
  // --- Control ---
  int64_t pacing_gain_;  // thousandths
  int64_t cwnd_gain_;
  int64_t pacing_rate_ = 0;
  int64_t prior_cwnd_ = 0;
  bool conserves_packets_ = false;
  bool saw_loss_ = false;  // since the last ACK
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_BBR_CONGESTION_H_
