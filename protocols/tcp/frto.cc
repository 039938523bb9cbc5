#include "protocols/tcp/frto.h"

#include <algorithm>

namespace tickwire::tcp {

bool Frto::OnTimeout(bool was_recovering) {
  step_ = was_recovering ? Step::kOff : Step::kFirstAck;
  new_segments_ = 0;
  return is_active();
}

Frto::Verdict Frto::OnAck(const AckSummary& ack, SenderCore& core) {
  switch (step_) {
    case Step::kOff:
      return Verdict::kNone;
    case Step::kFirstAck:
      return OnFirstAck(ack, core);
    case Step::kSecondAck:
      return OnSecondAck(ack, core);
  }
  return Verdict::kNone;
}

Frto::Verdict Frto::OnFirstAck(const AckSummary& ack, SenderCore& core) {
  if (!ack.advances()) {
    // Section 2.1 step 2a; with SACK (section 3.1 step 2) duplicates only mark the scoreboard.
    const bool reverts = !core.sack && ack.is_duplicate;
    return reverts ? Decide(Verdict::kConventional) : Verdict::kWait;
  }
  const SackScoreboard& board = core.board;
  const bool covers_all = board.snd_una() >= core.recover;
  const bool covers_resent = board.empty() || !board[board.first()].is_resent;
  if (covers_all || !covers_resent) return Decide(Verdict::kConventional);
  step_ = Step::kSecondAck;  // Step 2b.
  return Verdict::kWait;
}

Frto::Verdict Frto::OnSecondAck(const AckSummary& ack, SenderCore& core) {
  const auto revert = [this, &core] {
    core.cwnd = std::min(core.cwnd, 3 * int64_t{core.mss});
    return Decide(Verdict::kConventional);
  };
  if (!core.sack) {  // Section 2.1 step 3.
    if (ack.advances()) return Decide(Verdict::kSpurious);
    return ack.is_duplicate ? revert() : Verdict::kWait;
  }
  // Section 3.1 step 3. What was sent after the time-out lies beyond the recovery point.
  if (!ack.advances() && !ack.is_duplicate && ack.sacked_bytes == 0) return Verdict::kWait;
  const bool covers_new = core.board.highest_delivered() > core.recover;
  if (covers_new || ack.delivered_bytes == 0) return revert();
  return Decide(Verdict::kSpurious);
}

bool Frto::OnNothingNew() {
  if (step_ != Step::kSecondAck || new_segments_ > 0) return false;
  step_ = Step::kOff;
  return true;
}

}  // namespace tickwire::tcp
