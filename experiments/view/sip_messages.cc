#include "experiments/view/sip_messages.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "experiments/view/packet_summary.h"
#include "experiments/view/printable.h"
#include "protocols/sip/message/fields.h"
#include "sim_core/trace/digest.h"
#include "topologies/match/packet_source.h"

namespace tickwire {
namespace {

std::span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

absl::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string FieldText(const sip::SipMessage& message, sip::FieldId id) {
  const auto value = sip::Field(message, id);
  if (!value) return "";
  return value->kind == sip::FieldKind::kText ? std::string(value->text)
                                              : absl::StrCat(value->number);
}

void ReadText(SipMessage& message) {
  const sip::ParseResult parsed = sip::SipMessage::Parse(std::string(message.text));
  message.summary = Printable(SummarizeSip(parsed.message));
  message.is_request = parsed.message.is_request();
  message.status = parsed.message.status();
  message.call_id = Printable(FieldText(parsed.message, sip::FieldId::kCallId));
  message.cseq = Printable(absl::StrCat(FieldText(parsed.message, sip::FieldId::kCSeqNumber), " ",
                                        FieldText(parsed.message, sip::FieldId::kCSeqMethod)));
}

}  // namespace

SipMessages::SipMessages(const RunModel& model, const SipConnections& connections)
    : model_(model), connections_(connections) {
  for (size_t row = 0; row < model.trace().size(); ++row) {
    const TraceKind kind = model.trace()[row].kind;
    if (kind == TraceKind::kMessage) OnMessage(row);
    if (kind == TraceKind::kSample) OnWritten(row);
  }
  FindDatagrams();
  JoinCopies();
  ReceiveDatagrams();
  for (size_t i = 0; i < messages_.size(); ++i) {
    messages_[i].number = static_cast<int>(i) + 1;
    ReadText(messages_[i]);
  }
}

absl::string_view SipMessages::TextOf(size_t row) const {
  return AsText(model_.trace().bytes(model_.trace()[row]));
}

std::optional<size_t> SipMessages::OfRow(size_t row) const {
  const auto known = of_row_.find(row);
  if (known == of_row_.end()) return std::nullopt;
  return known->second;
}

void SipMessages::OnMessage(size_t row) {
  const FileRecord& record = model_.trace()[row];
  const auto end = connections_.EndOf(NodeId{record.node}, record.entity);
  const absl::string_view direction = model_.trace().label_name(record.label);
  if (direction == "sent") {
    // Of what comes after the last packet kept nothing could be told.
    const bool is_after_last =
        model_.left_out() > 0 &&
        (model_.journeys().empty() || record.time() > model_.journeys().back().sent);
    if (!is_after_last) OnSent(row, end);
  } else if (direction == "received" && end) {
    OnReceived(row, *end);
  } else if (direction == "received") {
    datagrams_received_.push_back(row);
  }
}

void SipMessages::OnSent(size_t row, std::optional<SipConnections::EndRef> end) {
  const FileRecord& record = model_.trace()[row];
  SipMessage& message = messages_.emplace_back();
  const size_t index = messages_.size() - 1;
  message.from = NodeId{record.node};
  message.handed_over = record.time();
  message.sent_row = row;
  message.text = TextOf(row);
  of_row_[row] = index;
  if (!end) {
    datagrams_[message.from].push_back(index);
    return;
  }
  const SipConnectionEnd& from = connections_.all()[end->connection].ends[end->end];
  message.connection = end->connection;
  message.from_end = end->end;
  if (from.peer != NodeId{}) message.to = from.peer;
  unwritten_[{end->connection, end->end}].messages.push_back(index);
}

// The k-th sample of a connection belongs to the k-th message sent there.
void SipMessages::OnWritten(size_t row) {
  const FileRecord& record = model_.trace()[row];
  if (model_.trace().label_name(record.label) != "sip message written at") return;
  const auto end = connections_.EndOf(NodeId{record.node}, record.entity);
  if (!end) return;
  Underway& waiting = unwritten_[{end->connection, end->end}];
  if (waiting.next >= waiting.messages.size()) return;
  const size_t index = waiting.messages[waiting.next++];
  SipMessage& message = messages_[index];
  message.written = record.time();
  message.position = record.value;
  underway_[{end->connection, end->end, StableHash64(BytesOf(message.text))}].messages.push_back(
      index);
}

void SipMessages::OnReceived(size_t row, SipConnections::EndRef end) {
  const auto sent =
      underway_.find({end.connection, 1 - end.end, StableHash64(BytesOf(TextOf(row)))});
  if (sent != underway_.end()) Receive(sent->second, row);
}

void SipMessages::Receive(Underway& underway, size_t row) {
  if (underway.messages.empty()) return;
  if (underway.next >= underway.messages.size()) {  // a copy of what is here already
    of_row_[row] = underway.messages.back();
    return;
  }
  const size_t index = underway.messages[underway.next++];
  messages_[index].received = model_.trace()[row].time();
  messages_[index].received_row = row;
  messages_[index].to = NodeId{model_.trace()[row].node};
  of_row_[row] = index;
}

void SipMessages::FindDatagrams() {
  if (datagrams_.empty()) return;
  for (size_t i = 0; i < model_.journeys().size(); ++i) MatchDatagram(i);
}

void SipMessages::MatchDatagram(size_t journey_index) {
  const Journey& journey = model_.journeys()[journey_index];
  const auto waiting = datagrams_.find(journey.from);
  if (waiting == datagrams_.end()) return;
  const RunModel::Bytes bytes = model_.PacketBytes(model_.trace()[journey.record]);
  const match::PacketSource packet(bytes.stored, bytes.zeros);
  if (!packet.is_ip()) return;
  const std::tuple datagram(journey.from, packet.ip().destination.ToString(),
                            packet.identification());
  if (packet.fragment_offset() > 0) {
    const auto first = fragmented_.find(datagram);
    if (first != fragmented_.end()) of_journey_[journey_index] = first->second;
    return;
  }
  if (!packet.udp() || packet.payload().empty()) return;
  const absl::string_view payload = AsText(packet.payload());
  std::vector<size_t>& pending = waiting->second;
  const auto found = std::find_if(pending.begin(), pending.end(), [&](size_t index) {
    const SipMessage& message = messages_[index];
    if (message.handed_over > journey.sent) return false;
    return packet.is_fragment() ? message.text.substr(0, payload.size()) == payload
                                : message.text == payload;
  });
  if (found == pending.end()) return;
  const size_t index = *found;
  pending.erase(found);
  messages_[index].to = journey.towards;
  of_journey_[journey_index] = index;
  if (packet.is_fragment()) fragmented_[datagram] = index;
  if (!journey.original) return;
  const auto original = of_journey_.find(*journey.original);
  if (original == of_journey_.end() || original->second == index) return;
  const auto first = copy_of_.find(original->second);
  copy_of_[index] = first == copy_of_.end() ? original->second : first->second;
}

// The copies leave the list.
void SipMessages::JoinCopies() {
  std::vector<size_t> new_index(messages_.size());
  std::vector<SipMessage> kept;
  for (size_t i = 0; i < messages_.size(); ++i) {
    const auto copy = copy_of_.find(i);
    if (copy == copy_of_.end()) {
      new_index[i] = kept.size();
      kept.push_back(std::move(messages_[i]));
    } else {
      new_index[i] = new_index[copy->second];
      kept[new_index[i]].repeated_rows.push_back(messages_[i].sent_row);
    }
  }
  messages_ = std::move(kept);
  for (auto& [row, message] : of_row_) message = new_index[message];
  for (auto& [journey, message] : of_journey_) message = new_index[message];
}

void SipMessages::ReceiveDatagrams() {
  std::map<std::pair<NodeId, uint64_t>, Underway> underway;
  for (size_t i = 0; i < messages_.size(); ++i) {
    const SipMessage& message = messages_[i];
    if (message.connection || !message.to) continue;
    underway[{*message.to, StableHash64(BytesOf(message.text))}].messages.push_back(i);
  }
  for (const size_t row : datagrams_received_) {
    const FileRecord& record = model_.trace()[row];
    const auto sent = underway.find({NodeId{record.node}, StableHash64(BytesOf(TextOf(row)))});
    if (sent != underway.end()) Receive(sent->second, row);
  }
}

}  // namespace tickwire
