#include "tests/support/tcp_capture.h"

#include <algorithm>

#include "protocols/tcp/seq_range.h"
#include "topologies/match/packet_source.h"

namespace tickwire {
namespace {

using tcp::TcpHeader;

// Ranges of positions, merged.
class Ranges {
 public:
  void Add(int64_t begin, int64_t end) {
    auto it = ends_.upper_bound(begin);
    if (it != ends_.begin() && std::prev(it)->second >= begin) {
      --it;
      begin = it->first;
    }
    while (it != ends_.end() && it->first <= end) {
      end = std::max(end, it->second);
      it = ends_.erase(it);
    }
    ends_[begin] = end;
  }
  bool Holds(int64_t position) const {
    const auto it = ends_.upper_bound(position);
    return it != ends_.begin() && std::prev(it)->second > position;
  }

 private:
  std::map<int64_t, int64_t> ends_;  // by begin
};

// One direction of a connection as it passed the interface. Positions count from its first number.
struct Flow {
  bool is_known = false;
  uint32_t base = 0;
  int64_t next = 0;  // one after the highest that passed
  Ranges passed;
  Ranges probed;  // by window probes only
  bool has_acked = false;
  uint32_t ack = 0;
  uint16_t window = 0;
  int scale = 0;
  bool offers_scale = false;
  bool last_was_probe = false;
};

class Watcher {
 public:
  void Watch(const match::PacketSource& packet, TcpFrame& frame) {
    const TcpHeader& header = *packet.tcp();
    const Endpoint source{packet.ip().source, header.source_port};
    const Endpoint destination{packet.ip().destination, header.destination_port};
    Flow& flow = flows_[{source, destination}];
    Flow& back = flows_[{destination, source}];
    const bool syn = header.has(TcpHeader::kSyn);
    const bool fin = header.has(TcpHeader::kFin);
    const bool rst = header.has(TcpHeader::kRst);
    const int64_t data = packet.payload_size();
    const int64_t length = data + (syn ? 1 : 0) + (fin ? 1 : 0);
    if (!flow.is_known || (syn && header.sequence != flow.base)) {
      flow = Flow{.is_known = true, .base = header.sequence};
    }
    const int64_t begin = tcp::Unwrap(header.sequence, flow.base, flow.next);
    const int64_t end = begin + length;
    frame.is_pure_ack = header.has(TcpHeader::kAck) && length == 0 && !rst;

    const bool back_is_closed = back.has_acked && back.window == 0;
    frame.is_keep_alive =
        !syn && !fin && !rst && data <= 1 && begin == flow.next - 1 && flow.next > 0;
    frame.is_probe_of_zero_window = back_is_closed && data == 1;
    frame.is_behind = length > 0 && begin < flow.next;
    frame.was_seen = length > 0 && flow.passed.Holds(begin);
    frame.was_only_probed = !frame.was_seen && flow.probed.Holds(begin);
    frame.has_gap_before = begin > flow.next && flow.next > 0 && !rst;
    frame.answers_probe = back.last_was_probe;
    if (header.has(TcpHeader::kAck)) {
      const bool same_ack = flow.has_acked && header.acknowledgment == flow.ack;
      frame.repeats_ack = frame.is_pure_ack && same_ack && header.window == flow.window;
      frame.changes_window_only = frame.is_pure_ack && same_ack && header.window != flow.window;
    }
    const int scale = flow.offers_scale && back.offers_scale ? back.scale : 0;
    if (back.has_acked && data > 0) {
      const uint32_t edge = back.ack + (uint32_t{back.window} << scale);
      frame.fills_window = header.sequence + static_cast<uint32_t>(data) == edge;
    }

    flow.last_was_probe = frame.is_probe_of_zero_window || frame.is_keep_alive;
    if (length > 0 && !rst) {
      (frame.is_probe_of_zero_window ? flow.probed : flow.passed).Add(begin, end);
    }
    // A window probe does not move tshark's next number; a reset does, forged or not.
    if (!frame.is_probe_of_zero_window) flow.next = std::max(flow.next, end);
    if (header.has(TcpHeader::kAck)) {
      flow.has_acked = true;
      flow.ack = header.acknowledgment;
      flow.window = header.window;
    }
    if (const auto shift = packet.tcp_options().window_scale; syn && shift) {
      flow.offers_scale = true;
      flow.scale = std::min<int>(*shift, 14);
    }
  }

 private:
  std::map<std::pair<Endpoint, Endpoint>, Flow> flows_;
};

}  // namespace

std::vector<TcpFrame> TcpFramesOf(const RunModel& model, NodeId node, uint32_t entity) {
  const TraceReader& trace = model.trace();
  Watcher watcher;
  std::vector<TcpFrame> frames;
  for (size_t row = 0; row < trace.size(); ++row) {
    const FileRecord& record = trace[row];
    if (record.node != node.value || record.entity != entity) continue;
    if (record.kind != TraceKind::kPacketSent && record.kind != TraceKind::kPacketDelivered) {
      continue;
    }
    TcpFrame& frame = frames.emplace_back();
    frame.time = record.time();
    frame.is_spoiled = record.label != 0;
    const RunModel::Bytes bytes = model.PacketBytes(record);
    const match::PacketSource packet(bytes.stored, bytes.zeros);
    const auto index = model.JourneyOf(row);
    if (!packet.tcp() || !index) continue;
    frame.is_tcp = true;
    const Journey& journey = model.journeys()[*index];
    frame.summary = journey.summary;
    frame.is_retransmission = journey.repetition > 0;
    frame.is_duplicate_ack = journey.is_duplicate_ack;
    frame.is_dsack = journey.has_dsack;
    frame.is_zero_window =
        packet.tcp()->window == 0 &&
        (packet.tcp()->flags & (TcpHeader::kSyn | TcpHeader::kFin | TcpHeader::kRst)) == 0;
    watcher.Watch(packet, frame);
  }
  return frames;
}

}  // namespace tickwire
