// The media streams of a run: a capture for each, as it arrived, and a table of loss and jitter.
//
// A stream is what one node sent with one SSRC to one other node. Loss and jitter are those of RFC
// 3550 (A.3, A.8) at the place of arrival; `tshark -z rtp,streams` says the same.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_RTP_EXPORT_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_RTP_EXPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "experiments/view/run_model.h"

namespace tickwire {

struct RtpStreamSummary {
  uint32_t ssrc = 0;
  std::string from, to;  // nodes; `to` is empty when nobody has the destination's address
  uint16_t destination_port = 0;
  uint8_t payload_type = 0;
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t expected = 0;
  int64_t lost = 0;
  Duration mean_jitter, worst_jitter;
  SimTime first_sent, last_sent;
  std::vector<size_t> arrivals;  // kPacketDelivered records, in order of time
};

// In the order of their first packets.
std::vector<RtpStreamSummary> RtpStreamsOf(const RunModel& model);

// DIRECTORY/FROM-TO-SSRC.pcapng for each stream of which anything arrived, and
// DIRECTORY/streams.csv: ssrc,from,to,port,payload_type,sent,received,expected,lost,lost_permille,
// mean_jitter_ns,worst_jitter_ns,first_sent_ns,last_sent_ns,capture
absl::Status ExportRtp(const RunModel& model, const std::string& digest,
                       const std::string& directory);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_RTP_EXPORT_H_
