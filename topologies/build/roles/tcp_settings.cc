#include "topologies/build/roles/tcp_settings.h"

#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using scenario::TcpCongestionControl;
using scenario::TcpLossRecovery;
using scenario::TcpSettings;
using tcp::TcpConfig;

TcpConfig OfProfile(TcpSettings::Profile profile) {
  switch (profile) {
    case TcpSettings::LINUX:
      return TcpConfig::For(tcp::Profile::kLinux);
    case TcpSettings::FREEBSD:
      return TcpConfig::For(tcp::Profile::kFreeBsd);
    default:
      return TcpConfig::For(tcp::Profile::kRfc);
  }
}

void SetSize(const std::string& text, uint32_t& size) {
  if (!text.empty()) size = static_cast<uint32_t>(SizeOf(text));
}
void SetDuration(const std::string& text, Duration& duration) {
  if (!text.empty()) duration = DurationOf(text);
}

void SetOffers(const TcpSettings& from, TcpConfig& to) {
  if (from.has_timestamps()) to.timestamps = from.timestamps();
  if (from.has_window_scaling()) to.window_scaling = from.window_scaling();
  if (from.has_sack()) to.sack = from.sack();
  if (from.has_dsack()) to.dsack = from.dsack();
  if (from.has_ecn()) to.ecn = from.ecn();
  SetSize(from.mss(), to.mss);
  if (from.has_window_scale()) to.window_scale = static_cast<int>(from.window_scale());
  if (from.has_initial_sequence()) to.initial_sequence = from.initial_sequence();
  SetSize(from.send_buffer(), to.send_buffer);
  SetSize(from.receive_buffer(), to.receive_buffer);
  if (from.has_discard_out_of_order()) to.discard_out_of_order = from.discard_out_of_order();
  if (from.has_discard_sacked_data()) to.discard_sacked_data = from.discard_sacked_data();
}

void SetPolicies(const TcpSettings& from, TcpConfig& to) {
  switch (from.loss_recovery()) {
    case TcpLossRecovery::NONE:
      to.loss_recovery = tcp::LossRecoveryKind::kNone;
      break;
    case TcpLossRecovery::RENO:
      to.loss_recovery = tcp::LossRecoveryKind::kReno;
      break;
    case TcpLossRecovery::NEWRENO:
      to.loss_recovery = tcp::LossRecoveryKind::kNewReno;
      break;
    case TcpLossRecovery::SACK:
      to.loss_recovery = tcp::LossRecoveryKind::kSack;
      break;
    case TcpLossRecovery::RACK:
      to.loss_recovery = tcp::LossRecoveryKind::kRack;
      break;
    default:
      break;
  }
  switch (from.congestion_control()) {
    case TcpCongestionControl::RENO:
      to.congestion_control = tcp::CongestionControlKind::kReno;
      break;
    case TcpCongestionControl::CUBIC:
      to.congestion_control = tcp::CongestionControlKind::kCubic;
      break;
    case TcpCongestionControl::BBR:
      to.congestion_control = tcp::CongestionControlKind::kBbr;
      break;
    case TcpCongestionControl::FIXED_WINDOW:
      to.congestion_control = tcp::CongestionControlKind::kFixedWindow;
      break;
    default:
      break;
  }
  SetSize(from.fixed_window(), to.fixed_window);
  if (from.has_initial_window()) to.initial_window = from.initial_window();
  if (from.has_dupthresh()) to.dupthresh = from.dupthresh();
  if (from.has_limited_transmit()) to.limited_transmit = from.limited_transmit();
  if (from.has_early_retransmit()) to.early_retransmit = from.early_retransmit();
  if (from.has_prr()) to.prr = from.prr();
  if (from.has_frto()) to.frto = from.frto();
  if (from.has_undo()) to.undo = from.undo();
  if (from.has_keep_sack_after_rto()) to.keep_sack_after_rto = from.keep_sack_after_rto();
  if (from.has_tlp()) to.tlp = from.tlp();
  if (from.has_hystart()) to.hystart = from.hystart();
  if (from.has_pacing()) to.pacing = from.pacing();
  if (from.has_nagle()) to.nagle = from.nagle();
  if (from.has_slow_start_after_idle()) to.slow_start_after_idle = from.slow_start_after_idle();
}

void SetTimes(const TcpSettings& from, TcpConfig& to) {
  SetDuration(from.initial_rto(), to.initial_rto);
  SetDuration(from.rto_after_lost_syn(), to.rto_after_lost_syn);
  SetDuration(from.min_rto(), to.min_rto);
  SetDuration(from.max_rto(), to.max_rto);
  SetDuration(from.clock_granularity(), to.clock_granularity);
  if (from.has_syn_retries()) to.syn_retries = static_cast<int>(from.syn_retries());
  if (from.has_synack_retries()) to.synack_retries = static_cast<int>(from.synack_retries());
  if (from.has_data_retries()) to.data_retries = static_cast<int>(from.data_retries());
  SetDuration(from.user_timeout(), to.user_timeout);
  SetDuration(from.delayed_ack(), to.delayed_ack);
  if (from.has_ack_every()) to.ack_every = from.ack_every();
  if (from.has_quick_acks()) to.quick_acks = from.quick_acks();
  if (from.has_keep_alive()) to.keep_alive = from.keep_alive();
  SetDuration(from.keep_alive_idle(), to.keep_alive_idle);
  SetDuration(from.keep_alive_interval(), to.keep_alive_interval);
  if (from.has_keep_alive_probes()) {
    to.keep_alive_probes = static_cast<int>(from.keep_alive_probes());
  }
  SetDuration(from.time_wait(), to.time_wait);
  SetDuration(from.fin_wait_2(), to.fin_wait_2);
  if (from.has_reuse_time_wait()) to.reuse_time_wait = from.reuse_time_wait();
  if (from.has_empty_window_probe()) to.empty_window_probe = from.empty_window_probe();
}

void SetDefence(const TcpSettings& from, TcpConfig& to) {
  if (from.has_challenge_acks_per_second()) {
    to.challenge_acks_per_second = from.challenge_acks_per_second();
  }
  if (from.has_rfc5961()) to.rfc5961 = from.rfc5961();
  switch (from.syn_cookies()) {
    case TcpSettings::NEVER:
      to.syn_cookies = TcpConfig::SynCookies::kNever;
      break;
    case TcpSettings::WHEN_FULL:
      to.syn_cookies = TcpConfig::SynCookies::kWhenFull;
      break;
    case TcpSettings::ALWAYS:
      to.syn_cookies = TcpConfig::SynCookies::kAlways;
      break;
    default:
      break;
  }
  if (from.has_syn_backlog()) to.syn_backlog = from.syn_backlog();
}

}  // namespace

TcpConfig TcpConfigOf(const TcpSettings& settings) {
  TcpConfig config = OfProfile(settings.profile());
  SetOffers(settings, config);
  SetPolicies(settings, config);
  SetTimes(settings, config);
  SetDefence(settings, config);
  return config;
}

}  // namespace tickwire
