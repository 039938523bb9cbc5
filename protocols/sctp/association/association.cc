#include "protocols/sctp/association/association.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/association/traced.h"
#include "protocols/sctp/packet/cause/user_initiated_abort_cause.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kStateLabels[] = {
    {"CLOSED", "RFC 9260 4"},
    {"COOKIE-WAIT", "RFC 9260 4"},
    {"COOKIE-ECHOED", "RFC 9260 4"},
    {"ESTABLISHED", "RFC 9260 4"},
    {"SHUTDOWN-PENDING", "RFC 9260 4"},
    {"SHUTDOWN-SENT", "RFC 9260 4"},
    {"SHUTDOWN-RECEIVED", "RFC 9260 4"},
    {"SHUTDOWN-ACK-SENT", "RFC 9260 4"},
};

constexpr TraceLabel kControlTimer{"T1-init", "RFC 9260 5.1"};
constexpr TraceLabel kSackTimer{"SACK", "RFC 9260 6.2"};
constexpr TraceLabel kT5{"T5-shutdown-guard", "RFC 9260 9.2"};
constexpr TraceLabel kAutoclose{"autoclose", "RFC 6458 8.1.8"};
constexpr TraceLabel kReconfigTimer{"RE-CONFIG", "RFC 6525 5.1.1"};
constexpr TraceLabel kT4{"T4-rto", "RFC 5061 5.1"};

constexpr TraceLabel kUserAbort{"abort", "RFC 9260 9.1: on request of the user"};
constexpr TraceLabel kPowerOff{"power off", "the machine crashed"};
constexpr TraceLabel kUnreachable{"protocol unreachable", "RFC 9260 10, rule 8"};

std::string NameOf(uint16_t local_port, const Endpoint& peer) {
  return absl::StrCat("sctp ", local_port, " ", tickwire::ToString(peer));
}

}  // namespace

Association::Rare::Rare(Association& association)
    : owner(association),
      t5_shutdown_guard(association.env_.clock(), *this, kT5, association.entity_),
      autoclose(association.env_.clock(), *this, kAutoclose, association.entity_),
      reconfig_timer(association.env_.clock(), *this, kReconfigTimer, association.entity_),
      t4_rto(association.env_.clock(), *this, kT4, association.entity_) {}

Association::Control::Control(Association& association)
    : owner(association),
      timer(association.env_.clock(), *this, kControlTimer, association.entity_) {}

Association::Association(Env& env, User& user, const SctpConfig& config, uint16_t local_port,
                         const Endpoint& peer)
    : env_(env),
      user_(user),
      config_(config),
      local_port_(local_port),
      remote_port_(peer.port),
      peer_address_(peer.address),
      entity_(env.clock().trace().NewEntity(NameOf(local_port, peer))),
      wanted_outbound_(config.outbound_streams),
      parameters_{.max_retrans = config.association_max_retrans,
                  .sack_delay = config.sack_delay,
                  .sack_every = config.sack_every,
                  .max_burst = config.max_burst,
                  .max_segment = config.max_segment,
                  .no_delay = config.no_delay,
                  .autoclose = config.autoclose,
                  .max_init_retransmits = config.max_init_retransmits},
      sack_timer_(env.clock(), *this, kSackTimer, entity_) {}

Association::~Association() = default;

void Association::set_parameters(const Parameters& parameters) {
  parameters_ = parameters;
  if (tracker_ != nullptr) tracker_->set_sack_every(parameters.sack_every);
  if (rare_ != nullptr) rare_->autoclose.Cancel();
  TouchAutoclose();
}

Association::Rare& Association::rare() {
  if (rare_ == nullptr) rare_ = std::make_unique<Rare>(*this);
  return *rare_;
}

Association::Control& Association::control() {
  if (control_ == nullptr) control_ = std::make_unique<Control>(*this);
  return *control_;
}

bool Association::is_control_timer_set() const {
  return control_ != nullptr && control_->timer.is_set();
}

void Association::CancelControlTimer() {
  if (control_ != nullptr) control_->timer.Cancel();
}

// Our random number stays: whoever restarts is to be answered with it (RFC 4895 section 6.1).
void Association::MaybeDropControl() {
  if (control_ == nullptr || state_ != State::kEstablished || control_->timer.is_set() ||
      !control_->random.empty()) {
    return;
  }
  control_.reset();
}

const char* Association::StateName(State state) {
  return kStateLabels[static_cast<size_t>(state)].name;
}

void Association::SetState(State next, const TraceLabel& reason) {
  TW_DCHECK(next != state_);
  state_ = next;
  env_.clock().trace().State(entity_, kStateLabels[static_cast<size_t>(next)], reason);
}

void Association::MakeDataParts(Tsn peer_initial_tsn, uint16_t outbound, uint16_t inbound,
                                uint32_t rwnd) {
  peer_initial_tsn_ = peer_initial_tsn;
  peer_rwnd_ = rwnd;
  const bool interleaved = capabilities_.interleaving;
  if (send_queue_ == nullptr) {
    send_queue_ = std::make_unique<SendQueue>(config_.scheduler, interleaved, outbound);
  } else {
    for (OutgoingMessage& message : send_queue_->Renegotiate(interleaved, outbound)) {
      Tell(SendFailed{message.stream, message.ppid, message.unordered, false, message.context,
                      std::move(message.data)});
    }
  }
  outstanding_ = std::make_unique<OutstandingData>(local_initial_tsn_.value,
                                                   interleaved ? size_t{20} : size_t{16});
  tracker_ = std::make_unique<DataTracker>(peer_initial_tsn.value, parameters_.sack_every);
  // After a restart the user may still have to read what its peer sent in its former life.
  std::unique_ptr<ReassemblyQueue> former = std::move(reassembly_);
  reassembly_ = std::make_unique<ReassemblyQueue>(interleaved, inbound);
  if (former != nullptr) reassembly_->TakeOver(*former);
  last_advertised_ = config_.receive_buffer;
  granted_ = config_.receive_buffer;
  first_data_ = true;
  in_fast_recovery_ = false;
  last_forwarded_ = -1;
}

// --- Packets out ---

CommonHeader Association::HeaderTo(VerificationTag tag) const {
  return {.source_port = local_port_, .destination_port = remote_port_, .tag = tag};
}

void Association::SendTo(Path& path, absl::FunctionRef<void(PacketBuilder&)> fill,
                         const IpAddress& from) {
  std::vector<uint8_t>& buffer = env_.packet_buffer();
  PacketBuilder builder(buffer, HeaderTo(peer_tag_), path.packet_bytes(), authentication_.get());
  fill(builder);
  if (builder.empty()) return;
  ++counters_.packets_sent;
  env_.SendPacket(from, path.address(), path.udp_port, builder.Finish());
}

void Association::SendRaw(const IpAddress& to, uint16_t udp_port, VerificationTag tag,
                          absl::FunctionRef<void(PacketBuilder&)> fill) {
  PacketBuilder builder(env_.packet_buffer(), HeaderTo(tag), env_.PathMtu(to), nullptr);
  fill(builder);
  ++counters_.packets_sent;
  env_.SendPacket(IpAddress(), to, udp_port, builder.Finish());
}

void Association::SendRawAuthenticated(const IpAddress& to, uint16_t udp_port,
                                       absl::FunctionRef<void(PacketBuilder&)> fill) {
  PacketBuilder builder(env_.packet_buffer(), HeaderTo(peer_tag_), env_.PathMtu(to),
                        authentication_.get());
  fill(builder);
  ++counters_.packets_sent;
  env_.SendPacket(IpAddress(), to, udp_port, builder.Finish());
}

void Association::SendAbort(std::span<const uint8_t> causes) {
  // Section 8.5.1 B: the peer's tag if it is known; before that nobody is there to be told.
  if (peer_tag_.value == 0) return;
  SendTo(*paths_[primary_], [&](PacketBuilder& packet) {
    AbortChunk abort;
    abort.causes = causes;
    packet.Put(abort);
  });
}

void Association::SendError(Path& path, std::span<const uint8_t> causes) {
  SendTo(path, [&](PacketBuilder& packet) { packet.Put(ErrorChunk{.causes = causes}); });
}

void Association::AbortWithCauses(std::span<const uint8_t> causes, uint16_t code,
                                  const TraceLabel& why) {
  SendAbort(causes);
  Finish(told_up_ ? AssociationChange::State::kLost : AssociationChange::State::kCannotStart, code,
         why);
}

void Association::Report(std::span<const uint8_t> causes) {
  constexpr size_t kAuth = 64;  // more than any AUTH chunk takes
  const size_t room = paths_[primary_]->packet_bytes() - CommonHeader::kSize - kTlvHeader - kAuth;
  if (pending_errors_.size() + causes.size() > room) return;
  pending_errors_.insert(pending_errors_.end(), causes.begin(), causes.end());
}

// --- The end ---

void Association::Finish(AssociationChange::State how, uint16_t error, const TraceLabel& why,
                         std::span<const uint8_t> info) {
  if (state_ == State::kClosed && is_gone_) return;
  if (state_ != State::kClosed) SetState(State::kClosed, why);
  CancelControlTimer();
  sack_timer_.Cancel();
  if (rare_ != nullptr) {
    rare_->t5_shutdown_guard.Cancel();
    rare_->autoclose.Cancel();
    rare_->reconfig_timer.Cancel();
    rare_->t4_rto.Cancel();
  }
  for (const std::unique_ptr<Path>& path : paths_) {
    path->t3_rtx.Cancel();
    path->heartbeat.Cancel();
  }
  if (how == AssociationChange::State::kShutdownComplete) DeliverTheRest();
  // RFC 6458 section 6.1.11: what was not acknowledged goes back to the user.
  if (outstanding_ != nullptr && how != AssociationChange::State::kShutdownComplete) {
    for (int64_t tsn = outstanding_->cumulative_ack() + 1; tsn <= outstanding_->highest_sent();
         ++tsn) {
      OutgoingFragment& fragment = outstanding_->at(tsn).fragment;
      if (outstanding_->at(tsn).state == OutstandingChunk::State::kAbandoned) continue;
      Tell(SendFailed{fragment.stream, fragment.ppid, fragment.unordered, true, fragment.context,
                      std::move(fragment.data)});
    }
  }
  if (send_queue_ != nullptr) {
    for (OutgoingMessage& message : send_queue_->Drain()) {
      Tell(SendFailed{message.stream, message.ppid, message.unordered, false, message.context,
                      std::move(message.data)});
    }
  }
  Tell(AssociationChange{how,
                         error,
                         outbound_streams(),
                         inbound_streams(),
                         {info.begin(), info.end()},
                         is_peers_abort_});
  is_gone_ = true;
}

void Association::PowerOff() {
  Finish(AssociationChange::State::kLost, 0, kPowerOff);
  notifications_ = {};
}

void Association::Abort(absl::string_view reason) {
  if (is_gone_) return;
  // Not begun yet: it was just accepted.
  if (is_busy_ || state_ == State::kClosed) {
    abort_due_ = std::make_unique<std::string>(reason);
    return;
  }
  AsEvent([&] {
    std::vector<uint8_t> causes;
    UserInitiatedAbortCause{
        .reason = {reinterpret_cast<const uint8_t*>(reason.data()), reason.size()}}
        .SerializeTo(causes);
    AbortWithCauses(causes, 0, kUserAbort);
  });
}

// --- The end of an event ---

void Association::Tell(Notification notification) {
  notifications_.push_back(std::move(notification));
}

void Association::EndOfEvent() {
  // Users may call in while they are told; what that causes is done in the next round.
  // Telling does not count as a round: of many lost messages the user hears one by one.
  for (int round = 0; round < 1000; round += notifications_.empty() ? 1 : 0) {
    if (!is_gone_) {
      if (tracker_ != nullptr) Deliver();
      if (shutdown_due_) {
        shutdown_due_ = false;
        is_ending_event_ = true;
        Shutdown();
        is_ending_event_ = false;
      }
      if (abort_due_ && !is_gone_) {
        std::vector<uint8_t> causes;
        UserInitiatedAbortCause{
            .reason = {reinterpret_cast<const uint8_t*>(abort_due_->data()), abort_due_->size()}}
            .SerializeTo(causes);
        abort_due_.reset();
        AbortWithCauses(causes, 0, kUserAbort);
      }
    }
    if (!is_gone_) Transmit();
    if (!is_gone_) MaybeSendShutdown();
    const bool has_sent = !is_gone_ && CheckDry();
    if (notifications_.empty()) {
      const bool more = !is_gone_ && (shutdown_due_ || abort_due_ != nullptr || has_sent);
      if (!more) break;
      continue;
    }
    const Notification notification = notifications_.pop_front();
    if (notifications_.empty()) notifications_ = {};  // most associations have none, ever again
    if (std::holds_alternative<AssociationChange>(notification)) user_knows_ = true;
    if (!user_gone_) user_.OnNotification(*this, notification);
  }
  if (!is_gone_) MaybeDropControl();
  if (!is_gone_ && env_.clock().trace().is_watched()) TraceWhatChanged();
  TW_DCHECK(IsConsistent());
  if (is_gone_) env_.OnGone(*this);
}

void Association::OnControlTimer() {
  switch (state_) {
    case State::kCookieWait:
      return AsEvent([&] { OnT1Init(); });
    case State::kCookieEchoed:
      return AsEvent([&] { OnT1Cookie(); });
    default:
      return AsEvent([&] { OnT2Shutdown(); });
  }
}

void Association::OnPathMtu(const IpAddress& to) {
  Path* path = PathTo(to);
  if (path == nullptr) return;
  const size_t mtu =
      config_.mtu != 0 ? std::min<size_t>(config_.mtu, env_.PathMtu(to)) : env_.PathMtu(to);
  path->set_mtu(mtu);
}

void Association::OnUnreachable(const IpAddress& to, bool protocol) {
  static_cast<void>(to);
  // Section 10, rule 8: protocol unreachable may end an association; the rest is left to the
  // error counters.
  if (!protocol || state_ == State::kClosed) return;
  AsEvent([&] {
    Finish(told_up_ ? AssociationChange::State::kLost : AssociationChange::State::kCannotStart, 0,
           kUnreachable);
  });
}

bool Association::IsConsistent() const {
  if (state_ == State::kClosed) return !is_control_timer_set() && !sack_timer_.is_set();
  if (outstanding_ != nullptr && outstanding_->size() < 64 && !outstanding_->IsConsistent()) {
    return false;
  }
  switch (state_) {
    case State::kCookieWait:
      return is_control_timer_set() && outstanding_ == nullptr;
    case State::kCookieEchoed:
      return is_control_timer_set() && outstanding_ != nullptr;
    case State::kShutdownSent:
    case State::kShutdownAckSent:
      if (!is_control_timer_set()) return false;
      break;
    default:
      if (is_control_timer_set()) return false;
      break;
  }
  // Whatever is in flight is watched by its path's timer.
  for (const std::unique_ptr<Path>& path : paths_) {
    if (outstanding_->flight(path->index()) > 0 && !path->t3_rtx.is_set()) return false;
  }
  return true;
}

}  // namespace tickwire::sctp
