#include "experiments/view/ladder_layers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/view/stream_frames.h"

namespace tickwire {
namespace {

// Requests within a dialog go to a Contact that says nothing new: their method is enough.
std::string ShortSummary(const SipMessage& message) {
  for (const char* method : {"ACK", "BYE", "CANCEL", "PRACK", "UPDATE"}) {
    if (absl::StartsWith(message.summary, absl::StrCat(method, " "))) return method;
  }
  return message.summary;
}

ArrowStyle StyleOf(const SipMessage& message) {
  if (message.is_request) return ArrowStyle::kRequest;
  if (message.status < 200) return ArrowStyle::kProvisional;
  return message.status < 300 ? ArrowStyle::kSuccess : ArrowStyle::kFailure;
}

}  // namespace

LayeredParts::LayeredParts(const MessageFlow& flow, Layers layers, Unfold unfold)
    : flow_(flow), layers_(layers), unfold_(std::move(unfold)) {}

bool LayeredParts::IsUnfolded(size_t message) const {
  switch (unfold_.which) {
    case Unfold::Which::kNone:
      return false;
    case Unfold::Which::kTrouble:
      return flow_.HadTrouble(message);
    case Unfold::Which::kAll:
      return true;
    case Unfold::Which::kThese:
      return std::find(unfold_.numbers.begin(), unfold_.numbers.end(),
                       flow_.messages()[message].number) != unfold_.numbers.end();
  }
  return false;
}

LayeredParts::Part LayeredParts::PartOf(size_t journey) const {
  const std::vector<size_t>& carried = flow_.carried_by(journey);
  if (!flow_.connection_of(journey)) {
    if (!carried.empty()) return Part::kPlain;  // a datagram is its own message
    return layers_ == Layers::kSip ? Part::kHidden : Part::kPlain;
  }
  if (layers_ == Layers::kSip) return Part::kHidden;
  const bool is_unfolded =
      carried.empty() ? unfold_.which == Unfold::Which::kAll ||
                            (unfold_.which == Unfold::Which::kTrouble && flow_.IsLost(journey))
                      : std::any_of(carried.begin(), carried.end(),
                                    [&](size_t message) { return IsUnfolded(message); });
  return is_unfolded ? Part::kThin : Part::kFolded;
}

bool LayeredParts::ShowsTimer(absl::string_view owner, absl::string_view name,
                              bool has_fired) const {
  if (absl::StartsWith(owner, "sip connection ")) return has_fired;
  const bool is_of_transport = absl::StartsWith(owner, "tcp ") ||
                               absl::StartsWith(owner, "sctp ") || absl::StartsWith(owner, "tls ");
  if (!is_of_transport) return true;
  if (layers_ == Layers::kSip) return false;
  if (unfold_.which == Unfold::Which::kAll) return true;
  // What delays no message may stay folded.
  return has_fired && unfold_.which != Unfold::Which::kNone && name != "delayed ACK" &&
         name != "SACK" && name != "TIME-WAIT" && name != "heartbeat";
}

std::string LayeredParts::EventOf(size_t row) const {
  const FileRecord& record = flow_.model().trace()[row];
  return absl::StrCat(flow_.model().NodeName(NodeId{record.node}), ":", record.index);
}

void LayeredParts::Link(size_t journey, DisplayArrow& arrow) const {
  for (const size_t message : flow_.carried_by(journey)) {
    arrow.carries.push_back(flow_.messages()[message].number);
  }
  if (const auto connection = flow_.connection_of(journey)) {
    arrow.connection = flow_.connections().all()[*connection].number;
    const RunModel& model = flow_.model();
    const auto bytes = model.PacketBytes(model.trace()[model.journeys()[journey].record]);
    const match::PacketSource packet(bytes.stored, bytes.zeros);
    if (!packet.tcp()) return;
    const absl::string_view name =
        HandshakeName(flow_.connections().all()[*connection].transport, packet.payload());
    if (!name.empty()) absl::StrAppend(&arrow.label, ", ", name);
  } else if (arrow.carries.size() == 1) {
    arrow.message = arrow.carries[0];
    arrow.label = absl::StrCat("#", arrow.message, " ", arrow.label);
  }
}

std::vector<DisplayArrow> LayeredParts::Messages(SimTime from, SimTime until,
                                                 const ColumnOf& column_of) const {
  std::vector<DisplayArrow> arrows;
  for (size_t i = 0; i < flow_.messages().size(); ++i) {
    const SipMessage& message = flow_.messages()[i];
    if (!message.connection || message.handed_over < from || message.handed_over > until) continue;
    if (auto arrow = ArrowOf(i, column_of)) arrows.push_back(std::move(*arrow));
  }
  return arrows;
}

std::optional<DisplayArrow> LayeredParts::ArrowOf(size_t index, const ColumnOf& column_of) const {
  const SipMessage& message = flow_.messages()[index];
  const std::optional<int> from = column_of(message.from);
  const std::optional<int> to = message.to ? column_of(*message.to) : std::nullopt;
  if (!from || !to) return std::nullopt;
  DisplayArrow arrow;
  arrow.layer = ArrowLayer::kMessage;
  arrow.from = *from;
  arrow.to = *to;
  arrow.style = StyleOf(message);
  arrow.message = message.number;
  arrow.connection = flow_.connections().all()[*message.connection].number;
  arrow.label = absl::StrCat("#", message.number, " ", ShortSummary(message));
  arrow.note = flow_.InShort(index);
  arrow.summary = message.summary;
  arrow.event = EventOf(message.sent_row);
  arrow.sent = message.handed_over;
  for (const Carriage& carriage : flow_.carriages(index)) {
    arrow.carried_by.push_back(EventOf(flow_.model().journeys()[carriage.journey].record));
  }
  if (message.received) {
    arrow.ended = *message.received;
  } else {
    EndUnreceived(index, arrow);
  }
  return arrow;
}

// Ends where its last packet did, or at its maker if it never went into the connection.
void LayeredParts::EndUnreceived(size_t index, DisplayArrow& arrow) const {
  const SipMessage& message = flow_.messages()[index];
  const SipConnection& connection = flow_.connections().all()[*message.connection];
  arrow.ended = message.handed_over;
  const SipConnectionEnd* const crashed = connection.crashed();
  if (!connection.end_row && crashed == nullptr) {
    arrow.end = ArrowEnd::kUnderWay;
    for (const Carriage& carriage : flow_.carriages(index)) {
      arrow.ended =
          std::max(arrow.ended, flow_.model().journeys()[carriage.journey].ends.front().time);
    }
    return;
  }
  arrow.end = message.written ? ArrowEnd::kLost : ArrowEnd::kNotSent;
  arrow.cause = absl::StrCat("connection ", connection.number, " ");
  if (connection.end_row) {
    const FileRecord& why = flow_.model().trace()[*connection.end_row];
    absl::StrAppend(&arrow.cause, flow_.model().trace().label_name(why.reason));
  } else {
    absl::StrAppend(&arrow.cause, "forgotten by ", flow_.model().NodeName(crashed->node),
                    ": crash");
  }
  for (const Carriage& carriage : flow_.carriages(index)) {
    if (carriage.kind == CarriageKind::kAcknowledges) continue;
    arrow.ended = flow_.model().journeys()[carriage.journey].ends.front().time;
    break;
  }
}

std::string LayeredParts::Opening(const SipConnection& connection) const {
  const SipConnectionEnd& first = connection.ends.front();
  std::string text = absl::StrCat(connection.transport, " ", connection.number,
                                  first.is_opener ? " opened by " : " accepted by ",
                                  flow_.model().NodeName(first.node));
  if (first.is_opener && first.open) {
    absl::StrAppend(&text, ", ready after ", ToString(*first.open - first.begins));
  }
  return text;
}

std::string LayeredParts::Closing(const SipConnection& connection) const {
  const FileRecord& record = flow_.model().trace()[*connection.end_row];
  const SipConnectionEnd& first = connection.ends.front();
  const bool has_failed = first.is_opener && !first.open;
  return absl::StrCat(connection.transport, " ", connection.number,
                      has_failed ? " failed at " : " closed at ",
                      flow_.model().NodeName(NodeId{record.node}), ": ",
                      flow_.model().trace().label_name(record.reason));
}

std::vector<DisplayMark> LayeredParts::Marks(SimTime from, SimTime until,
                                             const ColumnOf& column_of) const {
  std::vector<DisplayMark> marks;
  for (size_t i = 0; i < flow_.connections().all().size(); ++i) {
    const SipConnection& connection = flow_.connections().all()[i];
    const SipConnectionEnd& first = connection.ends.front();
    const std::optional<int> a = column_of(first.node), b = column_of(first.peer);
    if (!a) continue;
    DisplayMark mark{.from = *a, .to = b.value_or(*a), .connection = connection.number};
    if (first.begins >= from && first.begins <= until) {
      mark.time = first.begins;
      mark.text = Opening(connection);
      mark.event = EventOf(first.states.front());
      for (const size_t journey : flow_.other_packets(i)) {
        mark.packets.push_back(EventOf(flow_.model().journeys()[journey].record));
      }
      marks.push_back(mark);
    }
    mark.is_closing = true;
    mark.packets.clear();
    for (const SipConnectionEnd& end : connection.ends) {
      if (!end.crash_row) continue;
      mark.time = flow_.model().trace()[*end.crash_row].time();
      if (mark.time < from || mark.time > until) continue;
      mark.text = absl::StrCat(connection.transport, " ", connection.number, " forgotten by ",
                               flow_.model().NodeName(end.node), ": crash");
      mark.event = EventOf(*end.crash_row);
      marks.push_back(mark);
    }
    if (!connection.end_row) continue;
    mark.time = flow_.model().trace()[*connection.end_row].time();
    if (mark.time < from || mark.time > until) continue;
    mark.text = Closing(connection);
    mark.event = EventOf(*connection.end_row);
    marks.push_back(std::move(mark));
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const DisplayMark& a, const DisplayMark& b) { return a.time < b.time; });
  return marks;
}

}  // namespace tickwire
