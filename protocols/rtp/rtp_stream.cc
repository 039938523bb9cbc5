#include "protocols/rtp/rtp_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tickwire::rtp {
namespace {

// Without a rule: a pace, which pictures leave out (RFC 3551 §4.2, RFC 3550 §6.2).
constexpr TraceLabel kTimerPacket{"ptime"};
constexpr TraceLabel kTimerReport{"RTCP"};
constexpr TraceLabel kTimerLinger{"linger"};
constexpr TraceLabel kStarted{"media flows"};
constexpr TraceLabel kEnded{"media stream ended"};
constexpr TraceLabel kPortTaken{"media port is taken"};
constexpr TraceLabel kNotRtp{"no RTP: dropped", "RFC 3550 A.1"};
constexpr TraceLabel kNotRtcp{"no RTCP: dropped", "RFC 3550 A.2"};
constexpr TraceLabel kTooManySources{"too many sources: dropped"};
constexpr TraceLabel kUnreachable{"media: network reports an error"};

struct CodecSize {
  absl::string_view name;
  uint32_t octets;
  uint32_t per_ms;
};
constexpr CodecSize kSizes[] = {
    {"G729", 1, 1}, {"GSM", 33, 20}, {"G723", 24, 30}, {"iLBC", 38, 20}};

constexpr Duration kReportMinimum = Duration::Seconds(5);  // §6.2

}  // namespace

uint32_t PayloadBytesOf(absl::string_view codec, uint32_t ptime_ms) {
  for (const CodecSize& size : kSizes) {
    if (absl::EqualsIgnoreCase(size.name, codec)) {
      return std::max(ptime_ms * size.octets / size.per_ms, 1u);
    }
  }
  return ptime_ms * 8;
}

RtpStream::RtpStream(const Env& env, absl::string_view name, Rng rng)
    : clock_(env.clock),
      sockets_(env.sockets),
      entity_(clock_.trace().NewEntity(absl::StrCat("media ", name))),
      cname_(absl::StrCat(name, "@", clock_.trace().node_name()).substr(0, 255)),
      rng_(std::move(rng)),
      // §5.1: at random, all three.
      ssrc_(static_cast<uint32_t>(rng_.Next64())),
      sequence_(static_cast<uint16_t>(rng_.Next64())),
      timestamp_(static_cast<uint32_t>(rng_.Next64())),
      timestamp_time_(clock_.now()),
      timer_packet_(clock_, *this, kTimerPacket, entity_),
      timer_report_(clock_, *this, kTimerReport, entity_),
      timer_linger_(clock_, *this, kTimerLinger, entity_) {}

RtpStream::~RtpStream() = default;

absl::Status RtpStream::Update(const StreamParameters& parameters) {
  if (is_stopped_) return absl::OkStatus();
  if (rtp_ == nullptr || parameters.local != parameters_.local) {
    rtp_.reset();
    rtcp_.reset();
    for (auto [socket, local] :
         {std::pair{&rtp_, parameters.local}, std::pair{&rtcp_, parameters.local_rtcp}}) {
      auto bound = sockets_.Bind(local, *this);
      if (!bound.ok()) {
        rtp_.reset();
        timer_packet_.Cancel();
        timer_report_.Cancel();
        clock_.trace().Note(entity_, kPortTaken, ToString(local));
        return bound.status();
      }
      *socket = *std::move(bound);
    }
  }
  parameters_ = parameters;
  const bool sends = parameters_.sends && parameters_.remote.has_value();
  if (!sends) {
    timer_packet_.Cancel();
    is_first_packet_ = true;
  } else if (!timer_packet_.is_set()) {
    clock_.trace().Note(entity_, kStarted, ToString(*parameters_.remote));
    timer_packet_.Set(Duration());  // behind the signalling that brought us here
  }
  if (parameters_.remote_rtcp.has_value() && !timer_report_.is_set()) {
    timer_report_.Set(ReportInterval(/*is_first=*/true));
  }
  return absl::OkStatus();
}

void RtpStream::Stop() {
  if (is_stopped_) return;
  timer_packet_.Cancel();
  timer_report_.Cancel();
  // §6.6: who has sent nothing yet need not say BYE.
  const bool has_spoken = sent_ > 0 || sent_at_last_report_ > 0;
  if (rtcp_ != nullptr && parameters_.remote_rtcp.has_value() && has_spoken) {
    SendReport(/*is_bye=*/true);
  }
  is_stopped_ = true;
  clock_.trace().Note(entity_, kEnded, Describe(Report()));
  if (rtp_ != nullptr) timer_linger_.Set(kLinger);
}

void RtpStream::OnTimerLinger() {
  rtp_.reset();
  rtcp_.reset();
}

// --- Sending. ---

void RtpStream::OnTimerPacket() {
  RtpHeader header;
  header.marker = std::exchange(is_first_packet_, false);
  header.payload_type = parameters_.payload_type;
  header.sequence = sequence_++;
  // §5.1: the timestamp follows the clock of the codec, pauses included.
  const Duration elapsed = clock_.now() - timestamp_time_;
  timestamp_ += static_cast<uint32_t>(elapsed.nanos() / 1000 * parameters_.clock_rate / 1'000'000);
  timestamp_time_ = clock_.now();
  header.timestamp = timestamp_;
  header.ssrc = ssrc_;
  buffer_.clear();
  AppendRtpHeader(header, buffer_);
  ++sent_;
  sent_octets_ += parameters_.payload_bytes;
  rtp_->SendTo(*parameters_.remote, buffer_, parameters_.payload_bytes);
  timer_packet_.Set(Duration::Millis(parameters_.ptime_ms));
}

// §6.2, §6.3.1: half the minimum at first, 0.5 to 1.5 of that at random, over e - 3/2 = 1.21828.
Duration RtpStream::ReportInterval(bool is_first) {
  const int64_t base = (is_first ? kReportMinimum / 2 : kReportMinimum).nanos();
  const int64_t factor = 500 + static_cast<int64_t>(rng_.Below(1001));
  return Duration::Nanos(base / 1000 * factor / 121'828 * 100'000);
}

void RtpStream::OnTimerReport() {
  SendReport(/*is_bye=*/false);
  timer_report_.Set(ReportInterval(/*is_first=*/false));
}

void RtpStream::SendReport(bool is_bye) {
  RtcpCompound compound;
  compound.ssrc = ssrc_;
  compound.cname = cname_;
  compound.has_bye = is_bye;
  // §6.4: SR from who has sent since the report before the last one; here: since the last.
  if (sent_ > sent_at_last_report_) {
    const Duration elapsed = clock_.now() - timestamp_time_;
    SenderInfo info;
    info.ntp_time = NtpTimeOf(clock_.now());
    info.rtp_time = timestamp_ + static_cast<uint32_t>(elapsed.nanos() / 1000 *
                                                       parameters_.clock_rate / 1'000'000);
    info.packets = static_cast<uint32_t>(sent_);
    info.octets = static_cast<uint32_t>(sent_octets_);
    compound.sender = info;
  }
  sent_at_last_report_ = sent_;
  for (Source& source : sources_) {
    ReportBlock block;
    block.ssrc = source.ssrc;
    source.statistics.FillReport(block);
    block.last_sr = source.last_sr;
    if (source.last_sr != 0) {
      block.delay_since_last_sr = static_cast<uint32_t>(
          (clock_.now() - source.last_sr_arrival).nanos() / 1000 * 65'536 / 1'000'000);
    }
    compound.reports.push_back(block);
  }
  rtcp_->SendTo(*parameters_.remote_rtcp, MakeRtcp(compound));
}

// --- Receiving. ---

void RtpStream::OnReceive(DatagramSocket& socket, Endpoint, Endpoint,
                          std::span<const uint8_t> payload, uint32_t zeros) {
  if (is_stopped_) return;
  if (&socket == rtcp_.get()) {
    OnRtcp(payload);
  } else {
    OnRtp(payload, zeros);
  }
}

void RtpStream::OnRtp(std::span<const uint8_t> payload, uint32_t zeros) {
  const std::optional<RtpPacket> packet = ParseRtp(payload, zeros);
  if (!packet.has_value() || !parameters_.receives) {
    const bool is_news = !packet.has_value() && !std::exchange(has_noted_noise_, true);
    if (is_news) clock_.trace().Note(entity_, kNotRtp);
    ++unwanted_;
    return;
  }
  Source* source = FindSource(packet->header.ssrc);
  if (source == nullptr) {
    if (sources_.size() == kMaxSources) {
      clock_.trace().Note(entity_, kTooManySources);
      ++unwanted_;
      return;
    }
    sources_.push_back({packet->header.ssrc,
                        ReceiverStatistics(parameters_.clock_rate, kPlayoutBuffer), 0, SimTime()});
    source = &sources_.back();
  }
  source->statistics.OnPacket(packet->header, clock_.now());
}

void RtpStream::OnRtcp(std::span<const uint8_t> payload) {
  const std::optional<RtcpCompound> compound = ParseRtcp(payload);
  if (!compound.has_value()) {
    if (!std::exchange(has_noted_noise_, true)) clock_.trace().Note(entity_, kNotRtcp);
    ++unwanted_;
    return;
  }
  if (compound->sender.has_value()) {
    if (Source* const source = FindSource(compound->ssrc)) {
      source->last_sr = MiddleOf(compound->sender->ntp_time);
      source->last_sr_arrival = clock_.now();
    }
  }
  for (const ReportBlock& block : compound->reports) {
    if (block.ssrc != ssrc_ || block.last_sr == 0) continue;
    // §6.4.1: A - LSR - DLSR, in 1/65536 s.
    const uint32_t units =
        MiddleOf(NtpTimeOf(clock_.now())) - block.last_sr - block.delay_since_last_sr;
    if (units > 0x7fffffff) continue;  // the other side's clock is off
    round_trip_ = Duration::Nanos(static_cast<int64_t>(units) * 1'000'000'000 / 65'536);
  }
}

void RtpStream::OnError(DatagramSocket&, Endpoint remote, DatagramError) {
  // Each packet may bring one; the first tells enough.
  if (std::exchange(has_noted_error_, true)) return;
  clock_.trace().Note(entity_, kUnreachable, ToString(remote));
}

RtpStream::Source* RtpStream::FindSource(uint32_t ssrc) {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [ssrc](const Source& source) { return source.ssrc == ssrc; });
  return found == sources_.end() ? nullptr : &*found;
}

StreamReport RtpStream::Report() const {
  StreamReport report;
  report.sent = sent_;
  report.unwanted = unwanted_;
  report.round_trip = round_trip_;
  for (const Source& source : sources_) {
    report.received += source.statistics.received();
    report.expected += source.statistics.expected();
    report.lost += source.statistics.lost();
    report.late += source.statistics.late();
    report.jitter = source.statistics.JitterTime();  // of the latest source
  }
  if (report.received > 0) {
    const Duration one_way = round_trip_.value_or(Duration()) / 2;
    const Duration mouth_to_ear = one_way + Duration::Millis(parameters_.ptime_ms) + kPlayoutBuffer;
    const uint64_t unheard = static_cast<uint64_t>(std::max<int64_t>(report.lost, 0)) + report.late;
    report.quality = RateCall(mouth_to_ear, unheard, report.expected);
  }
  return report;
}

std::string Describe(const StreamReport& report) {
  const int64_t jitter_tenths = report.jitter.nanos() / 100'000;
  std::string text = absl::StrFormat("sent %d, received %d of %d, late %d, jitter %d.%d ms",
                                     report.sent, report.received, report.expected, report.late,
                                     jitter_tenths / 10, jitter_tenths % 10);
  if (report.quality.has_value()) {
    absl::StrAppendFormat(&text, ", R %d.%d, MOS %d.%02d", report.quality->r_hundredths / 100,
                          report.quality->r_hundredths / 10 % 10,
                          report.quality->mos_hundredths / 100,
                          report.quality->mos_hundredths % 100);
  }
  return text;
}

}  // namespace tickwire::rtp
