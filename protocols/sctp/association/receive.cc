// DATA in, SACK out: RFC 9260 sections 6.2, 6.5 to 6.7; RFC 3758 section 3.6.
#include <algorithm>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/cause/invalid_stream_identifier_cause.h"
#include "protocols/sctp/packet/cause/no_user_data_cause.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kNoData{"no user data", "RFC 9260 6.2"};
constexpr TraceLabel kBadStream{"invalid stream", "RFC 9260 6.5"};
constexpr TraceLabel kNoRoom{"no room", "RFC 9260 6.2: the window is closed"};
constexpr TraceLabel kOutOfWindow{"TSN out of reach", "RFC 9260 6.2: further than gaps can tell"};
constexpr TraceLabel kDataLate{"data in the wrong state", "RFC 9260 6: not after SHUTDOWN"};
constexpr TraceLabel kDuplicate{"duplicate TSN", "RFC 9260 6.2"};

bool MayReceive(State state) {
  return state == State::kEstablished || state == State::kShutdownPending ||
         state == State::kShutdownSent || state == State::kCookieEchoed;
}

}  // namespace

void Association::OnData(const Fragment& arrived, Tsn wire_tsn, bool immediate) {
  if (!MayReceive(state_)) return Drop(kDataLate);
  got_data_ = true;
  if (immediate) ack_immediately_ = true;
  Fragment fragment = arrived;
  fragment.tsn =
      tracker_->cumulative() +
      static_cast<int32_t>(wire_tsn.value - static_cast<uint32_t>(tracker_->cumulative()));
  if (fragment.data.empty()) {  // section 6.2
    std::vector<uint8_t> causes;
    NoUserDataCause{.tsn = wire_tsn}.SerializeTo(causes);
    return AbortWithCauses(causes, NoUserDataCause::kCode, kNoData);
  }
  if (!tracker_->IsNew(fragment.tsn)) {
    ++counters_.duplicates;
    if (env_.clock().trace().is_watched()) {
      env_.clock().trace().Note(entity_, kDuplicate, absl::StrCat("TSN ", wire_tsn.value));
    }
    return tracker_->ObserveDuplicate(fragment.tsn);
  }
  if (fragment.tsn - tracker_->cumulative() > 0xffff) {
    ack_immediately_ = true;
    return Drop(kOutOfWindow);
  }
  // Section 6.2: nothing new beyond a closed window; what fills a gap comes in if it was inside the
  // window once, as the larger TSNs were. The next TSN is taken whatever a gap holds up, or nothing
  // would ever move again.
  const int64_t held = reassembly_->held_bytes();
  const bool is_next = fragment.tsn == tracker_->cumulative() + 1;
  const bool fills_gap = fragment.tsn < tracker_->largest();
  const int64_t most = !fills_gap ? ReceiveBudget()
                       : is_next  ? MostHeld()
                                  : std::max<int64_t>(ReceiveBudget(), granted_);
  if (held >= most) {
    ack_immediately_ = true;
    return Drop(kNoRoom);
  }
  if (fragment.stream.value >= reassembly_->stream_count()) {
    // Section 6.5: acknowledged, but reported and thrown away.
    tracker_->Observe(fragment.tsn);
    std::vector<uint8_t> causes;
    InvalidStreamIdentifierCause{.stream = fragment.stream}.SerializeTo(causes);
    Report(causes);
    return Drop(kBadStream);
  }
  tracker_->Observe(fragment.tsn);
  TouchAutoclose();
  // The common case needs no copy: a whole message whose turn it is, for a user who listens.
  if (may_deliver() && reassembly_->IsNext(fragment)) {
    const ReceivedMessage message{.stream = fragment.stream,
                                  .ppid = fragment.ppid,
                                  .unordered = fragment.unordered,
                                  .number = fragment.number,
                                  .first_tsn = wire_tsn,
                                  .data = {}};
    reassembly_->Skip(fragment);
    ++counters_.messages_delivered;
    counters_.bytes_delivered += fragment.data.size();
    is_delivering_ = true;
    if (!user_gone_) user_.OnMessage(*this, message, fragment.data);
    is_delivering_ = false;
    return;
  }
  reassembly_->Add(fragment);
}

void Association::OnForwardTsn(Tsn new_cumulative, absl::FunctionRef<void()> forward_streams) {
  if (!MayReceive(state_)) return Drop(kDataLate);
  const int64_t base = tracker_->cumulative();
  const int64_t tsn =
      base + static_cast<int32_t>(new_cumulative.value - static_cast<uint32_t>(base));
  got_data_ = true;
  ack_immediately_ = true;  // RFC 3758 section 3.6, F5
  if (tsn <= base) return;
  if (tsn - base > 0xffff) return Drop(kOutOfWindow);
  tracker_->ForwardTo(tsn);
  reassembly_->ForwardTo(tsn);  // not what follows it without a gap
  forward_streams();
}

void Association::Deliver() {
  while (may_deliver() && !is_gone_ && reassembly_->has_ready()) {
    is_delivering_ = true;
    ReceivedMessage message = reassembly_->TakeReady();
    ++counters_.messages_delivered;
    counters_.bytes_delivered += message.data.size();
    if (!user_gone_) user_.OnMessage(*this, message, message.data);
    is_delivering_ = false;
  }
  MaybeSendWindowUpdate();
}

// The end in good order. MODEL: a user who does not read now gets what is left at once, while a
// kernel would keep it for him.
void Association::DeliverTheRest() {
  if (reassembly_ == nullptr || is_delivering_) return;
  is_delivering_ = true;
  while (reassembly_->has_ready()) {
    const ReceivedMessage message = reassembly_->TakeReady();
    ++counters_.messages_delivered;
    counters_.bytes_delivered += message.data.size();
    if (!user_gone_) user_.OnMessage(*this, message, message.data);
  }
  is_delivering_ = false;
}

void Association::ResumeReceiving() {
  is_paused_ = false;
  if (!is_busy_ && tracker_ != nullptr && !is_gone_) AsEvent([] {});
}

bool Association::ReceiveOne() {
  if (reassembly_ == nullptr || !reassembly_->has_ready() || is_delivering_) return false;
  is_delivering_ = true;
  ReceivedMessage message = reassembly_->TakeReady();
  ++counters_.messages_delivered;
  counters_.bytes_delivered += message.data.size();
  if (!user_gone_) user_.OnMessage(*this, message, message.data);
  is_delivering_ = false;
  if (!is_busy_ && !is_gone_) AsEvent([&] { MaybeSendWindowUpdate(); });
  return true;
}

// MODEL: without partial delivery a message longer than the buffer could never be finished. While
// nothing can be handed to the user, what is held waits for more of the same: the window stays open
// for it, up to the longest message that is taken.
int64_t Association::ReceiveBudget() const {
  const int64_t buffer = config_.receive_buffer;
  const int64_t held = reassembly_->held_bytes();
  // What a gap holds up needs no window: retransmissions are not bound to it (section 6.1 A).
  if (reassembly_->has_ready() || tracker_->has_gaps() || held + 1500 < buffer) return buffer;
  return std::min(held + std::max<int64_t>(buffer, 3000), MostHeld());
}

// One message at a time is cut into fragments, but with interleaving one each stream and order.
int64_t Association::MostHeld() const {
  const int64_t messages = capabilities_.interleaving ? 2 * inbound_streams() : 1;
  return int64_t{config_.receive_buffer} + messages * int64_t{config_.max_message};
}

uint32_t Association::AdvertisedWindow() const {
  const int64_t room = std::max<int64_t>(0, ReceiveBudget() - reassembly_->held_bytes());
  // Section 6.2: no silly windows: less than a packet is nothing, if something is held.
  if (room < 1500 && reassembly_->held_bytes() > 0 && config_.receive_buffer >= 1500) return 0;
  return static_cast<uint32_t>(room);
}

// Section 6.2: when it opens by a quarter of the buffer.
void Association::MaybeSendWindowUpdate() {
  if (is_gone_ || tracker_ == nullptr || state_ == State::kShutdownSent ||
      state_ == State::kShutdownAckSent || state_ == State::kShutdownReceived) {
    return;
  }
  const uint32_t window = AdvertisedWindow();
  if (window <= last_advertised_ || window - last_advertised_ < config_.receive_buffer / 4) return;
  if (tracker_->has_unacknowledged()) return;  // a SACK will say so
  // A window that only breathes with what is acknowledged anyway needs no update.
  if (last_advertised_ >= config_.receive_buffer / 2) return;
  tracker_->OnSackTimer();
}

void Association::OnSackTimer() {
  AsEvent([&] { tracker_->OnSackTimer(); });
}

void Association::OnDataPacketEnd(const ArrivedPacket& packet) {
  if (const Path* path = PathTo(packet.from)) last_data_from_ = path->index();
  const bool immediately = ack_immediately_ || first_data_;  // section 5.1
  first_data_ = false;
  tracker_->OnPacketEnd(immediately);
  // RFC 6525 section 5.2.2, E2: however the last TSN before the reset came.
  if (rare_ != nullptr && rare_->pending_incoming) CheckPendingIncomingReset();
  if (state_ != State::kShutdownSent) return;
  // Section 9.2: SHUTDOWN in answer to each packet with DATA, with a SACK if there is more to say.
  SendShutdown();
}

}  // namespace tickwire::sctp
