#include "experiments/view/message_flow.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "experiments/view/stream_frames.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "protocols/tcp/seq_range.h"

namespace tickwire {
namespace {

using tcp::TcpHeader;

bool IsOfStream(const SipConnection& connection) { return !connection.is_sctp; }

}  // namespace

MessageFlow::MessageFlow(const RunModel& model)
    : model_(model), connections_(model), messages_(model, connections_) {
  carriages_.resize(messages().size());
  carried_.resize(model.journeys().size());
  connection_of_.resize(model.journeys().size());
  const size_t connections = connections_.all().size();
  other_packets_.resize(connections);
  directions_.resize(2 * connections);
  chunks_.resize(2 * connections);
  sacks_.resize(2 * connections);
  message_of_tsn_.resize(2 * connections);
  PlaceMessages();
  for (size_t i = 0; i < model.journeys().size(); ++i) AddJourney(i);
  for (DirectionIndex direction = 0; direction < directions_.size(); ++direction) {
    PlaceChunks(direction);
  }
  for (DirectionIndex direction = 0; direction < directions_.size(); ++direction) {
    PlaceSacks(direction);
  }
  for (auto& carriages : carriages_) {
    std::stable_sort(carriages.begin(), carriages.end(),
                     [](const Carriage& a, const Carriage& b) { return a.journey < b.journey; });
  }
  for (size_t i = 0; i < connection_of_.size(); ++i) {
    if (connection_of_[i] && carried_[i].empty()) other_packets_[*connection_of_[i]].push_back(i);
  }
}

std::optional<size_t> MessageFlow::connection_of(size_t journey) const {
  return connection_of_[journey];
}

// Each one from where it was written, for its size and some framing at most, to the next one.
void MessageFlow::PlaceMessages() {
  for (size_t i = 0; i < messages().size(); ++i) {
    const SipMessage& message = messages()[i];
    if (!message.connection || !message.written) continue;
    const SipConnection& connection = connections_.all()[*message.connection];
    const auto size = static_cast<int64_t>(message.text.size());
    const int64_t length = IsOfStream(connection) ? MostFramedSize(connection.transport, size)
                                                  : RecordsOf(connection.transport, size);
    directions_[2 * *message.connection + message.from_end].ranges.push_back(
        {message.position, message.position + length, i, connection.transport == "TCP"});
  }
  for (Direction& direction : directions_) {
    std::stable_sort(direction.ranges.begin(), direction.ranges.end(),
                     [](const Range& a, const Range& b) { return a.begin < b.begin; });
    for (size_t i = 0; i + 1 < direction.ranges.size(); ++i) {
      direction.ranges[i].end = std::min(direction.ranges[i].end, direction.ranges[i + 1].begin);
    }
  }
}

bool MessageFlow::IsAgain(size_t journey) const {
  return model_.journeys()[journey].repetition > 0 || !model_.journeys()[journey].why.empty();
}

void MessageFlow::Carry(size_t message, const Carriage& carriage) {
  std::vector<Carriage>& carriages = carriages_[message];
  // Several fragments in one packet are one carriage.
  if (!carriages.empty() && carriages.back().journey == carriage.journey &&
      carriages.back().kind == carriage.kind && carriages.back().end == carriage.begin) {
    carriages.back().end = carriage.end;
    return;
  }
  carriages.push_back(carriage);
  std::vector<size_t>& carried = carried_[carriage.journey];
  if (carried.empty() || carried.back() != message) carried.push_back(message);
}

void MessageFlow::AddJourney(size_t index) {
  const Journey& journey = model_.journeys()[index];
  const auto datagram = messages_.of_journey().find(index);
  if (datagram != messages_.of_journey().end()) {
    Carry(datagram->second, {index, IsAgain(index) ? CarriageKind::kAgain : CarriageKind::kFirst});
    return;
  }
  if (connections_.all().empty()) return;
  const RunModel::Bytes bytes = model_.PacketBytes(model_.trace()[journey.record]);
  const match::PacketSource packet(bytes.stored, bytes.zeros);
  if (!packet.is_ip() || (!packet.tcp() && !packet.sctp())) return;
  const bool is_sctp = packet.sctp().has_value();
  const auto end = connections_.OfPacket(
      is_sctp, journey.from, is_sctp ? packet.sctp()->source_port : packet.tcp()->source_port,
      journey.towards.value_or(NodeId{}),
      is_sctp ? packet.sctp()->destination_port : packet.tcp()->destination_port, journey.sent);
  if (!end) return;
  connection_of_[index] = end->connection;
  const DirectionIndex direction = 2 * end->connection + end->end;
  if (is_sctp) {
    CollectChunks(index, direction, packet);
  } else {
    AddSegment(index, direction, packet);
  }
}

void MessageFlow::AddSegment(size_t journey, DirectionIndex index,
                             const match::PacketSource& packet) {
  const TcpHeader& header = *packet.tcp();
  Direction& direction = directions_[index];
  if (header.has(TcpHeader::kSyn)) {
    if (!direction.base) direction.base = header.sequence;
    return;
  }
  if (!direction.base || header.has(TcpHeader::kRst)) return;
  const int64_t size = packet.payload_size();
  if (size == 0) {
    if (!header.has(TcpHeader::kFin)) AddAcknowledgment(journey, index ^ 1, packet);
    return;
  }
  // The SYN has number 0, so that the first octet, at position 0, has 1.
  const int64_t begin = tcp::Unwrap(header.sequence, *direction.base, direction.highest + 1) - 1;
  const int64_t end = begin + size;
  direction.highest = std::max(direction.highest, end);
  MeasureRanges(direction, begin, packet);
  const CarriageKind kind = IsAgain(journey) ? CarriageKind::kAgain : CarriageKind::kFirst;
  auto range = std::upper_bound(direction.ranges.begin(), direction.ranges.end(), begin,
                                [](int64_t at, const Range& r) { return at < r.end; });
  for (; range != direction.ranges.end() && range->begin < end; ++range) {
    Carry(range->message,
          {journey, kind, std::max(begin, range->begin), std::min(end, range->end)});
  }
}

// The head of the record or frame says how long it is.
void MessageFlow::MeasureRanges(Direction& direction, int64_t begin,
                                const match::PacketSource& packet) {
  const auto end = begin + static_cast<int64_t>(packet.payload().size());
  auto range = std::lower_bound(direction.ranges.begin(), direction.ranges.end(), begin,
                                [](const Range& r, int64_t at) { return r.begin < at; });
  for (; range != direction.ranges.end() && range->begin < end; ++range) {
    if (range->is_exact) continue;
    const SipMessage& message = messages()[range->message];
    const auto length =
        FramedSize(connections_.all()[*message.connection].transport,
                   packet.payload().subspan(static_cast<size_t>(range->begin - begin)),
                   static_cast<int64_t>(message.text.size()));
    if (!length) continue;
    range->end = range->begin + *length;
    const auto next = std::next(range);
    if (next != direction.ranges.end()) range->end = std::min(range->end, next->begin);
    range->is_exact = true;
  }
}

void MessageFlow::AddAcknowledgment(size_t journey, DirectionIndex acknowledged,
                                    const match::PacketSource& packet) {
  const TcpHeader& header = *packet.tcp();
  const Direction& direction = directions_[acknowledged];
  if (!header.has(TcpHeader::kAck) || !direction.base) return;
  const int64_t next =
      tcp::Unwrap(header.acknowledgment, *direction.base, direction.highest + 1) - 1;
  // A duplicate asks for what is missing; any other is about the last octets that it acknowledges.
  const int64_t about = model_.journeys()[journey].is_duplicate_ack ? next : next - 1;
  const auto range = std::upper_bound(direction.ranges.begin(), direction.ranges.end(), about,
                                      [](int64_t at, const Range& r) { return at < r.end; });
  if (range == direction.ranges.end() || range->begin > about) return;
  Carry(range->message, {journey, CarriageKind::kAcknowledges});
}

void MessageFlow::CollectChunks(size_t journey, DirectionIndex index,
                                const match::PacketSource& packet) {
  const auto number = [](Direction& direction, uint32_t tsn) {
    if (!direction.base) direction.base = tsn;
    return tcp::Unwrap(tsn, *direction.base, direction.highest);
  };
  bool has_data = false;
  std::optional<Sack> sack;
  std::span<const uint8_t> rest = packet.payload();
  while (const auto view = sctp::TakeChunk(rest)) {
    const std::optional<sctp::AnyChunk> chunk = sctp::ParseChunk(*view);
    if (!chunk) continue;
    Direction& own = directions_[index];
    if (const auto* data = std::get_if<sctp::DataChunk>(&*chunk)) {
      has_data = true;
      chunks_[index].push_back(
          {number(own, data->tsn.value), data->begin, data->end, journey, std::nullopt});
    } else if (const auto* idata = std::get_if<sctp::IDataChunk>(&*chunk)) {
      has_data = true;
      chunks_[index].push_back(
          {number(own, idata->tsn.value), idata->begin, idata->end, journey,
           std::tuple(idata->stream.value, idata->unordered, idata->mid.value)});
    } else if (const auto* report = std::get_if<sctp::SackChunk>(&*chunk)) {
      Direction& other = directions_[index ^ 1];
      if (other.base) {
        sack = {number(other, report->cumulative_tsn_ack.value), !report->gap_ack_blocks.empty(),
                journey};
      }
    }
    if (has_data) own.highest = std::max(own.highest, chunks_[index].back().tsn);
  }
  if (sack && !has_data) sacks_[index ^ 1].push_back(*sack);
}

// User messages are numbered by their beginnings in the order of TSNs (RFC 9260 section 6.9).
void MessageFlow::PlaceChunks(DirectionIndex index) {
  std::vector<Chunk>& chunks = chunks_[index];
  if (chunks.empty()) return;
  std::map<int64_t, const Chunk*> by_tsn;
  for (const Chunk& chunk : chunks) by_tsn.try_emplace(chunk.tsn, &chunk);
  std::map<int64_t, size_t>& message_of = message_of_tsn_[index];
  std::map<std::tuple<uint16_t, bool, uint32_t>, int64_t> unit_of_mid;
  int64_t units = 0;
  const std::vector<Range>& ranges = directions_[index].ranges;
  for (const auto& [tsn, chunk] : by_tsn) {
    if (tsn < 0) continue;
    if (chunk->begins) {
      if (chunk->mid) unit_of_mid[*chunk->mid] = units;
      ++units;
    }
    int64_t unit = units - 1;
    if (chunk->mid && unit_of_mid.contains(*chunk->mid)) unit = unit_of_mid[*chunk->mid];
    const auto range = std::upper_bound(ranges.begin(), ranges.end(), unit,
                                        [](int64_t at, const Range& r) { return at < r.end; });
    if (range != ranges.end() && range->begin <= unit) message_of[tsn] = range->message;
  }
  for (const Chunk& chunk : chunks) {
    const auto message = message_of.find(chunk.tsn);
    if (message == message_of.end()) continue;
    const bool is_first = by_tsn[chunk.tsn]->journey == chunk.journey;
    Carry(message->second, {chunk.journey, is_first ? CarriageKind::kFirst : CarriageKind::kAgain,
                            chunk.tsn, chunk.tsn + 1});
  }
}

void MessageFlow::PlaceSacks(DirectionIndex index) {
  for (const Sack& sack : sacks_[index]) {
    const auto message =
        message_of_tsn_[index].find(sack.has_gaps ? sack.cumulative + 1 : sack.cumulative);
    if (message == message_of_tsn_[index].end()) continue;
    Carry(message->second, {sack.journey, CarriageKind::kAcknowledges});
  }
}

bool MessageFlow::IsLost(size_t index) const {
  const TraceReader& trace = model_.trace();
  const Journey& journey = model_.journeys()[index];
  return std::none_of(journey.ends.begin(), journey.ends.end(), [&](const JourneyEnd& end) {
    if (end.kind == JourneyEnd::Kind::kLost) return false;
    // What had come before is refused too (RFC 9293 section 3.10.7.4), but lost is nothing.
    return !end.refused || trace.label_name(trace[*end.refused].label) == "not acceptable";
  });
}

bool MessageFlow::HadTrouble(size_t message) const {
  return std::any_of(carriages_[message].begin(), carriages_[message].end(),
                     [&](const Carriage& carriage) {
                       return carriage.kind == CarriageKind::kAgain || IsLost(carriage.journey);
                     });
}

std::string MessageFlow::InShort(size_t index) const {
  const SipMessage& message = messages()[index];
  const SipConnection* const connection =
      message.connection ? &connections_.all()[*message.connection] : nullptr;
  std::string text = connection == nullptr
                         ? std::string("UDP")
                         : absl::StrCat(connection->transport, " ", connection->number);
  size_t sent = 0, lost = 0;
  std::optional<size_t> last;
  for (const Carriage& carriage : carriages_[index]) {
    if (carriage.kind == CarriageKind::kAcknowledges || carriage.journey == last) continue;
    last = carriage.journey;
    ++sent;
    if (IsLost(carriage.journey)) ++lost;
  }
  const char* const noun = connection == nullptr ? "datagram"
                           : connection->is_sctp ? "packet"
                                                 : "segment";
  if (sent == 1 && lost == 0) return text;
  if (sent == 0) return absl::StrCat(text, ", nothing sent");
  absl::StrAppend(&text, ", ", sent, " ", noun, sent == 1 ? "" : "s");
  if (lost > 0) absl::StrAppend(&text, ", ", lost, " lost");
  return text;
}

}  // namespace tickwire
