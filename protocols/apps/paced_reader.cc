#include "protocols/apps/paced_reader.h"

namespace tickwire {
namespace {

constexpr TraceLabel kRead{"read"};
constexpr TraceLabel kStop{"stop_reading"};

}  // namespace

PacedReader::PacedReader(NodeClock& clock, Channel& channel, const Config& config,
                         const TraceEntity& entity)
    : config_(config),
      channel_(channel),
      due_(clock, *this, kRead, entity),
      stop_(clock, *this, kStop, entity) {
  if (config_.stop_at == Duration() || (config_.stop_after && *config_.stop_after == 0)) {
    Stop();
  } else if (config_.stop_at < Duration::Infinite()) {
    stop_.Set(config_.stop_at);
  }
}

void PacedReader::OnReceived(uint64_t bytes) {
  received_ += bytes;
  if (config_.stop_after && !has_stopped_ && received_ >= *config_.stop_after) return Stop();
  if (is_stopped_ || config_.rate.is_infinite() || is_reading_chunk_) return;
  // What came first comes at once; then nothing for as long as reading it takes.
  channel_.PauseReceiving();
  due_.Set(config_.rate.TransmissionTime(static_cast<int64_t>(bytes)));
}

void PacedReader::OnDue() {
  if (is_stopped_) {
    is_stopped_ = false;
    if (config_.rate.is_infinite()) return channel_.ResumeReceiving();
  }
  is_reading_chunk_ = true;
  const uint64_t got = channel_.Receive(config_.chunk);
  is_reading_chunk_ = false;
  if (is_stopped_) return;
  if (got == 0) return channel_.ResumeReceiving();
  due_.Set(config_.rate.TransmissionTime(static_cast<int64_t>(got)));
}

void PacedReader::OnStopTime() {
  if (!has_stopped_) Stop();
}

void PacedReader::Stop() {
  has_stopped_ = is_stopped_ = true;
  due_.Cancel();
  channel_.PauseReceiving();
  if (config_.resume_after < Duration::Infinite()) due_.Set(config_.resume_after);
}

}  // namespace tickwire
