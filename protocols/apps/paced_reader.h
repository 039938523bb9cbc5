// PacedReader: how an application reads from a channel: at once, at a rate, not any more.
//
// Gives the channel's transport a full buffer, and with it a closed window, as slow readers do.
// The application tells it of all that it received.
#ifndef TICKWIRE_PROTOCOLS_APPS_PACED_READER_H_
#define TICKWIRE_PROTOCOLS_APPS_PACED_READER_H_

#include <cstdint>
#include <optional>

#include "protocols/transport/channel.h"
#include "sim_core/event/timer.h"
#include "sim_core/time/data_rate.h"

namespace tickwire {

class PacedReader {
 public:
  struct Config {
    DataRate rate = DataRate::Infinite();
    uint64_t chunk = 1460;                         // bytes, of a limited rate
    std::optional<uint64_t> stop_after;            // bytes; stops with the segment that reaches it
    Duration stop_at = Duration::Infinite();       // since the channel began
    Duration resume_after = Duration::Infinite();  // since it stopped
  };
  // All outlive this. Begins to read.
  PacedReader(NodeClock& clock, Channel& channel, const Config& config, const TraceEntity& entity);

  // From OnReceive.
  void OnReceived(uint64_t bytes);

 private:
  void OnDue();
  void OnStopTime();
  void Stop();

  const Config config_;
  Channel& channel_;
  uint64_t received_ = 0;
  bool is_reading_chunk_ = false;
  bool has_stopped_ = false;  // once
  bool is_stopped_ = false;   // now
  Timer<PacedReader, &PacedReader::OnDue> due_;
  Timer<PacedReader, &PacedReader::OnStopTime> stop_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_PACED_READER_H_
