#include "experiments/export/rtp_export.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/export/complete_file.h"
#include "experiments/export/csv_export.h"
#include "protocols/rtp/receiver_statistics.h"
#include "sim_core/trace/pcapng_writer.h"
#include "topologies/match/packet_source.h"

namespace tickwire {
namespace {

// The clock of a payload type (RFC 3551 tables 4 and 5); MODEL: dynamic ones count as 8 kHz audio.
uint32_t ClockRateOf(uint8_t payload_type) {
  switch (payload_type) {
    case 6:
      return 16'000;
    case 10:
    case 11:
      return 44'100;
    case 16:
      return 11'025;
    case 17:
      return 22'050;
    default:
      return payload_type == 14 || (payload_type >= 25 && payload_type <= 34) ? 90'000 : 8'000;
  }
}

std::string NameOf(const RtpStreamSummary& stream) {
  return absl::StrCat(stream.from, "-", stream.to.empty() ? "nobody" : stream.to, "-",
                      absl::Hex(stream.ssrc, absl::kZeroPad8), ".pcapng");
}

// Loss and jitter from the packets as they arrived.
void Measure(const RunModel& model, RtpStreamSummary& stream) {
  const TraceReader& trace = model.trace();
  std::stable_sort(stream.arrivals.begin(), stream.arrivals.end(), [&](size_t a, size_t b) {
    return std::pair(trace[a].time(), a) < std::pair(trace[b].time(), b);
  });
  rtp::ReceiverStatistics statistics(ClockRateOf(stream.payload_type), Duration::Seconds(1000));
  Duration sum;
  for (const size_t row : stream.arrivals) {
    const RunModel::Bytes bytes = model.PacketBytes(trace[row]);
    const match::PacketSource packet(bytes.stored, bytes.zeros);
    const auto header = packet.rtp();
    if (!header.has_value()) continue;
    statistics.OnPacket(*header, trace[row].time());
    sum += statistics.JitterTime();
    stream.worst_jitter = std::max(stream.worst_jitter, statistics.JitterTime());
  }
  stream.received = statistics.received();
  stream.expected = statistics.expected();
  stream.lost = statistics.lost();
  if (!stream.arrivals.empty()) {
    stream.mean_jitter = sum / static_cast<int64_t>(stream.arrivals.size());
  }
}

absl::Status WriteCapture(const RunModel& model, const RtpStreamSummary& stream,
                          const std::string& digest, const std::string& directory) {
  const TraceReader& trace = model.trace();
  CompleteFile file(absl::StrCat(directory, "/", NameOf(stream)));
  auto writer = PcapngWriter::Create(file.partial_path(), absl::StrCat("Tickwire run ", digest));
  if (!writer.ok()) return writer.status();
  (*writer)->AddInterface(stream.to, "media as it arrived");
  for (const size_t row : stream.arrivals) {
    const RunModel::Bytes bytes = model.PacketBytes(trace[row]);
    (*writer)->WritePacket(0, trace[row].time(), bytes.stored, bytes.zeros,
                           PcapngWriter::Direction::kInbound, EventName(trace, trace[row]));
  }
  if (absl::Status status = (*writer)->Finish(); !status.ok()) return status;
  return file.Commit();
}

}  // namespace

std::vector<RtpStreamSummary> RtpStreamsOf(const RunModel& model) {
  std::vector<RtpStreamSummary> streams;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, size_t> index;
  for (const Journey& journey : model.journeys()) {
    if (!journey.media || journey.media->is_rtcp) continue;
    const auto [found, is_new] = index.try_emplace(
        {journey.from.value, journey.towards.value_or(NodeId{}).value, journey.media->ssrc},
        streams.size());
    if (is_new) {
      RtpStreamSummary& stream = streams.emplace_back();
      stream.ssrc = journey.media->ssrc;
      stream.from = model.NodeName(journey.from);
      if (journey.towards) stream.to = model.NodeName(*journey.towards);
      const RunModel::Bytes bytes = model.PacketBytes(model.trace()[journey.record]);
      const match::PacketSource packet(bytes.stored, bytes.zeros);
      stream.destination_port = packet.udp()->destination_port;
      stream.payload_type = packet.rtp()->payload_type;
      stream.first_sent = journey.sent;
    }
    RtpStreamSummary& stream = streams[found->second];
    ++stream.sent;
    stream.last_sent = journey.sent;
    for (const JourneyEnd& end : journey.ends) {
      const bool has_arrived = end.kind == JourneyEnd::Kind::kDelivered && end.record &&
                               !end.refused && journey.towards && end.node == *journey.towards;
      if (has_arrived) stream.arrivals.push_back(*end.record);
    }
  }
  for (RtpStreamSummary& stream : streams) Measure(model, stream);
  return streams;
}

absl::Status ExportRtp(const RunModel& model, const std::string& digest,
                       const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::UnknownError(absl::StrCat("cannot create ", directory, ": ", error.message()));
  }
  CompleteFile table(directory + "/streams.csv");
  table.out() << "ssrc,from,to,port,payload_type,sent,received,expected,lost,lost_permille,"
                 "mean_jitter_ns,worst_jitter_ns,first_sent_ns,last_sent_ns,capture\r\n";
  for (const RtpStreamSummary& stream : RtpStreamsOf(model)) {
    const bool has_capture = !stream.arrivals.empty();
    if (has_capture) {
      absl::Status status = WriteCapture(model, stream, digest, directory);
      if (!status.ok()) return status;
    }
    // Of what never arrived nothing was expected by sequence numbers: count what was sent.
    const uint64_t expected = has_capture ? stream.expected : stream.sent;
    const int64_t lost = has_capture ? stream.lost : static_cast<int64_t>(stream.sent);
    const int64_t permille =
        expected == 0 ? 0 : std::max<int64_t>(lost, 0) * 1000 / static_cast<int64_t>(expected);
    table.out() << absl::StrCat(absl::Hex(stream.ssrc, absl::kZeroPad8), ",", CsvField(stream.from),
                                ",", CsvField(stream.to), ",", stream.destination_port, ",",
                                stream.payload_type, ",")
                << absl::StrCat(stream.sent, ",", stream.received, ",", expected, ",", lost, ",",
                                permille, ",")
                << absl::StrCat(stream.mean_jitter.nanos(), ",", stream.worst_jitter.nanos(), ",",
                                stream.first_sent.nanos(), ",", stream.last_sent.nanos(), ",",
                                has_capture ? CsvField(NameOf(stream)) : "", "\r\n");
  }
  return table.Commit();
}

}  // namespace tickwire
