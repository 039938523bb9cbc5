#include "protocols/tcp/duplicate_ack_window.h"

#include <algorithm>

namespace tickwire::tcp {

uint32_t DuplicateAckWindow::OnDuplicate() {
  OnDuplicateInRecovery();
  return ++core_.dupacks;
}

int64_t DuplicateAckWindow::OnDuplicateInRecovery() {
  // At least the first segment is missing, so no more than the others can have arrived.
  const SackScoreboard& board = core_.board;
  const int64_t most = board.empty() ? 0 : board.flight() - board[board.first()].size;
  const int64_t before = gone_bytes_;
  gone_bytes_ = std::max(before, std::min(before + core_.mss, most));
  return gone_bytes_ - before;
}

int64_t DuplicateAckWindow::OnAdvance(int64_t acked) {
  // One segment of it was the missing one, the others were counted when their duplicates came.
  const int64_t counted = std::clamp<int64_t>(acked - core_.mss, 0, gone_bytes_);
  gone_bytes_ -= counted;
  gone_bytes_ = std::min(gone_bytes_, core_.board.flight());
  return acked - counted;
}

int64_t DuplicateAckWindow::Room() const {
  using State = SenderState;
  if (core_.state == State::kRecovery) {
    return core_.cwnd - (inflates_ ? core_.board.pipe() : Pipe());
  }
  int64_t room = core_.cwnd - core_.board.pipe();
  if (core_.state != State::kLoss && core_.config.limited_transmit) {
    // RFC 3042 section 2: a new segment for each of the first two duplicates.
    room += std::min<int64_t>(core_.dupacks, 2) * core_.mss;
  }
  return room;
}

void DuplicateAckWindow::OnSentNew(uint32_t bytes) {
  if (core_.dupacks > 0 && core_.state != SenderState::kRecovery) {
    core_.limited_transmit_bytes += bytes;
  }
}

bool DuplicateAckWindow::MayRetransmitEarly() const {
  using State = SenderState;
  const uint64_t outstanding = core_.board.segment_count();
  return core_.config.early_retransmit && core_.state != State::kRecovery &&
         core_.state != State::kLoss && outstanding >= 2 && outstanding < 4 &&
         core_.dupacks >= outstanding - 1;
}

}  // namespace tickwire::tcp
