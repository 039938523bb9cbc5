#include "experiments/export/text_ladder.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "experiments/view/time_axis.h"

namespace tickwire {
namespace {

constexpr size_t kTimeWidth = 14;
// Two columns may be wider than more, of which a line of a terminal holds fewer.
constexpr size_t kLeastColumn = 28, kMostColumn = 56, kMostOfTwo = 76;

// A line of cells, each one character wide on a terminal.
class Canvas {
 public:
  explicit Canvas(size_t width) : cells_(width, " ") {}
  void Put(size_t at, const std::string& cell) {
    if (at < cells_.size()) cells_[at] = cell;
  }
  void Text(size_t at, const std::string& ascii) {
    for (size_t i = 0; i < ascii.size(); ++i) {
      if (at + i >= cells_.size()) cells_.resize(at + i + 1, " ");
      cells_[at + i] = std::string(1, ascii[i]);
    }
  }
  std::string ToLine() const {
    std::string line;
    size_t end = cells_.size();
    while (end > 0 && cells_[end - 1] == " ") --end;
    for (size_t i = 0; i < end; ++i) line += cells_[i];
    return line + "\n";
  }

 private:
  std::vector<std::string> cells_;
};

struct Glyphs {
  const char *life, *line, *response, *right, *left, *lost, *gap, *fired;
  const char *message, *beneath, *mark;  // lines of a ladder with layers
};
constexpr Glyphs kUnicode = {"│", "─", "╌", "▶", "◀", "✕", "┊", "●", "━", "┈", "·"};
constexpr Glyphs kAscii = {"|", "-", "-", ">", "<", "X", ":", "*", "=", "-", "."};

class Writer {
 public:
  Writer(const DisplayList& list, const TextLadderOptions& options);
  std::string Run();

 private:
  size_t At(int column) const { return kTimeWidth + 4 + static_cast<size_t>(column) * width_; }
  Canvas NewLine(const std::string& time) const;
  void Heads();
  void Arrow(const DisplayArrow& arrow);
  void Fired(const DisplayTimer& timer);
  void Mark(const DisplayMark& mark);
  void Wait(Duration skipped);
  std::string LabelOf(const DisplayArrow& arrow) const;
  static std::string TimeOf(SimTime time);

  const DisplayList& list_;
  const Glyphs& glyphs_;
  size_t width_;
  std::string out_;
};

Writer::Writer(const DisplayList& list, const TextLadderOptions& options)
    : list_(list), glyphs_(options.ascii ? kAscii : kUnicode), width_(options.column_width) {
  if (width_ != 0) return;
  width_ = kLeastColumn;
  for (const DisplayArrow& arrow : list.arrows) {
    width_ = std::max(width_, LabelOf(arrow).size() + 8);
  }
  for (const DisplayMark& mark : list.marks) width_ = std::max(width_, mark.text.size() + 8);
  width_ = std::min(width_, list.columns.size() == 2 ? kMostOfTwo : kMostColumn);
}

std::string Writer::TimeOf(SimTime time) {
  std::string text = ToSecondsString(time);
  text.resize(text.size() - 3);  // microseconds
  return text;
}

std::string Writer::LabelOf(const DisplayArrow& arrow) const {
  return absl::StrCat(arrow.label, arrow.note.empty() ? "" : absl::StrCat(" (", arrow.note, ")"),
                      arrow.is_copy ? " (duplicate)" : "",
                      arrow.repetition > 0 ? absl::StrCat(" R", arrow.repetition) : "");
}

Canvas Writer::NewLine(const std::string& time) const {
  Canvas canvas(At(static_cast<int>(list_.columns.size())));
  if (time.size() < kTimeWidth) canvas.Text(kTimeWidth - time.size(), time);
  for (size_t c = 0; c < list_.columns.size(); ++c) {
    canvas.Put(At(static_cast<int>(c)), glyphs_.life);
  }
  return canvas;
}

void Writer::Heads() {
  Canvas names(At(static_cast<int>(list_.columns.size())));
  Canvas addresses = names;
  for (size_t c = 0; c < list_.columns.size(); ++c) {
    const auto center = [&](Canvas& canvas, const std::string& text) {
      const size_t at = At(static_cast<int>(c));
      canvas.Text(at - std::min(at, text.size() / 2), text);
    };
    center(names, list_.columns[c].name);
    center(addresses, list_.columns[c].subtitle);
  }
  out_ += names.ToLine() + addresses.ToLine();
}

void Writer::Arrow(const DisplayArrow& arrow) {
  Canvas line = NewLine(TimeOf(arrow.sent));
  const size_t from = At(arrow.from), to = At(arrow.to);
  const bool rightwards = to >= from;
  const bool is_response = arrow.style != ArrowStyle::kRequest && arrow.style != ArrowStyle::kOther;
  const char* dash = arrow.layer == ArrowLayer::kMessage   ? glyphs_.message
                     : arrow.layer == ArrowLayer::kBeneath ? glyphs_.beneath
                     : is_response                         ? glyphs_.response
                                                           : glyphs_.line;
  const bool lost = arrow.end == ArrowEnd::kLost || arrow.end == ArrowEnd::kNotSent;
  const size_t left = std::min(from, to), right = std::max(from, to);
  std::string label = LabelOf(arrow);
  if (left == right) {
    line.Text(left + 2, absl::StrCat("(to itself) ", label));
    out_ += line.ToLine();
    return;
  }
  const size_t width = right - left;
  const size_t room = width - 6;
  if (label.size() > room) label = label.substr(0, room - 2) + "..";
  // A lost packet's line ends where it was lost. Its label stands on the line if there is room,
  // else beyond the X if there is, else the line grows to hold it.
  size_t length = width;
  size_t label_at = (width - label.size()) / 2 - 1;  // from the line's begin, in its direction
  if (lost) {
    length = std::max<size_t>(3, width * static_cast<size_t>(arrow.lost_at) / 1000);
    if (length >= label.size() + 5) {
      label_at = (length - label.size()) / 2;
    } else if (width - length >= label.size() + 4) {
      label_at = length + 1;
    } else {
      length = std::min(width - 2, (width + label.size()) / 2 + 2);
    }
  }
  const auto at = [&](size_t distance) { return rightwards ? left + distance : right - distance; };
  for (size_t distance = 1; distance < length; ++distance) line.Put(at(distance), dash);
  const size_t label_left =
      rightwards || !lost ? left + label_at : right - label_at - label.size() - 1;
  line.Text(label_left, absl::StrCat(" ", label, " "));
  if (lost) {
    line.Put(at(length), glyphs_.lost);
  } else if (arrow.end != ArrowEnd::kUnderWay) {
    line.Put(rightwards ? right - 1 : left + 1, rightwards ? glyphs_.right : glyphs_.left);
  }
  std::string text = line.ToLine();
  text.pop_back();
  switch (arrow.end) {
    case ArrowEnd::kArrives:
      absl::StrAppend(&text, "  +", ToString(arrow.ended - arrow.sent));
      break;
    case ArrowEnd::kLost:
      absl::StrAppend(&text, "  lost: ", arrow.cause);
      break;
    case ArrowEnd::kRefused:
    case ArrowEnd::kNotSent:
      absl::StrAppend(&text, "  dropped: ", arrow.cause);
      break;
    case ArrowEnd::kUnderWay:
      absl::StrAppend(&text, "  under way at the end");
      break;
  }
  out_ += text + "\n";
}

void Writer::Fired(const DisplayTimer& timer) {
  Canvas line = NewLine(TimeOf(timer.ended));
  line.Put(At(timer.column), glyphs_.fired);
  line.Text(At(timer.column) + 2, absl::StrCat("timer ", timer.label, " fires "));
  out_ += line.ToLine();
}

void Writer::Mark(const DisplayMark& mark) {
  Canvas line = NewLine(TimeOf(mark.time));
  const size_t left = At(std::min(mark.from, mark.to));
  const size_t right =
      mark.from == mark.to ? left + mark.text.size() + 6 : At(std::max(mark.from, mark.to));
  std::string text = mark.text;
  const size_t room = right - left - 6;
  if (text.size() > room) text = text.substr(0, room - 2) + "..";
  for (size_t at = left + 1; at < right; ++at) line.Put(at, glyphs_.mark);
  line.Text(left + (right - left - text.size()) / 2 - 1, absl::StrCat(" ", text, " "));
  out_ += line.ToLine();
}

void Writer::Wait(Duration skipped) {
  const std::string text = WaitText(skipped);
  Canvas line(At(static_cast<int>(list_.columns.size())));
  line.Text(kTimeWidth - std::min(kTimeWidth, text.size()), text);
  for (size_t c = 0; c < list_.columns.size(); ++c) {
    line.Put(At(static_cast<int>(c)), glyphs_.gap);
  }
  out_ += line.ToLine();
}

std::string Writer::Run() {
  // One row for each thing, in the order of time, then as in the drawing.
  struct Row {
    SimTime time;
    int rank;  // timers that fire, connections, then what they cause, then waits
    Tenths y;
    size_t index;
  };
  std::vector<Row> rows;
  for (size_t i = 0; i < list_.timers.size(); ++i) {
    const DisplayTimer& timer = list_.timers[i];
    if (timer.end == TimerEndMark::kFired) rows.push_back({timer.ended, 0, timer.y1, i});
  }
  for (size_t i = 0; i < list_.marks.size(); ++i) {
    rows.push_back({list_.marks[i].time, 1, list_.marks[i].y, i});
  }
  for (size_t i = 0; i < list_.arrows.size(); ++i) {
    rows.push_back({list_.arrows[i].sent, 2, list_.arrows[i].y0, i});
  }
  for (size_t i = 0; i < list_.breaks.size(); ++i) {
    rows.push_back({list_.breaks[i].begin, 3, list_.breaks[i].y, i});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(a.time, a.rank, a.y) < std::tuple(b.time, b.rank, b.y);
  });
  // A wait that only an arrival ends has no row below it: it is one with the next, or the end.
  while (!rows.empty() && rows.back().rank == 3) rows.pop_back();
  out_ = list_.title + "\n\n";
  if (!list_.subtitle.empty()) out_ += list_.subtitle + "\n";
  Heads();
  Duration waited;
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t index = rows[i].index;
    if (rows[i].rank == 0) Fired(list_.timers[index]);
    if (rows[i].rank == 1) Mark(list_.marks[index]);
    if (rows[i].rank == 2) Arrow(list_.arrows[index]);
    if (rows[i].rank == 3) {
      waited = waited + list_.breaks[index].skipped;
      if (rows[i + 1].rank == 3) continue;
      Wait(waited);
      waited = Duration();
    }
  }
  if (list_.left_out > 0) {
    absl::StrAppend(&out_, "(", list_.left_out, " later packets are left out)\n");
  }
  return std::move(out_);
}

}  // namespace

std::string TextLadder(const DisplayList& list, const TextLadderOptions& options) {
  return Writer(list, options).Run();
}

}  // namespace tickwire
