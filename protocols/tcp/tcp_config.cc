#include "protocols/tcp/tcp_config.h"

namespace tickwire::tcp {

TcpConfig TcpConfig::For(Profile profile) {
  TcpConfig config;
  config.profile = profile;
  switch (profile) {
    case Profile::kRfc:
      break;
    case Profile::kLinux:  // net/ipv4/tcp.c and ip-sysctl.rst of Linux 6.1
      config.loss_recovery = LossRecoveryKind::kRack;
      config.congestion_control = CongestionControlKind::kCubic;
      config.frto = true;
      config.undo = true;
      config.min_rto = Duration::Millis(200);
      config.max_rto = Duration::Seconds(120);
      config.rto_after_lost_syn = Duration::Seconds(1);  // keeps the backed-off initial RTO
      config.delayed_ack = Duration::Millis(40);
      config.quick_acks = 16;
      config.time_wait = Duration::Seconds(60);
      config.fin_wait_2 = Duration::Seconds(60);
      config.empty_window_probe = true;
      config.window_scale = 7;
      break;
    case Profile::kFreeBsd:  // tcp(4) of FreeBSD 14
      config.loss_recovery = LossRecoveryKind::kSack;
      config.congestion_control = CongestionControlKind::kCubic;
      config.hystart = false;
      config.undo = true;
      config.min_rto = Duration::Millis(30);
      config.max_rto = Duration::Seconds(64);
      config.rto_after_lost_syn = Duration::Seconds(3);
      config.delayed_ack = Duration::Millis(40);
      config.time_wait = Duration::Seconds(60);
      config.fin_wait_2 = Duration::Seconds(60);
      config.data_retries = 12;
      config.window_scale = 6;
      break;
  }
  return config;
}

}  // namespace tickwire::tcp
