// What is wrong with a scenario file: one Diagnostic a mistake, gathered in a DiagnosticSink.
#ifndef TICKWIRE_TOPOLOGIES_DIAGNOSTIC_H_
#define TICKWIRE_TOPOLOGIES_DIAGNOSTIC_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "topologies/source_file.h"

namespace tickwire {

enum class Severity { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string id;  // a key of the error catalogue: "E0107"
  std::string file;
  int line = 0;  // from 1; 0 if no place in the file is to blame
  int column = 0;
  int length = 0;           // characters to underline, at least 1 when line > 0
  std::string source_line;  // the text of that line
  std::string message;      // one sentence without a full stop
  std::string expected;     // what would be right here; may be empty
  std::string suggestion;   // text to write instead ("did you mean"); may be empty
  std::string note;         // something to know besides; may be empty
};

// What a reporter says about a mistake; the sink adds the place and the severity.
struct Finding {
  absl::string_view id;
  std::string message;
  std::string expected;
  std::string suggestion;
  std::string note;
};

// Collects up to `limit` errors, then one E0903 that says so, then nothing: `is_full()` tells
// readers to stop. Warnings beyond the limit are left out silently. Borrows the source.
class DiagnosticSink {
 public:
  static constexpr int kDefaultLimit = 100;
  explicit DiagnosticSink(const SourceFile& source, int limit = kDefaultLimit)
      : source_(source), limit_(limit) {}

  void Error(Span span, Finding finding) { Add(Severity::kError, span, std::move(finding)); }
  void Warning(Span span, Finding finding) { Add(Severity::kWarning, span, std::move(finding)); }
  // About the file as a whole.
  void FileError(Finding finding);

  const SourceFile& source() const { return source_; }
  bool has_errors() const { return errors_ > 0; }
  bool is_full() const { return is_closed_ || errors_ >= limit_; }
  // Takes no more: a limit was hit, and what comes after it means little.
  void Close() { is_closed_ = true; }
  // In the order of the file, errors before warnings at one place. Leaves the sink empty.
  std::vector<Diagnostic> Take();

 private:
  void Add(Severity severity, Span span, Finding finding);

  const SourceFile& source_;
  const int limit_;
  int errors_ = 0;
  int warnings_ = 0;
  bool is_closed_ = false;
  std::vector<Diagnostic> diagnostics_;
};

// "file:4:12: error[E0107]: ...", the source line, a caret, and indented expected, suggestion and
// note. With ANSI colours if `color`.
std::string FormatDiagnostic(const Diagnostic& diagnostic, bool color);
// All of them, then a line that counts.
std::string FormatDiagnostics(const std::vector<Diagnostic>& diagnostics, bool color);
// A JSON array of objects with the fields of Diagnostic (severity as "error" or "warning").
std::string DiagnosticsToJson(const std::vector<Diagnostic>& diagnostics);
// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string JsonString(absl::string_view text);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_DIAGNOSTIC_H_
