#include "experiments/export/svg_ladder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace tickwire {
namespace {

// Okabe and Ito's palette, whose hues stay apart for colour-blind eyes.
constexpr char kStyle[] = R"(
text{font-family:"DejaVu Sans",Verdana,Arial,sans-serif;fill:#1a1a1a}
.bg{fill:#fff}
.title{font-size:17px;font-weight:bold}
.sub{font-size:12px;fill:#555}
.head{fill:#f2f2f2;stroke:#333;stroke-width:1.2}
.name{font-size:14px;font-weight:bold;text-anchor:middle}
.addr{font-size:10.5px;fill:#555;text-anchor:middle}
.life{stroke:#777;stroke-width:1.3}
.time{font-size:10.5px;fill:#555;text-anchor:end}
.grid{stroke:#ddd;stroke-width:.7}
.gap{font-size:10px;fill:#777;text-anchor:end;font-style:italic}
.gapline{stroke:#bbb;stroke-width:1;stroke-dasharray:1 4}
.halo{fill:#fff}
.m{stroke-width:1.7;fill:none}
.req{stroke:#0072B2}.prov{stroke:#6b6b6b;stroke-dasharray:6 3}
.ok{stroke:#00815f;stroke-dasharray:12 3}.bad{stroke:#b04a00;stroke-dasharray:12 3 2 3}
.oth{stroke:#333}
.again{stroke-width:1.1}
.msg{stroke-width:2.8}.seg{stroke-width:.9}
.segl{font-size:10px;fill:#444}.note{font-size:10px;fill:#555}
.fold{display:none}.fold.on{display:inline}
.on .seg{stroke-width:2.2;stroke:#D55E00}.on .msg{stroke-width:4.6}.on .lab{font-weight:bold}
.pick{cursor:pointer}
.mark{stroke:#777;stroke-width:.9;stroke-dasharray:2 3}
.markt{font-size:10.5px;fill:#555;text-anchor:middle;font-style:italic;paint-order:stroke;stroke:#fff;stroke-width:3px}
.freq{fill:#0072B2}.fprov{fill:#6b6b6b}.fok{fill:#00815f}.fbad{fill:#b04a00}.foth{fill:#333}
.lab{font-size:11.5px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px}
.badge{fill:#1a1a1a}
.badget{font-size:9.5px;font-weight:bold;fill:#fff;text-anchor:middle}
.x{stroke:#b00020;stroke-width:2.6;stroke-linecap:round}
.cause{font-size:10.5px;fill:#b00020;paint-order:stroke;stroke:#fff;stroke-width:3px}
.t{stroke:#8a5a8f;stroke-width:1.3;fill:none}
.tc{stroke-dasharray:3 2.5}
.tf{fill:#8a5a8f}
.to{fill:#fff;stroke:#8a5a8f;stroke-width:1.2}
.tl{font-size:10px;fill:#6d3f73;paint-order:stroke;stroke:#fff;stroke-width:3px}
@media (prefers-color-scheme:dark){
text{fill:#e8e8e8}.bg,.halo{fill:#16181c}.sub,.addr,.time,.gap{fill:#a8a8a8}
.head{fill:#24272d;stroke:#999}.life{stroke:#888}.grid{stroke:#2c3036}.gapline{stroke:#555}
.req{stroke:#56B4E9}.prov{stroke:#aaa}.ok{stroke:#2fc79b}.bad{stroke:#f08a3c}.oth{stroke:#ccc}
.freq{fill:#56B4E9}.fprov{fill:#aaa}.fok{fill:#2fc79b}.fbad{fill:#f08a3c}.foth{fill:#ccc}
.segl,.note,.markt{fill:#a8a8a8}.mark{stroke:#888}
.lab,.cause,.tl,.markt{stroke:#16181c}.badge{fill:#e8e8e8}.badget{fill:#16181c}
.x{stroke:#ff6b7d}.cause{fill:#ff8a98}.t,.to{stroke:#cc9fd1}.tf{fill:#cc9fd1}.to{fill:#16181c}
.tl{fill:#d9b3dd}}
)";

// A click on a message shows the packets that carried it, a click on a packet its messages.
// Pictures without scripts (in a page as <img>, on paper) lack nothing but this.
constexpr char kScript[] = R"(
document.documentElement.addEventListener("click",function(e){
var g=e.target.closest(".pick"),all=document.querySelectorAll(".pick"),ids,i;
for(i=0;i<all.length;++i)all[i].classList.remove("on");
if(!g)return;
g.classList.add("on");
ids=(g.getAttribute("data-carried-by")||"").split(" ");
var carries=(g.getAttribute("data-carries")||"").split(" ");
for(i=0;i<all.length;++i){
if(ids.indexOf(all[i].getAttribute("data-event"))>=0&&all[i].hasAttribute("data-carries")||
carries.indexOf(all[i].getAttribute("data-message"))>=0)all[i].classList.add("on");
}
});
)";

std::string Px(Tenths tenths) {
  const Tenths magnitude = std::abs(tenths);
  std::string text = absl::StrCat(tenths < 0 ? "-" : "", magnitude / 10);
  if (magnitude % 10 != 0) absl::StrAppend(&text, ".", magnitude % 10);
  return text;
}

std::string Escape(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

// Unit vector of an arrow in thousandths, and its angle in tenths of a degree.
struct Direction {
  int dx, dy;
  int angle;
};
Direction DirectionOf(const DisplayArrow& arrow) {
  const double x = arrow.x1 - arrow.x0, y = arrow.y1 - arrow.y0;
  const double length = std::sqrt(x * x + y * y);
  if (length == 0) return {1000, 0, 0};
  double angle = std::atan2(y, x) * 1800 / 3.14159265358979;
  // Text never stands on its head.
  if (angle > 900) angle -= 1800;
  if (angle < -900) angle += 1800;
  return {static_cast<int>(std::lround(x / length * 1000)),
          static_cast<int>(std::lround(y / length * 1000)), static_cast<int>(std::lround(angle))};
}

class Writer {
 public:
  explicit Writer(const DisplayList& list) : list_(list) {}
  std::string Run();

 private:
  void Line(const char* css, Tenths x0, Tenths y0, Tenths x1, Tenths y1) {
    absl::StrAppend(&out_, "<line class=\"", css, "\" x1=\"", Px(x0), "\" y1=\"", Px(y0),
                    "\" x2=\"", Px(x1), "\" y2=\"", Px(y1), "\"/>\n");
  }
  void Text(const char* css, Tenths x, Tenths y, const std::string& text) {
    absl::StrAppend(&out_, "<text class=\"", css, "\" x=\"", Px(x), "\" y=\"", Px(y), "\">",
                    Escape(text), "</text>\n");
  }
  void Cross(Tenths x, Tenths y) {
    constexpr Tenths kArm = 55;
    Line("x", x - kArm, y - kArm, x + kArm, y + kArm);
    Line("x", x - kArm, y + kArm, x + kArm, y - kArm);
  }
  void Heads(Tenths y);
  void Frame();
  void Arrow(const DisplayArrow& arrow, bool is_folded);
  void ArrowLabel(const DisplayArrow& arrow, const Direction& direction);
  void SelfArrow(const DisplayArrow& arrow);
  void OpenGroup(const DisplayArrow& arrow, bool is_folded);
  void Mark(const DisplayMark& mark);
  void Timer(const DisplayTimer& timer);
  void Legend();
  bool has_messages() const;
  const char* CssOf(ArrowStyle style) const;
  std::string TooltipOf(const DisplayArrow& arrow) const;

  const DisplayList& list_;
  std::string out_;
};

const char* Writer::CssOf(ArrowStyle style) const {
  switch (style) {
    case ArrowStyle::kRequest:
      return "req";
    case ArrowStyle::kProvisional:
      return "prov";
    case ArrowStyle::kSuccess:
      return "ok";
    case ArrowStyle::kFailure:
      return "bad";
    case ArrowStyle::kOther:
      return "oth";
  }
  return "oth";
}

void Writer::Heads(Tenths y) {
  for (const DisplayColumn& column : list_.columns) {
    const Tenths half = std::max<Tenths>(450, static_cast<Tenths>(column.name.size()) * 48 + 100);
    absl::StrAppend(&out_, "<rect class=\"head\" x=\"", Px(column.x - half), "\" y=\"", Px(y),
                    "\" width=\"", Px(2 * half), "\" height=\"36\" rx=\"4\"/>\n");
    Text("name", column.x, y + (column.subtitle.empty() ? 230 : 160), column.name);
    if (!column.subtitle.empty()) Text("addr", column.x, y + 300, column.subtitle);
  }
}

void Writer::Frame() {
  for (const DisplayTimeMark& mark : list_.time_marks) {
    Line("grid", list_.axis_x + 40, mark.y, list_.width - 100, mark.y);
    Text("time", list_.axis_x, mark.y + 38, mark.text);
  }
  for (const DisplayColumn& column : list_.columns) {
    Line("life", column.x, list_.top - 20, column.x, list_.bottom);
  }
  for (const DisplayBreak& wait : list_.breaks) {
    Line("gapline", list_.axis_x + 40, wait.y, list_.width - 100, wait.y);
    Text("gap", list_.axis_x, wait.y + 35, absl::StrCat("⋮ ", wait.text));
    // The lifelines are torn here: the axis is shorter than the time was.
    for (const DisplayColumn& column : list_.columns) {
      absl::StrAppend(&out_, "<rect class=\"halo\" x=\"", Px(column.x - 20), "\" y=\"",
                      Px(wait.y - 25), "\" width=\"4\" height=\"5\"/>\n");
      Line("life", column.x - 40, wait.y - 10, column.x + 40, wait.y - 40);
      Line("life", column.x - 40, wait.y + 40, column.x + 40, wait.y + 10);
    }
  }
}

std::string Writer::TooltipOf(const DisplayArrow& arrow) const {
  std::string text = absl::StrCat(arrow.summary, "\nevent ", arrow.event, ", sent at ",
                                  ToSecondsString(arrow.sent), " s");
  if (arrow.end == ArrowEnd::kArrives) {
    absl::StrAppend(&text, ", arrived after ", ToString(arrow.ended - arrow.sent));
  }
  if (!arrow.cause.empty()) absl::StrAppend(&text, "\nlost: ", arrow.cause);
  if (arrow.repetition > 0) absl::StrAppend(&text, "\nrepetition ", arrow.repetition);
  if (!arrow.note.empty()) absl::StrAppend(&text, "\n", arrow.note);
  if (!arrow.carries.empty() && arrow.layer == ArrowLayer::kBeneath) {
    absl::StrAppend(&text, "\nfor SIP message ", absl::StrJoin(arrow.carries, ", "));
  }
  if (!arrow.reason.empty()) absl::StrAppend(&text, "\nbecause: ", arrow.reason);
  return text;
}

void Writer::ArrowLabel(const DisplayArrow& arrow, const Direction& direction) {
  const std::string label = arrow.is_copy ? arrow.label + " (duplicate)" : arrow.label;
  const std::string badge = arrow.repetition > 0 ? absl::StrCat("R", arrow.repetition) : "";
  // Widths are estimates for the font of kStyle; nothing but the label's place hangs on them.
  const std::string note = arrow.note.empty() ? "" : absl::StrCat("  ", arrow.note);
  const Tenths label_width = static_cast<Tenths>(label.size() * 66 + note.size() * 57);
  const Tenths badge_width = badge.empty() ? 0 : 70 + static_cast<Tenths>(badge.size()) * 65;
  const Tenths width = label_width + (badge.empty() ? 0 : badge_width + 40);
  Tenths x = arrow.x0 + (arrow.x1 - arrow.x0) * arrow.label_slot / 100;
  if (arrow.end == ArrowEnd::kLost || arrow.end == ArrowEnd::kNotSent) {
    // Over the stub, or from the lifeline on if it is longer than that.
    const Tenths half = std::abs(arrow.x1 - arrow.x0) / 2;
    const Tenths center = std::max(half, width / 2 + 80);
    x = arrow.x1 > arrow.x0 ? arrow.x0 + center : arrow.x0 - center;
  }
  const Tenths y =
      arrow.y0 + static_cast<Tenths>(static_cast<int64_t>(x - arrow.x0) * (arrow.y1 - arrow.y0) /
                                     std::max<Tenths>(1, std::abs(arrow.x1 - arrow.x0)) *
                                     (arrow.x1 > arrow.x0 ? 1 : -1));
  const bool below = arrow.label_below;
  absl::StrAppend(&out_, "<g transform=\"translate(", Px(x), " ", Px(y), ") rotate(",
                  Px(direction.angle), ")\">");
  const Tenths base = below ? 135 : -50;
  if (!badge.empty()) {
    const Tenths left = -width / 2;
    absl::StrAppend(&out_, "<rect class=\"badge\" x=\"", Px(left), "\" y=\"", Px(base - 100),
                    "\" width=\"", Px(badge_width), "\" height=\"12.5\" rx=\"6\"/>",
                    "<text class=\"badget\" x=\"", Px(left + badge_width / 2), "\" y=\"",
                    Px(base - 3), "\">", badge, "</text>");
  }
  absl::StrAppend(&out_, "<text class=\"lab", arrow.layer == ArrowLayer::kBeneath ? " segl" : "",
                  "\" x=\"", Px((width - label_width) / 2), "\" y=\"", Px(base), "\">",
                  Escape(label));
  if (!note.empty())
    absl::StrAppend(&out_, "<tspan class=\"note\" dx=\"6\">", Escape(note), "</tspan>");
  absl::StrAppend(&out_, "</text></g>\n");
}

// To oneself: a loop beside the lifeline.
void Writer::SelfArrow(const DisplayArrow& arrow) {
  const std::string css = CssOf(arrow.style);
  const Tenths right = arrow.x0 + 300;
  const Tenths low = std::max(arrow.y1, arrow.y0 + 120);
  absl::StrAppend(&out_, "<path class=\"m ", css, "\" d=\"M", Px(arrow.x0), " ", Px(arrow.y0), "H",
                  Px(right), "V", Px(low), "H", Px(arrow.x0), "\"/>\n");
  absl::StrAppend(&out_, "<text class=\"lab\" style=\"text-anchor:start\" x=\"", Px(right + 40),
                  "\" y=\"", Px((arrow.y0 + low) / 2 + 40), "\">", Escape(arrow.label),
                  "</text>\n");
}

bool Writer::has_messages() const {
  return std::any_of(list_.arrows.begin(), list_.arrows.end(),
                     [](const DisplayArrow& arrow) { return arrow.layer == ArrowLayer::kMessage; });
}

// A message names the packets that carried it, a packet the messages that it carries; kScript lets
// the reader go from the one to the others.
void Writer::OpenGroup(const DisplayArrow& arrow, bool is_folded) {
  absl::StrAppend(&out_, "<g data-event=\"", Escape(arrow.event), "\"");
  if (arrow.layer == ArrowLayer::kMessage) {
    absl::StrAppend(&out_, " class=\"pick\" id=\"message-", arrow.message, "\" data-message=\"",
                    arrow.message, "\" data-connection=\"", arrow.connection,
                    "\" data-carried-by=\"", Escape(absl::StrJoin(arrow.carried_by, " ")), "\"");
  } else if (arrow.layer == ArrowLayer::kBeneath) {
    absl::StrAppend(&out_, " class=\"pick", is_folded ? " fold" : "", "\" data-connection=\"",
                    arrow.connection, "\" data-carries=\"", absl::StrJoin(arrow.carries, " "),
                    "\"");
  }
  absl::StrAppend(&out_, "><title>", Escape(TooltipOf(arrow)), "</title>\n");
}

// Between the lifelines of its ends: a dotted line, and what happens above it.
void Writer::Mark(const DisplayMark& mark) {
  const Tenths a = list_.columns[mark.from].x;
  const Tenths b = mark.to == mark.from ? a + 2400 : list_.columns[mark.to].x;
  absl::StrAppend(&out_, "<g class=\"pick\" data-event=\"", Escape(mark.event),
                  "\" data-connection=\"", mark.connection, "\" data-carried-by=\"",
                  Escape(absl::StrJoin(mark.packets, " ")), "\"><title>",
                  Escape(absl::StrCat(mark.text, "\nat ", ToSecondsString(mark.time), " s")),
                  "</title>\n");
  Line("mark", a, mark.y, b, mark.y);
  // A tick that stands up where it opens, and hangs down where it closes.
  const Tenths tick = mark.is_closing ? -60 : 60;
  Line("mark", a, mark.y, a, mark.y + tick);
  if (mark.to != mark.from) Line("mark", b, mark.y, b, mark.y + tick);
  Text("markt", (a + b) / 2, mark.y - 30, mark.text);
  absl::StrAppend(&out_, "</g>\n");
}

void Writer::Arrow(const DisplayArrow& arrow, bool is_folded) {
  OpenGroup(arrow, is_folded);
  if (arrow.from == arrow.to) {
    SelfArrow(arrow);
    absl::StrAppend(&out_, "</g>\n");
    return;
  }
  const std::string css = CssOf(arrow.style);
  const Direction direction = DirectionOf(arrow);
  const bool arrives = arrow.end == ArrowEnd::kArrives || arrow.end == ArrowEnd::kRefused;
  const std::string line_css = absl::StrCat("m ", css, arrow.repetition > 0 ? " again" : "",
                                            arrow.layer == ArrowLayer::kMessage   ? " msg"
                                            : arrow.layer == ArrowLayer::kBeneath ? " seg"
                                                                                  : "");
  Line(line_css.c_str(), arrow.x0, arrow.y0, arrow.x1 - (arrives ? direction.dx * 80 / 1000 : 0),
       arrow.y1 - (arrives ? direction.dy * 80 / 1000 : 0));
  if (arrives) {
    // A head of 10 by 7 pixels along the direction.
    const Tenths bx = arrow.x1 - direction.dx * 100 / 1000,
                 by = arrow.y1 - direction.dy * 100 / 1000;
    const Tenths nx = -direction.dy * 38 / 1000, ny = direction.dx * 38 / 1000;
    absl::StrAppend(&out_, "<path class=\"f", css, "\" d=\"M", Px(arrow.x1), " ", Px(arrow.y1), "L",
                    Px(bx + nx), " ", Px(by + ny), "L", Px(bx - nx), " ", Px(by - ny), "Z\"/>\n");
  }
  ArrowLabel(arrow, direction);
  if (arrow.end == ArrowEnd::kLost || arrow.end == ArrowEnd::kNotSent ||
      arrow.end == ArrowEnd::kRefused) {
    Cross(arrow.x1, arrow.y1);
    const bool rightwards = arrow.x1 >= arrow.x0;
    absl::StrAppend(
        &out_, "<text class=\"cause\" style=\"text-anchor:", rightwards ? "start" : "end",
        "\" x=\"", Px(arrow.x1 + (rightwards ? 110 : -110)), "\" y=\"", Px(arrow.y1 + 38), "\">",
        arrow.end == ArrowEnd::kLost ? "lost: " : "dropped: ", Escape(arrow.cause), "</text>\n");
  } else if (arrow.end == ArrowEnd::kUnderWay) {
    Text("sub", arrow.x1, arrow.y1 + 40, "…");
  }
  absl::StrAppend(&out_, "</g>\n");
}

void Writer::Timer(const DisplayTimer& timer) {
  const Tenths tick = timer.on_left ? 45 : -45;  // towards the lifeline
  absl::StrAppend(&out_, "<g data-event=\"", Escape(timer.event), "\"><title>",
                  Escape(absl::StrCat("timer ", timer.label, " of ", timer.owner,
                                      timer.rule.empty() ? "" : "\n", timer.rule, "\nset at ",
                                      ToSecondsString(timer.set), " s")),
                  "</title>\n");
  const bool fired = timer.end == TimerEndMark::kFired;
  Line("t", timer.x + tick, timer.y0, timer.x, timer.y0);
  Line(fired ? "t" : "t tc", timer.x, timer.y0, timer.x, timer.y1);
  switch (timer.end) {
    case TimerEndMark::kFired: {
      // A full head towards the lifeline: it acts.
      Line("t", timer.x, timer.y1, timer.x + tick, timer.y1);
      const Tenths tip = timer.x + tick * 2;
      absl::StrAppend(&out_, "<path class=\"tf\" d=\"M", Px(tip), " ", Px(timer.y1), "L",
                      Px(timer.x + tick * 4 / 5), " ", Px(timer.y1 - 32), "L",
                      Px(timer.x + tick * 4 / 5), " ", Px(timer.y1 + 32), "Z\"/>\n");
      break;
    }
    case TimerEndMark::kCancelled:
      absl::StrAppend(&out_, "<circle class=\"to\" cx=\"", Px(timer.x), "\" cy=\"", Px(timer.y1),
                      "\" r=\"3.2\"/>\n");
      break;
    case TimerEndMark::kRestarted:
      Line("t", timer.x - 30, timer.y1, timer.x + 30, timer.y1);
      break;
    case TimerEndMark::kPending:
      absl::StrAppend(&out_, "<path class=\"tf\" d=\"M", Px(timer.x - 30), " ", Px(timer.y1), "L",
                      Px(timer.x + 30), " ", Px(timer.y1), "L", Px(timer.x), " ", Px(timer.y1 + 60),
                      "Z\"/>\n");
      break;
  }
  absl::StrAppend(&out_, "<text class=\"tl\" style=\"text-anchor:", timer.on_left ? "end" : "start",
                  "\" x=\"", Px(timer.x + (timer.on_left ? -40 : 40)), "\" y=\"",
                  Px(timer.label_y + 35), "\">", Escape(timer.label), "</text></g>\n");
}

void Writer::Legend() {
  const Tenths y = list_.bottom + 560;
  Tenths x = 200;
  const auto sample = [&](const char* css, const std::string& text) {
    Line(css, x, y, x + 320, y);
    Text("sub", x + 380, y + 40, text);
    x += 480 + static_cast<Tenths>(text.size()) * 68;
  };
  bool has_sip = false, has_repetition = false, has_loss = false;
  for (const DisplayArrow& arrow : list_.arrows) {
    has_sip |= arrow.style != ArrowStyle::kOther;
    has_repetition |= arrow.repetition > 0;
    has_loss |= arrow.end == ArrowEnd::kLost;
  }
  if (has_sip) {
    sample("m req", "request");
    sample("m prov", "1xx");
    sample("m ok", "2xx");
    sample("m bad", "3xx-6xx");
  }
  if (has_messages()) sample("m oth seg", "packet beneath its message");
  if (has_repetition) {
    absl::StrAppend(&out_, "<rect class=\"badge\" x=\"", Px(x), "\" y=\"", Px(y - 62),
                    "\" width=\"21\" height=\"12.5\" rx=\"6\"/>\n");
    Text("badget", x + 105, y + 34, "R1");
    Text("sub", x + 270, y + 40, "repetition");
    x += 1120;
  }
  if (has_loss) {
    Cross(x + 60, y);
    Text("sub", x + 170, y + 40, "lost");
    x += 620;
  }
  if (!list_.timers.empty()) {
    const Tenths second = y + 200;
    Text(
        "sub", 200, second + 40,
        "Brackets are timers: set at the top; ▸ fired, ○ cancelled, ─ restarted, ▾ still running.");
  }
}

std::string Writer::Run() {
  absl::StrAppend(&out_, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", Px(list_.width),
                  "\" height=\"", Px(list_.height), "\" viewBox=\"0 0 ", Px(list_.width), " ",
                  Px(list_.height), "\">\n<title>", Escape(list_.title), "</title>\n<style>",
                  kStyle, "</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
  Text("title", 200, 320, list_.title);
  if (!list_.subtitle.empty()) Text("sub", 200, 530, list_.subtitle);
  Frame();
  Heads(list_.top - 400);
  for (const DisplayMark& mark : list_.marks) Mark(mark);
  for (const DisplayTimer& timer : list_.timers) Timer(timer);
  for (const DisplayArrow& arrow : list_.folded) Arrow(arrow, /*is_folded=*/true);
  for (const DisplayArrow& arrow : list_.arrows) Arrow(arrow, /*is_folded=*/false);
  if (list_.left_out > 0) {
    Text("sub", 200, list_.bottom + 120,
         absl::StrCat(list_.left_out, " later packets are left out; --from and --until choose."));
  }
  Legend();
  if (!list_.footer.empty()) Text("sub", 200, list_.bottom + 320, list_.footer);
  if (has_messages()) absl::StrAppend(&out_, "<script><![CDATA[", kScript, "]]></script>\n");
  absl::StrAppend(&out_, "</svg>\n");
  return std::move(out_);
}

}  // namespace

std::string SvgLadder(const DisplayList& list) { return Writer(list).Run(); }

}  // namespace tickwire
