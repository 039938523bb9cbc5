// Sections 5.1 and 5.2.6 of RFC 9260: setting an association up, from both sides.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/invalid_mandatory_parameter_cause.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/packet/cause/unrecognized_parameters_cause.h"
#include "protocols/sctp/packet/parameter/cookie_preservative_parameter.h"
#include "protocols/sctp/packet/parameter/unrecognized_parameter.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kT1Init{"T1-init", "RFC 9260 5.1"};
constexpr TraceLabel kT1Cookie{"T1-cookie", "RFC 9260 5.1"};

constexpr TraceLabel kConnect{"associate", "RFC 9260 5.1 A"};
constexpr TraceLabel kInitAcked{"INIT ACK arrived", "RFC 9260 5.1 C"};
constexpr TraceLabel kCookieAcked{"COOKIE ACK arrived", "RFC 9260 5.1 E"};
constexpr TraceLabel kCookieEchoed{"COOKIE ECHO arrived", "RFC 9260 5.1 D"};
constexpr TraceLabel kUnexpectedInitAck{"unexpected INIT ACK", "RFC 9260 5.2.3"};
constexpr TraceLabel kUnexpectedCookieAck{"unexpected COOKIE ACK", "RFC 9260 5.2.5"};
constexpr TraceLabel kBadInitAck{"INIT ACK refused", "RFC 9260 3.3.3"};
constexpr TraceLabel kNoAnswer{"no answer", "RFC 9260 5.1.4: Max.Init.Retransmits"};
constexpr TraceLabel kStaleAnswer{"stale cookie", "RFC 9260 5.2.6: try again with a longer life"};

}  // namespace

// --- The side that begins ---

OwnInit Association::Own() const {
  OwnInit own{.initiate_tag = local_tag_, .initial_tsn = local_initial_tsn_};
  own.addresses = env_.LocalAddresses();
  if (own.addresses.size() < 2) own.addresses.clear();
  if (control_ != nullptr) own.random = control_->random;
  return own;
}

void Association::Connect(std::span<const IpAddress> peer) {
  TW_CHECK(!peer.empty() && state_ == State::kClosed);
  AsEvent([&] {
    local_tag_ = env_.NewTag();
    local_initial_tsn_ =
        Tsn{config_.initial_tsn.value_or(static_cast<uint32_t>(env_.rng().Next64()))};
    if (Capabilities::Of(config_).authentication) {
      for (int i = 0; i < 4; ++i) {
        const uint64_t draw = env_.rng().Next64();
        for (int shift = 56; shift >= 0; shift -= 8) {
          control().random.push_back(static_cast<uint8_t>(draw >> shift));
        }
      }
    }
    for (const IpAddress& address : peer) AddPath(address, /*is_confirmed=*/true);
    // Messages may be queued before the peer has said how many streams it takes.
    capabilities_ = Capabilities::Of(config_);
    SetState(State::kCookieWait, kConnect);
    env_.OnIdentityChanged(*this);
    SendInit();
  });
}

void Association::SendInit() {
  // Retransmissions use all addresses in turn (section 5.1).
  Path& path = *paths_[static_cast<size_t>(control().retransmits) % paths_.size()];
  std::vector<uint8_t> parameters;
  WriteInitParameters(config_, Own(), /*is_init=*/true, parameters);
  if (rare_ != nullptr && rare_->cookie_extension_ms > 0) {
    CookiePreservativeParameter{.life_span_increment = rare_->cookie_extension_ms}.SerializeTo(
        parameters);
  }
  SendRaw(path.address(), path.udp_port, VerificationTag{0}, [&](PacketBuilder& packet) {
    packet.Put(InitChunk{.initiate_tag = local_tag_,
                         .a_rwnd = config_.receive_buffer,
                         .outbound_streams = wanted_outbound_,
                         .inbound_streams = config_.max_inbound_streams,
                         .initial_tsn = local_initial_tsn_,
                         .parameters = parameters});
  });
  control().sent = env_.clock().now();
  CancelControlTimer();
  control().timer.set_label(kT1Init);
  const Duration most = config_.max_init_timeout;
  control().timer.Set(most > Duration() ? std::min(most, path.rto.value()) : path.rto.value());
}

void Association::OnT1Init() {
  Path& path = *paths_[static_cast<size_t>(control().retransmits) % paths_.size()];
  path.rto.BackOff();
  if (++control().retransmits > parameters_.max_init_retransmits) {
    return Finish(AssociationChange::State::kCannotStart, 0, kNoAnswer);
  }
  control().was_resent = true;
  SendInit();
}

// Streams, addresses, extensions, keys: what the INIT or INIT ACK of the peer says.
void Association::TakePeerInit(const InitInfo& init, const IpAddress& from) {
  peer_tag_ = init.initiate_tag;
  capabilities_ = Capabilities::Of(config_).And(init.capabilities);
  // Null after a restart without it.
  authentication_ = Authentication::Agree(
      config_, control_ != nullptr ? control_->random : std::vector<uint8_t>(), init);
  capabilities_.authentication = authentication_ != nullptr;
  if (!capabilities_.authentication) capabilities_.dynamic_addresses = false;
  // Section 5.1.2: the source counts too; all that is new has to be confirmed (section 5.4).
  AddPath(from, /*is_confirmed=*/true);
  for (const IpAddress& address : init.addresses) {
    if (address.is_multicast() || address.is_broadcast() || address.is_unspecified()) continue;
    AddPath(address, /*is_confirmed=*/false);
  }
  // Section 5.1.1.
  const uint16_t outbound = std::min(wanted_outbound_, init.inbound_streams);
  const uint16_t inbound = std::min(init.outbound_streams, config_.max_inbound_streams);
  MakeDataParts(init.initial_tsn, outbound, inbound, init.a_rwnd);
  if (rare_ != nullptr) rare_->numbers_known = rare_->asconf_serials_known = false;
}

void Association::OnInitAck(const ArrivedPacket& packet, const InitAckChunk& chunk) {
  if (state_ != State::kCookieWait) return Drop(kUnexpectedInitAck);
  std::vector<uint8_t> value;
  chunk.SerializeTo(value);
  const std::optional<InitInfo> info =
      InitInfo::Read(std::span<const uint8_t>(value).subspan(kTlvHeader));
  std::optional<std::vector<uint8_t>> defects;
  if (info) {
    defects = InitDefects(*info, /*is_ack=*/true);
    // Section 3.3.3: not more streams than we take.
    if (!defects && info->outbound_streams > config_.max_inbound_streams) {
      defects.emplace();
      InvalidMandatoryParameterCause().SerializeTo(*defects);
    }
  } else {
    defects.emplace();
    InvalidMandatoryParameterCause().SerializeTo(*defects);
  }
  if (defects) {
    // Section 5.1: to the tag of the INIT ACK; tag 0: with the T bit (section 3.3.3).
    const bool no_tag = chunk.initiate_tag.value == 0;
    SendRaw(packet.from, packet.udp_port, no_tag ? local_tag_ : chunk.initiate_tag,
            [&](PacketBuilder& out) {
              AbortChunk abort;
              abort.tag_reflected = no_tag;
              abort.causes = *defects;
              out.Put(abort);
            });
    if (info && info->a_rwnd < 1500 && !no_tag && info->outbound_streams > 0 &&
        info->inbound_streams > 0) {
      return Drop(kBadInitAck);  // a_rwnd alone must not change the state
    }
    return Finish(AssociationChange::State::kCannotStart, InvalidMandatoryParameterCause::kCode,
                  kBadInitAck);
  }
  Path* const path = PathTo(packet.from);
  if (path != nullptr && !control().was_resent) {  // Karn
    path->rto.Observe(env_.clock().now() - control().sent);
  }
  TakePeerInit(*info, packet.from);
  env_.OnIdentityChanged(*this);
  primary_ = PathTo(packet.from)->index();
  control().cookie = info->cookie;
  if (info->adaptation_indication) Tell(AdaptationIndication{*info->adaptation_indication});
  if (!info->unrecognized.empty()) {  // section 3.2.2: reported with the COOKIE ECHO
    std::vector<uint8_t> causes;
    UnrecognizedParametersCause{.parameters = info->unrecognized}.SerializeTo(causes);
    Report(causes);
  }
  CancelControlTimer();
  control().retransmits = 0;
  control().was_resent = false;
  SetState(State::kCookieEchoed, kInitAcked);
  SendCookieEcho();
}

void Association::SendCookieEcho() {
  Path& path = *paths_[primary_];
  SendTo(path, [&](PacketBuilder& packet) {
    packet.Put(CookieEchoChunk{.cookie = control().cookie});
    if (!pending_errors_.empty()) {
      packet.Add(ErrorChunk{.causes = pending_errors_},
                 Padded(kTlvHeader + pending_errors_.size()));
      pending_errors_.clear();
    }
    // Section 5.1 C: DATA may ride along; this packet alone may be sent before the COOKIE ACK.
    if (!control().was_resent) AddNewData(packet, path);
  });
  control().sent = env_.clock().now();
  CancelControlTimer();
  control().timer.set_label(kT1Cookie);
  control().timer.Set(path.rto.value());
}

void Association::OnT1Cookie() {
  Path& path = *paths_[primary_];
  path.rto.BackOff();
  if (++control().retransmits > parameters_.max_init_retransmits) {
    return Finish(AssociationChange::State::kCannotStart, 0, kNoAnswer);
  }
  control().was_resent = true;
  // Data that rode along was lost with it.
  if (outstanding_->MarkTimedOut(path.index()) > 0) path.t3_rtx.Cancel();
  // Section 5.1: retransmissions use all addresses, but only confirmed ones (section 5.4).
  for (size_t step = 1; step <= paths_.size(); ++step) {
    const size_t next = (primary_ + step) % paths_.size();
    if (paths_[next]->is_confirmed()) {
      primary_ = static_cast<uint8_t>(next);
      break;
    }
  }
  SendCookieEcho();
}

void Association::OnCookieAck() {
  if (state_ != State::kCookieEchoed) return Drop(kUnexpectedCookieAck);
  if (!control().was_resent) paths_[primary_]->rto.Observe(env_.clock().now() - control().sent);
  BecomeEstablished(kCookieAcked);
}

void Association::OnStaleCookie(uint32_t staleness_us) {
  if (state_ != State::kCookieEchoed) return;
  // Not for ever: as often as an INIT that nobody answers.
  if (++control().stale_cookies > parameters_.max_init_retransmits) {
    return Finish(AssociationChange::State::kCannotStart, StaleCookieCause::kCode, kNoAnswer);
  }
  // Section 5.2.6, alternative 3: no more than a second beyond the round trip.
  const Duration rtt = env_.clock().now() - control().sent;
  const Duration stale = Duration::Micros(staleness_us);
  const Duration wanted = std::min(std::max(stale, rtt) + rtt, rtt + Duration::Seconds(1));
  rare().cookie_extension_ms = static_cast<uint32_t>(wanted.nanos() / 1'000'000);
  CancelControlTimer();
  // The data that rode along with the COOKIE ECHO is sent again later.
  for (const std::unique_ptr<Path>& path : paths_) path->t3_rtx.Cancel();
  RequeueOutstanding();
  outstanding_.reset();
  tracker_.reset();
  reassembly_.reset();
  peer_tag_ = VerificationTag{0};
  control().was_resent = false;
  SetState(State::kCookieWait, kStaleAnswer);
  SendInit();
}

void Association::BecomeEstablished(const TraceLabel& reason) {
  CancelControlTimer();
  control().retransmits = 0;
  control().stale_cookies = 0;
  association_errors_ = 0;
  if (state_ != State::kEstablished) SetState(State::kEstablished, reason);
  control().cookie.clear();
  control().cookie.shrink_to_fit();
  for (const std::unique_ptr<Path>& path : paths_) {
    path->error_count = 0;
    path->last_used = path->last_data = env_.clock().now();
    // Section 5.4: addresses that the peer only told of are probed now.
    if (!path->is_confirmed()) {
      SendHeartbeat(*path);
    } else {
      SetHeartbeatTimer(*path);
    }
    // The data that rode along with the COOKIE ECHO.
    if (outstanding_->flight(path->index()) > 0 && !path->t3_rtx.is_set()) {
      StartT3(*path, /*restart=*/false);
    }
  }
  TouchAutoclose();
  if (!told_up_) {
    told_up_ = true;
    Tell(AssociationChange{
        AssociationChange::State::kUp, 0, outbound_streams(), inbound_streams(), {}});
  }
}

// --- The side that answers ---

void Association::Accept(const StateCookie& cookie, const InitInfo& peer_init,
                         const ArrivedPacket& packet, bool is_authenticated) {
  AsEvent([&] {
    local_tag_ = cookie.local_tag;
    local_initial_tsn_ = cookie.local_initial_tsn;
    wanted_outbound_ = cookie.outbound_streams;
    control().random = cookie.random;
    AddPath(cookie.remote, /*is_confirmed=*/true);  // section 5.4, rule 2
    TakePeerInit(peer_init, cookie.remote);
    if (Path* path = PathTo(packet.from)) path->udp_port = packet.udp_port;  // RFC 6951 section 5.4
    env_.OnIdentityChanged(*this);
    if (peer_init.adaptation_indication) {
      Tell(AdaptationIndication{*peer_init.adaptation_indication});
    }
    cookie_ack_due_ = true;
    BecomeEstablished(kCookieEchoed);
    std::span<const uint8_t> rest = packet.chunks();
    if (is_authenticated) TakeChunk(rest);  // AUTH
    TakeChunk(rest);
    OnChunks(packet, rest, is_authenticated);
  });
}

}  // namespace tickwire::sctp
