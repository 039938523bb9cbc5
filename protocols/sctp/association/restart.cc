// Section 5.2 of RFC 9260: an INIT or COOKIE ECHO for an association that is there already: a
// collision, a duplicate, or the restart of the peer.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/cookie_while_shutting_down_cause.h"
#include "protocols/sctp/packet/cause/restart_with_new_addresses_cause.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kCollision{"COOKIE ECHO arrived", "RFC 9260 5.2.4 B: both sides set up"};
constexpr TraceLabel kDuplicateCookie{"COOKIE ECHO arrived", "RFC 9260 5.2.4 D"};
constexpr TraceLabel kRestarted{"restart", "RFC 9260 5.2.4 A"};
constexpr TraceLabel kLateCookie{"late cookie", "RFC 9260 5.2.4 C: discarded"};
constexpr TraceLabel kUnmatchedCookie{"cookie of another", "RFC 9260 5.2.4, table 12"};
constexpr TraceLabel kForgedCookie{"cookie not ours", "RFC 9260 5.1.5: MAC"};
constexpr TraceLabel kStaleCookieIn{"stale cookie", "RFC 9260 5.2.4, step 3"};
constexpr TraceLabel kNewAddresses{"INIT adds addresses", "RFC 9260 5.2.2"};
constexpr TraceLabel kInitInShutdown{"INIT in SHUTDOWN-ACK-SENT", "RFC 9260 9.2"};
constexpr TraceLabel kUnauthenticated{"not authenticated", "RFC 4895 6.3"};
constexpr TraceLabel kBadInit{"INIT refused", "RFC 9260 3.3.2"};

}  // namespace

// Sections 5.2.1, 5.2.2 and 9.2.
void Association::OnInitWhileThere(const ArrivedPacket& packet, const ChunkView& view) {
  if (state_ == State::kShutdownAckSent) {  // section 9.2
    Drop(kInitInShutdown);
    return SendShutdownAck();
  }
  const std::optional<InitInfo> info = InitInfo::Read(view.value);
  if (!info || info->initiate_tag.value == 0) return Drop(kBadInit);
  std::optional<std::vector<uint8_t>> defects = InitDefects(*info, /*is_ack=*/false);
  // New addresses are refused, but while only the INIT was sent (sections 5.2.1, 5.2.2).
  if (!defects && state_ != State::kCookieWait) {
    std::vector<uint8_t> added;
    std::vector<IpAddress> all = info->addresses;
    all.push_back(packet.from);
    for (const IpAddress& address : all) {
      if (PathTo(address) == nullptr) WriteAddressParameter(address, added);
    }
    if (!added.empty()) {
      defects.emplace();
      RestartWithNewAddressesCause{.addresses = added}.SerializeTo(*defects);
      Drop(kNewAddresses);
    }
  }
  if (defects) {
    return SendRaw(packet.from, packet.udp_port, info->initiate_tag, [&](PacketBuilder& out) {
      AbortChunk abort;
      abort.causes = *defects;
      out.Put(abort);
    });
  }
  OwnInit own = Own();
  InitAnswer answer{.config = config_,
                    .own = own,
                    .outbound_streams = wanted_outbound_,
                    .now = env_.clock().now()};
  if (state_ == State::kCookieWait || state_ == State::kCookieEchoed) {
    // Section 5.2.1: with the tag of our own INIT. Tie-tags in COOKIE-ECHOED only.
    if (state_ == State::kCookieEchoed) {
      if (local_tie_tag_ == 0) {
        local_tie_tag_ = static_cast<uint32_t>(env_.rng().Next64()) | 1;
        peer_tie_tag_ = static_cast<uint32_t>(env_.rng().Next64()) | 1;
      }
      answer.local_tie_tag = local_tie_tag_;
      answer.peer_tie_tag = peer_tie_tag_;
    }
  } else {
    // Section 5.2.2: a new tag, and the tie-tags by which a restart is known.
    if (local_tie_tag_ == 0) {
      local_tie_tag_ = static_cast<uint32_t>(env_.rng().Next64()) | 1;
      peer_tie_tag_ = static_cast<uint32_t>(env_.rng().Next64()) | 1;
    }
    own.initiate_tag = env_.NewTag();
    own.initial_tsn = Tsn{static_cast<uint32_t>(env_.rng().Next64())};
    answer.local_tie_tag = local_tie_tag_;
    answer.peer_tie_tag = peer_tie_tag_;
  }
  SendRaw(packet.from, packet.udp_port, info->initiate_tag,
          [&](PacketBuilder& out) { PutInitAck(answer, packet, view, *info, env_.secret(), out); });
}

// Section 5.2.4.
bool Association::OnCookieEcho(const ArrivedPacket& packet, const CookieEchoChunk& chunk) {
  const std::optional<StateCookie> cookie = StateCookie::Verify(chunk.cookie, env_.secret());
  if (!cookie || cookie->local_port != local_port_ || cookie->remote_port != remote_port_) {
    Drop(kForgedCookie);
    return false;
  }
  const std::optional<InitInfo> init = InitInfo::Read(cookie->peer_init);
  if (!init) {
    Drop(kForgedCookie);
    return false;
  }
  const bool local_matches = cookie->local_tag == local_tag_;
  const bool peer_matches = init->initiate_tag == peer_tag_;
  // Step 3. With both tags right it counts whatever its age (case E of section 5.2).
  const Duration age = env_.clock().now() - cookie->created;
  if (age > cookie->life && !(local_matches && peer_matches)) {
    Drop(kStaleCookieIn);
    std::vector<uint8_t> causes;
    const int64_t staleness_us = ((age - cookie->life).nanos() + 999) / 1000;
    StaleCookieCause{.staleness_us =
                         static_cast<uint32_t>(std::min<int64_t>(staleness_us, 0xffffffff))}
        .SerializeTo(causes);
    SendRaw(packet.from, packet.udp_port, init->initiate_tag,
            [&](PacketBuilder& out) { out.Put(ErrorChunk{.causes = causes}); });
    return false;
  }
  if (packet.header.tag != cookie->local_tag) {
    Drop(kUnmatchedCookie);
    return false;
  }
  if (state_ == State::kCookieWait && !packet_authenticated_) {  // no keys yet but the cookie's
    const auto keys = Authentication::Agree(config_, cookie->random, *init);
    if (keys != nullptr && keys->WeWant(CookieEchoChunk::kType)) {
      Drop(kUnauthenticated);
      return false;
    }
  }
  if (local_matches && peer_matches) {  // D
    if (state_ == State::kCookieEchoed) BecomeEstablished(kDuplicateCookie);
    cookie_ack_due_ = true;
    return true;
  }
  if (local_matches) {  // B: the peer's tag is another one, or not known yet
    if (state_ != State::kCookieWait && state_ != State::kCookieEchoed &&
        state_ != State::kEstablished) {
      Drop(kUnmatchedCookie);
      return false;
    }
    if (state_ != State::kEstablished) {
      RequeueOutstanding();
      for (const std::unique_ptr<Path>& path : paths_) path->t3_rtx.Cancel();
      TakePeerInit(*init, packet.from);
    } else {
      peer_tag_ = init->initiate_tag;
    }
    env_.OnIdentityChanged(*this);
    BecomeEstablished(kCollision);
    cookie_ack_due_ = true;
    return true;
  }
  const bool ties_match = cookie->local_tie_tag != 0 && cookie->local_tie_tag == local_tie_tag_ &&
                          cookie->peer_tie_tag == peer_tie_tag_;
  if (!peer_matches && ties_match) {  // A
    if (state_ == State::kShutdownAckSent) {
      std::vector<uint8_t> causes;
      CookieWhileShuttingDownCause().SerializeTo(causes);
      SendShutdownAck();
      SendError(ReplyPath(packet), causes);
      return false;
    }
    Restart(*cookie, *init, packet);
    return true;
  }
  Drop(peer_matches && cookie->local_tie_tag == 0 ? kLateCookie : kUnmatchedCookie);  // C
  return false;
}

// Section 5.2.4, action A: as if it had ended and begun anew, but for the word "restart".
void Association::Restart(const StateCookie& cookie, const InitInfo& peer_init,
                          const ArrivedPacket& packet) {
  for (const std::unique_ptr<Path>& path : paths_) {
    path->t3_rtx.Cancel();
    path->window.Reset(path->pmdcs(), path->address().is_v4());
    path->error_count = 0;
    path->one_packet_only = false;
  }
  sack_timer_.Cancel();
  CancelControlTimer();
  if (rare_ != nullptr) {
    rare_->t5_shutdown_guard.Cancel();
    rare_->reconfig_timer.Cancel();
    rare_->t4_rto.Cancel();
    rare_->request.reset();
    rare_->pending_incoming.reset();
    rare_->asconf_queue.clear();
    rare_->asconf_sent.clear();
    rare_->asconf_outstanding.clear();
  }
  // What was sent and not acknowledged is lost for the peer's new life.
  for (int64_t tsn = outstanding_->cumulative_ack() + 1; tsn <= outstanding_->highest_sent();
       ++tsn) {
    if (outstanding_->at(tsn).state == OutstandingChunk::State::kAbandoned) continue;  // was told
    OutgoingFragment& fragment = outstanding_->at(tsn).fragment;
    Tell(SendFailed{fragment.stream, fragment.ppid, fragment.unordered, true, fragment.context,
                    std::move(fragment.data)});
  }
  local_tag_ = cookie.local_tag;
  local_initial_tsn_ = cookie.local_initial_tsn;
  control().random = cookie.random;
  local_tie_tag_ = peer_tie_tag_ = 0;
  send_queue_->Restart();
  TakePeerInit(peer_init, packet.from);
  env_.OnIdentityChanged(*this);
  const bool was_established = state_ == State::kEstablished;
  BecomeEstablished(kRestarted);
  if (was_established) env_.clock().trace().Note(entity_, kRestarted, kRestarted.rule);
  Tell(AssociationChange{
      AssociationChange::State::kRestart, 0, outbound_streams(), inbound_streams(), {}});
  cookie_ack_due_ = true;
}

}  // namespace tickwire::sctp
