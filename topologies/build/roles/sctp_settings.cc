#include "topologies/build/roles/sctp_settings.h"

#include "absl/strings/str_cat.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using scenario::SctpScheduler;
using scenario::SctpSettings;
using sctp::SctpConfig;

void SetSize(const std::string& text, uint32_t& size) {
  if (!text.empty()) size = static_cast<uint32_t>(SizeOf(text));
}
void SetDuration(const std::string& text, Duration& duration) {
  if (!text.empty()) duration = DurationOf(text);
}

sctp::SchedulerKind SchedulerOf(SctpScheduler::Kind kind) {
  switch (kind) {
    case SctpScheduler::ROUND_ROBIN:
      return sctp::SchedulerKind::kRoundRobin;
    case SctpScheduler::ROUND_ROBIN_PER_PACKET:
      return sctp::SchedulerKind::kRoundRobinPerPacket;
    case SctpScheduler::PRIORITY:
      return sctp::SchedulerKind::kPriority;
    case SctpScheduler::FAIR_BANDWIDTH:
      return sctp::SchedulerKind::kFairBandwidth;
    case SctpScheduler::WEIGHTED_FAIR:
      return sctp::SchedulerKind::kWeightedFair;
    default:
      return sctp::SchedulerKind::kFirstComeFirstServed;
  }
}

// RFC 9260 section 16.
void SetTimes(const SctpSettings& from, SctpConfig& to) {
  SetDuration(from.rto_initial(), to.rto_initial);
  SetDuration(from.rto_min(), to.rto_min);
  SetDuration(from.rto_max(), to.rto_max);
  if (from.has_max_burst()) to.max_burst = from.max_burst();
  SetDuration(from.valid_cookie_life(), to.valid_cookie_life);
  if (from.has_association_max_retrans()) {
    to.association_max_retrans = static_cast<int>(from.association_max_retrans());
  }
  if (from.has_path_max_retrans()) to.path_max_retrans = static_cast<int>(from.path_max_retrans());
  if (from.has_max_init_retransmits()) {
    to.max_init_retransmits = static_cast<int>(from.max_init_retransmits());
  }
  SetDuration(from.max_init_timeout(), to.max_init_timeout);
  SetDuration(from.hb_interval(), to.hb_interval);
  if (from.has_hb_max_burst()) to.hb_max_burst = static_cast<int>(from.hb_max_burst());
  SetDuration(from.sack_delay(), to.sack_delay);
  if (from.has_sack_every()) to.sack_every = from.sack_every();
  SetDuration(from.max_cookie_life_increment(), to.max_cookie_life_increment);
}

void SetAssociation(const SctpSettings& from, SctpConfig& to) {
  if (from.has_outbound_streams()) {
    to.outbound_streams = static_cast<uint16_t>(from.outbound_streams());
  }
  if (from.has_max_inbound_streams()) {
    to.max_inbound_streams = static_cast<uint16_t>(from.max_inbound_streams());
  }
  SetSize(from.receive_buffer(), to.receive_buffer);
  SetSize(from.send_buffer(), to.send_buffer);
  SetSize(from.mtu(), to.mtu);
  SetSize(from.max_segment(), to.max_segment);
  SetSize(from.max_message(), to.max_message);
  if (from.has_no_delay()) to.no_delay = from.no_delay();
  if (from.has_bundle()) to.bundle = from.bundle();
  SetDuration(from.autoclose(), to.autoclose);
  if (from.has_adaptation_indication()) {
    to.has_adaptation_indication = true;
    to.adaptation_indication = from.adaptation_indication();
  }
  if (from.has_initiate_tag()) to.initiate_tag = from.initiate_tag();
  if (from.has_initial_tsn()) to.initial_tsn = from.initial_tsn();
}

void SetExtensions(const SctpSettings& from, SctpConfig& to) {
  if (from.has_potentially_failed_threshold()) {
    to.potentially_failed_threshold = static_cast<int>(from.potentially_failed_threshold());
  }
  if (from.no_potentially_failed()) to.potentially_failed_threshold.reset();
  if (from.has_primary_switchover_threshold()) {
    to.primary_switchover_threshold = static_cast<int>(from.primary_switchover_threshold());
  }
  if (from.has_fast_retransmit_on_same_path()) {
    to.fast_retransmit_on_same_path = from.fast_retransmit_on_same_path();
  }
  if (from.has_partial_reliability()) to.partial_reliability = from.partial_reliability();
  if (from.has_stream_reconfiguration()) {
    to.stream_reconfiguration = from.stream_reconfiguration();
  }
  to.interleaving = from.interleaving();
  to.dynamic_addresses = from.dynamic_addresses();
  // RFC 5061 section 4.2.7: who supports ASCONF supports AUTH.
  to.authentication = from.authentication() || from.dynamic_addresses();
  for (const uint32_t type : from.authenticated_chunk()) {
    to.authenticated_chunks.push_back(static_cast<uint8_t>(type));
  }
  to.shared_key.assign(from.shared_key().begin(), from.shared_key().end());
  to.scheduler = SchedulerOf(from.scheduler());
  to.udp_encapsulation_port = static_cast<uint16_t>(from.udp_encapsulation_port());
}

}  // namespace

SctpConfig SctpConfigOf(const SctpSettings& settings) {
  SctpConfig config;
  if (settings.profile() == SctpSettings::USRSCTP) config.profile = SctpConfig::Profile::kUsrsctp;
  SetTimes(settings, config);
  SetAssociation(settings, config);
  SetExtensions(settings, config);
  return config;
}

sctp::Reliability ReliabilityOf(const scenario::SctpReliability& reliability) {
  using Policy = sctp::Reliability::Policy;
  switch (reliability.policy_case()) {
    case scenario::SctpReliability::kLifetime:
      return {.policy = Policy::kTimed, .lifetime = DurationOf(reliability.lifetime())};
    case scenario::SctpReliability::kRetransmissions:
      return {.policy = Policy::kRetransmissions, .retransmissions = reliability.retransmissions()};
    case scenario::SctpReliability::kPriority:
      return {.policy = Policy::kPriority, .priority = reliability.priority()};
    default:
      return {};
  }
}

absl::Status PrepareSctp(NodeHost& host, const SctpSettings& settings) {
  if (const SctpConfig config = SctpConfigOf(settings); config.rto_min > config.rto_max) {
    return absl::InvalidArgumentError(absl::StrCat("sctp: rto_min (", ToString(config.rto_min),
                                                   ") is above rto_max (", ToString(config.rto_max),
                                                   ")"));
  }
  if (settings.profile() == SctpSettings::USRSCTP) {
    host.sctp.set_profile(SctpConfig::Profile::kUsrsctp);
  }
  uint16_t port = static_cast<uint16_t>(settings.local_udp_encapsulation_port());
  if (port == 0 && settings.udp_encapsulation_port() != 0) {
    port = sctp::kUdpTunnellingPort;
  }
  return port == 0 ? absl::OkStatus() : host.sctp.EnableUdpEncapsulation(host.udp, port);
}

}  // namespace tickwire
