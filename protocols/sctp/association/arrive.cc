// A packet arrives: verification tags (RFC 9260 sections 8.5 and 8.5.1), each chunk to whom it
// concerns, unknown ones by their two upper bits (section 3.2), AUTH (RFC 4895 section 6.3).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/protocol_violation_cause.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/packet/cause/unrecognized_chunk_type_cause.h"
#include "protocols/sctp/packet/cause/unsupported_hmac_cause.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kWrongTag{"wrong verification tag", "RFC 9260 8.5"};
constexpr TraceLabel kWrongAbortTag{"wrong verification tag", "RFC 9260 8.5.1 B"};
constexpr TraceLabel kWrongCompleteTag{"wrong verification tag", "RFC 9260 8.5.1 C"};
constexpr TraceLabel kTagZero{"verification tag 0", "RFC 9260 8.5.1 A: only an INIT may"};
constexpr TraceLabel kBundledInit{"INIT bundled", "RFC 9260 5.1: it must be alone"};
constexpr TraceLabel kMalformed{"malformed chunk", "RFC 9260 3.2"};
constexpr TraceLabel kUnknownChunk{"unknown chunk", "RFC 9260 3.2: by its two upper bits"};
constexpr TraceLabel kSkippedChunk{"unknown chunk skipped", "RFC 9260 3.2: by its two upper bits"};
constexpr TraceLabel kUnauthenticated{"not authenticated", "RFC 4895 6.3"};
constexpr TraceLabel kBadHmac{"bad HMAC", "RFC 4895 6.3"};
constexpr TraceLabel kPeerAbort{"ABORT arrived", "RFC 9260 9.1"};
constexpr TraceLabel kViolation{"protocol violation", "RFC 9260 3.3.10.13"};

}  // namespace

// --- Packets in ---

void Association::Drop(const TraceLabel& why) { env_.OnDrop(entity_, why); }

// Sections 8.5 and 8.5.1.
bool Association::HasRightTag(const ArrivedPacket& packet) {
  const VerificationTag tag = packet.header.tag;
  std::span<const uint8_t> rest = packet.chunks();
  const std::optional<ChunkView> first = TakeChunk(rest);
  if (!first) {
    Drop(kMalformed);
    return false;
  }
  const auto fail = [&](const TraceLabel& why) {
    Drop(why);
    return false;
  };
  switch (first->type) {
    case InitChunk::kType:  // A
      if (!rest.empty()) return fail(kBundledInit);
      return tag.value == 0 || fail(kWrongTag);
    case CookieEchoChunk::kType:  // D: section 5 looks at it
      return true;
    case AuthChunk::kType: {  // the same, authenticated (RFC 4895 section 6.3)
      const std::optional<ChunkView> second = TakeChunk(rest);
      if (second && second->type == CookieEchoChunk::kType) return true;
      break;
    }
    default:
      break;
  }
  // An ABORT or SHUTDOWN COMPLETE may stand behind other chunks; its T bit decides.
  for (std::span<const uint8_t> all = packet.chunks();;) {
    const std::optional<ChunkView> chunk = TakeChunk(all);
    if (!chunk) break;
    const bool is_abort = chunk->type == AbortChunk::kType;
    if (!is_abort && chunk->type != ShutdownCompleteChunk::kType) continue;
    const bool reflected = (chunk->flags & AbortChunk::kTagReflectedBit) != 0;
    // What stands before it needs the right tag.
    const bool is_first = chunk->whole.data() == first->whole.data();
    const bool right =
        reflected ? is_first && peer_tag_.value != 0 && tag == peer_tag_ : tag == local_tag_;
    return right || fail(is_abort ? kWrongAbortTag : kWrongCompleteTag);
  }
  if (tag.value == 0) return fail(kTagZero);
  if (first->type == ShutdownAckChunk::kType &&
      (state_ == State::kCookieWait || state_ == State::kCookieEchoed)) {
    return true;  // E: treated as out of the blue, whatever the tag
  }
  return tag == local_tag_ || fail(kWrongTag);
}

void Association::OnPacket(const ArrivedPacket& packet) {
  if (state_ == State::kClosed && told_up_) return;
  AsEvent([&] {
    if (!HasRightTag(packet)) return;
    ++counters_.packets_received;
    if (Path* path = PathTo(packet.from)) {
      // RFC 6951 section 5.4: only if the tag is right.
      if (packet.header.tag == local_tag_) path->udp_port = packet.udp_port;
    }
    OnChunks(packet, packet.chunks());
  });
}

void Association::OnChunks(const ArrivedPacket& packet, std::span<const uint8_t> rest,
                           bool is_authenticated) {
  got_data_ = ack_immediately_ = false;
  packet_authenticated_ = is_authenticated;
  std::vector<HeartbeatAckChunk> heartbeat_acks;
  while (!rest.empty() && !is_gone_) {
    const std::span<const uint8_t> from_here = rest;
    const std::optional<ChunkView> view = TakeChunk(rest);
    if (!view) {
      Drop(kMalformed);
      break;
    }
    if (!OnChunk(packet, *view, from_here, heartbeat_acks)) break;
  }
  if (!is_gone_ && got_data_) OnDataPacketEnd(packet);
  if (!is_gone_ && !heartbeat_acks.empty()) SendHeartbeatAcks(packet, heartbeat_acks);
  if (!is_gone_ && state_ == State::kShutdownSent) GivePeerTime();
}

// Section 12.4: all in one packet, with what else is due; what has no room there is not answered.
void Association::SendHeartbeatAcks(const ArrivedPacket& packet,
                                    std::span<const HeartbeatAckChunk> acks) {
  SendTo(ReplyPath(packet), [&](PacketBuilder& out) {
    if (state_ != State::kCookieEchoed && IsControlDue()) AddControl(out, /*with_data=*/false);
    for (const HeartbeatAckChunk& ack : acks) {
      if (!out.Add(ack, Padded(kTlvHeader + ack.parameters.size()))) break;
    }
  });
}

// A chunk of an extension that was not agreed upon is as good as unknown.
bool Association::IsAgreed(uint8_t type) const {
  switch (type) {
    case AuthChunk::kType:
      return capabilities_.authentication;
    case IDataChunk::kType:
      return capabilities_.interleaving;
    case AsconfChunk::kType:
    case AsconfAckChunk::kType:
      return capabilities_.dynamic_addresses;
    case ReConfigChunk::kType:
      return capabilities_.stream_reconfiguration;
    case ForwardTsnChunk::kType:
      return capabilities_.partial_reliability && !capabilities_.interleaving;
    case IForwardTsnChunk::kType:
      return capabilities_.partial_reliability && capabilities_.interleaving;
    default:
      return true;
  }
}

bool Association::OnChunk(const ArrivedPacket& packet, const ChunkView& view,
                          std::span<const uint8_t> from_here,
                          std::vector<HeartbeatAckChunk>& heartbeat_acks) {
  if (!IsKnownChunkType(view.type) || !IsAgreed(view.type)) {
    OnUnknownChunk(view);
    return (view.type & 0x80) != 0;  // section 3.2: the first bit says whether to go on
  }
  if (view.type == InitChunk::kType) {
    if (packet.header.tag.value != 0) {  // section 12.3
      Drop(kBundledInit);
    } else {
      OnInitWhileThere(packet, view);
    }
    return false;
  }
  // RFC 4895 section 6.3.
  if (authentication_ != nullptr && authentication_->WeWant(view.type) && !packet_authenticated_) {
    Drop(kUnauthenticated);
    return true;
  }
  const std::optional<AnyChunk> chunk = ParseChunk(view);
  if (!chunk) {
    Drop(kMalformed);
    return false;
  }
  const bool knows_data = tracker_ != nullptr;
  struct Visitor {
    Association& a;
    const ArrivedPacket& packet;
    std::span<const uint8_t> from_here;
    const bool knows_data;
    std::vector<HeartbeatAckChunk>& heartbeat_acks;

    bool operator()(const DataChunk& data) {
      if (!knows_data || a.capabilities_.interleaving) return a.OnWrongDataKind();
      a.OnData({.stream = data.stream,
                .number = data.ssn.value,
                .ppid = data.ppid,
                .unordered = data.unordered,
                .begin = data.begin,
                .end = data.end,
                .data = data.data},
               data.tsn, data.immediate);
      return !a.is_gone_;
    }
    bool operator()(const IDataChunk& data) {
      if (!knows_data || !a.capabilities_.interleaving) return a.OnWrongDataKind();
      a.OnData({.stream = data.stream,
                .number = data.mid.value,
                .fsn = data.begin ? 0 : data.ppid_or_fsn,
                .ppid = Ppid{data.begin ? data.ppid_or_fsn : 0},
                .unordered = data.unordered,
                .begin = data.begin,
                .end = data.end,
                .data = data.data},
               data.tsn, data.immediate);
      return !a.is_gone_;
    }
    bool operator()(const InitChunk&) { return false; }
    bool operator()(const InitAckChunk& chunk) {
      a.OnInitAck(packet, chunk);
      return false;
    }
    bool operator()(const SackChunk& chunk) {
      if (knows_data) a.OnSack(chunk);
      return true;
    }
    bool operator()(const HeartbeatChunk& chunk) {
      // Section 8.3: once we are past COOKIE-WAIT, until SHUTDOWN was sent.
      if (a.state_ == State::kCookieWait || a.state_ == State::kClosed ||
          a.state_ == State::kShutdownSent || a.state_ == State::kShutdownAckSent) {
        return true;
      }
      heartbeat_acks.push_back({.parameters = chunk.parameters});
      return true;
    }
    bool operator()(const HeartbeatAckChunk& chunk) {
      a.OnHeartbeatAck(chunk);
      return true;
    }
    bool operator()(const AbortChunk& chunk) {
      a.OnAbort(chunk);
      return false;
    }
    bool operator()(const ShutdownChunk& chunk) {
      a.OnShutdown(chunk);
      return true;
    }
    bool operator()(const ShutdownAckChunk&) {
      // Section 8.5.1 E: its tag may be any; so nothing more is looked at.
      const bool any_tag = a.state_ < State::kEstablished;
      a.OnShutdownAck(packet);
      return !any_tag && !a.is_gone_;
    }
    bool operator()(const ErrorChunk& chunk) {
      a.OnError(chunk);
      return true;
    }
    bool operator()(const CookieEchoChunk& chunk) { return a.OnCookieEcho(packet, chunk); }
    bool operator()(const CookieAckChunk&) {
      a.OnCookieAck();
      return true;
    }
    bool operator()(const ShutdownCompleteChunk&) {
      a.OnShutdownComplete();
      return false;  // section 3.1: it is alone
    }
    bool operator()(const AuthChunk& chunk) {
      a.OnAuth(chunk, from_here);
      return a.packet_authenticated_;
    }
    bool operator()(const AsconfAckChunk& chunk) {
      a.OnAsconfAck(chunk);
      return true;
    }
    bool operator()(const ReConfigChunk& chunk) {
      a.OnReConfig(chunk);
      return true;
    }
    bool operator()(const PadChunk&) { return true; }  // RFC 4820 section 3
    bool operator()(const ForwardTsnChunk& chunk) {
      if (!knows_data || a.capabilities_.interleaving) return true;
      a.OnForwardTsn(chunk.new_cumulative_tsn, [&] {
        for (const ForwardTsnChunk::Skipped& one : chunk.skipped) {
          a.reassembly_->ForwardStream(one.stream, /*unordered=*/false, one.ssn.value);
        }
      });
      return true;
    }
    bool operator()(const AsconfChunk& chunk) {
      a.OnAsconf(packet, chunk);
      return true;
    }
    bool operator()(const IForwardTsnChunk& chunk) {
      if (!knows_data || !a.capabilities_.interleaving) return true;
      a.OnForwardTsn(chunk.new_cumulative_tsn, [&] {
        for (const IForwardTsnChunk::Skipped& one : chunk.skipped) {
          a.reassembly_->ForwardStream(one.stream, one.unordered, one.mid.value);
        }
      });
      return true;
    }
  };
  return std::visit(Visitor{*this, packet, from_here, knows_data, heartbeat_acks}, *chunk);
}

// RFC 8260 section 2.2.2: DATA where I-DATA was agreed, or the reverse, is a protocol violation.
bool Association::OnWrongDataKind() {
  if (tracker_ == nullptr) return true;  // too early: ignored
  std::vector<uint8_t> causes;
  static constexpr absl::string_view kText = "DATA and I-DATA do not mix";
  ProtocolViolationCause{
      .information = {reinterpret_cast<const uint8_t*>(kText.data()), kText.size()}}
      .SerializeTo(causes);
  AbortWithCauses(causes, ProtocolViolationCause::kCode, kViolation);
  return false;
}

void Association::OnUnknownChunk(const ChunkView& view) {
  if ((view.type & 0x80) == 0) {
    Drop(kUnknownChunk);
  } else if (env_.clock().trace().is_watched()) {  // skipped: the rest of the packet counts
    env_.clock().trace().Note(entity_, kSkippedChunk, absl::StrCat("type ", int{view.type}));
  }
  if ((view.type & 0x40) == 0) return;
  std::vector<uint8_t> causes;
  UnrecognizedChunkTypeCause{.chunk = view.whole}.SerializeTo(causes);
  Report(causes);
}

void Association::OnAuth(const AuthChunk& chunk, std::span<const uint8_t> from_here) {
  const Authentication* keys = authentication_.get();
  std::unique_ptr<Authentication> of_cookie;
  if (keys == nullptr && state_ == State::kCookieWait) {
    // RFC 4895 section 6.3: nothing of the peer is known yet but what the cookie says.
    std::span<const uint8_t> rest = from_here;
    TakeChunk(rest);
    const std::optional<ChunkView> second = TakeChunk(rest);
    const auto echo = second ? CookieEchoChunk::Parse(*second) : std::nullopt;
    const auto cookie = echo ? StateCookie::Verify(echo->cookie, env_.secret()) : std::nullopt;
    const auto init = cookie ? InitInfo::Read(cookie->peer_init) : std::nullopt;
    if (init) of_cookie = Authentication::Agree(config_, cookie->random, *init);
    keys = of_cookie.get();
  }
  if (keys == nullptr) return Drop(kUnauthenticated);
  switch (keys->Verify(chunk, from_here)) {
    case Authentication::Verdict::kGood:
      packet_authenticated_ = true;
      return;
    case Authentication::Verdict::kUnsupportedHmac: {
      std::vector<uint8_t> causes;
      UnsupportedHmacCause{.hmac_id = chunk.hmac_id}.SerializeTo(causes);
      Report(causes);
      return Drop(kBadHmac);
    }
    case Authentication::Verdict::kUnknownKey:
      Tell(AuthenticationEvent{chunk.shared_key_id});
      [[fallthrough]];
    case Authentication::Verdict::kBad:
      return Drop(kBadHmac);
  }
}

void Association::OnError(const ErrorChunk& chunk) {
  std::span<const uint8_t> rest = chunk.causes;
  while (const std::optional<ParameterView> cause = TakeParameter(rest)) {
    if (const auto stale = StaleCookieCause::Parse(*cause)) {
      OnStaleCookie(stale->staleness_us);
      continue;
    }
    if (state_ < State::kEstablished) continue;
    Tell(RemoteError{cause->type, {cause->whole.begin(), cause->whole.end()}});
  }
}

void Association::OnAbort(const AbortChunk& chunk) {
  is_peers_abort_ = true;
  std::span<const uint8_t> rest = chunk.causes;
  const std::optional<ParameterView> first = TakeParameter(rest);
  Finish(told_up_ ? AssociationChange::State::kLost : AssociationChange::State::kCannotStart,
         first ? first->type : uint16_t{0}, kPeerAbort, chunk.causes);
}

}  // namespace tickwire::sctp
