// The data of a segment: reassembly, and when to acknowledge it (RFC 9293 sections 3.8.6.2.2,
// 3.8.6.3; RFC 5681 section 4.2; RFC 2018, 2883; RFC 3168 section 6.1.3).
#include <algorithm>

#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kNoRoom{"no room", "RFC 9293 3.10.7.4: beyond the receive window"};
constexpr TraceLabel kDataAfterClose{"data after close",
                                     "RFC 9293 3.6.1: nobody will read it, so it is refused"};
constexpr TraceLabel kDiscarded{"out of order, discarded", "the scenario's receiver keeps nothing"};
constexpr TraceLabel kReneged{"reneged", "RFC 2018 8: SACKed data thrown away by the receiver"};
constexpr TraceLabel kReassembly{"reassembly queue"};

}  // namespace

void TcpConnection::OnText(const Segment& segment) {
  const int64_t seq =
      Unwrap(segment.header.sequence, irs_, rcv_nxt_) + (segment.has(TcpHeader::kSyn) ? 1 : 0);
  const int64_t size = segment.data_size();
  bool fin = segment.has(TcpHeader::kFin);
  if (size == 0 && !fin) return;
  if (state_ != State::kEstablished && state_ != State::kFinWait1 && state_ != State::kFinWait2) {
    // After the peer's FIN nothing new can come: what did is old, and is acknowledged.
    ack_now_ = true;
    return;
  }
  if (use_ecn_ && size > 0) {
    if (segment.has(TcpHeader::kCwr)) echo_congestion_ = false;
    if (segment.datagram.ecn == Ecn::kCe) {
      ++counters_.ce_marks;
      echo_congestion_ = true;
    }
  }
  receive_mss_ = std::max(receive_mss_, static_cast<uint32_t>(size));

  // Trim to the window. The FIN stands after the text.
  const int64_t text_end = seq + size;
  const int64_t begin = std::max(seq, rcv_nxt_);
  const int64_t end = std::max(begin, std::min(text_end, rcv_adv_));
  if (seq < rcv_nxt_ && size > 0) {
    ++counters_.duplicate_segments;
    ReportDuplicate({seq, std::min(text_end, rcv_nxt_)});
    ack_now_ = true;
  }
  if (fin && (text_end >= rcv_adv_ || text_end < rcv_nxt_)) fin = false;
  if (text_end > rcv_adv_ || segment.has(TcpHeader::kFin)) ack_now_ = true;
  if (end == begin && !fin) {
    if (size > 0 && seq >= rcv_adv_) Drop(segment, kNoRoom);
    ack_now_ = true;
    return;
  }
  if (wants_no_data_ && end > begin) {
    Drop(segment, kDataAfterClose);
    layer_.SendReset(segment);
    return Finish(CloseReason::kLocal, kDataAfterClose);
  }

  const int64_t skip = begin - seq;
  const int64_t stored = static_cast<int64_t>(segment.bytes.size());
  std::span<const uint8_t> bytes;
  if (skip < stored) {
    bytes = segment.bytes.subspan(static_cast<size_t>(skip),
                                  static_cast<size_t>(std::min(end - begin, stored - skip)));
  }
  const uint64_t zeros = static_cast<uint64_t>(end - begin) - bytes.size();

  if (begin > rcv_nxt_) {  // early
    ++counters_.out_of_order_segments;
    ack_now_ = true;
    if (config_.discard_out_of_order) return Drop(segment, kDiscarded);
    if (out_of_order_ == nullptr) out_of_order_ = std::make_unique<OutOfOrder>();
    const int64_t known = out_of_order_->ranges.bytes();
    if (end > begin) {
      const bool was_there = out_of_order_->ranges.Contains({begin, end});
      out_of_order_->ranges.OnOutOfOrder({begin, end});
      if (was_there) {
        ++counters_.duplicate_segments;
        ReportDuplicate({begin, end});
      } else {
        out_of_order_->data.Insert(begin, bytes, zeros);
      }
    }
    if (fin) early_fin_ = text_end;
    if (layer_.trace().is_watched() && out_of_order_->ranges.bytes() != known) {
      layer_.trace().Sample(entity_, kReassembly, out_of_order_->ranges.bytes());
    }
    return;
  }

  // In order.
  receive_buffer_.Append(bytes, zeros);
  bool fills_gap = false;
  if (out_of_order_ != nullptr && !out_of_order_->ranges.ranges().empty()) {
    fills_gap = true;
    out_of_order_->data.MoveTo(receive_buffer_);
    out_of_order_->ranges.OnAdvance(receive_buffer_.end());
    if (layer_.trace().is_watched()) {
      layer_.trace().Sample(entity_, kReassembly, out_of_order_->ranges.bytes());
    }
  }
  const int64_t advanced = receive_buffer_.end() - rcv_nxt_;
  rcv_nxt_ = receive_buffer_.end();
  if (advanced > 0) ScheduleAck(advanced, fills_gap);
  if (config_.discard_sacked_data && !has_reneged_ && out_of_order_ != nullptr &&
      !out_of_order_->ranges.ranges().empty()) {
    has_reneged_ = true;
    out_of_order_->ranges.Clear();
    out_of_order_->data.Clear();
    layer_.trace().Note(entity_, kReneged, kReneged.rule);
  }
  if ((fin && text_end == rcv_nxt_) || (early_fin_ != 0 && early_fin_ == rcv_nxt_)) OnFin();
}

void TcpConnection::ReportDuplicate(SeqRange range) {
  if (!use_sack_ || !config_.dsack || range.is_empty()) return;
  if (out_of_order_ == nullptr) out_of_order_ = std::make_unique<OutOfOrder>();
  out_of_order_->ranges.OnDuplicate(range);
}

void TcpConnection::ScheduleAck(int64_t bytes, bool at_once) {
  unacked_bytes_ += bytes;
  if (at_once || quick_acks_ > 0 || config_.delayed_ack == Duration() ||
      unacked_bytes_ >= int64_t{config_.ack_every} * receive_mss_) {
    ack_now_ = true;
  } else if (!delayed_ack_.is_set()) {
    delayed_ack_.Set(config_.delayed_ack);
  }
}

void TcpConnection::OnDelayedAck() {
  if (state_ != State::kClosed) SendAck();
}

void TcpConnection::MaybeSendWindowUpdate() {
  if (!is_synchronised() || fin_received_ || state_ == State::kTimeWait) return;
  const int64_t room =
      std::max<int64_t>(0, int64_t{config_.receive_buffer} - receive_buffer_.size());
  const int64_t window =
      std::min<int64_t>(room, int64_t{65535} << receive_scale_) >> receive_scale_ << receive_scale_;
  const int64_t now = rcv_adv_ - rcv_nxt_;
  // It at least doubles, and opens by more than a silly bit.
  const int64_t step = std::min<int64_t>(config_.receive_buffer / 2, sender_.mss());
  if (window >= 2 * now && window - now >= step) SendAck();
}

}  // namespace tickwire::tcp
