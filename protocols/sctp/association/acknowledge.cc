// What a SACK acknowledges: RFC 9260 sections 6.2.1, 6.3.2, 7.2.1, 7.2.2 and 7.2.4; RFC 3758
// section 3.5.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "protocols/sctp/association/association.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kOldSack{"old SACK", "RFC 9260 6.2.1 D i"};
constexpr TraceLabel kBadSack{"impossible SACK", "RFC 9260 3.3.4: acknowledges what was not sent"};

}  // namespace

void Association::OnSack(const SackChunk& sack) {
  const int64_t base = outstanding_->cumulative_ack();
  const int64_t cumulative =
      base + static_cast<int32_t>(sack.cumulative_tsn_ack.value - static_cast<uint32_t>(base));
  if (cumulative < base) return Drop(kOldSack);
  if (!outstanding_->IsValid(cumulative, sack.gap_ack_blocks)) return Drop(kBadSack);
  if (state_ == State::kCookieEchoed) return;
  // MODEL: a duplicate counts as one full packet on the primary path (section 7.2.2): what it was
  // and where it went is forgotten by then.
  for (size_t i = 0; i < sack.duplicate_tsns.size(); ++i) {
    paths_[primary_]->window.OnDuplicates(paths_[primary_]->pmdcs());
  }
  OnCumulativeAck(cumulative, sack.gap_ack_blocks, sack.a_rwnd);
}

void Association::OnCumulativeAck(int64_t cumulative,
                                  std::span<const SackChunk::GapAckBlock> blocks,
                                  std::optional<uint32_t> a_rwnd) {
  absl::InlinedVector<int64_t, 4> flight_before;
  for (const std::unique_ptr<Path>& path : paths_) {
    flight_before.push_back(outstanding_->flight(path->index()));
  }
  const SimTime now = env_.clock().now();
  const OutstandingData::Result result =
      outstanding_->OnSack(cumulative, blocks, in_fast_recovery_, paths_.size(), now);
  // Section 6.2.1 D iv.
  if (in_fast_recovery_ && cumulative >= fast_recovery_exit_) in_fast_recovery_ = false;
  for (const std::unique_ptr<Path>& path : paths_) {
    const OutstandingData::PathAcked& acked = result.paths[path->index()];
    if (acked.bytes > 0) {
      path->one_packet_only = false;
      OnPathAlive(*path);
      path->window.OnAcked(acked.bytes, flight_before[path->index()], result.advances,
                           in_fast_recovery_);
      // Rule C4: one measurement each round trip.
      if (acked.rtt && now - *acked.rtt >= path->last_rtt_sample) {
        path->last_rtt_sample = now;
        path->rto.Observe(*acked.rtt);
      }
    }
    if (outstanding_->flight(path->index()) == 0) {  // R2
      if (!forward_tsn_waits()) path->t3_rtx.Cancel();
      if (outstanding_->empty()) path->window.OnAllAcked();
    } else if (acked.first_outstanding) {  // R3
      path->t3_rtx.Set(path->rto.value());
    }
  }
  if (result.has_news) association_errors_ = 0;
  for (const uint8_t index : result.reneged) {  // R4
    if (!paths_[index]->t3_rtx.is_set()) paths_[index]->t3_rtx.Set(paths_[index]->rto.value());
  }
  if (a_rwnd) {  // section 6.2.1 D ii
    peer_rwnd_ = std::max<int64_t>(0, int64_t{*a_rwnd} - outstanding_->outstanding_data());
    probe_answered_ = true;
  }
  if (!result.newly_missing.empty()) {  // section 7.2.4
    send_fast_retransmit_ = send_fast_retransmit_ || !in_fast_recovery_;
    if (!in_fast_recovery_) {
      absl::InlinedVector<uint8_t, 4> reduced;
      for (const uint8_t index : result.newly_missing) {
        if (std::find(reduced.begin(), reduced.end(), index) != reduced.end()) continue;
        reduced.push_back(index);
        paths_[index]->window.OnFastRetransmit();
      }
      in_fast_recovery_ = true;
      fast_recovery_exit_ = outstanding_->highest_sent();
    }
  }
  // RFC 3758 section 3.5, C1 and C2.
  if (has_pr_messages_ && outstanding_->AdvancedPeerAckPoint() > cumulative) {
    // C3, and rules F2 and F3: a duplicate FORWARD-TSN after a round trip, 200 ms at most.
    const Duration pause = std::min(paths_[primary_]->rto.srtt(), Duration::Millis(200));
    const bool may_be_lost = env_.clock().now() - last_forwarded_at_ >= pause;
    const bool is_new = outstanding_->AdvancedPeerAckPoint() > last_forwarded_;
    if (is_new || may_be_lost) forward_tsn_due_ = true;
  }
  TouchAutoclose();
}

}  // namespace tickwire::sctp
