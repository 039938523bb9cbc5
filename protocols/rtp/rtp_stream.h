// One media stream of a call: sends packets at the codec's pace, receives those of the other side,
// and exchanges RTCP reports (RFC 3550).
//
// Owns its two sockets and timers. The payload is zeros of the codec's size. Who says where, what
// and whether is the signalling, through Update. MODEL: RTCP intervals take the minimum of 5 s as
// deterministic part (§6.2 gives no more to two parties on a telephone call); SSRC collisions
// (§8.2) are not resolved; no silence suppression.
#ifndef TICKWIRE_PROTOCOLS_RTP_RTP_STREAM_H_
#define TICKWIRE_PROTOCOLS_RTP_RTP_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "protocols/rtp/e_model.h"
#include "protocols/rtp/receiver_statistics.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::rtp {

// What the signalling has agreed upon.
struct StreamParameters {
  Endpoint local, local_rtcp;
  std::optional<Endpoint> remote, remote_rtcp;
  bool sends = false;
  bool receives = false;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 8000;
  uint32_t ptime_ms = 20;
  uint32_t payload_bytes = 160;  // of one packet
  bool operator==(const StreamParameters&) const = default;
};

// Octets that `ptime_ms` of a codec need: G.711 64 kbit/s; G.729 8, GSM 13.2, G.723 6.3 and iLBC
// 15.2 kbit/s. MODEL: any other codec counts as 64 kbit/s.
uint32_t PayloadBytesOf(absl::string_view codec, uint32_t ptime_ms);

struct StreamReport {
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t expected = 0;
  int64_t lost = 0;
  uint64_t late = 0;
  uint64_t unwanted = 0;  // while the stream does not receive, or no RTP
  Duration jitter;
  std::optional<Duration> round_trip;  // by RTCP
  std::optional<CallQuality> quality;  // of what was received; nothing when that is nothing
};

class RtpStream final : private DatagramSocket::Listener {
 public:
  struct Env {  // all must outlive this
    NodeClock& clock;
    DatagramStack& sockets;
  };
  // `rng` is a stream of this object's own. `name` is for the trace and the CNAME.
  RtpStream(const Env& env, absl::string_view name, Rng rng);
  RtpStream(const RtpStream&) = delete;
  RtpStream& operator=(const RtpStream&) = delete;
  ~RtpStream() override;

  // Binds if the local endpoint is new, starts, changes or stops sending. Fails when a port is
  // taken; the stream is silent then.
  absl::Status Update(const StreamParameters& parameters);
  // BYE, and no more packets. The ports stay open for kLinger and swallow what is still under way.
  // Further calls do nothing.
  void Stop();
  // Stopped, and the ports are closed.
  bool is_over() const { return is_stopped_ && rtp_ == nullptr; }

  // Up to Stop().
  StreamReport Report() const;
  const StreamParameters& parameters() const { return parameters_; }
  uint32_t ssrc() const { return ssrc_; }
  // MODEL: what a receiver waits before it plays a packet, for all streams.
  static constexpr Duration kPlayoutBuffer = Duration::Millis(60);
  static constexpr Duration kLinger = Duration::Seconds(1);

 private:
  struct Source {
    uint32_t ssrc;
    ReceiverStatistics statistics;
    uint32_t last_sr = 0;
    SimTime last_sr_arrival;
  };
  static constexpr size_t kMaxSources = 8;  // heard in one stream, one after the other

  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;
  void OnRtp(std::span<const uint8_t> payload, uint32_t zeros);
  void OnRtcp(std::span<const uint8_t> payload);
  Source* FindSource(uint32_t ssrc);
  void OnTimerPacket();
  void OnTimerReport();
  void OnTimerLinger();
  void SendReport(bool is_bye);
  Duration ReportInterval(bool is_first);

  NodeClock& clock_;
  DatagramStack& sockets_;
  const TraceEntity entity_;
  const std::string cname_;
  Rng rng_;
  StreamParameters parameters_;
  std::unique_ptr<DatagramSocket> rtp_, rtcp_;
  uint32_t ssrc_;
  uint16_t sequence_;
  uint32_t timestamp_;
  SimTime timestamp_time_;       // to which timestamp_ belongs
  bool is_first_packet_ = true;  // of a talk spurt: has the marker (RFC 3551 §4.1)
  bool is_stopped_ = false;
  bool has_noted_error_ = false;
  bool has_noted_noise_ = false;
  uint64_t sent_ = 0;
  uint64_t sent_octets_ = 0;
  uint64_t sent_at_last_report_ = 0;
  uint64_t unwanted_ = 0;
  std::vector<Source> sources_;  // in order of appearance
  std::optional<Duration> round_trip_;
  std::vector<uint8_t> buffer_;
  Timer<RtpStream, &RtpStream::OnTimerPacket> timer_packet_;
  Timer<RtpStream, &RtpStream::OnTimerReport> timer_report_;
  Timer<RtpStream, &RtpStream::OnTimerLinger> timer_linger_;
};

// "sent 250, received 250 of 250, late 0, jitter 0.1 ms, R 93.2, MOS 4.41"
std::string Describe(const StreamReport& report);

}  // namespace tickwire::rtp

#endif  // TICKWIRE_PROTOCOLS_RTP_RTP_STREAM_H_
