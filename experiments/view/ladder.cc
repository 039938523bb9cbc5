#include "experiments/view/ladder.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "experiments/view/arrow_rows.h"
#include "experiments/view/label_slots.h"
#include "experiments/view/printable.h"
#include "experiments/view/sctp_flow_view.h"
#include "experiments/view/time_axis.h"
#include "experiments/view/timer_lanes.h"
#include "topologies/literals.h"

namespace tickwire {
namespace {

constexpr Tenths kTop = 1180;        // below title and column heads
constexpr Tenths kAxisRight = 820;   // right edge of the time marks
constexpr Tenths kArrowSpan = 3300;  // between two lifelines, beside brackets, at least
constexpr Tenths kMostArrowSpan = 5200;
constexpr Tenths kLetterWidth = 72;  // of an arrow's label, on average
constexpr Tenths kCauseLetter = 64;  // of why something was refused
constexpr Tenths kMargin = 300;
constexpr Tenths kTail = 350;
constexpr Tenths kFooter = 900;
constexpr Tenths kLeastMarkDistance = 130;
constexpr Tenths kMarkRoom = 170;
constexpr Tenths kFoldedOffset = 60;  // below its message
constexpr Duration kLeastBreak = Duration::Millis(400);

ArrowStyle StyleOf(const Journey& journey) {
  if (!journey.is_sip || journey.is_of_connection) return ArrowStyle::kOther;
  if (journey.summary.empty() || journey.summary[0] < '0' || journey.summary[0] > '9') {
    return ArrowStyle::kRequest;
  }
  if (journey.summary[0] == '1') return ArrowStyle::kProvisional;
  if (journey.summary[0] == '2') return ArrowStyle::kSuccess;
  return ArrowStyle::kFailure;
}

TimerEndMark MarkOf(TimerLife::End end) {
  switch (end) {
    case TimerLife::End::kFired:
      return TimerEndMark::kFired;
    case TimerLife::End::kCancelled:
      return TimerEndMark::kCancelled;
    case TimerLife::End::kRestarted:
      return TimerEndMark::kRestarted;
    case TimerLife::End::kPending:
      return TimerEndMark::kPending;
  }
  return TimerEndMark::kPending;
}

// Of several paths, the one that the timer of `owner`, "sctp 6000 path 10.0.2.2:5000", is about.
std::string PathOfTimer(const RunModel& model, absl::string_view owner) {
  const size_t path = owner.find(" path ");
  const size_t port = owner.rfind(':');
  if (path == owner.npos || port == owner.npos || port < path + 6) return "";
  std::string address(owner.substr(path + 6, port - path - 6));
  if (absl::StartsWith(address, "[") && absl::EndsWith(address, "]")) {
    address = address.substr(1, address.size() - 2);
  }
  return model.IsFurtherAddress(address) ? absl::StrCat(" of ", address) : "";
}

// Requests within a dialog go to a Contact that says nothing new: their method is enough.
std::string LabelOf(const Journey& journey) {
  if (!journey.is_sip || journey.is_of_connection) return WithoutInnerChunks(journey.summary);
  for (const char* method : {"ACK", "BYE", "CANCEL", "PRACK", "UPDATE"}) {
    if (absl::StartsWith(journey.summary, absl::StrCat(method, " "))) return method;
  }
  return journey.summary;
}

// Seconds to the microsecond, at least three digits.
std::string TimeText(SimTime time) {
  const SimTime rounded = SimTime::FromNanos((time.nanos() + 500) / 1000 * 1000);
  std::string text = ToSecondsString(rounded);
  text.resize(text.size() - 3);
  if (text.ends_with("000")) text.resize(text.size() - 3);
  return text + " s";
}

// Drawn delays (of heartbeats, of jittered timers) have more digits than a picture needs.
std::string DelayText(Duration delay) {
  const int64_t unit = delay >= Duration::Seconds(1) ? 1'000'000 : 1'000;
  return ToString(Duration::Nanos((delay.nanos() + unit / 2) / unit * unit));
}

class Layout {
 public:
  Layout(const RunModel& model, const LadderOptions& options) : model_(model), options_(options) {
    if (options.flow != nullptr && options.layers != Layers::kTransport) {
      parts_.emplace(*options.flow, options.layers, options.unfold);
    }
  }
  DisplayList Run();

 private:
  void ChooseColumns();
  void AddArrows();
  bool IsShown(const Journey& journey) const;
  LayeredParts::Part PartOf(const Journey& journey) const;
  void AddArrow(const Journey& journey, size_t which, LayeredParts::Part part);
  void AddMessages();
  void AddMarkMoments(std::vector<TimeAxis::Moment>& moments) const;
  void PlaceMarksAndFolded(const TimeAxis& axis);
  void PlaceAcross(DisplayArrow& arrow) const;
  void AddTimers();
  Tenths CauseLeftOfFirst() const;
  void PlaceColumns();
  Tenths SpanForLabels() const;
  void PlaceTimeMarks();
  std::optional<int> ColumnOf(NodeId node) const;
  // How long a packet from `node` would have been under way: the delay of the link that it took.
  Duration DelayFrom(const Journey& journey) const;
  int HopsOf(const Journey& journey) const;
  int LostAt(const Journey& journey, const JourneyEnd& end) const;
  std::string AddressOf(const std::string& node) const;

  const RunModel& model_;
  const LadderOptions& options_;
  std::optional<LayeredParts> parts_;
  DisplayList list_;
  std::map<NodeId, int> columns_;
  std::map<std::pair<NodeId, NodeId>, int>
      hops_;  // the most links seen from one node towards another
  TimerLanes timer_lanes_;
};

std::optional<int> Layout::ColumnOf(NodeId node) const {
  const auto it = columns_.find(node);
  if (it == columns_.end()) return std::nullopt;
  return it->second;
}

// How many links lie between a packet's maker and where it goes, as far as any packet has shown.
int Layout::HopsOf(const Journey& journey) const {
  const auto known = hops_.find({journey.from, journey.towards.value_or(NodeId{})});
  return known == hops_.end() ? 1 : known->second;
}

// Where on its way a packet was lost, in thousandths: on the link that lost it, at three fifths.
int Layout::LostAt(const Journey& journey, const JourneyEnd& end) const {
  const int all = std::max(HopsOf(journey), end.hops + 1);
  return (end.hops * 1000 + 600) / all;
}

std::string Layout::AddressOf(const std::string& node) const {
  for (const scenario::Node& config : model_.scenario().node()) {
    if (config.name() != node) continue;
    for (const scenario::Interface& interface : config.interface()) {
      if (interface.address_size() > 0) {
        const std::string& address = interface.address(0);
        return address.substr(0, address.find('/'));
      }
    }
  }
  return "";
}

void Layout::ChooseColumns() {
  std::vector<NodeId> order;
  const auto add = [&](NodeId node) {
    if (std::find(order.begin(), order.end(), node) == order.end()) order.push_back(node);
  };
  if (!options_.columns.empty()) {
    for (const std::string& name : options_.columns) {
      for (uint32_t id = 1; id <= model_.trace().node_count(); ++id) {
        if (model_.NodeName(NodeId{id}) == name) add(NodeId{id});
      }
    }
  } else {
    std::set<NodeId> ends;
    for (const Journey& journey : model_.journeys()) {
      if (!IsShown(journey)) continue;
      ends.insert(journey.from);
      if (journey.towards) ends.insert(*journey.towards);
    }
    // In the order of their first packet; those on its way after the one before them. Who only
    // forwards has no column, and must not count as a neighbour: all are neighbours of the hub of a
    // star.
    for (const Journey& journey : model_.journeys()) {
      if (!IsShown(journey)) continue;
      std::vector<NodeId> path;
      const auto pass = [&](NodeId node) {
        if (ends.contains(node) && (path.empty() || path.back() != node)) path.push_back(node);
      };
      pass(journey.from);
      for (size_t record : journey.sent_records) pass(NodeId{model_.trace()[record].node});
      for (const JourneyEnd& end : journey.ends) {
        if (end.kind == JourneyEnd::Kind::kDelivered) pass(end.node);
      }
      if (journey.towards) pass(*journey.towards);
      for (size_t i = 0; i < path.size(); ++i) {
        if (std::find(order.begin(), order.end(), path[i]) != order.end()) continue;
        const bool is_between = i > 0 && i + 1 < path.size();
        order.insert(
            is_between ? std::find(order.begin(), order.end(), path[i - 1]) + 1 : order.end(),
            path[i]);
      }
    }
    // Nobody said anything: show who there is.
    if (order.empty()) {
      for (uint32_t id = 1; id <= model_.trace().node_count(); ++id) add(NodeId{id});
    }
  }
  for (NodeId node : order) {
    columns_[node] = static_cast<int>(list_.columns.size());
    const std::string name = model_.NodeName(node);
    list_.columns.push_back({.name = name, .subtitle = AddressOf(name)});
  }
}

Duration Layout::DelayFrom(const Journey& journey) const {
  const TraceReader& trace = model_.trace();
  const FileRecord& record = trace[journey.record];
  const std::string end = absl::StrCat(trace.node_name(journey.from), "/",
                                       trace.entity_name(journey.from, record.entity));
  for (const scenario::Link& link : model_.scenario().link()) {
    if (link.a() != end && link.b() != end) continue;
    const auto delay = ParseDuration(link.delay());
    if (delay.ok()) return *delay;
  }
  return Duration::Millis(1);
}

bool Layout::IsShown(const Journey& journey) const {
  // Of a talk spurt its two ends are enough.
  if (journey.media && journey.media->place == MediaPacket::Place::kInner) return false;
  return journey.sent >= options_.from && journey.sent <= options_.until &&
         (!options_.wants || options_.wants(journey));
}

LayeredParts::Part Layout::PartOf(const Journey& journey) const {
  if (!parts_) return LayeredParts::Part::kPlain;
  return parts_->PartOf(static_cast<size_t>(&journey - model_.journeys().data()));
}

void Layout::AddArrow(const Journey& journey, size_t which, LayeredParts::Part part) {
  const JourneyEnd& end = journey.ends[which];
  // Another end of the same crossing of a link is a copy; of another, a piece that a router cut
  // off.
  const bool is_copy =
      std::any_of(journey.ends.begin(), journey.ends.begin() + static_cast<std::ptrdiff_t>(which),
                  [&](const JourneyEnd& other) { return other.sent && other.sent == end.sent; });
  const std::optional<int> from = ColumnOf(journey.from);
  if (!from) return;
  DisplayArrow arrow;
  arrow.from = *from;
  arrow.style = StyleOf(journey);
  arrow.summary = journey.summary;
  arrow.label = LabelOf(journey);
  if (which > 0 && !is_copy) arrow.label += ", next piece";
  arrow.repetition = journey.repetition;
  arrow.is_copy = is_copy;
  arrow.reason = model_.CauseOf(journey);
  const FileRecord& record = model_.trace()[journey.record];
  arrow.event = absl::StrCat(model_.NodeName(journey.from), ":", record.index);
  arrow.sent = journey.sent;
  arrow.ended = end.time;
  const NodeId towards = journey.towards.value_or(end.node);
  std::optional<int> to = ColumnOf(end.kind == JourneyEnd::Kind::kDelivered ? end.node : towards);
  if (!to) to = ColumnOf(towards);
  if (!to) return;
  arrow.to = *to;
  const auto cause_of = [&](std::optional<size_t> drop) {
    if (!drop) return std::string();
    const absl::string_view name = model_.trace().label_name(model_.trace()[*drop].label);
    return absl::StrReplaceAll(name, {{"_", " "}});
  };
  switch (end.kind) {
    case JourneyEnd::Kind::kDelivered:
      arrow.end = end.refused ? ArrowEnd::kRefused : ArrowEnd::kArrives;
      arrow.cause = cause_of(end.refused);
      break;
    case JourneyEnd::Kind::kLost:
      arrow.end = end.left ? ArrowEnd::kLost : ArrowEnd::kNotSent;
      arrow.cause = cause_of(end.record);
      arrow.lost_at = LostAt(journey, end);
      if (end.record && HopsOf(journey) > 1) {
        const std::string link = model_.LinkOf(model_.trace()[*end.record]);
        if (!link.empty()) absl::StrAppend(&arrow.cause, " on ", link);
      }
      // The X lies where the packet would have been after three fifths of its way.
      if (end.left) {
        arrow.ended = std::max(end.time, journey.sent + DelayFrom(journey) * 3 / 5);
      }
      break;
    case JourneyEnd::Kind::kUnderWay:
      arrow.end = ArrowEnd::kUnderWay;
      break;
  }
  if (parts_) parts_->Link(static_cast<size_t>(&journey - model_.journeys().data()), arrow);
  if (part != LayeredParts::Part::kPlain) arrow.layer = ArrowLayer::kBeneath;
  (part == LayeredParts::Part::kFolded ? list_.folded : list_.arrows).push_back(std::move(arrow));
}

// Each before the packets that begin at its moment.
void Layout::AddMessages() {
  if (!parts_) return;
  SimTime until = options_.until;
  if (list_.left_out > 0 && !model_.journeys().empty()) {
    until = std::min(until, model_.journeys().back().sent);
  }
  const auto column_of = [&](NodeId node) { return ColumnOf(node); };
  std::vector<DisplayArrow> messages = parts_->Messages(options_.from, until, column_of);
  list_.marks = parts_->Marks(options_.from, until, column_of);
  std::move(messages.begin(), messages.end(), std::back_inserter(list_.arrows));
  std::stable_sort(list_.arrows.begin(), list_.arrows.end(),
                   [](const DisplayArrow& a, const DisplayArrow& b) {
                     const bool a_is_below = a.layer != ArrowLayer::kMessage;
                     const bool b_is_below = b.layer != ArrowLayer::kMessage;
                     return std::pair(a.sent, a_is_below) < std::pair(b.sent, b_is_below);
                   });
}

// Marks stand above the labels of what begins at their moment, one above the other.
void Layout::AddMarkMoments(std::vector<TimeAxis::Moment>& moments) const {
  for (size_t i = 0; i < list_.marks.size(); ++i) {
    Tenths room = ArrowRows::kArrowRoom;
    for (size_t j = i + 1; j > 0 && list_.marks[j - 1].time == list_.marks[i].time; --j) {
      room += kMarkRoom;
    }
    moments.push_back({list_.marks[i].time, room});
  }
}

void Layout::PlaceMarksAndFolded(const TimeAxis& axis) {
  for (size_t i = list_.marks.size(); i > 0; --i) {
    DisplayMark& mark = list_.marks[i - 1];
    const bool is_last = i == list_.marks.size() || list_.marks[i].time != mark.time;
    mark.y = is_last ? axis.Y(mark.time) - ArrowRows::kArrowRoom - kMarkRoom / 3
                     : list_.marks[i].y - kMarkRoom;
  }
  for (DisplayArrow& arrow : list_.folded) {
    arrow.y0 = axis.Y(arrow.sent) + kFoldedOffset;
    arrow.y1 = axis.Y(arrow.ended) + kFoldedOffset;
    arrow.label_below = true;
  }
}

void Layout::AddArrows() {
  for (const Journey& journey : model_.journeys()) {
    int& most = hops_[{journey.from, journey.towards.value_or(NodeId{})}];
    for (const JourneyEnd& end : journey.ends) {
      most = std::max(most, end.kind == JourneyEnd::Kind::kDelivered ? end.hops : end.hops + 1);
    }
  }
  for (const Journey& journey : model_.journeys()) {
    if (!IsShown(journey)) continue;
    if (list_.arrows.size() >= options_.most_arrows) {
      ++list_.left_out;
      continue;
    }
    const LayeredParts::Part part = PartOf(journey);
    if (part == LayeredParts::Part::kHidden) continue;
    for (size_t end = 0; end < journey.ends.size(); ++end) AddArrow(journey, end, part);
  }
}

void Layout::AddTimers() {
  if (!options_.with_timers) return;
  const TraceReader& trace = model_.trace();
  for (const TimerLife& timer : model_.timers()) {
    const std::optional<int> column = ColumnOf(timer.node);
    if (!column || timer.set < options_.from || timer.set > options_.until) continue;
    if (list_.left_out > 0 && !list_.arrows.empty() && timer.set > list_.arrows.back().sent) {
      continue;
    }
    // Where no time passed there is nothing to show; what has no rule is an application's pace.
    if (trace.label_rule(timer.label).empty() || timer.delay == Duration() ||
        timer.ended == timer.set)
      continue;
    DisplayTimer shown;
    shown.column = *column;
    shown.end = MarkOf(timer.end);
    shown.owner = std::string(trace.entity_name(timer.node, timer.entity));
    if (parts_ && !parts_->ShowsTimer(shown.owner, trace.label_name(timer.label),
                                      timer.end == TimerLife::End::kFired)) {
      continue;
    }
    shown.label = absl::StrCat(trace.label_name(timer.label), PathOfTimer(model_, shown.owner), " ",
                               DelayText(timer.delay));
    shown.rule = std::string(trace.label_rule(timer.label));
    shown.event = absl::StrCat(model_.NodeName(timer.node), ":", trace[timer.set_record].index);
    shown.set = timer.set;
    shown.ended = timer.ended;
    if (timer.ended > options_.until) {
      shown.ended = options_.until;
      shown.end = TimerEndMark::kPending;
    }
    list_.timers.push_back(std::move(shown));
  }
}

// So that the longest label fits beside its arrow's ends.
Tenths Layout::SpanForLabels() const {
  Tenths span = kArrowSpan;
  for (const DisplayArrow& arrow : list_.arrows) {
    const int columns = std::max(1, std::abs(arrow.to - arrow.from));
    const size_t note = arrow.note.empty() ? 0 : arrow.note.size() + 2;
    const Tenths label = static_cast<Tenths>(arrow.label.size() + note) * kLetterWidth + 500;
    span = std::max(span, label / columns);
  }
  return std::min(span, kMostArrowSpan);
}

// Why the first node refused something stands on its left.
Tenths Layout::CauseLeftOfFirst() const {
  size_t longest = 0;
  for (const DisplayArrow& arrow : list_.arrows) {
    if (arrow.end != ArrowEnd::kRefused || arrow.to != 0 || arrow.from == 0) continue;
    longest = std::max(longest, arrow.cause.size() + 10);
  }
  return static_cast<Tenths>(longest) * kCauseLetter;
}

void Layout::PlaceColumns() {
  const size_t n = list_.columns.size();
  const Tenths span = SpanForLabels();
  Tenths x = kAxisRight + kMargin;
  for (size_t c = 0; c < n; ++c) {
    const bool on_left = n == 1 || c + 1 < n;  // the last column has them on its outer side
    const Tenths brackets = timer_lanes_.Width(static_cast<int>(c));
    if (on_left) x += brackets;
    if (c == 0) x += std::max(Tenths{450}, CauseLeftOfFirst() - brackets);
    list_.columns[c].x = x;
    x += span;
    if (c + 1 == n) {
      x = list_.columns[c].x + 450 + (on_left ? 0 : brackets) + kMargin;
    }
  }
  // Room for the cause beside what the last node refused.
  if (std::any_of(list_.arrows.begin(), list_.arrows.end(), [&](const DisplayArrow& arrow) {
        return arrow.end == ArrowEnd::kRefused && arrow.to + 1 == static_cast<int>(n);
      })) {
    x += 1200;
  }
  list_.width = std::max(x, Tenths{5200});
  for (size_t i = 0; i < list_.timers.size(); ++i) {
    DisplayTimer& timer = list_.timers[i];
    timer.on_left = n == 1 || timer.column + 1 < static_cast<int>(n);
    const Tenths offset = timer_lanes_.Offset(timer.column, timer_lanes_.of_timer[i]);
    timer.x = list_.columns[timer.column].x + (timer.on_left ? -offset : offset);
  }
  for (DisplayArrow& arrow : list_.arrows) PlaceAcross(arrow);
  for (DisplayArrow& arrow : list_.folded) PlaceAcross(arrow);
}

void Layout::PlaceAcross(DisplayArrow& arrow) const {
  arrow.x0 = list_.columns[arrow.from].x;
  const Tenths target = list_.columns[arrow.to].x;
  arrow.x1 = target;
  if (arrow.end == ArrowEnd::kLost) {
    arrow.x1 = arrow.x0 + static_cast<Tenths>(int64_t{target - arrow.x0} * arrow.lost_at / 1000);
  }
  if (arrow.end == ArrowEnd::kNotSent) arrow.x1 = arrow.x0 + (target > arrow.x0 ? 250 : -250);
  if (arrow.end == ArrowEnd::kUnderWay) arrow.x1 = arrow.x0 + (target - arrow.x0) * 3 / 4;
}

void Layout::PlaceTimeMarks() {
  std::vector<std::pair<Tenths, SimTime>> moments;
  for (const DisplayArrow& arrow : list_.arrows) moments.emplace_back(arrow.y0, arrow.sent);
  for (const DisplayTimer& timer : list_.timers) {
    if (timer.end == TimerEndMark::kFired) moments.emplace_back(timer.y1, timer.ended);
  }
  std::sort(moments.begin(), moments.end());
  for (const auto& [y, time] : moments) {
    if (!list_.time_marks.empty() && y - list_.time_marks.back().y < kLeastMarkDistance) continue;
    std::string text = TimeText(time);
    if (!list_.time_marks.empty() && text == list_.time_marks.back().text) continue;
    list_.time_marks.push_back({y, std::move(text)});
  }
}

DisplayList Layout::Run() {
  list_.title = Printable(model_.scenario().title());
  list_.subtitle =
      model_.trace().is_complete() ? "" : "The trace was cut short: this is its beginning.";
  list_.footer = Printable(options_.footer);
  list_.axis_x = kAxisRight;
  list_.left_out = model_.left_out();
  ChooseColumns();
  AddArrows();
  AddMessages();
  AddTimers();
  ArrowRows rows(list_.arrows);
  std::vector<TimeAxis::Moment> moments = {{options_.from, 0}};
  rows.AddMoments(moments);
  AddMarkMoments(moments);
  for (const DisplayTimer& timer : list_.timers) {
    moments.push_back({timer.set, 0});
    moments.push_back({timer.ended, ArrowRows::kTimerRoom});
  }
  if (!list_.arrows.empty()) moments.erase(moments.begin());
  const TimeAxis axis(std::move(moments), kTop + 100);
  rows.Place(axis);
  PlaceMarksAndFolded(axis);
  for (DisplayTimer& timer : list_.timers) {
    timer.y0 = axis.Y(timer.set);
    timer.y1 = axis.Y(timer.ended);
  }
  timer_lanes_ = AssignTimerLanes(list_.timers, list_.columns.size());
  PlaceColumns();
  PlaceTimeMarks();
  ChooseLabelSlots(list_.arrows);
  list_.breaks = axis.Breaks(kLeastBreak);
  list_.top = kTop;
  list_.bottom = axis.bottom() + kTail;
  list_.height = list_.bottom + kFooter;
  return std::move(list_);
}

}  // namespace

DisplayList LayOutLadder(const RunModel& model, const LadderOptions& options) {
  return Layout(model, options).Run();
}

}  // namespace tickwire
