#include "protocols/tcp/undo_detector.h"

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

void UndoDetector::Begin(const Before& before, int64_t snd_una, int64_t recover, bool is_timeout) {
  before_ = before;
  snd_una_ = snd_una;
  recover_ = recover;
  unproven_bytes_ = 0;
  first_resent_.reset();
  is_watching_ = true;
  is_timeout_ = is_timeout;
  is_timestamp_spent_ = false;
}

void UndoDetector::OnResent(SeqRange range, SimTime now) {
  if (!is_watching_) return;
  unproven_bytes_ += range.size();
  if (first_resent_.has_value()) return;
  first_resent_ = now;
  first_resent_end_ = range.end;
}

const TraceLabel* UndoDetector::OnAck(const AckSummary& ack, const SenderCore& core) {
  if (!is_watching_ || !first_resent_.has_value()) return nullptr;
  // RFC 3522 section 3.2 steps 4 and 5: the first acceptable ACK tells which copy it answers. The
  // timestamp must lie a whole tick before, for it is the beginning of its tick.
  if (ack.advances() && !is_timestamp_spent_ && core.board.snd_una() >= first_resent_end_) {
    is_timestamp_spent_ = true;
    const auto& echoed = ack.event->echoed;
    if (core.timestamps && echoed.has_value() &&
        *echoed + core.timestamp_tick() <= *first_resent_) {
      return &kWhySpuriousTimestamp;
    }
  }
  if (!ack.dsack.has_value() || ack.dsack->begin < snd_una_ || ack.dsack->end > recover_) {
    return nullptr;
  }
  unproven_bytes_ -= ack.dsack->size();
  return unproven_bytes_ <= 0 ? &kWhySpuriousDsack : nullptr;
}

}  // namespace tickwire::tcp
