#include "experiments/studies/sip_transport/meter.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "sim_core/trace/digest.h"
#include "topologies/match/packet_source.h"

namespace tickwire::study {
namespace {

uint64_t KeyOf(const RecordRef& ref) { return uint64_t{ref.node.value} << 32 | ref.index; }

absl::string_view TextOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The value of a header row, as our own elements write it.
absl::string_view RowOf(absl::string_view text, absl::string_view name) {
  const size_t at = text.find(name);
  if (at == absl::string_view::npos) return {};
  const absl::string_view rest = text.substr(at + name.size());
  return rest.substr(0, rest.find('\r'));
}

uint16_t PortOf(absl::string_view endpoint) {
  uint32_t port = 0;
  const bool is_number =
      absl::SimpleAtoi(endpoint.substr(endpoint.rfind(':') + 1), &port) && port <= 65535;
  return is_number ? static_cast<uint16_t>(port) : uint16_t{0};
}

double Seconds(Duration time) { return static_cast<double>(time.nanos()) / 1e9; }

}  // namespace

void Meter::OnEntity(NodeId node, uint32_t id, absl::string_view name) {
  Entity entity;
  // The interfaces of both proxies on it are called so.
  entity.is_trunk = name == "trunk" && (node.value == nodes_.west || node.value == nodes_.east);
  if (absl::StartsWith(name, "sip connection ")) {  // "sip connection 3 TCP 10.0.0.1:5 10.0.0.2:6"
    const std::vector<absl::string_view> words = absl::StrSplit(name, ' ');
    entity.is_connection = words.size() == 6;
    if (entity.is_connection) {
      entity.is_sctp = words[3] == "SCTP";
      entity.is_tcp = !entity.is_sctp;
      entity.ports = {PortOf(words[4]), PortOf(words[5])};
    }
  }
  if (entity.is_trunk || entity.is_connection) entities_[{node.value, id}] = entity;
}

void Meter::OnRecord(const TraceEvent& event, std::span<const uint8_t> bytes) {
  const uint32_t node = event.ref.node.value;
  if (event.kind == TraceKind::kMessage && node == nodes_.phones) {
    OnDialled(event, TextOf(bytes));
    return;
  }
  if (node != nodes_.west && node != nodes_.east) return;
  if (event.kind == TraceKind::kTimerFired && event.label != nullptr) {
    const absl::string_view name = event.label->name;
    if (name == "A" || name == "E" || name == "G") ++sip_repetitions_;
    return;
  }
  if (event.kind != TraceKind::kPacketSent && event.kind != TraceKind::kPacketDelivered &&
      event.kind != TraceKind::kMessage && event.kind != TraceKind::kSample) {
    return;
  }
  const auto found = entities_.find({node, event.entity});
  if (found == entities_.end()) return;
  const Entity& entity = found->second;
  if (event.kind == TraceKind::kPacketSent && entity.is_trunk) OnTrunkPacket(event, bytes);
  if (event.kind == TraceKind::kPacketDelivered && entity.is_trunk) OnArrival(event);
  if (!entity.is_connection) return;
  if (event.kind == TraceKind::kMessage) OnMessage(event, entity, bytes);
  if (event.kind == TraceKind::kSample && entity.is_tcp && event.label != nullptr &&
      absl::string_view(event.label->name) == "sip message written at") {
    std::deque<uint64_t>& sizes = unwritten_[{node, event.entity}];
    if (sizes.empty()) return;
    const uint64_t begin = static_cast<uint64_t>(event.value);
    streams_[{node, entity.ports}].messages.emplace_back(begin, begin + sizes.front());
    sizes.pop_front();
  }
}

void Meter::OnDialled(const TraceEvent& event, absl::string_view text) {
  const absl::string_view call = RowOf(text, "Call-ID: ");
  if (absl::StartsWith(text, "INVITE ")) {
    const auto [known, is_new] = calls_.emplace(std::string(call), delays_.size());
    if (is_new) delays_.emplace_back(event.time, SimTime::Infinite());
  } else if (absl::StartsWith(text, "SIP/2.0 18") || absl::StartsWith(text, "SIP/2.0 200")) {
    if (!absl::StrContains(text, "\r\nCSeq: 1 INVITE\r\n")) return;
    const auto known = calls_.find(call);
    if (known == calls_.end()) return;
    SimTime& rang = delays_[known->second].second;
    rang = std::min(rang, event.time);
  }
}

void Meter::OnTrunkPacket(const TraceEvent& event, std::span<const uint8_t> ip) {
  ++trunk_packets_;
  trunk_bytes_ += ip.size() + event.virtual_tail;
  const uint32_t node = event.ref.node.value;
  const match::PacketSource packet(ip, event.virtual_tail);
  if (packet.tcp().has_value()) {
    const tcp::TcpHeader& header = *packet.tcp();
    const Ports ports{header.source_port, header.destination_port};
    Stream& stream = streams_[{node, ports}];
    if (header.has(tcp::TcpHeader::kSyn)) stream = {.first_seq = header.sequence + 1};
    if (packet.payload_size() == 0) return;
    // No connection of the study comes near the 4 GiB at which numbers wrap.
    const uint64_t begin = header.sequence - stream.first_seq;
    const uint64_t end = begin + packet.payload_size();
    if (begin < stream.highest) ++transport_repetitions_;
    stream.highest = std::max(stream.highest, end);
    segments_[KeyOf(event.ref)] = {ports, begin, end};
  } else if (packet.sctp().has_value()) {
    std::span<const uint8_t> rest = packet.payload();
    while (const auto view = sctp::TakeChunk(rest)) {
      if (view->type != sctp::DataChunk::kType) continue;
      const auto data = sctp::DataChunk::Parse(*view);
      if (!data) continue;
      const uint64_t name =
          uint64_t{node} << 48 | uint64_t{packet.sctp()->source_port} << 32 | data->tsn.value;
      if (!tsns_.emplace(name, false).second) ++transport_repetitions_;
      chunks_under_way_[KeyOf(event.ref)].push_back({name, StableHash64(data->data)});
    }
  }
}

void Meter::OnArrival(const TraceEvent& event) {
  const uint32_t receiver = event.ref.node.value;
  const uint32_t sender = event.packet.node.value;
  if (const auto segment = segments_.find(KeyOf(event.packet)); segment != segments_.end()) {
    std::map<uint64_t, std::pair<uint64_t, SimTime>>& arrived =
        streams_[{sender, segment->second.ports}].arrived;
    // Only what is new, around what is there.
    uint64_t begin = segment->second.begin;
    const uint64_t end = segment->second.end;
    for (auto it = arrived.begin(); it != arrived.end() && begin < end; ++it) {
      if (it->second.first <= begin) continue;
      if (it->first >= end) break;
      if (begin < it->first) it = arrived.emplace(begin, std::pair(it->first, event.time)).first;
      begin = std::max(begin, it->second.first);
    }
    if (begin < end) arrived.emplace(begin, std::pair(end, event.time));
    segments_.erase(segment);
  }
  if (const auto chunks = chunks_under_way_.find(KeyOf(event.packet));
      chunks != chunks_under_way_.end()) {
    for (const Chunk& chunk : chunks->second) {
      if (std::exchange(tsns_[chunk.name], true)) continue;  // it came twice
      chunk_arrivals_.emplace(chunk.hash ^ receiver, event.time);
    }
    chunks_under_way_.erase(chunks);
  }
}

void Meter::OnMessage(const TraceEvent& event, const Entity& entity,
                      std::span<const uint8_t> bytes) {
  const uint32_t node = event.ref.node.value;
  const bool is_sent = absl::string_view(event.label->name) == "sent";
  if (is_sent) {
    ++trunk_messages_;
    if (entity.is_tcp) {
      unwritten_[{node, event.entity}].push_back(bytes.size() +
                                                 static_cast<uint64_t>(record_overhead_));
    }
    return;
  }
  if (entity.is_sctp) {
    const auto arrival = chunk_arrivals_.find(StableHash64(bytes) ^ node);
    if (arrival == chunk_arrivals_.end()) return;  // larger than a packet
    Blocked(event.time - arrival->second);
    chunk_arrivals_.erase(arrival);
    return;
  }
  const uint32_t sender = node == nodes_.west ? nodes_.east : nodes_.west;
  const auto found = streams_.find({sender, {entity.ports.second, entity.ports.first}});
  if (found == streams_.end() || found->second.messages.empty()) return;
  Stream& stream = found->second;
  const auto [begin, end] = stream.messages.front();
  stream.messages.pop_front();
  SimTime complete;
  while (!stream.arrived.empty()) {
    const auto first = stream.arrived.begin();
    if (first->first >= end) break;
    complete = std::max(complete, first->second.second);
    if (first->second.first > end) break;  // the next message begins in it
    stream.arrived.erase(first);
  }
  Blocked(event.time - complete);
}

void Meter::Blocked(Duration time) {
  if (time <= Duration()) return;
  ++blocked_messages_;
  blocked_seconds_ += Seconds(time);
}

std::vector<double> Meter::PostDialDelays() const {
  std::vector<double> delays;
  for (const auto& [dialled, rang] : delays_) {
    if (rang != SimTime::Infinite()) delays.push_back(Seconds(rang - dialled));
  }
  return delays;
}

}  // namespace tickwire::study
