#include "experiments/studies/line_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace tickwire::study {
namespace {

constexpr double kWidth = 760, kHeight = 440;
constexpr double kLeft = 70, kRight = 560, kTop = 50, kBottom = 350;

struct Style {
  const char* color;
  const char* dash;
};
constexpr Style kStyles[] = {{"#000000", ""},         {"#E69F00", "8 4"},    {"#0072B2", "2 3"},
                             {"#009E73", "10 3 2 3"}, {"#CC79A7", "5 5"},    {"#D55E00", ""},
                             {"#56B4E9", "12 4"},     {"#666666", "4 2 1 2"}};

std::string Escape(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Text(double x, double y, const std::string& text, const char* anchor, int size = 12,
                 const char* more = "") {
  return absl::StrFormat(
      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\"%s>%s</text>\n", x, y, anchor,
      size, more, Escape(text));
}

std::string Stroke(double x0, double y0, double x1, double y1, const char* color, double width,
                   const char* dash = "") {
  return absl::StrFormat(
      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
      "stroke-width=\"%.1f\"%s/>\n",
      x0, y0, x1, y1, color, width,
      *dash == '\0' ? "" : absl::StrCat(" stroke-dasharray=\"", dash, "\""));
}

// Eight shapes, filled and hollow in turn.
std::string Marker(size_t index, double x, double y, const char* color) {
  const std::string paint = absl::StrFormat(" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.4\"/>\n",
                                            index < 4 ? color : "white", color);
  switch (index % 4) {
    case 0:
      return absl::StrFormat("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"%s", x, y, paint);
    case 1:
      return absl::StrFormat("<rect x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\"%s", x - 3.5,
                             y - 3.5, paint);
    case 2:
      return absl::StrFormat("<path d=\"M%.1f %.1f l4.5 8 h-9 z\"%s", x, y - 5, paint);
    default:
      return absl::StrFormat("<path d=\"M%.1f %.1f l5 5 l-5 5 l-5 -5 z\"%s", x, y - 5, paint);
  }
}

// 1, 2 or 5 times a power of ten: about five steps up to `top`.
double StepFor(double top) {
  const double rough = top / 5;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

// Where values stand, and which of them are named.
class ValueAxis {
 public:
  ValueAxis(const std::vector<LineChart::Line>& lines, bool is_logarithmic)
      : is_logarithmic_(is_logarithmic) {
    double least = 0, most = 0;
    for (const LineChart::Line& line : lines) {
      for (const auto& point : line.points) {
        if (!point || (is_logarithmic_ && point->mean <= 0)) continue;
        most = std::max(most, point->mean + point->half_width);
        if (least == 0 || point->mean < least) least = point->mean;
      }
    }
    if (most <= 0) least = most = 1;
    if (!is_logarithmic_) {
      const double step = StepFor(most);
      for (double tick = 0; tick < most + step; tick += step) ticks_.push_back(tick);
      return;
    }
    const double first = std::pow(10.0, std::floor(std::log10(least)));
    for (double decade = first; ticks_.empty() || ticks_.back() < most; decade *= 10) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        const bool is_above = !ticks_.empty() && ticks_.back() >= most;
        if (!is_above) ticks_.push_back(factor * decade);
      }
    }
    while (ticks_.size() > 2 && ticks_[1] <= least) ticks_.erase(ticks_.begin());
  }
  const std::vector<double>& ticks() const { return ticks_; }
  bool Has(double value) const { return !is_logarithmic_ || value > 0; }
  double operator()(double value) const {
    const double low = ticks_.front(), high = ticks_.back();
    value = std::clamp(value, low, high);
    const double share = is_logarithmic_ ? std::log(value / low) / std::log(high / low)
                                         : (value - low) / (high - low);
    return kBottom - share * (kBottom - kTop);
  }

 private:
  const bool is_logarithmic_;
  std::vector<double> ticks_;
};

}  // namespace

std::string LineChart::ToSvg() const {
  const ValueAxis y_of(lines, is_logarithmic);
  const auto x_of = [&](size_t level) {
    const double share = levels.size() < 2
                             ? 0.5
                             : static_cast<double>(level) / static_cast<double>(levels.size() - 1);
    return kLeft + 20 + share * (kRight - kLeft - 40);
  };

  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
      "height=\"%.0f\" font-family=\"sans-serif\">\n<rect width=\"100%%\" height=\"100%%\" "
      "fill=\"white\"/>\n",
      kWidth, kHeight, kWidth, kHeight);
  svg += Text(kLeft, 26, title, "start", 15, " font-weight=\"bold\"");
  for (const double tick : y_of.ticks()) {
    svg += Stroke(kLeft, y_of(tick), kRight, y_of(tick), "#DDDDDD", 1);
    svg += Text(kLeft - 8, y_of(tick) + 4, absl::StrFormat("%g", tick), "end");
  }
  svg += Stroke(kLeft, kBottom, kRight, kBottom, "black", 1);
  svg += Stroke(kLeft, kTop, kLeft, kBottom, "black", 1);
  for (size_t level = 0; level < levels.size(); ++level) {
    svg += Stroke(x_of(level), kBottom, x_of(level), kBottom + 5, "black", 1);
    svg += Text(x_of(level), kBottom + 20, levels[level], "middle");
  }
  svg += Text((kLeft + kRight) / 2, kBottom + 42, x_label, "middle", 13);
  svg += Text(0, 0, y_label, "middle", 13,
              absl::StrFormat(" transform=\"translate(18 %.1f) rotate(-90)\"", (kTop + kBottom) / 2)
                  .c_str());

  // Names stand in the order of the last points, at least a line apart.
  std::vector<std::pair<double, size_t>> ends;
  for (size_t i = 0; i < lines.size(); ++i) {
    const Style& style = kStyles[i % std::size(kStyles)];
    // Lines are shifted by a pixel or two, so that equal ones can be seen.
    const double shift = 2.5 * (static_cast<double>(i) - static_cast<double>(lines.size()) / 2);
    double last_x = 0, last_y = 0;
    bool has_last = false;
    for (size_t level = 0; level < lines[i].points.size(); ++level) {
      const auto& point = lines[i].points[level];
      if (!point || !y_of.Has(point->mean)) continue;
      const double x = x_of(level) + shift, y = y_of(point->mean);
      if (has_last) svg += Stroke(last_x, last_y, x, y, style.color, 1.6, style.dash);
      if (point->half_width > 0) {
        const double low = y_of(std::max(0.0, point->mean - point->half_width));
        const double high = y_of(point->mean + point->half_width);
        svg += Stroke(x, low, x, high, style.color, 1);
        svg += Stroke(x - 3, low, x + 3, low, style.color, 1);
        svg += Stroke(x - 3, high, x + 3, high, style.color, 1);
      }
      svg += Marker(i, x, y, style.color);
      last_x = x, last_y = y, has_last = true;
    }
    if (has_last) ends.emplace_back(last_y, i);
  }
  std::sort(ends.begin(), ends.end());
  double y = kTop;
  for (size_t k = 0; k < ends.size(); ++k) {
    const auto [at, i] = ends[k];
    const double room_below = 17.0 * static_cast<double>(ends.size() - 1 - k);
    y = std::min(std::max(y, at), kBottom - room_below);
    const Style& style = kStyles[i % std::size(kStyles)];
    svg += Stroke(kRight + 4, at, kRight + 22, y, "#AAAAAA", 0.6);
    svg += Stroke(kRight + 24, y, kRight + 52, y, style.color, 1.6, style.dash);
    svg += Marker(i, kRight + 38, y, style.color);
    svg += Text(kRight + 58, y + 4, lines[i].name, "start");
    y += 17;
  }
  svg += Text(kLeft, kHeight - 16, caption, "start", 11);
  return svg + "</svg>\n";
}

}  // namespace tickwire::study
