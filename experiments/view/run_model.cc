#include "experiments/view/run_model.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/view/packet_summary.h"
#include "experiments/view/printable.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/trace/digest.h"
#include "topologies/match/packet_source.h"

namespace tickwire {
namespace {

constexpr int kMostQueueSteps = 4;

uint64_t TimerKey(NodeId node, uint32_t index) { return uint64_t{node.value} << 32 | index; }

// Says the same as before without being a repetition.
bool IsSctpAnswer(const match::PacketSource& packet) {
  std::span<const uint8_t> rest = packet.payload();
  const auto first = sctp::TakeChunk(rest);
  return first &&
         (first->type == sctp::SackChunk::kType || first->type == sctp::HeartbeatAckChunk::kType);
}

}  // namespace

RunModel::RunModel(const TraceReader& trace, const scenario::Scenario& effective,
                   const RunModelLimits& limits)
    : trace_(trace), scenario_(effective), limits_(limits) {
  IndexAddresses();
  for (size_t row = 0; row < trace_.size(); ++row) {
    const FileRecord& record = trace_[row];
    end_ = std::max(end_, record.time());
    if (record.kind <= TraceKind::kPacketDropped) TakeNote(row);
    switch (record.kind) {
      case TraceKind::kPacketSent:
        OnSent(row);
        break;
      case TraceKind::kPacketDelivered:
      case TraceKind::kPacketDropped:
        OnArrival(row);
        break;
      case TraceKind::kTimerSet:
      case TraceKind::kTimerCancelled:
      case TraceKind::kTimerFired:
        OnTimer(row);
        break;
      case TraceKind::kState:
        states_.push_back(row);
        break;
      case TraceKind::kAction:
        if (trace_.label_name(record.label) == "crash") OnCrash(row);
        break;
      case TraceKind::kNote:
        OnNote(row);
        break;
      default:
        break;
    }
  }
  for (Journey& journey : journeys_) {
    if (journey.ends.empty()) journey.ends.push_back({.time = end_});
  }
  for (TimerLife& timer : timers_) {
    if (timer.end == TimerLife::End::kPending) timer.ended = end_;
  }
  PlaceMedia();
}

bool RunModel::MayBegin(const FileRecord& record) {
  if (record.time() < limits_.from || record.time() > limits_.until) return false;
  if (journeys_.size() < limits_.most_journeys) return true;
  ++left_out_;
  return false;
}

void RunModel::IndexAddresses() {
  absl::flat_hash_map<std::string, NodeId> ids;
  for (uint32_t id = 1; id <= trace_.node_count(); ++id) ids[NodeName(NodeId{id})] = NodeId{id};
  for (const scenario::Node& node : scenario_.node()) {
    const auto id = ids.find(node.name());
    if (id == ids.end()) continue;
    bool is_first = true;
    for (const scenario::Interface& interface : node.interface()) {
      for (const std::string& text : interface.address()) {
        const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
        if (!prefix) continue;
        owner_of_address_[prefix->address.ToString()] = {.node = id->second, .is_first = is_first};
        is_first = false;
      }
    }
  }
}

std::optional<NodeId> RunModel::NodeOf(const std::string& address) const {
  const auto owner = owner_of_address_.find(address);
  if (owner == owner_of_address_.end()) return std::nullopt;
  return owner->second.node;
}

bool RunModel::IsFurtherAddress(const std::string& address) const {
  const auto owner = owner_of_address_.find(address);
  return owner != owner_of_address_.end() && !owner->second.is_first;
}

RunModel::Bytes RunModel::PacketBytes(const FileRecord& record) const {
  const FileRecord* holder = &record;
  if (record.bytes_offset == kNoBytes) {
    const std::optional<size_t> before = trace_.Find(record.packet());
    if (before) holder = &trace_[*before];
  }
  return {trace_.bytes(*holder), holder->virtual_tail};
}

std::optional<size_t> RunModel::JourneyOf(size_t record) const {
  const auto it = journey_of_.find(record);
  if (it == journey_of_.end()) return std::nullopt;
  return it->second;
}

std::optional<size_t> RunModel::CauseRecord(size_t record) const {
  std::optional<size_t> cause = trace_.Find(trace_[record].cause());
  for (int i = 0; i < kMostQueueSteps && cause; ++i) {
    if (trace_[*cause].kind != TraceKind::kPacketQueued) break;
    cause = trace_.Find(trace_[*cause].cause());
  }
  return cause;
}

// A packet is passed on if what led to it is the arrival, at the same node, of one with the same
// source, destination and identification.
bool RunModel::IsForwarding(size_t row, size_t* previous_sent) const {
  const std::optional<size_t> cause = CauseRecord(row);
  if (!cause || trace_[*cause].kind != TraceKind::kPacketDelivered ||
      trace_[*cause].node != trace_[row].node) {
    return false;
  }
  const Bytes now = PacketBytes(trace_[row]);
  const Bytes before = PacketBytes(trace_[*cause]);
  const match::PacketSource out(now.stored, now.zeros), in(before.stored, before.zeros);
  if (!out.is_ip() || !in.is_ip()) return false;
  if (out.ip().source != in.ip().source || out.ip().destination != in.ip().destination ||
      out.ip().protocol != in.ip().protocol || out.identification() != in.identification()) {
    return false;
  }
  const std::optional<size_t> sent = trace_.Find(trace_[*cause].packet());
  if (!sent) return false;
  *previous_sent = *sent;
  return true;
}

void RunModel::OnSent(size_t row) {
  const FileRecord& record = trace_[row];
  size_t previous = 0;
  if (IsForwarding(row, &previous)) {
    const std::optional<size_t> known = JourneyOf(previous);
    if (known) {
      Journey& journey = journeys_[*known];
      journey.sent_records.push_back(row);
      journey_of_[row] = *known;
      // It went on, so its arrival at this router was no end.
      const auto passed =
          std::find_if(journey.ends.begin(), journey.ends.end(), [&](const JourneyEnd& end) {
            return end.kind == JourneyEnd::Kind::kDelivered && end.node.value == record.node;
          });
      if (passed != journey.ends.end()) journey.ends.erase(passed);
      return;
    }
  }
  if (!MayBegin(record)) return;
  Journey& journey = journeys_.emplace_back();
  journey.record = row;
  journey.from = NodeId{record.node};
  journey.sent = record.time();
  journey.sent_records.push_back(row);
  journey_of_[row] = journeys_.size() - 1;
  Describe(journey);
}

void RunModel::OnNote(size_t row) {
  if (trace_.label_name(trace_[row].label) == "retransmit") {
    retransmit_note_[trace_[row].node] = row;
  }
}

// A connection notes why it retransmits just before it sends: the node's next packet is meant.
void RunModel::TakeNote(size_t row) {
  const auto note = retransmit_note_.find(trace_[row].node);
  if (note == retransmit_note_.end() || trace_[row].kind == TraceKind::kPacketDelivered) return;
  const FileRecord& record = trace_[note->second];
  if (record.time() == trace_[row].time()) {
    const std::span<const uint8_t> text = trace_.bytes(record);
    why_retransmitted_[row] = Printable({reinterpret_cast<const char*>(text.data()), text.size()});
  }
  retransmit_note_.erase(note);
}

void RunModel::TakeWhy(Journey& journey) const {
  auto why = why_retransmitted_.find(journey.record);
  const std::optional<size_t> cause = trace_.Find(trace_[journey.record].cause());
  if (why == why_retransmitted_.end() && cause && trace_[*cause].kind == TraceKind::kPacketQueued) {
    why = why_retransmitted_.find(*cause);
  }
  if (why != why_retransmitted_.end()) journey.why = why->second;
}

void RunModel::DescribeTcp(Journey& journey, const match::PacketSource& packet) {
  TakeWhy(journey);
  journey.is_of_connection = true;
  const size_t id = static_cast<size_t>(&journey - journeys_.data());
  const TcpFlowView::View view = tcp_flows_.Describe(packet, journey.why, id);
  journey.summary = view.summary;
  journey.repetition = view.repetition;
  journey.original = view.original;
  journey.is_duplicate_ack = view.is_duplicate_ack;
  journey.has_dsack = view.has_dsack;
}

bool RunModel::DescribeSctp(Journey& journey, const match::PacketSource& packet) {
  TakeWhy(journey);
  journey.is_of_connection = true;
  const size_t id = static_cast<size_t>(&journey - journeys_.data());
  const SctpFlowView::View view = sctp_flows_.Describe(packet, journey.why, id);
  journey.summary = absl::StrCat(view.summary, PathInWords(journey, packet));
  journey.repetition = view.repetition;
  journey.original = view.original;
  return view.has_data;
}

// An association has several paths, and an attacker any source: what the heads of the columns do
// not say.
std::string RunModel::PathInWords(const Journey& journey, const match::PacketSource& packet) const {
  const std::string to = packet.ip().destination.ToString();
  if (IsFurtherAddress(to)) return absl::StrCat(" to ", to);
  const std::string from = packet.ip().source.ToString();
  const auto owner = owner_of_address_.find(from);
  const bool is_expected = owner != owner_of_address_.end() && owner->second.is_first &&
                           owner->second.node == journey.from;
  return is_expected ? "" : absl::StrCat(" from ", from);
}

void RunModel::Describe(Journey& journey) {
  const Bytes bytes = PacketBytes(trace_[journey.record]);
  match::PacketSource packet(bytes.stored, bytes.zeros);
  journey.summary = Summarize(packet);
  journey.is_sip = packet.sip() != nullptr;
  if (const auto rtp = packet.rtp()) {
    journey.media = MediaPacket{rtp->ssrc, rtp->sequence};
  } else if (const auto rtcp = packet.rtcp()) {
    journey.media = MediaPacket{.ssrc = rtcp->ssrc, .is_rtcp = true};
  }
  if (!packet.is_ip()) return;
  const auto towards = owner_of_address_.find(packet.ip().destination.ToString());
  if (towards != owner_of_address_.end()) journey.towards = towards->second.node;
  if (packet.tcp()) return DescribeTcp(journey, packet);
  if (packet.sctp() && (DescribeSctp(journey, packet) || IsSctpAnswer(packet))) return;
  if (packet.payload().empty()) return;
  // The same payload from the same endpoint to the same: sent again.
  uint64_t key = StableHash64(packet.payload());
  const uint64_t ends[] = {
      key,
      journey.from.value,
      StableHash64(packet.ip().destination.bytes()),
      packet.udp() ? uint64_t{packet.udp()->source_port} << 16 | packet.udp()->destination_port : 0,
      packet.sctp()
          ? uint64_t{packet.sctp()->tag.value} << 32 | uint64_t{packet.sctp()->source_port} << 16 |
                packet.sctp()->destination_port
          : 0,
      packet.fragment_offset()};
  key = StableHash64(std::span(reinterpret_cast<const uint8_t*>(ends), sizeof ends));
  const auto [first, is_first] = first_of_payload_.try_emplace(key, journeys_.size() - 1);
  if (is_first) return;
  journey.original = first->second;
  journey.repetition = ++repetitions_[key];
}

// Finds the ends of talk spurts, and says there how many packets lie between. Reports count as one
// spurt for the whole stream.
void RunModel::PlaceMedia() {
  struct Spurt {
    size_t first;
    size_t last;
    size_t packets = 1;
    size_t lost = 0;
  };
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, bool>, Spurt> open;
  const auto is_lost = [](const Journey& journey) {
    return std::none_of(journey.ends.begin(), journey.ends.end(),
                        [](const JourneyEnd& end) { return end.kind != JourneyEnd::Kind::kLost; });
  };
  const auto close = [&](const Spurt& spurt) {
    if (spurt.packets < 2) return;
    journeys_[spurt.first].media->place = MediaPacket::Place::kFirst;
    journeys_[spurt.last].media->place = MediaPacket::Place::kLast;
    absl::StrAppend(&journeys_[spurt.first].summary, ", first of ", spurt.packets);
    absl::StrAppend(&journeys_[spurt.last].summary, ", last of ", spurt.packets);
    if (spurt.lost > 0) absl::StrAppend(&journeys_[spurt.last].summary, ", ", spurt.lost, " lost");
  };
  for (size_t i = 0; i < journeys_.size(); ++i) {
    Journey& journey = journeys_[i];
    if (!journey.media) continue;
    const auto key = std::tuple(journey.from.value, journey.towards.value_or(NodeId{}).value,
                                journey.media->ssrc, journey.media->is_rtcp);
    auto known = open.find(key);
    if (known != open.end() && !journey.media->is_rtcp &&
        journey.sent - journeys_[known->second.last].sent > kMediaPause) {
      close(known->second);
      open.erase(known);
      known = open.end();
    }
    const size_t lost = is_lost(journey) ? 1 : 0;
    if (known == open.end()) {
      open.emplace(key, Spurt{i, i, 1, lost});
      continue;
    }
    Spurt& spurt = known->second;
    if (spurt.last != spurt.first) {
      journeys_[spurt.last].media->place = MediaPacket::Place::kInner;
    }
    journey.media->place = MediaPacket::Place::kLast;
    spurt.last = i;
    ++spurt.packets;
    spurt.lost += lost;
  }
  for (const auto& [key, spurt] : open) close(spurt);
}

void RunModel::OnArrival(size_t row) {
  const FileRecord& record = trace_[row];
  const std::optional<size_t> before = trace_.Find(record.packet());
  std::optional<size_t> known;
  if (before) {
    // A record of waiting stands between some drops and what was sent.
    known = JourneyOf(trace_[*before].kind == TraceKind::kPacketQueued
                          ? CauseRecord(*before).value_or(*before)
                          : *before);
  }
  const bool was_sent = before && trace_[*before].kind == TraceKind::kPacketSent;
  if (was_sent && known) {
    Journey& journey = journeys_[*known];
    journey_of_[row] = *known;
    const int hops = static_cast<int>(
        std::find(journey.sent_records.begin(), journey.sent_records.end(), *before) -
        journey.sent_records.begin());
    if (record.kind == TraceKind::kPacketDelivered) {
      journey.ends.push_back({.kind = JourneyEnd::Kind::kDelivered,
                              .node = NodeId{record.node},
                              .time = record.time(),
                              .record = row,
                              .hops = hops + 1,
                              .sent = *before});
      return;
    }
    // A drop after the arrival at the same node: what arrived was refused there.
    for (JourneyEnd& end : journey.ends) {
      if (end.kind == JourneyEnd::Kind::kDelivered && end.node.value == record.node &&
          end.time <= record.time() && !end.refused) {
        end.refused = row;
        return;
      }
    }
    journey.ends.push_back({.kind = JourneyEnd::Kind::kLost,
                            .node = NodeId{record.node},
                            .time = record.time(),
                            .record = row,
                            .hops = hops,
                            .sent = *before});
    return;
  }
  if (record.kind != TraceKind::kPacketDropped) return;
  // Never got onto a link: at a router the end of a journey, at its maker a journey of its own.
  size_t previous = 0;
  const size_t asks = before ? *before : row;
  if (IsForwarding(asks, &previous) && JourneyOf(previous)) {
    Journey& journey = journeys_[*JourneyOf(previous)];
    for (JourneyEnd& end : journey.ends) {
      if (end.kind != JourneyEnd::Kind::kDelivered || end.node.value != record.node) continue;
      end.kind = JourneyEnd::Kind::kLost;
      end.time = record.time();
      end.record = row;
      journey_of_[row] = *JourneyOf(previous);
      return;
    }
  }
  if (!MayBegin(record)) return;
  Journey& journey = journeys_.emplace_back();
  journey.record = row;
  journey.from = NodeId{record.node};
  journey.sent = record.time();
  journey_of_[row] = journeys_.size() - 1;
  journey.ends.push_back({.kind = JourneyEnd::Kind::kLost,
                          .node = NodeId{record.node},
                          .time = record.time(),
                          .record = row,
                          .left = false});
  Describe(journey);
}

void RunModel::OnTimer(size_t row) {
  const FileRecord& record = trace_[row];
  const NodeId node{record.node};
  if (record.kind == TraceKind::kTimerSet) {
    if (record.time() < limits_.from || record.time() > limits_.until || left_out_ > 0) return;
    // Set while running: the same timer of the same owner begins anew.
    const std::string slot =
        absl::StrCat(record.node, " ", record.entity, " ", trace_.label_name(record.label));
    const auto running = running_timer_.find(slot);
    if (running != running_timer_.end()) {
      TimerLife& before = timers_[running->second];
      if (before.end == TimerLife::End::kPending) {
        before.end = TimerLife::End::kRestarted;
        before.ended = record.time();
        before.end_record = row;
      }
    }
    running_timer_[slot] = timers_.size();
    timer_of_set_[TimerKey(node, record.index)] = timers_.size();
    timers_.push_back({.node = node,
                       .entity = record.entity,
                       .label = record.label,
                       .set = record.time(),
                       .delay = Duration::Nanos(record.value),
                       .ended = {},
                       .set_record = row});
    return;
  }
  const auto running = timer_of_set_.find(TimerKey(node, record.packet_index));
  if (running == timer_of_set_.end()) return;
  TimerLife& timer = timers_[running->second];
  timer.end =
      record.kind == TraceKind::kTimerFired ? TimerLife::End::kFired : TimerLife::End::kCancelled;
  timer.ended = record.time();
  timer.end_record = row;
}

// The node's timers end with it, though nothing says so.
void RunModel::OnCrash(size_t row) {
  const FileRecord& record = trace_[row];
  crashes_.push_back(row);
  for (TimerLife& timer : timers_) {
    if (timer.node != NodeId{record.node} || timer.end != TimerLife::End::kPending) continue;
    timer.end = TimerLife::End::kCancelled;
    timer.ended = record.time();
    timer.end_record = row;
  }
}

std::string RunModel::LinkOf(const FileRecord& record) const {
  const std::string end = absl::StrCat(trace_.node_name(NodeId{record.node}), "/",
                                       trace_.entity_name(NodeId{record.node}, record.entity));
  for (const scenario::Link& link : scenario_.link()) {
    if (link.a() == end || link.b() == end) return link.name();
  }
  return "";
}

std::string RunModel::CauseOf(const Journey& journey) const {
  if (!journey.why.empty()) return journey.why;
  const std::optional<size_t> cause = CauseRecord(journey.record);
  if (!cause) return "";
  const FileRecord& record = trace_[*cause];
  switch (record.kind) {
    case TraceKind::kTimerFired: {
      const absl::string_view rule = trace_.label_rule(record.label);
      return absl::StrCat("timer ", trace_.label_name(record.label), " of ",
                          trace_.entity_name(NodeId{record.node}, record.entity),
                          rule.empty() ? "" : absl::StrCat(" (", rule, ")"));
    }
    case TraceKind::kPacketDelivered: {
      const std::optional<size_t> came = JourneyOf(*cause);
      return came ? absl::StrCat("received ", journeys_[*came].summary) : "";
    }
    case TraceKind::kAction:
      return "action of the scenario";
    default:
      return "";
  }
}

}  // namespace tickwire
