#include "protocols/rtp/receiver_statistics.h"

#include <algorithm>

namespace tickwire::rtp {
namespace {

constexpr uint32_t kSequenceModulus = 1 << 16;
constexpr uint16_t kMaxDropout = 3000;  // A.1
constexpr uint16_t kMaxMisorder = 100;  // A.1

// Virtual time in timestamp units, as a number that does not wrap.
int64_t UnitsOf(SimTime time, uint32_t clock_rate) {
  const int64_t seconds = time.nanos() / 1'000'000'000;
  const int64_t rest = time.nanos() % 1'000'000'000;
  return seconds * clock_rate + rest * clock_rate / 1'000'000'000;
}

}  // namespace

ReceiverStatistics::ReceiverStatistics(uint32_t clock_rate, Duration playout_buffer)
    : clock_rate_(clock_rate), playout_units_(UnitsOf(SimTime{playout_buffer}, clock_rate)) {}

void ReceiverStatistics::OnPacket(const RtpHeader& header, SimTime arrival) {
  if (!has_first_) {
    has_first_ = true;
    base_sequence_ = header.sequence;
    max_sequence_ = header.sequence;
    bad_sequence_ = kSequenceModulus + 1;
    first_arrival_ = arrival;
    received_ = 1;
    last_arrival_ = arrival;
    last_transit_ = static_cast<int32_t>(static_cast<uint32_t>(UnitsOf(arrival, clock_rate_)) -
                                         header.timestamp);
    least_transit_ = last_transit_;
    return;
  }
  if (!UpdateSequence(header.sequence)) return;
  ++received_;
  last_arrival_ = arrival;
  UpdateJitter(header.timestamp, arrival);
}

// A.1, without probation: what is played begins with the first packet.
bool ReceiverStatistics::UpdateSequence(uint16_t sequence) {
  const uint16_t step = static_cast<uint16_t>(sequence - max_sequence_);
  if (step == 0) return true;  // a duplicate
  if (step < kMaxDropout) {
    if (sequence < max_sequence_) cycles_ += kSequenceModulus;
    max_sequence_ = sequence;
    return true;
  }
  if (step > kSequenceModulus - kMaxMisorder) {  // late or duplicate
    ++out_of_order_;
    return true;
  }
  // A jump: believed when the next packet confirms it, as if the source had started anew.
  if (sequence != bad_sequence_) {
    bad_sequence_ = (sequence + 1u) & (kSequenceModulus - 1);
    return false;
  }
  base_sequence_ = sequence;
  max_sequence_ = sequence;
  cycles_ = 0;
  received_ = 0;
  received_before_ = 0;
  expected_before_ = 0;
  bad_sequence_ = kSequenceModulus + 1;
  return true;
}

// A.8: differences of transit times in modular arithmetic, smoothed by 1/16 with rounding.
void ReceiverStatistics::UpdateJitter(uint32_t timestamp, SimTime arrival) {
  const uint32_t arrival_units = static_cast<uint32_t>(UnitsOf(arrival, clock_rate_));
  const int32_t wrapped = static_cast<int32_t>(arrival_units - timestamp);
  const int32_t difference =
      static_cast<int32_t>(static_cast<uint32_t>(wrapped) - static_cast<uint32_t>(last_transit_));
  last_transit_ = wrapped;
  const uint32_t step = static_cast<uint32_t>(difference < 0 ? -int64_t{difference} : difference);
  jitter_ += step - ((jitter_ + 8) >> 4);
  const int32_t over_least =
      static_cast<int32_t>(static_cast<uint32_t>(wrapped) - static_cast<uint32_t>(least_transit_));
  if (over_least < 0) {
    least_transit_ = wrapped;
  } else if (over_least > playout_units_) {
    ++late_;
  }
}

uint64_t ReceiverStatistics::expected() const {
  if (!has_first_) return 0;
  return uint64_t{cycles_} + max_sequence_ - base_sequence_ + 1;
}

int64_t ReceiverStatistics::lost() const {
  return static_cast<int64_t>(expected()) - static_cast<int64_t>(received_);
}

Duration ReceiverStatistics::JitterTime() const {
  return Duration::Nanos(static_cast<int64_t>(jitter()) * 1'000'000'000 / clock_rate_);
}

void ReceiverStatistics::FillReport(ReportBlock& block) {
  const uint64_t expected_now = expected();
  const uint64_t expected_step = expected_now - expected_before_;
  const int64_t received_step = static_cast<int64_t>(received_ - received_before_);
  expected_before_ = expected_now;
  received_before_ = received_;
  const int64_t lost_step = static_cast<int64_t>(expected_step) - received_step;
  block.fraction_lost = expected_step == 0 || lost_step <= 0
                            ? 0
                            : static_cast<uint8_t>(std::min<int64_t>(
                                  (lost_step << 8) / static_cast<int64_t>(expected_step), 255));
  block.cumulative_lost = static_cast<int32_t>(std::clamp<int64_t>(lost(), -0x800000, 0x7fffff));
  block.highest_sequence = highest_sequence();
  block.jitter = jitter();
}

}  // namespace tickwire::rtp
