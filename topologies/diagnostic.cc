#include "topologies/diagnostic.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "topologies/utf8.h"

namespace tickwire {
namespace {

constexpr absl::string_view kRed = "\033[1;31m";
constexpr absl::string_view kYellow = "\033[1;33m";
constexpr absl::string_view kBold = "\033[1m";
constexpr absl::string_view kPlain = "\033[0m";
constexpr int kLongestLineShown = 160;

int CountCharacters(absl::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// At most kLongestLineShown characters of the line around the column. Moves `column` along.
std::string Excerpt(absl::string_view line, int* column) {
  std::vector<absl::string_view> characters;
  for (size_t i = 0; i < line.size();) {
    size_t end = i + 1;
    while (end < line.size() && (line[end] & 0xC0) == 0x80) ++end;
    characters.push_back(line.substr(i, end - i));
    i = end;
  }
  const int count = static_cast<int>(characters.size());
  int begin = 0;
  if (count > kLongestLineShown) {
    begin = std::clamp(*column - 1 - kLongestLineShown / 2, 0, count - kLongestLineShown);
  }
  const int end = std::min(count, begin + kLongestLineShown);
  std::string out = begin > 0 ? "..." : "";
  *column += static_cast<int>(out.size()) - begin;
  for (int i = begin; i < end; ++i) {
    const unsigned char c = characters[i][0];
    absl::StrAppend(&out, c == '\t' || c < 0x20 || c == 0x7F ? " " : characters[i]);
  }
  return out + (end < count ? "..." : "");
}

}  // namespace

void DiagnosticSink::Add(Severity severity, Span span, Finding finding) {
  if (is_full()) return;
  if (severity == Severity::kWarning && ++warnings_ > limit_) return;
  Diagnostic out;
  out.severity = severity;
  out.id = std::string(finding.id);
  out.file = source_.name();
  const Position position = source_.position(span.offset);
  out.line = position.line;
  out.column = position.column;
  const absl::string_view line = source_.line(position.line);
  out.source_line = std::string(line.substr(0, 4096));
  absl::string_view marked = source_.text(span);
  marked = marked.substr(0, std::min(marked.find('\n'), size_t{4096}));
  out.length = std::max(1, CountCharacters(marked));
  out.message = std::move(finding.message);
  out.expected = std::move(finding.expected);
  out.suggestion = std::move(finding.suggestion);
  out.note = std::move(finding.note);
  diagnostics_.push_back(std::move(out));
  if (severity == Severity::kError && ++errors_ == limit_) {
    FileError({"E0903", absl::StrCat("stopped after ", limit_, " errors"), "", "",
               "mend these first; the rest may be their echo"});
  }
}

void DiagnosticSink::FileError(Finding finding) {
  Diagnostic out;
  out.id = std::string(finding.id);
  out.file = source_.name();
  out.message = std::move(finding.message);
  out.expected = std::move(finding.expected);
  out.suggestion = std::move(finding.suggestion);
  out.note = std::move(finding.note);
  diagnostics_.push_back(std::move(out));
  ++errors_;
}

std::vector<Diagnostic> DiagnosticSink::Take() {
  std::stable_sort(
      diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        if ((a.line == 0) != (b.line == 0)) return b.line == 0;
        return std::tie(a.line, a.column, a.severity) < std::tie(b.line, b.column, b.severity);
      });
  return std::move(diagnostics_);
}

std::string FormatDiagnostic(const Diagnostic& d, bool color) {
  const bool error = d.severity == Severity::kError;
  const absl::string_view tint = !color ? "" : error ? kRed : kYellow;
  const absl::string_view bold = color ? kBold : "";
  const absl::string_view plain = color ? kPlain : "";
  std::string out = absl::StrCat(bold, d.file);
  if (d.line > 0) absl::StrAppend(&out, ":", d.line, ":", d.column);
  absl::StrAppend(&out, ": ", plain, tint, error ? "error[" : "warning[", d.id, "]: ", plain,
                  CleanUtf8(d.message), "\n");
  std::string gutter = "     ";
  if (d.line > 0) {
    int column = d.column;
    const std::string excerpt = Excerpt(d.source_line, &column);
    const std::string number = absl::StrFormat("%5d", d.line);
    gutter = std::string(number.size(), ' ');
    const int room = CountCharacters(excerpt) - column + 1;
    const int underlined = std::max(1, std::min(d.length, std::max(1, room)));
    absl::StrAppend(&out, number, " | ", CleanUtf8(excerpt), "\n", gutter, " | ",
                    std::string(std::max(0, column - 1), ' '), tint, "^",
                    std::string(underlined - 1, '~'), plain, "\n");
  }
  if (!d.expected.empty()) absl::StrAppend(&out, gutter, " = expected ", d.expected, "\n");
  if (!d.suggestion.empty()) {
    absl::StrAppend(&out, gutter, " = did you mean ", bold, CleanUtf8(d.suggestion), plain, "?\n");
  }
  if (!d.note.empty()) absl::StrAppend(&out, gutter, " = note: ", CleanUtf8(d.note), "\n");
  return out;
}

std::string FormatDiagnostics(const std::vector<Diagnostic>& diagnostics, bool color) {
  std::string out;
  int errors = 0, warnings = 0;
  const Diagnostic* first = nullptr;
  for (const Diagnostic& diagnostic : diagnostics) {
    out += FormatDiagnostic(diagnostic, color);
    if (diagnostic.severity == Severity::kError) {
      if (first == nullptr) first = &diagnostic;
      ++errors;
    } else {
      ++warnings;
    }
  }
  if (errors + warnings == 0) return out;
  const auto count = [](int n, absl::string_view noun) {
    return absl::StrCat(n, " ", noun, n == 1 ? "" : "s");
  };
  if (errors > 0) absl::StrAppend(&out, count(errors, "error"));
  if (warnings > 0) absl::StrAppend(&out, errors > 0 ? ", " : "", count(warnings, "warning"));
  if (first != nullptr) {
    absl::StrAppend(&out, "; `tickwire explain ", first->id, "` tells more about the first error");
  }
  return out + "\n";
}

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (const char c : CleanUtf8(text)) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&out, "\\u%04x", c);
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string DiagnosticsToJson(const std::vector<Diagnostic>& diagnostics) {
  std::string out = "[";
  for (const Diagnostic& d : diagnostics) {
    absl::StrAppend(&out, out.size() > 1 ? ",\n " : "",
                    "{\"severity\": ", d.severity == Severity::kError ? "\"error\"" : "\"warning\"",
                    ", \"id\": ", JsonString(d.id), ", \"file\": ", JsonString(d.file),
                    ", \"line\": ", d.line, ", \"column\": ", d.column, ", \"length\": ", d.length);
    absl::StrAppend(
        &out, ", \"message\": ", JsonString(d.message), ", \"expected\": ", JsonString(d.expected),
        ", \"suggestion\": ", JsonString(d.suggestion), ", \"note\": ", JsonString(d.note), "}");
  }
  return out + "]\n";
}

}  // namespace tickwire
