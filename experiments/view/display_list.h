// DisplayList: a ladder diagram, laid out, before any format: the one thing that the SVG and text
// writers, and later the GUI, TikZ and others, draw.
//
// Lengths are in tenths of a pixel at 96 dpi, integers, so that the same run gives the same bytes
// everywhere. Time runs downwards on one map for all columns, so that slopes are true delays; long
// waits are compressed, and marked where they are.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_DISPLAY_LIST_H_
#define TICKWIRE_EXPERIMENTS_VIEW_DISPLAY_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim_core/time/sim_time.h"

namespace tickwire {

using Tenths = int32_t;

struct DisplayColumn {
  std::string name;      // of the node
  std::string subtitle;  // its first address
  Tenths x = 0;          // of the lifeline
};

enum class ArrowStyle : uint8_t { kRequest, kProvisional, kSuccess, kFailure, kOther };
enum class ArrowEnd : uint8_t {
  kArrives,
  kLost,      // ends in an X at x1
  kRefused,   // arrives, and an X there: the node dropped it
  kUnderWay,  // the trace ends first
  kNotSent,   // an X at its maker: it never left
};

enum class ArrowLayer : uint8_t {
  kPacket,   // a ladder without layers has only these
  kMessage,  // a SIP message, from handing over to receipt
  kBeneath,  // a packet of a connection, beneath the messages that it carries
};

// Messages and packets know each other by `message` and `carries`, `event` and `carried_by`, so
// that who picks one can show the others.
struct DisplayArrow {
  int from = 0, to = 0;  // columns
  Tenths x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  ArrowStyle style = ArrowStyle::kOther;
  ArrowEnd end = ArrowEnd::kArrives;
  bool is_copy = false;  // made by the network, not by its sender
  int repetition = 0;    // badge "R1", "R2", ...; 0: none
  std::string label;     // short: "ACK"
  std::string summary;   // in full, for a tooltip
  int parallel = 0;      // how many earlier arrows run from here to there at the same times
  bool label_below = false;
  int lost_at = 600;   // kLost: how far it came, in thousandths of its way
  std::string cause;   // of the loss: "loss", "queue_full"
  std::string reason;  // why it was sent, for a tooltip
  std::string event;   // "alice:12"
  SimTime sent, ended;
  int label_slot = 50;  // where along the arrow the label sits, in percent
  ArrowLayer layer = ArrowLayer::kPacket;
  int message = 0;                      // number of the SIP message that this is; 0: none
  int connection = 0;                   // number of the SIP connection that it took; 0: none
  std::vector<int> carries;             // kBeneath: numbers of messages
  std::vector<std::string> carried_by;  // kMessage: events of packets
  std::string note;                     // kMessage: "TCP 1, 3 segments, 1 lost"
};

enum class TimerEndMark : uint8_t { kFired, kCancelled, kRestarted, kPending };

struct DisplayTimer {
  int column = 0;
  Tenths x = 0, y0 = 0, y1 = 0;
  Tenths label_y = 0;
  bool on_left = true;  // of its lifeline
  TimerEndMark end = TimerEndMark::kPending;
  std::string label;  // "A 500 ms"
  std::string owner;  // for a tooltip
  std::string rule;
  std::string event;
  SimTime set, ended;
};

// A wait that the axis shows shorter than it was.
struct DisplayBreak {
  Tenths y = 0;
  SimTime begin;
  Duration skipped;
  std::string text;  // rounded: "31.5 s"
};

// Where a SIP connection opens or closes; `packets` are those of its set-up and closing.
struct DisplayMark {
  int from = 0, to = 0;  // columns; the same if the other end has none
  Tenths y = 0;
  std::string text;  // "TCP 1 opened by alice, ready after 40 ms"
  bool is_closing = false;
  int connection = 0;
  SimTime time;
  std::string event;
  std::vector<std::string> packets;  // events
};

struct DisplayTimeMark {
  Tenths y = 0;
  std::string text;  // "0.500 s"
};

struct DisplayList {
  std::string title;
  std::string subtitle;
  std::string footer;
  Tenths width = 0, height = 0;
  Tenths top = 0, bottom = 0;  // of the lifelines
  Tenths axis_x = 0;           // right edge of the time marks
  std::vector<DisplayColumn> columns;
  std::vector<DisplayArrow> arrows;  // by time and event
  std::vector<DisplayArrow> folded;  // kBeneath; drawn when their message is unfolded
  std::vector<DisplayMark> marks;    // by time
  std::vector<DisplayTimer> timers;
  std::vector<DisplayBreak> breaks;
  std::vector<DisplayTimeMark> time_marks;
  size_t left_out = 0;  // arrows beyond LadderOptions::most_arrows
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_DISPLAY_LIST_H_
