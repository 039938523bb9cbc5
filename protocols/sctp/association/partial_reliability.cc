// Giving messages up: RFC 3758 section 3.5, RFC 7496 section 4.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using ChunkState = OutstandingChunk::State;

constexpr TraceLabel kAbandoned{"abandoned", "RFC 3758 3.5"};
constexpr size_t kForwardTsnHeader = 8;

}  // namespace

// --- Partial reliability (RFC 3758) ---

bool Association::forward_tsn_waits() const {
  return has_pr_messages_ && outstanding_->AdvancedPeerAckPoint() > outstanding_->cumulative_ack();
}

void Association::AbandonMessage(int64_t tsn) {
  OutstandingChunk& chunk = outstanding_->at(tsn);
  if (chunk.state == ChunkState::kAbandoned) return;
  const StreamId stream = chunk.fragment.stream;
  ++counters_.abandoned_messages;
  env_.clock().trace().Note(entity_, kAbandoned, kAbandoned.rule);
  Tell(SendFailed{stream, chunk.fragment.ppid, chunk.fragment.unordered, true,
                  chunk.fragment.context, chunk.fragment.data});
  const uint64_t id = outstanding_->Abandon(tsn);
  if (send_queue_->Abandon(stream, id) > 0)
    outstanding_->AddAbandoned(outstanding_->at(tsn).fragment);
  for (const std::unique_ptr<Path>& path : paths_) {
    if (outstanding_->flight(path->index()) == 0 && !forward_tsn_waits()) path->t3_rtx.Cancel();
  }
}

void Association::AbandonExpired() {
  if (!capabilities_.partial_reliability) return;
  for (const int64_t tsn : outstanding_->TakeExpired(env_.clock().now())) {
    AbandonMessage(tsn);
  }
  ReportAbandonedUnsent();
  if (forward_tsn_waits() && outstanding_->AdvancedPeerAckPoint() > last_forwarded_) {
    forward_tsn_due_ = true;
  }
}

void Association::ReportAbandonedUnsent() {
  for (OutgoingMessage& message : send_queue_->TakeAbandoned()) {
    ++counters_.abandoned_messages;
    Tell(SendFailed{message.stream, message.ppid, message.unordered, false, message.context,
                    std::move(message.data)});
  }
}

// RFC 7496 section 4.3: lower priority (a higher number) goes first, what was sent before what was
// not; until `bytes` are free.
void Association::AbandonLessImportant(uint32_t priority, int64_t bytes) {
  int64_t freed = 0;
  for (OutgoingMessage& message : send_queue_->DropLessImportant(priority, bytes)) {
    freed += static_cast<int64_t>(message.data.size());
    ++counters_.abandoned_messages;
    Tell(SendFailed{message.stream, message.ppid, message.unordered, false, message.context,
                    std::move(message.data)});
  }
  if (outstanding_ == nullptr || !capabilities_.partial_reliability) return;
  for (int64_t tsn = outstanding_->cumulative_ack() + 1;
       freed < bytes && tsn <= outstanding_->highest_sent(); ++tsn) {
    const OutstandingChunk& chunk = outstanding_->at(tsn);
    if (chunk.state == ChunkState::kAbandoned || chunk.state == ChunkState::kGapAcked) continue;
    if (chunk.fragment.reliability.policy != Reliability::Policy::kPriority ||
        chunk.fragment.reliability.priority <= priority) {
      continue;
    }
    freed += static_cast<int64_t>(chunk.fragment.data.size());
    AbandonMessage(tsn);
  }
}

void Association::AddForwardTsn(PacketBuilder& packet) {
  const int64_t full_point = outstanding_->AdvancedPeerAckPoint();
  if (full_point <= outstanding_->cumulative_ack()) {
    forward_tsn_due_ = false;
    return;
  }
  const bool interleaved = capabilities_.interleaving;
  const uint8_t type = interleaved ? IForwardTsnChunk::kType : ForwardTsnChunk::kType;
  const size_t entry = interleaved ? 8 : 4;  // RFC 8260 section 2.3.1; RFC 3758 section 3.2
  const size_t room = packet.Room(type);
  if (room < kForwardTsnHeader + entry) return;  // it has to wait for a packet of its own
  forward_tsn_due_ = false;
  // C4: what does not fit is left for the next one, a round trip later.
  int64_t point = full_point;
  const std::vector<OutstandingData::SkippedStream> skipped = outstanding_->Skipped(
      point, (room - kForwardTsnHeader) / entry, /*with_unordered=*/interleaved);
  last_forwarded_ = full_point;
  last_forwarded_at_ = env_.clock().now();
  const Tsn tsn{static_cast<uint32_t>(point)};
  if (interleaved) {
    IForwardTsnChunk chunk{.new_cumulative_tsn = tsn, .skipped = {}};
    for (const OutstandingData::SkippedStream& one : skipped) {
      chunk.skipped.push_back({one.stream, one.unordered, Mid{one.number}});
    }
    packet.Put(chunk);
  } else {
    ForwardTsnChunk chunk{.new_cumulative_tsn = tsn, .skipped = {}};
    for (const OutstandingData::SkippedStream& one : skipped) {
      chunk.skipped.push_back({one.stream, Ssn{static_cast<uint16_t>(one.number)}});
    }
    packet.Put(chunk);
  }
  // C5: a lost FORWARD-TSN is noticed by the timer.
  Path& path = *paths_[primary_];
  if (!path.t3_rtx.is_set()) path.t3_rtx.Set(path.rto.value());
}

}  // namespace tickwire::sctp
